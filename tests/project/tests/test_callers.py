"""Agents are read to the end, in pages of every size and in every weather."""

from __future__ import annotations

from typing import Any

import pytest
from club.callers import Callers


@pytest.mark.parametrize("page", range(1, 21))
def test_every_agent_is_read(callers: Callers, page: int) -> None:
    agents = callers.agents(page)
    assert agents == callers.agents(1000)


@pytest.mark.parametrize("kind", ["extra-field", "drop-optional", "null-nullable", "new-enum-value", "reorder-keys"])
def test_a_reply_that_is_lawful_but_odd_is_read(callers: Callers, sandbox: Any, kind: str) -> None:
    plain = callers.agents()
    sandbox.faults.add(vendor="ameyo", mutate=kind)
    assert callers.agents() == plain


@pytest.mark.parametrize("calls", [1, 2, 3, 5, 8])
def test_a_limit_is_waited_for(callers: Callers, sandbox: Any, calls: int) -> None:
    sandbox.settings.update({"ameyo": {"calls_per_minute": calls}})
    assert len(callers.agents(page=1)) > 0
    assert sandbox.journal.calls(refusal="throttled")
