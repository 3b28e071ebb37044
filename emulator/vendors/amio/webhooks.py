"""Tells a channel's webhook what happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Kind, Refusal, World
from emulator.vendors.amio.references import Object, traits


def announce(
    event: str, channel: Object, contact: Object, world: World, says: Mapping[str, Any], **contact_says: Any
) -> None:
    """Sends the event, if the channel has a webhook and its platform the event. The channel's events keep their order."""
    webhook = channel["webhook"]
    if webhook is None or event not in traits(channel, world)["events"]:
        return
    named = {"name": channel["name"]} if world.settings["channel_name_in_events"] else {}
    data = {
        "channel": {"id": channel["id"], "type": channel["type"], **named},
        "contact": {**contact_in_event(channel, contact, world), **contact_says},
        **says,
    }
    if "id" in says:
        data = {"id": says["id"], **data}
    world.emit(
        event,
        {"event": event, "timestamp": world.clock.stamp(), "data": data},
        url=webhook["url"],
        secret=webhook["secret"],
        lane=channel["id"],
        verify_tls=webhook["ssl_verification"],
    )


def contact_in_event(channel: Object, contact: Object, world: World) -> dict[str, Any]:
    """The contact as the platform's events show it."""
    shown = {key: contact[key] for key in traits(channel, world)["event_contact"] if key in contact}
    return {"id": contact["id"], **shown}


def must_occur(event: str, channel: Object, world: World) -> None:
    """Refuses what does not happen on the channel's platform."""
    if event not in traits(channel, world)["events"]:
        raise Refusal(Kind.UNPROCESSABLE, detail="not_offered", facts={"event": event, "type": channel["type"]})
