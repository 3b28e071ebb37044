"""Target groups: static ones have members, the others a filter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Kind, Refusal, World
from emulator.vendors.agillic.fields import AGILLIC_ID, ROW_ID, person
from emulator.vendors.agillic.filters import Predicate, compiled

GROUPS, MEMBERSHIPS = "target_groups", "memberships"


def group(world: World, name: str) -> dict[str, Any]:
    """The group of this name. Raises `missing`."""
    found = world.rows(GROUPS).get(name)
    if found is None:
        raise Refusal(Kind.MISSING, facts={"resource": "target group", "id": name})
    return found


def belongs(world: World, described: Mapping[str, Any], recipient: Mapping[str, Any]) -> bool:
    """Whether a recipient is in a group."""
    if described.get("static"):
        return world.rows(MEMBERSHIPS).row(_member(described["id"], recipient[ROW_ID])) is not None
    condition = _condition(world, described)
    return condition is not None and condition(recipient)


def members(world: World, name: str) -> list[str]:
    """The AGILLIC_IDs of a group's members; nobody's for a group that there is not."""
    described = world.rows(GROUPS).get(name)
    if described is None:
        return []
    if described.get("static"):
        return [row.data["recipient"] for row in world.rows(MEMBERSHIPS).where(group=name)]
    condition = _condition(world, described)
    return [row.id for row in world.rows("recipients").all() if condition is not None and condition(row.data)]


def join(world: World, name: str, recipient: str) -> None:
    """Makes a recipient a member."""
    world.rows(MEMBERSHIPS).put({"id": _member(name, recipient), "group": name, "recipient": recipient})


def leave(world: World, name: str, recipient: str) -> None:
    """Makes a recipient no member."""
    world.rows(MEMBERSHIPS).drop(_member(name, recipient))


def _member(name: str, recipient: str) -> str:
    return f"{recipient}:{name}"


def _condition(world: World, described: Mapping[str, Any]) -> Predicate | None:
    """The group's condition; None where it has none, or one that means nothing to this instance (its field is gone, say)."""
    try:
        return compiled(world, described["filter"], person(world).selectors(), {AGILLIC_ID: ROW_ID})
    except (Refusal, KeyError):
        return None
