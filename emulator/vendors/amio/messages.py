"""Messages: sent by the client, listed by conversation."""

from __future__ import annotations

from typing import Any

from emulator.kit import Ask, Kind, Outcome, Refusal, World
from emulator.vendors.amio import conversation, facebook, numbers, people, webhooks
from emulator.vendors.amio.references import Object, channel_in_body, contact_in_path, strangers, traits, unknown


def find(ask: Ask, world: World) -> Outcome:
    """The messages with one contact, newest first."""
    contact = contact_in_path(ask, world)
    return Outcome(
        items=world.rows("messages").where(contact_id=contact["id"]).newest_first(), show=conversation.listed
    )


def send(ask: Ask, world: World) -> Outcome:
    """Accepts a message for a contact, if the channel's platform can take it, and tells the webhook."""
    channel = channel_in_body(ask, world)
    _hold_to_platform(ask, channel, world)
    contact, view = people.recipient(ask, channel, world)
    metadata = ask.body.get("metadata")
    purpose = None
    if traits(channel, world).get("needs_page"):
        metadata = facebook.tagged(metadata or {}) if metadata is not None else None
        purpose = facebook.purpose(metadata or {}, contact, world)
    facebook.reach(channel, world)
    _hold_to_agent(channel, world)
    in_time = _within_window(ask, channel, contact, world)
    template = ask.body.get("message_template")
    message = conversation.keep(
        channel,
        contact,
        world,
        direction="sent",
        state=_state(channel, contact, world),
        view=view,
        content=None if template else ask.body["content"],
        message_template=template,
        metadata=metadata,
        purpose=purpose,
    )
    _remember(ask, channel, contact, world)
    shown = conversation.accepted(message)
    webhooks.announce(
        "message_echo", channel, contact, world, {k: v for k, v in shown.items() if k not in ("channel", "contact")}
    )
    if conversation.under_way(message):
        _set_off(message, channel, contact, in_time, world)
    return Outcome(data=shown, location=f"{ask.operation.path}/{message['id']}")


def _hold_to_platform(ask: Ask, channel: Object, world: World) -> None:
    strangers(ask, world)
    templates = traits(channel, world).get("templates_first")
    if "message_template" in ask.body and not templates:
        ask.remark("message_template means nothing on this platform")
    ask.require(channel["type"])
    if world.settings["structure_limits"] == "facebook":
        ask.require("facebook_limits")
    if templates and "message_template" in ask.body:
        ident = ask.body["message_template"]["id"]
        if world.rows("templates").row(ident) is None:
            raise unknown(("message_template", "id"), "message_template", ident)
        if "content" in ask.body:
            ask.remark("a template goes without content; the content is passed over")


def _hold_to_agent(channel: Object, world: World) -> None:
    """An agent that does not exist at Google yet can be tried in test mode only."""
    if not traits(channel, world).get("needs_agent") or channel["mode"] in world.table("silent_modes"):
        return
    state = channel["rbm"]["agent_state"]
    if state in world.table("unusable_agent_states"):
        raise Refusal(Kind.UNPROCESSABLE, detail="agent_not_created", facts={"mode": channel["mode"], "state": state})


def _within_window(ask: Ask, channel: Object, contact: Object, world: World) -> bool:
    """Whether the contact was active lately, where the platform asks for it. Refuses where the platform refuses at once."""
    rule = traits(channel, world).get("window")
    if rule is None or world.settings["messaging_window"] == "off" or "message_template" in ask.body:
        return True
    if "last_active" not in contact:  # was there before this world began: nobody can tell
        return True
    length = world.figure("messaging_window")
    active = contact["last_active"]
    if active is not None and world.clock.now() - active <= length:
        return True
    exempt = (
        not contact.get("accepted", True)
        or "user_ref" in ask.body["contact"]
        or (ask.body.get("metadata") or {}).get("tag")
    )
    if rule == "refused" and not exempt:
        raise Refusal(Kind.UNPROCESSABLE, detail="outside_window", facts={"hours": round(length / 3600)})
    return bool(rule == "refused")


def _state(channel: Object, contact: Object, world: World) -> str:
    if channel["mode"] in world.table("silent_modes"):
        return conversation.SILENT
    if not contact.get("accepted", True):
        return conversation.REQUESTED
    untried = traits(channel, world).get("needs_agent") and channel["rbm"]["agent_state"] in world.table(
        "test_agent_states"
    )
    if untried and not numbers.is_test_device(contact["phone_number"], world):
        return conversation.UNREACHABLE
    return conversation.ACCEPTED


def _remember(ask: Ask, channel: Object, contact: Object, world: World) -> None:
    """Notes with the contact what later messages depend on."""
    platform = traits(channel, world)
    notes: dict[str, Any] = {}
    if platform.get("templates_first") and "message_template" in ask.body:
        notes["templated"] = True
    returned = platform.get("returns_metadata")
    if returned and isinstance(value := (ask.body.get("metadata") or {}).get(returned), str):
        notes["returned_metadata"] = {returned: value}
    if notes:
        world.rows("contacts").put({**contact, **notes})


def _set_off(message: Object, channel: Object, contact: Object, in_time: bool, world: World) -> None:
    """On its way, or failed already where the platform tells only by webhook."""
    platform, codes = traits(channel, world), world.table("failure_codes")
    if not in_time:
        conversation.fail(message, channel, contact, codes["processing"], world)
    elif codes["no_user"] in platform["failures"] and not numbers.has_user(contact.get("phone_number", ""), world):
        conversation.fail(message, channel, contact, codes["no_user"], world)
    else:
        conversation.dispatch(message, channel, world)
