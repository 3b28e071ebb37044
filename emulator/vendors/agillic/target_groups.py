"""Target groups: who is in them, and who joins and leaves the static ones."""

from __future__ import annotations

from collections.abc import Callable

from emulator.kit import Ask, Kind, Outcome, Refusal, World
from emulator.vendors.agillic import groups
from emulator.vendors.agillic.addresses import named
from emulator.vendors.agillic.fields import ROW_ID, person
from emulator.vendors.agillic.people import addressed, needed


def find(ask: Ask, world: World) -> Outcome:
    """The groups that a recipient is in."""
    recipient = addressed(ask, world)
    mine = [row.data for row in world.rows(groups.GROUPS).all() if groups.belongs(world, row.data, recipient)]
    return Outcome(data=[{"name": group["id"], "description": group.get("description", "")} for group in mine])


def add(ask: Ask, world: World) -> Outcome:
    """Recipients join a static group: all, or none if one is unknown."""
    return _moved(ask, world, groups.join)


def remove(ask: Ask, world: World) -> Outcome:
    """Recipients leave a static group: all, or none if one is unknown."""
    return _moved(ask, world, groups.leave)


def population(ask: Ask, world: World) -> Outcome:
    """How many are in a group."""
    group = groups.group(world, named(ask, "targetGroupName"))
    return Outcome(data={"name": group["id"], "population": len(groups.members(world, group["id"]))})


def _moved(ask: Ask, world: World, move: Callable[[World, str, str], None]) -> Outcome:
    group = groups.group(world, ask.body["targetGroupName"])
    if not group.get("static"):
        raise Refusal(Kind.INVALID, detail="not_static", facts={"name": group["id"]})
    who = person(world)
    for recipient in [needed(world, who, text) for text in ask.body["recipientIds"]]:
        move(world, group["id"], recipient[ROW_ID])
    return Outcome()
