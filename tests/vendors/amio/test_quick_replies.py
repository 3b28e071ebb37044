"""Quick replies: how many, of what kind, where; and what comes back when one is tapped."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.kit import Refusal
from emulator.testing.client import Box
from tests.vendors.amio.client import Api, fields
from tests.vendors.amio.test_messages import contact_on

MOST = {"facebook_messenger": 11, "amio_chat": 11, "whatsapp": 3}
LONGEST = {"facebook_messenger": 1000, "amio_chat": 1000, "whatsapp": 256}


def asking(*replies: dict[str, Any], kind: str = "text", payload: Any = "Which?") -> dict[str, Any]:
    return {"type": kind, "payload": payload, "quick_replies": list(replies)}


def text_reply(payload: str = "P", title: str = "Title") -> dict[str, Any]:
    return {"type": "text", "title": title, "payload": payload}


@pytest.mark.parametrize("kind", MOST)
def test_so_many_may_be_offered(api: Api, kind: str) -> None:
    channel = api.demo_channel(kind)
    contact = contact_on(api, channel)
    assert api.send(channel, contact, asking(*[text_reply()] * MOST[kind])).status_code == 201
    assert fields(api.send(channel, contact, asking(*[text_reply()] * (MOST[kind] + 1)))) == ["content.quick_replies"]


@pytest.mark.parametrize("kind", LONGEST)
def test_a_payload_has_a_longest_length(api: Api, kind: str) -> None:
    channel = api.demo_channel(kind)
    contact = contact_on(api, channel)
    assert api.send(channel, contact, asking(text_reply("x" * LONGEST[kind]))).status_code == 201
    reply = api.send(channel, contact, asking(text_reply(), text_reply("x" * (LONGEST[kind] + 1))))
    assert fields(reply) == ["content.quick_replies[1].payload"]


def test_a_long_title_is_cut_for_the_user_and_not_refused(api: Api) -> None:
    channel = api.demo_channel("facebook_messenger")
    content = asking(text_reply(title="Longer than twenty characters"))
    assert api.send(channel, contact_on(api, channel), content).json()["content"] == content


@pytest.mark.parametrize("kind", ["amio_chat", "whatsapp"])
@pytest.mark.parametrize("offered", ["location", "email", "phone_number"])
def test_asking_for_place_mail_or_number_is_facebooks_alone(api: Api, kind: str, offered: str) -> None:
    channel = api.demo_channel(kind)
    reply = api.send(channel, contact_on(api, channel), asking({"type": offered}))
    assert fields(reply) == ["content.quick_replies[0].type"]


def test_a_text_reply_needs_title_and_payload(api: Api) -> None:
    channel = api.demo_channel("facebook_messenger")
    reply = api.send(channel, contact_on(api, channel), asking({"type": "text"}))
    assert fields(reply) == ["content.quick_replies[0].payload", "content.quick_replies[0].title"]


def test_on_facebook_they_go_with_any_content(api: Api) -> None:
    channel = api.demo_channel("facebook_messenger")
    content = asking(text_reply(), kind="image", payload={"url": "https://www.example.com/i.png"})
    assert api.send(channel, contact_on(api, channel), content).status_code == 201


def test_on_whatsapp_they_go_with_text_alone(api: Api) -> None:
    channel = api.demo_channel("whatsapp")
    content = asking(text_reply(), kind="image", payload={"url": "https://www.example.com/i.png"})
    assert fields(api.send(channel, contact_on(api, channel), content)) == ["content.quick_replies"]


@pytest.mark.parametrize("kind", ["email", "mobile", "rbm", "telegram", "viber", "viber_business_messages"])
def test_other_platforms_have_none(api: Api, kind: str) -> None:
    channel = api.demo_channel(kind)
    contact = contact_on(api, channel)
    assert fields(api.send(channel, contact, asking(text_reply()))) == ["content.quick_replies"]
    assert api.send(channel, contact, asking()).status_code == 201


def offered(api: Api, kind: str, *replies: dict[str, Any]) -> tuple[str, str, str]:
    channel = api.demo_channel(kind)
    contact = contact_on(api, channel)
    return channel, contact["id"], api.send(channel, contact, asking(*replies)).json()["id"]


def test_a_tapped_reply_comes_back_as_text_with_its_payload(api: Api, sandbox: Box) -> None:
    channel, contact, message = offered(api, "amio_chat", text_reply("A", "First"), text_reply("B", "Second"))
    sandbox.stimuli.amio.quick_reply_tapped(message_id=message, reply=1)
    assert api.messages(channel, contact)[0]["content"] == {
        "type": "text",
        "payload": "Second",
        "quick_reply": {"payload": "B"},
    }


def test_a_shared_place_mail_or_number_comes_back_plainly(api: Api, sandbox: Box) -> None:
    kinds = ({"type": "location"}, {"type": "email"}, {"type": "phone_number"})
    channel, contact, message = offered(api, "facebook_messenger", *kinds)
    place = {"latitude": 50.09, "longitude": 14.4}
    for number, value in enumerate((place, "eva@example.com", "+420606123456")):
        sandbox.stimuli.amio.quick_reply_tapped(message_id=message, reply=number, value=value)
    newest = [m["content"] for m in api.messages(channel, contact)[:3]]
    assert newest[::-1] == [
        {"type": "location", "payload": place},
        {"type": "text", "payload": "eva@example.com"},
        {"type": "text", "payload": "+420606123456"},
    ]


def test_what_was_not_offered_cannot_be_tapped(api: Api, sandbox: Box) -> None:
    _, _, message = offered(api, "facebook_messenger", {"type": "location"})
    for wrong in ({"reply": 1}, {"reply": 0}, {"reply": 0, "value": "Prague"}):
        with pytest.raises(Refusal):
            sandbox.stimuli.amio.quick_reply_tapped(message_id=message, **wrong)
