"""What is Facebook's own: pages, numbers and references, tags and types, the 24 hours."""

from __future__ import annotations

import pytest

from emulator.testing.client import Box
from tests.vendors.amio.client import Api, Inbox, errors, fields
from tests.vendors.amio.test_messages import contact_on

NUMBER = {"phone_number": "+1 (555) 857-6309"}
DIGITS = "15558576309"


@pytest.fixture
def page(api: Api, inbox: Inbox) -> str:
    """A channel whose events come to the inbox."""
    return str(api.new_channel("facebook_messenger", webhook={"url": inbox.url})["id"])


def test_a_number_may_be_written_in_any_form_and_comes_back_as_digits(api: Api, page: str) -> None:
    contact = api.send(page, {**NUMBER, "first_name": "Anthony", "last_name": "Hopkins"}).json()["contact"]
    assert contact == {"id": contact["id"], "phone_number": DIGITS}


def test_by_id_the_contact_is_told_by_id_alone(api: Api, page: str) -> None:
    ident = api.send(page, NUMBER).json()["contact"]["id"]
    assert api.send(page, {"id": ident}).json()["contact"] == {"id": ident}


def test_a_number_without_a_user_is_refused_at_once(api: Api, page: str, sandbox: Box) -> None:
    sandbox.settings.update({"amio": {"numbers_without_user": ["+1 555 857 6309"]}})
    reply = api.send(page, NUMBER)
    assert fields(reply) == ["contact.phone_number"]
    assert errors(reply)[0]["message"] == "Cannot find user for given phone number."
    assert api.get(f"/channels/{page}/contacts").json() == []


def test_messages_reach_a_number_only_after_its_owner_agreed(api: Api, page: str, inbox: Inbox, sandbox: Box) -> None:
    contact = api.send(page, NUMBER).json()["contact"]["id"]
    sandbox.stimuli.amio.opted_in(channel_id=page, type="phone_number", phone_number=DIGITS)
    later = api.send(page, {"id": contact}).json()["id"]
    assert sandbox.stimuli.amio.messages_delivered(contact_id=contact) == {"message_ids": [later]}
    sandbox.deliver()
    assert inbox.names == ["message_echo", "opt_in", "message_echo", "messages_delivered"]
    assert inbox.events[1]["data"]["contact"] == {"id": contact, "phone_number": DIGITS}
    assert inbox.events[1]["data"]["opt_in"] == {"type": "phone_number"}


def test_a_reference_from_a_checkbox_serves_for_the_first_message(
    api: Api, page: str, inbox: Inbox, sandbox: Box
) -> None:
    assert fields(api.send(page, {"user_ref": "cart-1"})) == ["contact.user_ref"]
    contact = sandbox.stimuli.amio.opted_in(channel_id=page, type="checkbox", user_ref="cart-1", payload="checkout")
    ident = contact["contact_id"]
    assert api.send(page, {"user_ref": "cart-1"}).json()["contact"] == {"id": ident, "user_ref": "cart-1"}
    assert api.get(f"/channels/{page}/contacts/{ident}").json()["user_ref"] == "cart-1"
    assert "user_ref" not in api.get(f"/channels/{page}/contacts").json()[0]
    sandbox.deliver()
    assert inbox.events[0]["data"] == {
        "channel": {"id": page, "type": "facebook_messenger"},
        "contact": {"id": ident, "user_ref": "cart-1"},
        "opt_in": {"type": "checkbox", "payload": "checkout"},
    }


@pytest.mark.parametrize("kind", ["send_to_messenger", "m_me"])
def test_a_button_or_a_link_brings_a_new_contact(api: Api, page: str, inbox: Inbox, sandbox: Box, kind: str) -> None:
    ident = sandbox.stimuli.amio.opted_in(channel_id=page, type=kind, payload="ref", name="Eva")["contact_id"]
    assert api.send(page, {"id": ident}).status_code == 201
    sandbox.deliver()
    assert inbox.events[0]["data"]["opt_in"] == {"type": kind, "payload": "ref"}


def test_a_tag_is_taken_in_any_case_and_answered_in_lower(api: Api) -> None:
    channel = api.demo_channel("facebook_messenger")
    contact = contact_on(api, channel)
    assert api.send(channel, contact, metadata={"tag": "TICKET_UPDATE"}).json()["metadata"] == {"tag": "ticket_update"}


def test_an_unknown_tag_is_told_with_those_there_are(api: Api) -> None:
    channel = api.demo_channel("facebook_messenger")
    reply = api.send(channel, contact_on(api, channel), metadata={"tag": "spam"})
    assert fields(reply) == ["metadata.tag"]
    assert "shipping_update" in errors(reply)[0]["message"]


def test_legacy_tags_go_to_facebook_by_their_new_names(api: Api, sandbox: Box) -> None:
    channel = api.demo_channel("facebook_messenger")
    sent = api.send(channel, contact_on(api, channel), metadata={"tag": "shipping_update"}).json()
    assert sent["metadata"] == {"tag": "shipping_update"}
    assert sandbox.state("amio").rows("messages").get(sent["id"])["purpose"] == {"tag": "post_purchase_update"}


def test_until_the_opt_in_amio_sets_a_tag_of_its_own(api: Api, page: str, sandbox: Box) -> None:
    sent = api.send(page, NUMBER, metadata={"tag": "shipping_update"}).json()
    kept = sandbox.state("amio").rows("messages").get(sent["id"])
    assert kept["purpose"] == {"tag": "non_promotional_subscription"}


@pytest.mark.parametrize("kind", ["response", "update"])
def test_a_type_may_be_set(api: Api, kind: str) -> None:
    channel = api.demo_channel("facebook_messenger")
    assert api.send(channel, contact_on(api, channel), metadata={"type": kind}).status_code == 201


@pytest.mark.parametrize(
    "metadata, field",
    [
        ({"type": "news"}, "metadata.type"),
        ({"type": "update", "tag": "ticket_update"}, "metadata.type"),
        ({"platform_metadata": {"a": 1}}, "metadata.platform_metadata"),
        ({"platform_metadata": "x" * 1001}, "metadata.platform_metadata"),
        ({"tag": 5}, "metadata.tag"),
    ],
)
def test_reserved_metadata_keep_their_rules(api: Api, metadata: dict[str, object], field: str) -> None:
    channel = api.demo_channel("facebook_messenger")
    assert fields(api.send(channel, contact_on(api, channel), metadata=metadata)) == [field]


def test_other_platforms_leave_those_keys_alone(api: Api) -> None:
    channel = api.demo_channel("telegram")
    metadata = {"tag": "spam", "type": 5, "platform_metadata": ["any"]}
    assert api.send(channel, contact_on(api, channel), metadata=metadata).json()["metadata"] == metadata


def test_nothing_is_sent_through_a_disconnected_page(api: Api, page: str, inbox: Inbox, sandbox: Box) -> None:
    for _ in range(2):
        sandbox.stimuli.amio.page_disconnected(channel_id=page)
    reply = api.send(page, NUMBER)
    assert (reply.status_code, errors(reply)) == (502, [{"message": "Facebook page is disconnected."}])
    assert api.get(f"/channels/{page}/contacts").json() == []
    sandbox.stimuli.amio.page_connected(channel_id=page)
    assert api.send(page, NUMBER).status_code == 201


def test_a_new_page_token_connects_the_page_again(api: Api, page: str, sandbox: Box) -> None:
    sandbox.stimuli.amio.page_disconnected(channel_id=page)
    api.patch(f"/channels/{page}", {"facebook_page": {"access_token": "new"}})
    assert api.send(page, NUMBER).status_code == 201


def test_a_day_after_their_last_word_users_cannot_be_written_to(api: Api, page: str, sandbox: Box) -> None:
    contact = {"id": sandbox.stimuli.amio.message_received(channel_id=page, text="Hi")["contact_id"]}
    sandbox.clock.advance("23h")
    assert api.send(page, contact).status_code == 201
    sandbox.clock.advance("2h")
    reply = api.send(page, contact)
    assert errors(reply) == [{"message": "Message cannot be sent outside of the 24-hour messaging window."}]
    assert api.send(page, contact, metadata={"tag": "ticket_update"}).status_code == 201
    sandbox.stimuli.amio.postback_tapped(contact_id=contact["id"], payload="GO")
    assert api.send(page, contact).status_code == 201


def test_the_window_can_be_switched_off(api: Api, page: str, sandbox: Box) -> None:
    contact = {"id": sandbox.stimuli.amio.message_received(channel_id=page, text="Hi")["contact_id"]}
    sandbox.settings.update({"amio": {"messaging_window": "off"}})
    sandbox.clock.advance("3d")
    assert api.send(page, contact).status_code == 201


def test_what_the_page_sends_itself_is_echoed_and_listed(api: Api, page: str, inbox: Inbox, sandbox: Box) -> None:
    contact = sandbox.stimuli.amio.message_received(channel_id=page, text="Hi")["contact_id"]
    sandbox.stimuli.amio.message_sent_elsewhere(contact_id=contact, text="From the page")
    sandbox.deliver()
    assert inbox.events[1]["event"] == "message_echo"
    assert inbox.events[1]["data"]["content"] == {"type": "text", "payload": "From the page"}
    assert [m["direction"] for m in api.messages(page, contact)] == ["sent", "received"]


def test_files_of_received_messages_can_get_an_address_on_amios_servers(api: Api, page: str, sandbox: Box) -> None:
    picture = {"type": "image", "payload": {"url": "https://example.com/cat.png"}}
    contact = sandbox.stimuli.amio.message_received(channel_id=page, content=picture)["contact_id"]
    assert api.messages(page, contact)[0]["content"] == picture
    sandbox.settings.update({"amio": {"received_files": "stored"}})
    sandbox.stimuli.amio.message_received(contact_id=contact, content=picture)
    assert api.messages(page, contact)[0]["content"]["payload"]["url"].startswith("https://api.amio.io/files/")
