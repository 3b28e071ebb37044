"""Notifications to a contact: typing, messages read, or data of the client's own."""

from __future__ import annotations

from emulator.kit import Ask, Kind, Outcome, Refusal, World
from emulator.vendors.amio import facebook
from emulator.vendors.amio.references import channel_in_body, contact_in_body, strangers, traits


def send(ask: Ask, world: World) -> Outcome:
    """Passes a notification on, where the platform has any. Typing ends by itself."""
    channel = channel_in_body(ask, world)
    if not traits(channel, world).get("notifications"):
        raise Refusal(Kind.UNPROCESSABLE, detail="no_notifications", facts={"type": channel["type"]})
    strangers(ask, world)
    ask.require(channel["type"])
    contact = contact_in_body(ask, channel, world)
    facebook.reach(channel, world)
    kind = ask.body["type"]
    shown = {
        "channel": {"id": channel["id"], "type": channel["type"]},
        "contact": {"id": contact["id"]},
        "type": kind,
    }
    if "payload" in ask.body:
        if kind == "custom":
            shown["payload"] = ask.body["payload"]
        else:
            ask.remark("a payload goes with the type custom only; it is passed over")
    _type(kind, contact["id"], world)
    kept = {"id": world.ids.snowflake(), "contact_id": contact["id"], "sent": world.clock.stamp()}
    world.rows("notifications").add(
        {**kept, **{key: value for key, value in shown.items() if key in ("type", "payload")}}
    )
    return Outcome(data=shown)


def _type(kind: str, contact_id: str, world: World) -> None:
    """Shows the contact that somebody is typing, for a while, or no more."""
    typing = world.rows("typing")
    if kind in ("typing_on", "typing_off"):
        typing.drop(contact_id)
    if kind == "typing_on":
        now = world.clock.now()
        typing.add({"id": contact_id, "since": now}, expires=now + world.figure("typing_time"))
