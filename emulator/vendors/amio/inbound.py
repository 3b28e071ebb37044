"""What people do on their platforms: they write, tap and agree. The emulator's stimuli are made of this."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import World, moment
from emulator.vendors.amio import conversation, numbers, people, webhooks
from emulator.vendors.amio.references import Object, broken, existing, traits


def whose(says: Mapping[str, Any], world: World) -> tuple[Object, Object]:
    """The channel and the contact that a stimulus names; somebody new where it names the channel alone.

    Refuses with `missing`, or with `invalid` where contact and channel do not belong together.
    """
    if "contact_id" in says:
        contact = existing("contact", says["contact_id"], world)
        if says.get("channel_id", contact["channel_id"]) != contact["channel_id"]:
            raise broken(("contact_id",), "exists", says["contact_id"], "contact")
        return existing("channel", contact["channel_id"], world), contact
    channel = existing("channel", says["channel_id"], world)
    return channel, _by_number_or_new(channel, says, world)


def _by_number_or_new(channel: Object, says: Mapping[str, Any], world: World) -> Object:
    """A person is known by number where the platform goes by numbers, and new elsewhere."""
    name = says.get("name", "")
    known = {"profile": says["profile"]} if "profile" in says else {}
    if "phone_number" in says:
        number = numbers.digits(says["phone_number"], ("phone_number",))
        found = people.by_number(channel, number, world)
        return found or people.new_contact(channel, world, name=name, phone_number=number, **known)
    if traits(channel, world)["named_by"]:
        raise broken(("phone_number",), "required", None, "phone_number")
    return people.new_contact(channel, world, name=name, **known)


def moment_of(name: str, says: Mapping[str, Any], world: World) -> tuple[str, float]:
    """A time that a stimulus tells, or else the present, as text and in epoch seconds. Refuses a date that there is not."""
    text = says.get(name, world.clock.stamp())
    try:
        return text, moment(text)
    except ValueError:
        raise broken((name,), "format", text, "date-time") from None


def active(contact: Object, world: World, **learnt: Any) -> Object:
    """The contact, noted to have been active just now."""
    contact = {**contact, **learnt, "last_active": world.clock.now()}
    world.rows("contacts").put(contact)
    return contact


def write(channel: Object, contact: Object, content: Object, world: World, **more: Any) -> str:
    """The contact's message reaches the channel and its webhook. Answers the message's id."""
    webhooks.must_occur("message_received", channel, world)
    contact = active(contact, world)
    metadata = {**contact.get("returned_metadata", {}), **({"email": more["email"]} if "email" in more else {})} or None
    content = _stored(channel, contact, content, world)
    view = {key: contact[key] for key in ("id", *traits(channel, world)["message_contact"]) if key in contact}
    message = conversation.keep(
        channel,
        contact,
        world,
        direction="received",
        state=conversation.RECEIVED,
        view=view,
        content=content,
        metadata=metadata,
    )
    says = {"id": message["id"], "content": content, **({"metadata": metadata} if metadata else {})}
    if "nlp" in more and content["type"] == "text":
        says["nlp"] = _understood(more["nlp"])
    webhooks.announce("message_received", channel, contact, world, says)
    return str(message["id"])


def tapped(offered: Mapping[str, Any], value: Any) -> Object:
    """What comes back of a quick reply: its title with the developer's payload, a location, or the text that the user gave."""
    if offered["type"] == "text":
        return {"type": "text", "payload": offered["title"], "quick_reply": {"payload": offered["payload"]}}
    return {"type": "location" if offered["type"] == "location" else "text", "payload": value}


def _understood(nlp: Mapping[str, Any]) -> Object:
    surest_first = sorted(nlp["intents"], key=lambda intent: -float(intent["confidence"]))
    return {"intents": surest_first, "native_data": nlp.get("native_data", {})}


def _stored(channel: Object, contact: Object, content: Object, world: World) -> Object:
    """The content with its file kept by Amio, where the platform's own links do not last."""
    payload = content["payload"]
    if not (isinstance(payload, dict) and "url" in payload and traits(channel, world).get("keeps_files")):
        return content
    ident = world.ids.snowflake()
    world.rows("files").add({"id": ident, "contact_id": contact["id"], "source": payload["url"]})
    if world.settings["received_files"] == "as_sent":
        return content
    url = world.table("stored_files")["form"].format_map({"id": ident})
    return {**content, "payload": {**payload, "url": url}}
