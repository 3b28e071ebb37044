"""Typing, messages read and data of one's own, where a platform has them."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.testing.client import Box
from tests.vendors.amio.client import Api, errors, fields
from tests.vendors.amio.test_messages import contact_on

TYPES = {
    "amio_chat": {"messages_read", "typing_on", "typing_off", "custom"},
    "facebook_messenger": {"messages_read", "typing_on", "typing_off"},
}


def notify(api: Api, channel: str, contact: dict[str, str], kind: Any, **more: Any) -> Any:
    return api.post("/notifications", {"channel": {"id": channel}, "contact": contact, "type": kind, **more})


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("what", ["messages_read", "typing_on", "typing_off", "custom"])
def test_each_platform_has_its_types(api: Api, kind: str, what: str) -> None:
    channel = api.demo_channel(kind)
    contact = contact_on(api, channel)
    reply = notify(api, channel, contact, what)
    if what in TYPES[kind]:
        assert reply.status_code == 200
        assert reply.json() == {"channel": {"id": channel, "type": kind}, "contact": contact, "type": what}
        assert "Location" not in reply.headers
    else:
        assert fields(reply) == ["type"]


@pytest.mark.parametrize("payload", [None, 5, "text", [1, {"a": None}], {"any": "data"}])
def test_custom_carries_anything(api: Api, payload: Any) -> None:
    channel = api.demo_channel("amio_chat")
    assert notify(api, channel, contact_on(api, channel), "custom", payload=payload).json()["payload"] == payload


def test_a_payload_with_another_type_is_passed_over(api: Api, sandbox: Box) -> None:
    channel = api.demo_channel("amio_chat")
    assert "payload" not in notify(api, channel, contact_on(api, channel), "typing_on", payload=1).json()
    assert sandbox.journal.calls(operation="amio.notifications.send")[0]["remarks"]


@pytest.mark.parametrize("kind", ["email", "mobile", "rbm", "telegram", "viber", "viber_business_messages", "whatsapp"])
def test_other_platforms_have_no_notifications(api: Api, kind: str) -> None:
    channel = api.demo_channel(kind)
    reply = notify(api, channel, contact_on(api, channel), "typing_on")
    assert reply.status_code == 422
    assert errors(reply) == [{"message": f"Notifications are not supported on channel type {kind}."}]


def test_channel_contact_and_type_are_needed(api: Api) -> None:
    assert fields(api.post("/notifications", {})) == ["channel", "contact", "type"]


def test_unknown_channels_and_contacts_are_not_valid(api: Api) -> None:
    assert fields(notify(api, "1", {"id": "2"}, "typing_on")) == ["channel.id"]
    assert fields(notify(api, api.demo_channel("amio_chat"), {"id": "2"}, "typing_on")) == ["contact.id"]


def test_typing_ends_by_itself(api: Api, sandbox: Box) -> None:
    channel = api.demo_channel("amio_chat")
    contact = contact_on(api, channel)
    typing = sandbox.state("amio").rows("typing")
    notify(api, channel, contact, "typing_on")
    notify(api, channel, contact, "typing_on")
    assert typing.row(contact["id"]) is not None
    sandbox.clock.advance("21s")
    assert typing.row(contact["id"]) is None


def test_typing_can_be_ended(api: Api, sandbox: Box) -> None:
    channel = api.demo_channel("facebook_messenger")
    contact = contact_on(api, channel)
    notify(api, channel, contact, "typing_on")
    notify(api, channel, contact, "typing_off")
    assert sandbox.state("amio").rows("typing").row(contact["id"]) is None


def test_a_disconnected_page_passes_nothing_on(api: Api, sandbox: Box) -> None:
    channel = api.demo_channel("facebook_messenger")
    contact = contact_on(api, channel)
    sandbox.stimuli.amio.page_disconnected(channel_id=channel)
    assert notify(api, channel, contact, "typing_on").status_code == 502
