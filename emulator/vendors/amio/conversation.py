"""Messages as they are kept, and what becomes of them: delivered, read, failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import World, moment, seconds
from emulator.vendors.amio import webhooks
from emulator.vendors.amio.references import Object, traits

ACCEPTED, RECEIVED, FAILED = "accepted", "received", "failed"
SILENT = "silent"  # in a mode whose messages go no further
UNREACHABLE = "unreachable"  # the agent may not reach this number yet
REQUESTED = "requested"  # the number's owner has not agreed yet
INTERNAL = ("channel_id", "contact_id", "state", "purpose")


def listed(message: Mapping[str, Any]) -> Object:
    """The message as lists show it."""
    return {key: value for key, value in message.items() if key not in INTERNAL}


def accepted(message: Mapping[str, Any]) -> Object:
    """The message as the reply to sending it, and its echo, show it."""
    return {
        key: message[key]
        for key in ("id", "channel", "contact", "content", "message_template", "metadata")
        if key in message
    }


def keep(
    channel: Object, contact: Object, world: World, *, direction: str, state: str, view: Object, **holds: Any
) -> Object:
    """Writes a message down. `holds` is its content or template, its metadata, and the like; None is left out."""
    now = world.clock.stamp()
    received_at_once = direction == RECEIVED and traits(channel, world).get("delivered_when_received")
    message = {
        "id": world.ids.snowflake(),
        "channel_id": channel["id"],
        "contact_id": contact["id"],
        "state": state,
        "direction": direction,
        "sent": now,
        "delivered": now if received_at_once else None,
        "read": None,
        "channel": {"id": channel["id"], "type": channel["type"]},
        "contact": view,
        **{name: value for name, value in holds.items() if value is not None},
    }
    world.rows("messages").add(message)
    return message


def under_way(message: Mapping[str, Any]) -> bool:
    """Whether the message is on its way to a device."""
    return message["state"] == ACCEPTED and message["delivered"] is None


def deliver(messages: list[Object], channel: Object, contact: Object, when: str, world: World) -> None:
    """The messages, all to one contact, have reached the device."""
    for message in messages:
        world.rows("messages").put({**message, "delivered": when})
    says = {"messages": [{"id": message["id"]} for message in messages], "delivered_timestamp": when}
    webhooks.announce("messages_delivered", channel, contact, world, says)


def fail(message: Object, channel: Object, contact: Object, code: int, world: World) -> str:
    """The message will not reach its device. Answers the wording."""
    own = world.table("failures_of_platform").get(channel["type"], {})
    wording = str({**world.table("failures"), **own}[str(code)])
    world.rows("messages").put({**message, "state": FAILED})
    says = {"message": {"id": message["id"]}, "error": {"code": code, "message": wording}}
    webhooks.announce("message_failed", channel, contact, world, says)
    return wording


def read_up_to(until: float, channel: Object, contact: Object, world: World) -> list[str]:
    """All that the platform says is read by then. Answers the messages' ids."""
    measure = traits(channel, world)["read_before"]
    now, ids = world.clock.stamp(), []
    for row in list(world.rows("messages").where(contact_id=contact["id"])):
        message = row.data
        counts = message["state"] == ACCEPTED and message["read"] is None
        if counts and message[measure] is not None and moment(message[measure]) <= until:
            world.rows("messages").put({**message, "delivered": message["delivered"] or now, "read": now})
            ids.append(row.id)
    return ids


def dispatch(message: Object, channel: Object, world: World) -> None:
    """Sets off what will become of a message that is on its way: delivery by itself, or failure when its time is over."""
    now = world.clock.now()
    platform = traits(channel, world)
    if world.settings["automatic_delivery"]:
        world.later(
            "delivery_due",
            {"message_id": message["id"]},
            due=now + world.figure("delivery_time"),
            title=f"message {message['id']} is delivered",
        )
    elif platform.get("expires") and world.settings["expire_undelivered"]:
        world.later(
            "message_expired",
            {"message_id": message["id"]},
            due=now + _lifetime(channel, world),
            title=f"message {message['id']} fails unless it is delivered",
        )


def _lifetime(channel: Object, world: World) -> float:
    key = traits(channel, world).get("lives")
    return seconds(channel[channel["type"]][key]) if key else float(world.figure("delivery_deadline"))
