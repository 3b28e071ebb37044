"""What Ameyo's stories start from: clients with each kind of credential."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from emulator.testing.client import Box, Handle
from tests.vendors.ameyo.client import Api


@pytest.fixture
def clients(ameyo: Handle) -> Iterator[Callable[..., Api]]:
    """Makes clients and closes them."""
    made: list[Api] = []

    def make(*auth: Any, **more: str) -> Api:
        made.append(Api(ameyo.base_url, *auth, **more))
        return made[-1]

    yield make
    for client in made:
        client.session.close()


@pytest.fixture
def api(ameyo: Handle, clients: Callable[..., Api]) -> Api:
    """A client with the sandbox's registered pair."""
    return clients((ameyo.username, ameyo.password))


@pytest.fixture
def admin(ameyo: Handle, clients: Callable[..., Api]) -> Api:
    """A client with the temporary token."""
    return clients(bearer=ameyo.bearer_token)


@pytest.fixture
def anyone(clients: Callable[..., Api]) -> Api:
    """A client without a credential."""
    return clients()


@pytest.fixture
def chief(ameyo: Handle, clients: Callable[..., Api]) -> Api:
    """An administrator of the 4.x server, with the session that each sandbox has open."""
    return clients(session_id=ameyo.session_id)


@pytest.fixture
def phone_book(sandbox: Box) -> Callable[..., dict[str, dict[str, Any]]]:
    """Looks at a lead list as a supervisor does: the contacts by their number."""

    def look(lead: int = 17) -> dict[str, dict[str, Any]]:
        seen = sandbox.stimuli.ameyo.lead_list_opened(lead_id=lead, limit=10000)
        return {contact["phone1"]: contact for contact in seen["contacts"]}

    return look
