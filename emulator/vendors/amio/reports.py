"""What platforms report of messages that were sent: found, judged, and passed on to those who wait for them."""

from __future__ import annotations

from collections.abc import Iterable

from emulator.kit import Kind, Refusal, World
from emulator.vendors.amio import conversation, webhooks
from emulator.vendors.amio.references import Object, existing


def sent_message(ident: str, world: World) -> tuple[Object, Object, Object]:
    """A message that went out, its channel and its contact. Refuses what was received, or never left."""
    message = existing("message", ident, world)
    if message["state"] not in (conversation.ACCEPTED, conversation.FAILED):
        raise Refusal(Kind.UNPROCESSABLE, detail="not_sent", facts={"id": ident})
    channel = existing("channel", message["channel_id"], world)
    return message, channel, existing("contact", message["contact_id"], world)


def must_be_under_way(message: Object) -> None:
    """Refuses to report anything of a message whose fate is known."""
    if not conversation.under_way(message):
        raise Refusal(Kind.UNPROCESSABLE, detail="failed_already", facts={"id": message["id"]})


def delivered(contact_id: str | None, message_ids: Iterable[str] | None, when: str, world: World) -> list[str]:
    """Reports messages as delivered: those named, or all of the contact's that are on their way. Answers their ids."""
    if message_ids is not None:
        messages = [sent_message(ident, world)[0] for ident in message_ids]
        for message in messages:
            must_be_under_way(message)
    else:
        rows = world.rows("messages").where(contact_id=existing("contact", str(contact_id), world)["id"])
        messages = [row.data for row in rows if conversation.under_way(row.data)]
    if not messages:
        raise Refusal(Kind.UNPROCESSABLE, detail="nothing_to_report", facts={"id": contact_id})
    by_contact: dict[str, list[Object]] = {}
    for message in messages:
        by_contact.setdefault(message["contact_id"], []).append(message)
    for ident, theirs in by_contact.items():
        contact = existing("contact", ident, world)
        channel = existing("channel", contact["channel_id"], world)
        webhooks.must_occur("messages_delivered", channel, world)
        conversation.deliver(theirs, channel, contact, when, world)
    return [message["id"] for message in messages]
