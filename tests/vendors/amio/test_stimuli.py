"""What the world outside can do, and what it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.kit import Kind, Refusal
from emulator.testing.client import Box
from tests.vendors.amio.client import Api, Inbox
from tests.vendors.amio.test_messages import contact_on
from tests.vendors.amio.test_phone_platforms import hooked


def refused(sandbox: Box, name: str, **body: Any) -> Refusal:
    with pytest.raises(Refusal) as told:
        getattr(sandbox.stimuli.amio, name)(**body)
    return told.value


def test_the_examples_of_all_stimuli_work_on_the_demo_world(sandbox: Box) -> None:
    for stimulus in sandbox.state("amio").contract.stimuli.values():
        assert stimulus.body is not None
        sandbox.reset()
        getattr(sandbox.stimuli.amio, stimulus.name)(**stimulus.body.example)


@pytest.mark.parametrize(
    "body",
    [
        {"text": "Hi"},
        {"channel_id": "1"},
        {"channel_id": "1", "text": ""},
        {"channel_id": "1", "content": {"type": "structure", "payload": {}}},
        {"channel_id": "1", "text": "Hi", "colour": "red"},
    ],
)
def test_a_stimulus_takes_what_its_schema_says(sandbox: Box, body: dict[str, Any]) -> None:
    assert refused(sandbox, "message_received", **body).kind is Kind.INVALID


def test_nobody_writes_to_a_channel_that_is_not_there(sandbox: Box) -> None:
    assert refused(sandbox, "message_received", channel_id="1", text="Hi").kind is Kind.MISSING
    assert refused(sandbox, "message_received", contact_id="1", text="Hi").kind is Kind.MISSING


def test_a_contact_writes_on_its_own_channel_only(api: Api, sandbox: Box) -> None:
    contact = contact_on(api, api.demo_channel("viber"))["id"]
    told = refused(sandbox, "message_received", contact_id=contact, channel_id=api.demo_channel("email"), text="Hi")
    assert told.kind is Kind.INVALID


def test_on_a_phone_platform_a_stranger_has_a_number(api: Api, sandbox: Box) -> None:
    channel = api.demo_channel("mobile")
    assert refused(sandbox, "message_received", channel_id=channel, text="Hi").violations[0].at == ("phone_number",)
    first = sandbox.stimuli.amio.message_received(channel_id=channel, phone_number="+1 202 555 0133", text="Hi")
    again = sandbox.stimuli.amio.message_received(channel_id=channel, phone_number="12025550133", text="Hi")
    assert first["contact_id"] == again["contact_id"]


def test_one_delivers_what_is_on_its_way_and_once(api: Api, sandbox: Box) -> None:
    channel = api.new_channel("mobile")["id"]
    sent = api.send(channel, {"phone_number": "+12025550123"}).json()
    sandbox.stimuli.amio.messages_delivered(message_ids=[sent["id"]])
    assert refused(sandbox, "messages_delivered", message_ids=[sent["id"]]).detail == "failed_already"
    assert refused(sandbox, "messages_delivered", contact_id=sent["contact"]["id"]).detail == "nothing_to_report"
    assert refused(sandbox, "message_failed", message_id=sent["id"], code=1).detail == "failed_already"


def test_what_was_received_or_went_nowhere_is_not_delivered(api: Api, sandbox: Box) -> None:
    channel = api.new_channel("mobile", mode="test")["id"]
    silent = api.send(channel, {"phone_number": "+12025550123"}).json()["id"]
    assert refused(sandbox, "messages_delivered", message_ids=[silent]).detail == "not_sent"
    contact = contact_on(api, api.demo_channel("telegram"))["id"]
    heard = sandbox.stimuli.amio.message_received(contact_id=contact, text="Hi")["message_id"]
    assert refused(sandbox, "messages_delivered", message_ids=[heard]).detail == "not_sent"


def test_messages_of_several_contacts_are_reported_to_each(api: Api, inbox: Inbox, sandbox: Box) -> None:
    channel = hooked(api, inbox, "mobile")
    ids = [api.send(channel, {"phone_number": f"+1202555012{n}"}).json()["id"] for n in range(2)]
    sandbox.stimuli.amio.messages_delivered(message_ids=ids)
    sandbox.deliver()
    assert inbox.names.count("messages_delivered") == 2


def test_a_time_must_be_one_that_there_is(api: Api, sandbox: Box) -> None:
    contact = contact_on(api, api.demo_channel("amio_chat"))["id"]
    assert refused(sandbox, "messages_read", contact_id=contact, until="2026-02-30T00:00:00Z").kind is Kind.INVALID
    assert refused(sandbox, "messages_delivered", contact_id=contact, delivered_timestamp="2026-13-01T00:00:00Z")


def test_sms_fails_in_two_ways_only(api: Api, sandbox: Box) -> None:
    sent = api.send(api.new_channel("mobile")["id"], {"phone_number": "+12025550123"}).json()["id"]
    assert refused(sandbox, "message_failed", message_id=sent, code=2).detail == "no_such_code"
    told = sandbox.stimuli.amio.message_failed(message_id=sent, code=1)
    assert told["message"] == "Error while processing the request."


def test_pages_agents_and_senders_belong_to_their_platforms(api: Api, sandbox: Box) -> None:
    chat = api.demo_channel("amio_chat")
    for name, more in (("page_disconnected", {}), ("agent_changed", {"state": "new"}), ("sender_approved", {})):
        assert refused(sandbox, name, channel_id=chat, **more).detail == "wrong_platform"


def test_nobody_opts_in_by_a_number_that_was_never_asked(api: Api, sandbox: Box) -> None:
    body = {"channel_id": api.demo_channel("facebook_messenger"), "type": "phone_number"}
    assert refused(sandbox, "opted_in", phone_number="+12025550123", **body).violations[0].keyword == "exists"


def test_messages_can_be_delivered_without_a_stimulus(api: Api, inbox: Inbox, sandbox: Box) -> None:
    sandbox.settings.update({"amio": {"automatic_delivery": True}})
    channel = hooked(api, inbox, "mobile")
    contact = api.send(channel, {"phone_number": "+12025550123"}).json()["contact"]["id"]
    sandbox.clock.advance("3s")
    assert inbox.names == ["message_echo", "messages_delivered"]
    assert api.messages(channel, contact)[0]["delivered"] is not None


def test_what_was_deleted_meanwhile_is_neither_delivered_nor_failed(api: Api, sandbox: Box) -> None:
    channel = api.new_channel("mobile")["id"]
    api.send(channel, {"phone_number": "+12025550123"})
    sandbox.settings.update({"amio": {"automatic_delivery": True}})
    api.send(channel, {"phone_number": "+12025550123"})
    api.delete(f"/channels/{channel}")
    outcomes = [entry["outcome"] for entry in sandbox.clock.advance("25h") if entry["title"].startswith("message ")]
    assert len(outcomes) == 2
    assert sandbox.deliveries() == []
