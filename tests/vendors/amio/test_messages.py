"""A message goes to a contact of a channel, in a form that the platform takes."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.testing.client import Box
from tests.vendors.amio.client import Api, errors, fields

TEXT = {"type": "text", "payload": "Hello"}
URL = {"url": "https://www.example.com/thing"}
CARD = {"title": "Boots", "text": "Green", "image_url": "https://www.example.com/b.png"}
CONTENT: dict[str, dict[str, Any]] = {
    "text": TEXT,
    "image": {"type": "image", "payload": URL},
    "audio": {"type": "audio", "payload": URL},
    "video": {"type": "video", "payload": URL},
    "file": {"type": "file", "payload": URL},
    "location": {"type": "location", "payload": {"latitude": 50.09, "longitude": 14.397}},
    "structure": {
        "type": "structure",
        "payload": {**CARD, "buttons": [{"type": "url", "title": "Shop", "payload": "https://www.example.com"}]},
    },
    "scroll": {"type": "structure", "payload": [CARD, {**CARD, "title": "Hat"}]},
    "asking": {
        "type": "structure",
        "payload": {"text": "Yes?", "buttons": [{"type": "postback", "title": "Yes", "payload": "YES"}]},
    },
    "calling": {
        "type": "structure",
        "payload": {"text": "Us", "buttons": [{"type": "phone", "title": "Call", "payload": "+12025550123"}]},
    },
    "receipt": {
        "type": "receipt",
        "payload": {
            "order_id": "4711",
            "currency": "EUR",
            "payment_method": "Visa",
            "items": [{"title": "Boots", "price": 59.5, "quantity": 1}],
            "summary": {"total": 59.5},
        },
    },
}
TAKES = {
    "amio_chat": {"text", "image", "file", "structure", "scroll", "asking"},
    "email": {"text"},
    "facebook_messenger": set(CONTENT) - {"location"},
    "mobile": {"text"},
    "rbm": {"text"},
    "telegram": set(CONTENT) - {"receipt", "calling"},
    "viber": {"text", "image", "video", "file", "location", "structure", "scroll", "asking"},
    "viber_business_messages": {"text", "image", "structure"},
    "whatsapp": {"text", "image", "audio", "video", "file", "location", "asking"},
}


def contact_on(api: Api, channel: str) -> dict[str, str]:
    return {"id": api.get(f"/channels/{channel}/contacts").json()[0]["id"]}


@pytest.mark.parametrize("kind", TAKES)
@pytest.mark.parametrize("what", CONTENT)
def test_each_platform_takes_its_kinds_of_content_and_no_other(api: Api, kind: str, what: str) -> None:
    channel = api.demo_channel(kind)
    reply = api.send(channel, contact_on(api, channel), CONTENT[what])
    if what in TAKES[kind]:
        assert reply.status_code == 201, reply.text
        assert reply.json()["content"] == CONTENT[what]
    else:
        assert fields(reply)[0].startswith("content.")


def test_a_type_that_the_platform_lacks_is_told_with_those_it_has(api: Api) -> None:
    channel = api.demo_channel("facebook_messenger")
    reply = api.send(channel, contact_on(api, channel), CONTENT["location"])
    assert errors(reply) == [
        {
            "field": "content.type",
            "rejected_value": "location",
            "message": "Property 'type' with value 'location' does not match any allowed value: "
            "text, image, audio, video, file, structure, receipt.",
        }
    ]


def test_a_reply_names_channel_and_contact_and_repeats_the_content(api: Api) -> None:
    channel = api.demo_channel("amio_chat")
    contact = contact_on(api, channel)
    sent = api.send(channel, contact)
    ident = sent.json()["id"]
    assert sent.status_code == 201
    assert sent.headers["Location"] == f"{api.base_url}/v1/messages/{ident}"
    assert sent.json() == {
        "id": ident,
        "channel": {"id": channel, "type": "amio_chat"},
        "contact": contact,
        "content": TEXT,
    }


def test_metadata_come_back_in_reply_and_list(api: Api) -> None:
    channel = api.demo_channel("telegram")
    contact, metadata = contact_on(api, channel), {"any": ["arbitrary", {"data": None}], "ž": 1.5}
    assert api.send(channel, contact, metadata=metadata).json()["metadata"] == metadata
    assert api.messages(channel, contact["id"])[0]["metadata"] == metadata


def test_a_sent_message_is_listed_as_sent_and_not_yet_delivered(api: Api) -> None:
    channel = api.demo_channel("amio_chat")
    contact = contact_on(api, channel)
    sent = api.send(channel, contact).json()
    listed = api.messages(channel, contact["id"])[0]
    assert listed == {**sent, "direction": "sent", "sent": listed["sent"], "delivered": None, "read": None}


def test_delivery_and_reading_show_in_the_list(api: Api, sandbox: Box) -> None:
    channel = api.demo_channel("amio_chat")
    contact = contact_on(api, channel)["id"]
    api.send(channel, {"id": contact})
    sandbox.stimuli.amio.messages_delivered(contact_id=contact)
    assert [bool(api.messages(channel, contact)[0][key]) for key in ("delivered", "read")] == [True, False]
    sandbox.stimuli.amio.messages_read(contact_id=contact)
    assert api.messages(channel, contact)[0]["read"] is not None


def test_a_received_message_is_listed_as_received(api: Api, sandbox: Box) -> None:
    channel = api.demo_channel("facebook_messenger")
    contact = contact_on(api, channel)["id"]
    sandbox.stimuli.amio.message_received(contact_id=contact, text="Hi")
    listed = api.messages(channel, contact)[0]
    assert (listed["direction"], listed["delivered"], listed["read"]) == ("received", None, None)


def test_on_a_chat_what_was_received_was_delivered_at_once(api: Api, sandbox: Box) -> None:
    channel = api.demo_channel("amio_chat")
    contact = contact_on(api, channel)["id"]
    sandbox.stimuli.amio.message_received(contact_id=contact, text="Hi")
    listed = api.messages(channel, contact)[0]
    assert listed["delivered"] == listed["sent"]


def test_everything_that_is_missing_is_named_at_once(api: Api) -> None:
    assert fields(api.post("/messages", {})) == ["channel", "contact", "content"]
    assert fields(api.post("/messages", {"channel": {}, "contact": {}, "content": {}})) == [
        "channel.id",
        "content.payload",
        "content.type",
    ]


@pytest.mark.parametrize("kind", ["amio_chat", "email", "facebook_messenger", "telegram", "viber"])
def test_where_contacts_go_by_id_an_id_is_needed(api: Api, kind: str) -> None:
    assert fields(api.send(api.demo_channel(kind), {})) == ["contact.id"]


@pytest.mark.parametrize("kind", ["mobile", "rbm", "viber_business_messages", "whatsapp"])
def test_where_contacts_go_by_number_a_number_is_needed(api: Api, kind: str) -> None:
    assert fields(api.send(api.demo_channel(kind), {})) == ["contact.phone_number"]


@pytest.mark.parametrize("kind", ["mobile", "rbm", "viber_business_messages"])
def test_an_id_that_a_reply_told_will_do_as_well(api: Api, kind: str) -> None:
    channel = api.demo_channel(kind)
    contact = api.send(channel, {"phone_number": "+12025550123"}).json()["contact"]
    assert api.send(channel, {"id": contact["id"]}).json()["contact"] == contact


def test_an_unknown_channel_or_contact_in_the_body_is_a_validation_error(api: Api) -> None:
    channel = api.demo_channel("viber")
    assert errors(api.send("123", {"id": "456"})) == [
        {"field": "channel.id", "rejected_value": "123", "message": "Cannot find channel with id 123."}
    ]
    assert errors(api.send(channel, {"id": "456"})) == [
        {"field": "contact.id", "rejected_value": "456", "message": "Cannot find contact with id 456."}
    ]


def test_a_contact_of_another_channel_is_unknown_on_this_one(api: Api) -> None:
    elsewhere = contact_on(api, api.demo_channel("telegram"))
    assert fields(api.send(api.demo_channel("viber"), elsewhere)) == ["contact.id"]


@pytest.mark.parametrize(
    "number", ["abc", "+", "12", "+1 555", "+999999999999999", "☎", "+1 (555) 857-6309 ext. 5", " "]
)
def test_a_number_must_be_possible(api: Api, number: str) -> None:
    reply = api.send(api.demo_channel("mobile"), {"phone_number": number})
    assert fields(reply) == ["contact.phone_number"]
    assert errors(reply)[0]["rejected_value"] == number


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"title": "Only a title"},
        {"text": "Only a text"},
        {"title": "", "text": "A text", "buttons": []},
        {"title": "Title", "text": "", "image_url": "", "buttons": []},
        {"title": "Title", "text": "Text", "image_url": "nowhere"},
        {"title": "Title", "buttons": [{"type": "url", "title": "Go"}]},
        {"title": "Title", "buttons": [{"type": "url", "title": "Go", "payload": "nowhere"}]},
        {"title": "Title", "buttons": [{"type": "fax", "title": "Go", "payload": "1"}]},
        [],
        "card",
    ],
)
def test_a_structure_that_shows_nothing_is_not_valid(api: Api, payload: Any) -> None:
    channel = api.demo_channel("facebook_messenger")
    reply = api.send(channel, contact_on(api, channel), {"type": "structure", "payload": payload})
    assert all(field.startswith("content.payload") for field in fields(reply))


@pytest.mark.parametrize(
    "payload",
    [
        {"title": "Title", "text": "Text", "image_url": "", "item_url": None, "buttons": []},
        {"title": "Title", "image_url": "https://www.example.com/i.png"},
        {"text": "Text", "buttons": [{"type": "postback", "title": "Go", "payload": "GO"}]},
    ],
)
def test_a_structure_may_be_short_and_have_empty_parts(api: Api, payload: Any) -> None:
    channel = api.demo_channel("facebook_messenger")
    assert api.send(channel, contact_on(api, channel), {"type": "structure", "payload": payload}).status_code == 201


def test_a_receipt_must_say_what_was_paid(api: Api) -> None:
    channel = api.demo_channel("facebook_messenger")
    reply = api.send(channel, contact_on(api, channel), {"type": "receipt", "payload": {"items": [{"title": "x"}]}})
    assert fields(reply) == [
        f"content.payload.{name}" for name in ("currency", "items[0].price", "order_id", "payment_method", "summary")
    ]


def test_a_mail_carries_subject_and_recipients_in_its_metadata(api: Api) -> None:
    channel = api.demo_channel("email")
    contact = contact_on(api, channel)
    mail = {"email": {"subject": "Your order", "to": [{"email": "a@example.com", "name": "A"}]}}
    assert api.send(channel, contact, metadata=mail).json()["metadata"] == mail
    assert fields(api.send(channel, contact, metadata={"email": {"subject": 5}})) == ["metadata.email.subject"]


def test_vibers_tracking_data_are_bounded_and_come_back_with_replies(api: Api, sandbox: Box) -> None:
    channel = api.demo_channel("viber")
    contact = contact_on(api, channel)
    assert fields(api.send(channel, contact, metadata={"platform_metadata": "x" * 4001})) == [
        "metadata.platform_metadata"
    ]
    assert api.send(channel, contact, metadata={"platform_metadata": "x" * 4000}).status_code == 201
    sandbox.stimuli.amio.message_received(contact_id=contact["id"], text="ok")
    assert api.messages(channel, contact["id"])[0]["metadata"] == {"platform_metadata": "x" * 4000}
