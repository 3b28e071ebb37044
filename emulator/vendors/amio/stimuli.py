"""What reaches Amio from outside: from people, from their platforms, and with time."""

from __future__ import annotations

from emulator.kit import Ask, Kind, Outcome, Refusal, World, stamp
from emulator.vendors.amio import conversation, facebook, inbound, numbers, people, preferences, reports, webhooks
from emulator.vendors.amio.references import Object, broken, existing, traits


def message_received(ask: Ask, world: World) -> Outcome:
    """A contact writes."""
    says = ask.body
    channel, contact = inbound.whose(says, world)
    content = says.get("content") or {"type": "text", "payload": says["text"]}
    if "quick_reply_payload" in says:
        content = {**content, "quick_reply": {"payload": says["quick_reply_payload"]}}
    more = {key: says[key] for key in ("email", "nlp") if key in says}
    message_id = inbound.write(channel, contact, content, world, **more)
    return Outcome(data={"message_id": message_id, "contact_id": contact["id"], "channel_id": channel["id"]})


def quick_reply_tapped(ask: Ask, world: World) -> Outcome:
    """A contact taps a quick reply of a message that was sent."""
    message, channel, contact = reports.sent_message(ask.body["message_id"], world)
    offered = (message.get("content") or {}).get("quick_replies") or []
    number = ask.body.get("reply", 0)
    if number >= len(offered):
        raise Refusal(Kind.UNPROCESSABLE, detail="no_such_reply", facts={"id": message["id"]})
    reply, value = offered[number], ask.body.get("value")
    wanted = {"text": None, "location": dict}.get(reply["type"], str)
    if wanted is not None and not isinstance(value, wanted):
        raise Refusal(Kind.UNPROCESSABLE, detail="value_needed", facts={"type": reply["type"]})
    content = inbound.tapped(reply, value)
    return Outcome(data={"message_id": inbound.write(channel, contact, content, world), "contact_id": contact["id"]})


def postback_tapped(ask: Ask, world: World) -> Outcome:
    """A contact presses a button that sends a payload back; without one it was the get started button."""
    channel, contact = inbound.whose(ask.body, world)
    webhooks.must_occur("postback", channel, world)
    payload = ask.body.get("payload")
    if payload is None:
        button = preferences.kept(channel, world).get("get_started_button")
        if button is None:
            raise Refusal(Kind.UNPROCESSABLE, detail="no_button", facts={"id": channel["id"]})
        payload = button["payload"]
    contact = inbound.active(contact, world)
    webhooks.announce("postback", channel, contact, world, {"postback": {"payload": payload}})
    return Outcome(data={"contact_id": contact["id"]})


def opted_in(ask: Ask, world: World) -> Outcome:
    """A person agrees to be written to, in one of four ways."""
    says, kind = ask.body, ask.body["type"]
    channel = existing("channel", says["channel_id"], world)
    webhooks.must_occur("opt_in", channel, world)
    if kind == "checkbox" and "contact_id" not in says:
        contact = people.by_user_ref(channel, says["user_ref"], world) or people.new_contact(
            channel, world, name=says.get("name", "")
        )
    elif kind == "phone_number" and "contact_id" not in says:
        contact = _asked_by_number(channel, says["phone_number"], world)
    else:
        channel, contact = inbound.whose(says, world)
    learnt = {"user_ref": says["user_ref"]} if kind == "checkbox" else {}
    contact = inbound.active(contact, world, accepted=True, **learnt)
    opt_in = {"type": kind} if kind == "phone_number" else {"type": kind, "payload": says["payload"]}
    webhooks.announce("opt_in", channel, contact, world, {"opt_in": opt_in}, **learnt)
    return Outcome(data={"contact_id": contact["id"]})


def messages_delivered(ask: Ask, world: World) -> Outcome:
    """Messages reach a device."""
    when, _ = inbound.moment_of("delivered_timestamp", ask.body, world)
    ids = reports.delivered(ask.body.get("contact_id"), ask.body.get("message_ids"), when, world)
    return Outcome(data={"message_ids": ids})


def messages_read(ask: Ask, world: World) -> Outcome:
    """A contact reads what there is, up to a time."""
    contact = existing("contact", ask.body["contact_id"], world)
    channel = existing("channel", contact["channel_id"], world)
    webhooks.must_occur("messages_read", channel, world)
    until, epoch = inbound.moment_of("until", ask.body, world)
    ids = conversation.read_up_to(epoch, channel, contact, world)
    webhooks.announce("messages_read", channel, contact, world, {"last_read_timestamp": until})
    return Outcome(data={"message_ids": ids})


def message_failed(ask: Ask, world: World) -> Outcome:
    """The platform gives a message up."""
    message, channel, contact = reports.sent_message(ask.body["message_id"], world)
    webhooks.must_occur("message_failed", channel, world)
    code = ask.body["code"]
    if code not in traits(channel, world)["failures"]:
        raise Refusal(Kind.UNPROCESSABLE, detail="no_such_code", facts={"code": code, "type": channel["type"]})
    reports.must_be_under_way(message)
    wording = conversation.fail(message, channel, contact, code, world)
    return Outcome(data={"message_id": message["id"], "code": code, "message": wording})


def notification_received(ask: Ask, world: World) -> Outcome:
    """A chat's client sends data of its own."""
    contact = existing("contact", ask.body["contact_id"], world)
    channel = existing("channel", contact["channel_id"], world)
    webhooks.must_occur("notification", channel, world)
    webhooks.announce("notification", channel, contact, world, {"type": "custom", "payload": ask.body["payload"]})
    return Outcome(data={"contact_id": contact["id"]})


def message_sent_elsewhere(ask: Ask, world: World) -> Outcome:
    """Somebody else writes to a contact over the same platform."""
    contact = existing("contact", ask.body["contact_id"], world)
    channel = existing("channel", contact["channel_id"], world)
    webhooks.must_occur("message_echo", channel, world)
    content = ask.body.get("content") or {"type": "text", "payload": ask.body["text"]}
    view = {key: contact[key] for key in ("id", *traits(channel, world)["message_contact"]) if key in contact}
    message = conversation.keep(
        channel,
        contact,
        world,
        direction="sent",
        state=conversation.ACCEPTED,
        view=view,
        content=content,
        metadata=ask.body.get("metadata"),
    )
    shown = conversation.accepted(message)
    webhooks.announce(
        "message_echo", channel, contact, world, {k: v for k, v in shown.items() if k not in ("channel", "contact")}
    )
    return Outcome(data={"message_id": message["id"]})


def page_disconnected(ask: Ask, world: World) -> Outcome:
    """A Facebook page answers no more."""
    channel = _of_platform("needs_page", ask, world)
    facebook.disconnect(channel, world)
    return Outcome(data={"channel_id": channel["id"]})


def page_connected(ask: Ask, world: World) -> Outcome:
    """A Facebook page answers again."""
    channel = _of_platform("needs_page", ask, world)
    facebook.connect(channel, world)
    return Outcome(data={"channel_id": channel["id"]})


def facebook_throttles(ask: Ask, world: World) -> Outcome:
    """Facebook has had enough of settings for some minutes."""
    channel = _of_platform("needs_page", ask, world)
    minutes = ask.body.get("minutes")
    until = world.clock.now() + (minutes * 60 if minutes else world.figure("facebook_throttle"))
    facebook.throttle(channel, until, world)
    return Outcome(data={"until": stamp(until)})


def agent_changed(ask: Ask, world: World) -> Outcome:
    """An RBM agent is registered or launched, or goes back."""
    channel = _of_platform("needs_agent", ask, world)
    channel["rbm"]["agent_state"] = ask.body["state"]
    world.rows("channels").put(channel)
    return Outcome(data={"channel_id": channel["id"], "state": ask.body["state"]})


def sender_approved(ask: Ask, world: World) -> Outcome:
    """Viber approves a sender of business messages."""
    channel = _of_platform("mode_inside", ask, world)
    channel[channel["type"]]["approved"] = True
    world.rows("channels").put(channel)
    return Outcome(data={"channel_id": channel["id"]})


def template_approved(ask: Ask, world: World) -> Outcome:
    """WhatsApp lets a template be used."""
    ident = ask.body["id"]
    world.rows("templates").put({"id": ident, "name": ask.body.get("name", ident)})
    return Outcome(data={"id": ident})


def chat_opened(ask: Ask, world: World) -> Outcome:
    """A web page tries to open a chat; whether it may is up to the whitelist."""
    channel = existing("channel", ask.body["channel_id"], world)
    webhooks.must_occur("notification", channel, world)
    listed = preferences.kept(channel, world).get("domains_whitelist") or []
    allowed = {preferences.origin(entry, world) for entry in listed}
    return Outcome(data={"accepted": preferences.origin(ask.body["origin"], world) in allowed})


def message_expired(ask: Ask, world: World) -> Outcome:
    """The time of a message is over; it fails if it was not delivered and is still there."""
    message = world.rows("messages").get(ask.body["message_id"])
    if message is None or not conversation.under_way(message):
        return Outcome(data={"failed": False})
    _, channel, contact = reports.sent_message(message["id"], world)
    conversation.fail(message, channel, contact, world.table("failure_codes")["expired"], world)
    return Outcome(data={"failed": True})


def delivery_due(ask: Ask, world: World) -> Outcome:
    """A message reaches its device by itself, if it is still there."""
    message = world.rows("messages").get(ask.body["message_id"])
    if message is None or not conversation.under_way(message):
        return Outcome(data={"delivered": False})
    reports.delivered(None, [message["id"]], world.clock.stamp(), world)
    return Outcome(data={"delivered": True})


def _asked_by_number(channel: Object, text: str, world: World) -> Object:
    number = numbers.digits(text, ("phone_number",))
    contact = people.by_number(channel, number, world)
    if contact is None:
        raise broken(("phone_number",), "exists", text, "contact")
    return contact


def _of_platform(trait: str, ask: Ask, world: World) -> Object:
    """The channel that a stimulus names, which must be of a platform with this trait."""
    channel = existing("channel", ask.body["channel_id"], world)
    if not traits(channel, world).get(trait):
        raise Refusal(Kind.UNPROCESSABLE, detail="wrong_platform", facts={"id": channel["id"], "type": channel["type"]})
    return channel
