"""Events: whether a recipient has achieved them, and achieving them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Ask, Outcome, World
from emulator.vendors.agillic.addresses import named
from emulator.vendors.agillic.contexts import validated
from emulator.vendors.agillic.fields import ROW_ID
from emulator.vendors.agillic.people import addressed
from emulator.vendors.agillic.running import achieve as _achieve
from emulator.vendors.agillic.running import event as _event
from emulator.vendors.agillic.tasks import accepted


def find(ask: Ask, world: World) -> Outcome:
    """Every event, and whether the recipient has achieved it."""
    recipient = addressed(ask, world)
    return Outcome(data=[_shown(world, recipient, row.data) for row in world.rows("events").all()])


def read(ask: Ask, world: World) -> Outcome:
    """One event, and whether the recipient has achieved it."""
    recipient = addressed(ask, world)
    return Outcome(data=_shown(world, recipient, _event(world, named(ask, "eventId"))))


def achieve(ask: Ask, world: World) -> Outcome:
    """The recipient achieves the event; flows that wait for it start."""
    recipient = addressed(ask, world)
    _achieve(world, recipient[ROW_ID], _event(world, named(ask, "eventId")))
    return Outcome()


def achieve_with_context(ask: Ask, world: World) -> Outcome:
    """As `achieve`; the data must follow its schema, serves the flows that start, and is forgotten."""
    recipient = addressed(ask, world)
    event = _event(world, named(ask, "eventId"))
    data = dict(ask.body["context_parameters"])
    validated(world, data, data.pop("name"))
    _achieve(world, recipient[ROW_ID], event)
    return Outcome()


def achieve_later(ask: Ask, world: World) -> Outcome:
    """Achieves events of many recipients later."""
    return accepted(world, {"do": "achieve", "given": ask.body["data"]}, ask.body.get("configuration"))


def _shown(world: World, recipient: Mapping[str, Any], event: Mapping[str, Any]) -> dict[str, Any]:
    achieved = world.rows("achievements").row(f"{recipient[ROW_ID]}:{event['id']}") is not None
    return {"eventId": event["id"], "name": event.get("name", event["id"]), "achieved": achieved}
