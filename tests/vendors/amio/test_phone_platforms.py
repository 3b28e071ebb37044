"""SMS, RCS, Viber's business messages and WhatsApp: addressed by number, and not all news comes at once."""

from __future__ import annotations

import pytest

from emulator.testing.client import Box
from tests.vendors.amio.client import Api, Inbox, errors, fields

NUMBER = {"phone_number": "+420 606 123 456"}
DIGITS = "420606123456"
TEMPLATE = {"id": "order_shipped", "substitution": {"localizations": {"default": {"order": "4711"}}}}


def hooked(api: Api, inbox: Inbox, kind: str, **more: object) -> str:
    return str(api.new_channel(kind, webhook={"url": inbox.url}, **more)["id"])


def test_in_test_mode_a_message_is_echoed_and_goes_no_further(api: Api, inbox: Inbox, sandbox: Box) -> None:
    channel = hooked(api, inbox, "mobile", mode="test")
    assert api.send(channel, NUMBER).status_code == 201
    sandbox.clock.advance("25h")
    assert inbox.names == ["message_echo"]


@pytest.mark.parametrize("kind", ["mobile", "viber", "viber_business_messages"])
def test_what_is_not_delivered_in_a_day_has_failed(api: Api, inbox: Inbox, sandbox: Box, kind: str) -> None:
    channel = hooked(api, inbox, kind)
    contact = NUMBER
    if kind == "viber":
        contact = {"id": sandbox.stimuli.amio.message_received(channel_id=channel, text="Hi")["contact_id"]}
    sent = api.send(channel, contact).json()
    sandbox.clock.advance("23h")
    assert "message_failed" not in inbox.names
    sandbox.clock.advance("1h")
    sandbox.deliver()
    data = inbox.events[-1]["data"]
    assert data["message"] == {"id": sent["id"]}
    assert data["error"] == {"code": 4, "message": "Message failed to be delivered within 24 hours."}


def test_what_was_delivered_does_not_fail(api: Api, inbox: Inbox, sandbox: Box) -> None:
    channel = hooked(api, inbox, "mobile")
    contact = api.send(channel, NUMBER).json()["contact"]["id"]
    sandbox.stimuli.amio.messages_delivered(contact_id=contact)
    sandbox.clock.advance("25h")
    assert inbox.names == ["message_echo", "messages_delivered"]


def test_failing_by_time_can_be_switched_off(api: Api, inbox: Inbox, sandbox: Box) -> None:
    sandbox.settings.update({"amio": {"expire_undelivered": False}})
    api.send(hooked(api, inbox, "mobile"), NUMBER)
    sandbox.clock.advance("48h")
    assert inbox.names == ["message_echo"]


def test_a_sender_may_set_a_shorter_time(api: Api, inbox: Inbox, sandbox: Box) -> None:
    sender = {"sender_id": "Shop", "default_message_ttl": "PT20M"}
    api.send(hooked(api, inbox, "viber_business_messages", viber_business_messages=sender), NUMBER)
    sandbox.clock.advance("20m")
    assert inbox.names == ["message_echo", "message_failed"]


def test_a_number_without_viber_is_accepted_and_fails_by_webhook(api: Api, inbox: Inbox, sandbox: Box) -> None:
    sandbox.settings.update({"amio": {"numbers_without_user": [DIGITS]}})
    sent = api.send(hooked(api, inbox, "viber_business_messages"), NUMBER)
    assert sent.status_code == 201
    sandbox.deliver()
    assert inbox.names == ["message_echo", "message_failed"]
    assert inbox.events[1]["data"]["contact"] == {"id": sent.json()["contact"]["id"], "phone_number": DIGITS}
    assert inbox.events[1]["data"]["error"] == {"code": 3, "message": "Cannot find Viber user for given phone number."}


@pytest.mark.parametrize(
    "code, message",
    [(1, "Error while processing the request."), (2, "Sending messages to this user is blocked.")],
)
def test_a_platform_may_report_a_failure(api: Api, inbox: Inbox, sandbox: Box, code: int, message: str) -> None:
    sent = api.send(hooked(api, inbox, "viber_business_messages"), NUMBER).json()
    sandbox.stimuli.amio.message_failed(message_id=sent["id"], code=code)
    sandbox.deliver()
    assert inbox.events[1]["data"]["error"] == {"code": code, "message": message}


@pytest.mark.parametrize("state", ["new", "create_requested"])
def test_an_agent_that_google_does_not_know_sends_in_test_mode_only(api: Api, state: str) -> None:
    channel = api.new_channel("rbm", rbm={"agent_name": "Shop", "agent_state": state})["id"]
    reply = api.send(channel, NUMBER)
    assert reply.status_code == 422
    assert errors(reply) == [
        {"message": f"Messages cannot be sent in mode production while the agent is in state {state}."}
    ]
    api.patch(f"/channels/{channel}", {"mode": "test"})
    assert api.send(channel, NUMBER).status_code == 201


def test_an_agent_that_is_not_launched_reaches_test_devices_alone(api: Api, sandbox: Box) -> None:
    sandbox.settings.update({"amio": {"rbm_test_numbers": [DIGITS]}})
    channel = api.new_channel("rbm", rbm={"agent_name": "Shop", "agent_state": "created"})["id"]
    known, other = api.send(channel, NUMBER).json(), api.send(channel, {"phone_number": "+420606000000"}).json()
    world = sandbox.state("amio").rows("messages")
    assert (world.get(known["id"])["state"], world.get(other["id"])["state"]) == ("accepted", "unreachable")
    sandbox.stimuli.amio.agent_changed(channel_id=channel, state="launched")
    assert world.get(api.send(channel, {"phone_number": "+420606000000"}).json()["id"])["state"] == "accepted"


def test_whatsapp_numbers_can_be_written_to_after_a_template(api: Api) -> None:
    channel = api.demo_channel("whatsapp")
    assert fields(api.send(channel, NUMBER)) == ["contact.phone_number"]
    body = {"channel": {"id": channel}, "contact": NUMBER, "message_template": TEMPLATE}
    sent = api.post("/messages", body)
    assert sent.status_code == 201
    assert sent.json()["message_template"] == TEMPLATE
    assert "content" not in sent.json()
    assert api.send(channel, NUMBER).json()["contact"] == sent.json()["contact"]
    listed = api.messages(channel, sent.json()["contact"]["id"])
    assert listed[1]["message_template"] == TEMPLATE


def test_content_beside_a_template_is_passed_over(api: Api, sandbox: Box) -> None:
    channel = api.demo_channel("whatsapp")
    assert "content" not in api.send(channel, NUMBER, message_template=TEMPLATE).json()
    assert sandbox.journal.calls(operation="amio.messages.send")[0]["remarks"]


def test_an_unknown_template_is_not_valid_until_it_is_approved(api: Api, sandbox: Box) -> None:
    body = {"channel": {"id": api.demo_channel("whatsapp")}, "contact": NUMBER, "message_template": {"id": "1"}}
    reply = api.post("/messages", body)
    assert errors(reply) == [
        {"field": "message_template.id", "rejected_value": "1", "message": "Cannot find message_template with id 1."}
    ]
    sandbox.stimuli.amio.template_approved(id="1")
    assert api.post("/messages", body).status_code == 201


def test_templates_are_whatsapps_alone(api: Api) -> None:
    body = {"channel": {"id": api.demo_channel("mobile")}, "contact": NUMBER, "message_template": TEMPLATE}
    assert fields(api.post("/messages", body)) == ["content"]


def test_a_day_after_their_last_word_whatsapp_users_get_templates_alone(api: Api, inbox: Inbox, sandbox: Box) -> None:
    channel = hooked(api, inbox, "whatsapp")
    contact = sandbox.stimuli.amio.message_received(channel_id=channel, phone_number=DIGITS, text="Hi")["contact_id"]
    sandbox.clock.advance("25h")
    late = api.send(channel, {"id": contact})
    assert late.status_code == 201
    api.post("/messages", {"channel": {"id": channel}, "contact": {"id": contact}, "message_template": TEMPLATE})
    sandbox.deliver()
    assert inbox.names == ["message_received", "message_echo", "message_failed", "message_echo"]
    assert inbox.events[2]["data"]["message"] == {"id": late.json()["id"]}
    assert inbox.events[2]["data"]["error"]["code"] == 1
