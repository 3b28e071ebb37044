"""The monitoring tables: rows of agents, chats and waiting customers, filtered and sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from emulator.kit import Ask, Outcome, World
from emulator.vendors.ameyo import presence, scope, sorting
from emulator.vendors.ameyo.presence import Sight

Test = Callable[[Sight, Any], bool]


def find(ask: Ask, world: World) -> Outcome:
    """The rows of one table that pass every filter."""
    center = ask.path["ccId"]
    scope.contact_center(ask, world, center)
    table = world.table("monitoring_rows")[ask.path["tableName"]]
    keys = sorting.keys(ask.query.get("sort_by", ()), sorting.scalars(world, table["definition"]))
    sights = _passing(presence.TABLES[table["rows"]](world, center), ask.query)
    return Outcome(items=[{"data": row} for row in sorting.ordered([sight.row for sight in sights], keys)])


def _passing(sights: Iterable[Sight], query: Mapping[str, Any]) -> list[Sight]:
    tests = [(test, wanted) for name, test in _FILTERS.items() if (wanted := _wanted(query.get(name)))]
    return [sight for sight in sights if all(test(sight, value) for test, value in tests)]


def _wanted(value: Any) -> Any:
    """What a filter asks for; empty texts ask for nothing."""
    return [one for one in value if one != ""] if isinstance(value, list) else value


def _one_of(fact: str) -> Test:
    def passes(sight: Sight, values: Any) -> bool:
        return sight.facts.get(fact) in values

    return passes


def _name(sight: Sight, text: Any) -> bool:
    return str(text).lower() in (sight.facts.get("user_name") or "").lower()


def _status(sight: Sight, values: Any) -> bool:
    wanted = {value.lower() for value in values}
    return any((sight.facts.get(side) or "").lower() in wanted for side in ("user_status", "customer_status"))


_FILTERS: Mapping[str, Test] = {
    "campaign-ids": _one_of("campaign_id"),
    "user-ids": _one_of("user_id"),
    "user-name": _name,
    "status": _status,
    "queue-ids": _one_of("queue_id"),
    "user-types": _one_of("user_type"),
    "session-ids": _one_of("session_id"),
    "call-ids": _one_of("call_id"),
    "chat-ids": _one_of("chat_id"),
}
