"""What the documents leave open is a setting, with the recommended choice as its default."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.testing.client import Box
from tests.vendors.amio.client import Api, errors, fields
from tests.vendors.amio.test_messages import contact_on


def with_strangers(api: Api) -> list[tuple[str, str, dict[str, Any], str]]:
    chat = api.demo_channel("amio_chat")
    contact = contact_on(api, chat)
    text = {"type": "text", "payload": "Hi"}
    return [
        ("POST", "/channels", {"type": "amio_chat", "name": "Chat", "colour": 1}, "colour"),
        ("PATCH", f"/channels/{chat}", {"webhook": {"url": "http://a.b", "retries": 3}}, "webhook.retries"),
        (
            "POST",
            "/messages",
            {"channel": {"id": chat}, "contact": contact, "content": {**text, "bold": 1}},
            "content.bold",
        ),
        ("POST", "/notifications", {"channel": {"id": chat}, "contact": contact, "type": "typing_on", "for": 5}, "for"),
        ("PATCH", f"/channels/{chat}/settings", {"menu": None}, "menu"),
    ]


def test_properties_that_nobody_documents_are_ignored_and_remarked_upon(api: Api, sandbox: Box) -> None:
    for method, path, body, place in with_strangers(api):
        assert api.call(method, path, json=body).status_code in (200, 201)
        assert any(place in remark for remark in sandbox.journal.calls()[-1]["remarks"])


def test_they_are_refused_if_the_world_is_set_so(api: Api, sandbox: Box) -> None:
    calls = with_strangers(api)
    sandbox.settings.update({"amio": {"unknown_properties": "refuse"}})
    for method, path, body, place in calls:
        reply = api.call(method, path, json=body)
        assert reply.status_code == 422
        name = place.rsplit(".", 1)[-1]
        assert errors(reply) == [{"field": place, "message": f"Property '{name}' is not supported."}]


def test_documented_properties_pass_all_the_same(api: Api, sandbox: Box) -> None:
    sandbox.settings.update({"amio": {"unknown_properties": "refuse"}})
    channel = api.new_channel("mobile", mode="test")
    assert api.send(channel["id"], {"phone_number": "+12025550123"}, metadata={"any": 1}).status_code == 201


@pytest.mark.parametrize(
    "payload, place",
    [
        ({"title": "x" * 81, "text": "y"}, "title"),
        ({"title": "x", "text": "y" * 81}, "text"),
        ({"title": "x", "buttons": [{"type": "postback", "title": "b", "payload": "p"}] * 4}, "buttons"),
        ({"title": "x", "buttons": [{"type": "postback", "title": "b" * 21, "payload": "p"}]}, "buttons[0].title"),
        ({"title": "x", "buttons": [{"type": "postback", "title": "b", "payload": "p" * 1001}]}, "buttons[0].payload"),
    ],
)
def test_structures_can_be_held_to_facebooks_limits(api: Api, sandbox: Box, payload: Any, place: str) -> None:
    channel = api.demo_channel("facebook_messenger")
    contact, content = contact_on(api, channel), {"type": "structure", "payload": payload}
    assert api.send(channel, contact, content).status_code == 201
    sandbox.settings.update({"amio": {"structure_limits": "facebook"}})
    assert fields(api.send(channel, contact, content)) == [f"content.payload.{place}"]


def test_a_scroll_can_be_held_to_ten_cards(api: Api, sandbox: Box) -> None:
    channel = api.demo_channel("facebook_messenger")
    content = {"type": "structure", "payload": [{"title": "x", "text": "y"}] * 11}
    sandbox.settings.update({"amio": {"structure_limits": "facebook"}})
    assert fields(api.send(channel, contact_on(api, channel), content)) == ["content.payload"]
