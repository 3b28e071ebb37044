"""Events go to the channel's webhook: signed, in order, and again if need be."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from emulator.kit import Refusal
from emulator.testing.client import Box
from emulator.world.clock import moment
from emulator.world.outbox import signature as signed
from tests.vendors.amio.client import Api, Inbox, signature
from tests.vendors.amio.test_phone_platforms import hooked

VECTOR = (
    b'{"event":"messages_delivered","timestamp":"2018-03-01T11:54:14.886Z","data":{"channel":{"id":'
    b'"viber_service_messages_test","type":"viber"},"contact":{"phone_number":"+420606123456"},'
    b'"messages":[{"id":"151990525359991"}]}}'
)


def chat(api: Api, inbox: Inbox, sandbox: Box) -> tuple[str, str]:
    """A chat whose events come to the inbox, and somebody who wrote there."""
    channel = hooked(api, inbox, "amio_chat")
    return channel, sandbox.stimuli.amio.message_received(channel_id=channel, text="Hi")["contact_id"]


def test_the_documented_vector_is_signed_as_documented(sandbox: Box) -> None:
    style = sandbox.state("amio").contract.webhooks["channel"].signature
    assert style is not None
    assert signed(style, "WebhookSecret", VECTOR) == "sha1=cb041d03489e961730cb6c7a6d1edf58ae88ef13"
    assert signature("WebhookSecret", VECTOR) == "sha1=cb041d03489e961730cb6c7a6d1edf58ae88ef13"


def test_an_event_is_json_signed_over_the_very_bytes(api: Api, inbox: Inbox, sandbox: Box) -> None:
    channel, _ = chat(api, inbox, sandbox)
    sandbox.deliver()
    [(headers, body)] = inbox.requests
    secret = api.get(f"/channels/{channel}").json()["webhook"]["secret"]
    assert headers["x-hub-signature"] == signature(secret, body)
    assert headers["content-type"].startswith("application/json")


def test_an_event_has_a_name_a_moment_and_data_with_channel_and_contact(api: Api, inbox: Inbox, sandbox: Box) -> None:
    channel, contact = chat(api, inbox, sandbox)
    sandbox.deliver()
    [event] = inbox.events
    assert event["event"] == "message_received"
    assert abs(moment(event["timestamp"]) - sandbox.clock.now()) < 60
    assert event["data"] == {
        "id": api.messages(channel, contact)[0]["id"],
        "channel": {"id": channel, "type": "amio_chat"},
        "contact": {"id": contact},
        "content": {"type": "text", "payload": "Hi"},
    }


def test_events_of_a_channel_come_in_order(api: Api, inbox: Inbox, sandbox: Box) -> None:
    channel, contact = chat(api, inbox, sandbox)
    for number in range(20):
        api.send(channel, {"id": contact}, {"type": "text", "payload": str(number)})
    sandbox.deliver()
    assert [e["data"]["content"]["payload"] for e in inbox.events] == ["Hi", *map(str, range(20))]


def test_an_echo_repeats_what_was_sent(api: Api, inbox: Inbox, sandbox: Box) -> None:
    channel, contact = chat(api, inbox, sandbox)
    sent = api.send(channel, {"id": contact}, metadata={"any": "arbitrary data"}).json()
    sandbox.deliver()
    assert (inbox.names[-1], inbox.events[-1]["data"]) == ("message_echo", sent)


def test_delivered_tells_which_messages_and_when(api: Api, inbox: Inbox, sandbox: Box) -> None:
    channel, contact = chat(api, inbox, sandbox)
    ids = [api.send(channel, {"id": contact}).json()["id"] for _ in range(2)]
    when = "2030-01-02T03:04:05Z"
    sandbox.stimuli.amio.messages_delivered(contact_id=contact, delivered_timestamp=when)
    sandbox.deliver()
    data = inbox.events[-1]["data"]
    assert (inbox.names[-1], data["messages"]) == ("messages_delivered", [{"id": ident} for ident in ids])
    assert data["delivered_timestamp"] == when
    assert api.messages(channel, contact)[0]["delivered"] == when


def test_read_tells_up_to_when(api: Api, inbox: Inbox, sandbox: Box) -> None:
    channel, contact = chat(api, inbox, sandbox)
    early = api.send(channel, {"id": contact}).json()["id"]
    sandbox.stimuli.amio.messages_delivered(contact_id=contact)
    sandbox.clock.advance("1h")
    until = sandbox.clock.utc().strftime("%Y-%m-%dT%H:%M:%SZ")
    sandbox.clock.advance("1h")
    api.send(channel, {"id": contact})
    assert sandbox.stimuli.amio.messages_read(contact_id=contact, until=until) == {"message_ids": [early]}
    sandbox.deliver()
    assert (inbox.names[-1], inbox.events[-1]["data"]["last_read_timestamp"]) == ("messages_read", until)


def test_a_postback_carries_its_payload(api: Api, inbox: Inbox, sandbox: Box) -> None:
    _, contact = chat(api, inbox, sandbox)
    sandbox.stimuli.amio.postback_tapped(contact_id=contact, payload="SHOW")
    sandbox.deliver()
    assert (inbox.names[-1], inbox.events[-1]["data"]["postback"]) == ("postback", {"payload": "SHOW"})


def test_the_start_button_sends_the_payload_of_the_settings(api: Api, inbox: Inbox, sandbox: Box) -> None:
    channel = hooked(api, inbox, "facebook_messenger")
    with pytest.raises(Refusal):
        sandbox.stimuli.amio.postback_tapped(channel_id=channel)
    api.patch(f"/channels/{channel}/settings", {"get_started_button": {"payload": "START"}})
    sandbox.stimuli.amio.postback_tapped(channel_id=channel)
    sandbox.deliver()
    assert inbox.events[-1]["data"]["postback"] == {"payload": "START"}


def test_a_tapped_reply_may_be_told_with_its_payload(api: Api, inbox: Inbox, sandbox: Box) -> None:
    _, contact = chat(api, inbox, sandbox)
    sandbox.stimuli.amio.message_received(contact_id=contact, text="Yes", quick_reply_payload="YES")
    sandbox.deliver()
    assert inbox.events[-1]["data"]["content"]["quick_reply"] == {"payload": "YES"}


def test_a_chats_client_may_send_data_of_its_own(api: Api, inbox: Inbox, sandbox: Box) -> None:
    _, contact = chat(api, inbox, sandbox)
    sandbox.stimuli.amio.notification_received(contact_id=contact, payload={"opened": True})
    sandbox.deliver()
    data = inbox.events[-1]["data"]
    assert (inbox.names[-1], data["type"], data["payload"]) == ("notification", "custom", {"opened": True})


def test_text_on_a_channel_with_nlp_comes_with_its_intents(api: Api, inbox: Inbox, sandbox: Box) -> None:
    _, contact = chat(api, inbox, sandbox)
    intents = [{"id": "weather", "confidence": 0.2}, {"id": "greet", "confidence": 0.9}]
    sandbox.stimuli.amio.message_received(contact_id=contact, text="Hello", nlp={"intents": intents})
    sandbox.stimuli.amio.message_received(
        contact_id=contact, content={"type": "image", "payload": {"url": "https://a.b/c"}}, nlp={"intents": intents}
    )
    sandbox.deliver()
    _, text, image = inbox.events
    assert text["data"]["nlp"] == {"intents": intents[::-1], "native_data": {}}
    assert "nlp" not in image["data"]


def test_a_received_mail_tells_subject_and_recipients(api: Api, inbox: Inbox, sandbox: Box) -> None:
    channel = hooked(api, inbox, "email")
    mail = {"subject": "Urgent", "to": [{"email": "support@example.com", "name": "Support"}]}
    sandbox.stimuli.amio.message_received(channel_id=channel, text="Help", email=mail)
    sandbox.deliver()
    assert inbox.events[0]["data"]["metadata"] == {"email": mail}


@pytest.mark.parametrize(
    "kind, shown",
    [("telegram", {"name": "Ana"}), ("viber", {}), ("mobile", {"phone_number": "12025550123"})],
)
def test_events_show_contacts_as_the_platform_does(
    api: Api, inbox: Inbox, sandbox: Box, kind: str, shown: dict[str, str]
) -> None:
    who: dict[str, Any] = {"phone_number": "+1 202 555 0123"} if kind == "mobile" else {"name": "Ana"}
    contact = sandbox.stimuli.amio.message_received(channel_id=hooked(api, inbox, kind), text="Hi", **who)["contact_id"]
    sandbox.deliver()
    assert inbox.events[0]["data"]["contact"] == {"id": contact, **shown}


def test_the_channels_name_can_be_had_in_events(api: Api, inbox: Inbox, sandbox: Box) -> None:
    sandbox.settings.update({"amio": {"channel_name_in_events": True}})
    chat(api, inbox, sandbox)
    sandbox.deliver()
    assert inbox.events[0]["data"]["channel"]["name"] == "Test amio_chat"


def test_a_failing_webhook_is_tried_again_after_the_documented_minutes(api: Api, inbox: Inbox, sandbox: Box) -> None:
    sandbox.clock.freeze()
    inbox.status = 500
    chat(api, inbox, sandbox)
    sandbox.deliver()
    for tries, minutes in enumerate((1, 5, 20, 60, 180, 480), start=1):
        assert len(inbox.requests) == tries
        sandbox.clock.advance(f"{minutes * 60 - 1}s")
        assert len(inbox.requests) == tries
        sandbox.clock.advance("1s")
    sandbox.clock.advance("30d")
    assert len(inbox.requests) == 7
    assert sandbox.deliveries()[0]["state"] == "discarded"
    assert len({body for _, body in inbox.requests}) == 1


@pytest.mark.parametrize("status", [301, 404, 500])
def test_anything_but_2xx_is_a_failure(api: Api, inbox: Inbox, sandbox: Box, status: int) -> None:
    inbox.status = status
    chat(api, inbox, sandbox)
    sandbox.deliver()
    inbox.status = 204
    sandbox.clock.advance("1m")
    assert (len(inbox.requests), sandbox.deliveries()[0]["state"]) == (2, "delivered")


def test_later_events_wait_for_the_one_that_failed(api: Api, inbox: Inbox, sandbox: Box) -> None:
    inbox.status = 500
    channel, contact = chat(api, inbox, sandbox)
    sandbox.deliver()
    inbox.status = 200
    api.send(channel, {"id": contact})
    sandbox.deliver()
    assert inbox.names == ["message_received"]
    sandbox.clock.advance("1m")
    assert inbox.names == ["message_received", "message_received", "message_echo"]


def test_or_do_not_if_the_world_is_set_so(api: Api, inbox: Inbox, sandbox: Box) -> None:
    sandbox.settings.update({"amio": {"webhook_order": "independent"}})
    inbox.status = 500
    channel, contact = chat(api, inbox, sandbox)
    sandbox.deliver()
    inbox.status = 200
    api.send(channel, {"id": contact})
    sandbox.deliver()
    assert inbox.names == ["message_received", "message_echo"]


def test_an_address_outside_is_not_called_and_that_is_said(api: Api, sandbox: Box) -> None:
    channel = api.new_channel("amio_chat", webhook={"url": "http://192.0.2.1/hook"})["id"]
    sandbox.stimuli.amio.message_received(channel_id=channel, text="Hi")
    sandbox.deliver()
    assert sandbox.deliveries()[0]["state"] == "refused"


def test_without_a_webhook_nothing_is_sent(api: Api, sandbox: Box) -> None:
    sandbox.stimuli.amio.message_received(channel_id=api.new_channel("amio_chat")["id"], text="Hi")
    assert sandbox.deliveries() == []


OCCUR = {
    "amio_chat": "message_received message_echo messages_delivered messages_read postback notification",
    "email": "message_received messages_delivered",
    "facebook_messenger": "message_received message_echo messages_delivered messages_read postback opt_in",
    "mobile": "message_received message_echo messages_delivered message_failed",
    "rbm": "message_received message_echo messages_delivered messages_read",
    "telegram": "message_received message_echo messages_delivered messages_read postback",
    "viber": "message_received message_echo messages_delivered messages_read message_failed postback",
    "viber_business_messages": "message_echo messages_delivered messages_read message_failed",
    "whatsapp": "message_received message_echo messages_delivered messages_read message_failed postback",
}


@pytest.mark.parametrize("kind", OCCUR)
def test_each_platform_sends_its_events_and_no_other(api: Api, inbox: Inbox, sandbox: Box, kind: str) -> None:
    channel = api.demo_channel(kind)
    api.patch(f"/channels/{channel}", {"webhook": {"url": inbox.url}})
    contact = api.get(f"/channels/{channel}/contacts").json()[0]["id"]
    outside = sandbox.stimuli.amio
    first, second = (api.send(channel, {"id": contact}).json()["id"] for _ in range(2))
    for happening in (
        lambda: outside.message_received(contact_id=contact, text="Hi"),
        lambda: outside.messages_delivered(message_ids=[first]),
        lambda: outside.messages_read(contact_id=contact),
        lambda: outside.message_failed(message_id=second, code=1),
        lambda: outside.postback_tapped(contact_id=contact, payload="GO"),
        lambda: outside.opted_in(channel_id=channel, contact_id=contact, type="send_to_messenger", payload="x"),
        lambda: outside.notification_received(contact_id=contact, payload=1),
    ):
        with suppress(Refusal):
            happening()
    sandbox.deliver()
    expected = set(OCCUR[kind].split())
    if "messages_read" in expected:  # what is read has not failed
        expected.discard("message_failed")
    assert set(inbox.names) == expected
