"""Campaigns by call: at once (v1), or as tasks (v2)."""

from __future__ import annotations

from typing import Any

from emulator.kit import Ask, Kind, Outcome, Refusal, World
from emulator.vendors.agillic import campaigns
from emulator.vendors.agillic.addresses import named
from emulator.vendors.agillic.fields import ROW_ID, person
from emulator.vendors.agillic.people import lookup
from emulator.vendors.agillic.running import send
from emulator.vendors.agillic.tasks import MESSAGE_TASKS, accepted, state


def stage_later(ask: Ask, world: World) -> Outcome:
    """Creates a campaign later."""
    return _later(ask, world, "stage", ask.body["details"])


def edit_later(ask: Ask, world: World) -> Outcome:
    """Edits a campaign later."""
    return _later(ask, world, "edit", ask.body["details"])


def publish_later(ask: Ask, world: World) -> Outcome:
    """Publishes a campaign later."""
    return _later(ask, world, "publish", ask.body["campaignId"])


def task(ask: Ask, world: World) -> Outcome:
    """How a task is getting on."""
    return state(world, named(ask, "taskId"), MESSAGE_TASKS)


def stage(ask: Ask, world: World) -> Outcome:
    """Creates a campaign."""
    return _answer(world, "staged", campaignId=campaigns.stage(world, ask.body))


def edit(ask: Ask, world: World) -> Outcome:
    """Edits a campaign."""
    return _answer(world, "edited", campaignId=campaigns.edit(world, ask.body))


def publish(ask: Ask, world: World) -> Outcome:
    """Publishes a campaign."""
    return _answer(world, "published", campaignId=campaigns.publish(world, ask.body["campaignId"]))


def test(ask: Ask, world: World) -> Outcome:
    """What one recipient would see; sent to that recipient if so wished."""
    who, text = person(world), ask.body["viewAsRecipientId"]
    campaign = campaigns.needed(world, ask.body["campaignId"])
    recipient = lookup(world, who, text)[2]
    if recipient is None:
        raise Refusal(Kind.INVALID, detail="unknown_recipient", facts={"name": text})
    seen = campaigns.rendered(world, campaign["id"], recipient)
    if ask.body["sendMessage"] == "false":
        return _answer(world, "rendered", **seen)
    send(world, [recipient[ROW_ID]], campaign["name"], campaigns.EMAIL)
    return _answer(world, "sent", **seen)


def _later(ask: Ask, world: World, do: str, given: Any) -> Outcome:
    return accepted(world, {"do": do, "given": given}, ask.body.get("configuration"), MESSAGE_TASKS)


def _answer(world: World, word: str, **data: str) -> Outcome:
    return Outcome(data={"success": True, "message": world.table("answers")[word], "data": data})
