"""The starting worlds that a test would have as its fixtures: some rows, and nothing odd about them."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import Phase, find, settings

from emulator.fuzz import scenarios


def plain(scenario: str, rows: int) -> dict[str, Any]:
    """A scenario's simplest start, but with so many rows in its list, or with something to do where it has none."""
    wishes: dict[str, dict[str, Any]] = {
        "agillic.export_recipients": {"recipients": rows},
        "agillic.long_job": {"recipients": rows, "minutes": 1},
        "agillic.upsert_recipients": {"writes": ["text", "number"], "existing": 2},
        "ameyo.agents": {"agents": rows},
        "ameyo.upload_contacts": {"rows": ["new"]},
        "amilia.list_persons": {"persons": rows},
        "amilia.program_activities": {"activities": rows},
        "amio.list_contacts": {"contacts": rows},
        "amio.message_history": {"messages": rows},
        "amio.send_once": {"messages": 1},
        "amio.webhook_consumer": {"deliveries": [{"event": "message_received", "comes": "once"}]},
    }
    return {**_simplest(scenario), **wishes[scenario]}


@cache
def _simplest(scenario: str) -> dict[str, Any]:
    quick = settings(max_examples=1, phases=(Phase.generate,), database=None, deadline=None)
    return find(scenarios.load(scenario).start(), lambda start: True, settings=quick)
