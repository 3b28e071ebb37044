"""The club's clients, each with a sandbox of the test's own behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from club.callers import Callers
from club.members import Members
from club.newsletter import Newsletter
from club.texts import Texts


@pytest.fixture
def pause(sandbox: Any) -> Callable[[float], object]:
    """Where a client would wait, the sandbox's time goes on, and nobody waits."""
    return sandbox.clock.advance


@pytest.fixture
def members(amilia: Any, pause: Any) -> Members:
    return Members(amilia.base_url, amilia.organization_id, (amilia.username, amilia.password), pause=pause)


@pytest.fixture
def newsletter(agillic: Any, sandbox: Any, pause: Any) -> Newsletter:
    key = (agillic.client_id, agillic.client_secret)
    return Newsletter(agillic.base_url, key, sandbox.clock.now, pause=pause)


@pytest.fixture
def texts(amio: Any, pause: Any) -> Texts:
    return Texts(amio.base_url, amio.token, pause=pause)


@pytest.fixture
def callers(ameyo: Any, pause: Any) -> Callers:
    return Callers(ameyo.base_url, (ameyo.username, ameyo.password), ameyo.cc_id, pause=pause)
