"""Channels are created on nine platforms, changed and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.testing.client import Box
from tests.vendors.amio.client import NEEDS, Api, errors, fields

MODES = {
    "amio_chat": {"production"},
    "email": {"production"},
    "facebook_messenger": {"production"},
    "mobile": {"production", "test"},
    "rbm": {"production", "test"},
    "telegram": {"production"},
    "viber": {"production"},
    "viber_business_messages": {"production", "test", "amio"},
    "whatsapp": {"production", "sandbox"},
}


def test_a_chat_needs_a_name_alone_and_reads_back_with_five_keys(api: Api) -> None:
    reply = api.post("/channels", {"type": "amio_chat", "name": "Chat"})
    ident = reply.json()["id"]
    assert reply.status_code == 201
    assert reply.json() == {"id": ident, "type": "amio_chat", "mode": "production", "name": "Chat", "webhook": None}


def test_location_says_where_a_new_channel_is(api: Api) -> None:
    reply = api.post("/channels", {"type": "amio_chat", "name": "Chat"})
    assert reply.headers["Location"] == f"{api.base_url}/v1/channels/{reply.json()['id']}"
    assert api.session.get(reply.headers["Location"], timeout=30).json() == reply.json()


@pytest.mark.parametrize("kind", NEEDS)
def test_each_platform_has_a_channel_of_its_own_kind(api: Api, kind: str) -> None:
    channel = api.new_channel(kind)
    assert api.get(f"/channels/{channel['id']}").json() == channel
    assert channel["mode"] == "production"
    assert channel in api.get("/channels", max=100).json()


@pytest.mark.parametrize("kind", [kind for kind, needs in NEEDS.items() if needs])
def test_a_channel_without_what_its_platform_needs_is_not_valid(api: Api, kind: str) -> None:
    assert fields(api.post("/channels", {"type": kind, "name": "Bare"})) == list(NEEDS[kind])


@pytest.mark.parametrize("kind", MODES)
def test_each_platform_has_its_modes_and_no_other(api: Api, kind: str) -> None:
    channel = api.new_channel(kind)
    for mode in ("production", "test", "amio", "sandbox", "live"):
        reply = api.patch(f"/channels/{channel['id']}", {"mode": mode})
        assert reply.status_code == (200 if mode in MODES[kind] else 422), (kind, mode)


def test_an_unknown_type_is_not_valid(api: Api) -> None:
    assert fields(api.post("/channels", {"type": "instagram", "name": "Pictures"})) == ["type"]


def test_sms_channels_show_the_addresses_that_the_provider_calls(api: Api) -> None:
    channel = api.new_channel("mobile")
    provider, ident = channel["provider"], channel["id"]
    assert provider["status_webhook_url"] == f"https://api.amio.io/webhook/messagebird/status/{ident}"
    start, number, end = provider["receive_webhook_url"].rsplit("/", 2)
    assert (start, len(number), end) == ("https://api.amio.io/webhook/messagebird/message", 10, ident)


def test_a_new_agent_is_new_and_european_unless_told(api: Api) -> None:
    channel = api.new_channel("rbm", rbm={"agent_name": "Shop"})
    assert channel["rbm"] == {"agent_name": "Shop", "agent_state": "new", "region": "europe"}


def test_a_new_sender_waits_for_approval_and_keeps_messages_for_a_day(api: Api, sandbox: Box) -> None:
    channel = api.new_channel("viber_business_messages", mode="test")
    assert channel["viber_business_messages"] == {
        "sender_id": "Shop",
        "default_message_ttl": "PT24H",
        "approved": False,
        "mode": "test",
    }
    sandbox.stimuli.amio.sender_approved(channel_id=channel["id"])
    assert api.get(f"/channels/{channel['id']}").json()["viber_business_messages"]["approved"] is True


def test_a_mode_inside_the_viber_object_counts_where_the_channel_has_none(api: Api) -> None:
    channel = api.new_channel("viber_business_messages", viber_business_messages={"sender_id": "S", "mode": "amio"})
    assert (channel["mode"], channel["viber_business_messages"]["mode"]) == ("amio", "amio")
    both = {"mode": "test", "viber_business_messages": {"mode": "production"}}
    assert api.patch(f"/channels/{channel['id']}", both).json()["mode"] == "test"


@pytest.mark.parametrize("ttl", ["20M", "P", "PT", "P1W", "", "PT-1H", "PT999999H"])
def test_a_lifetime_must_be_a_duration(api: Api, ttl: str) -> None:
    body = {"viber_business_messages": {"default_message_ttl": ttl}}
    reply = api.patch(f"/channels/{api.demo_channel('viber_business_messages')}", body)
    assert fields(reply) == ["viber_business_messages.default_message_ttl"]


def test_the_senders_address_of_mail_may_stand_in_two_places(api: Api) -> None:
    other = {"domain": "example.com", "default_attributes": {"from": {"email": "a@example.com", "name": "A"}}}
    channel = api.new_channel("email", provider={"type": "mailgun", "access_token": "key", **other})
    assert channel["provider"] == {
        "type": "mailgun",
        "access_token": "key",
        "sender": {"email": "a@example.com", "name": "A"},
    }


def test_a_whatsapp_number_reads_back_as_digits(api: Api) -> None:
    assert api.new_channel("whatsapp")["whatsapp_business_account"] == {"phone_number": "442079460000"}
    bad = {"type": "whatsapp", "name": "W", "whatsapp_business_account": {"phone_number": "ring me"}}
    assert fields(api.post("/channels", bad)) == ["whatsapp_business_account.phone_number"]


def test_an_empty_update_changes_nothing(api: Api) -> None:
    channel = api.new_channel("mobile")
    reply = api.patch(f"/channels/{channel['id']}", {})
    assert (reply.status_code, reply.json()) == (200, channel)


def test_an_update_answers_the_whole_channel(api: Api) -> None:
    channel = api.new_channel("mobile")
    reply = api.patch(f"/channels/{channel['id']}", {"name": "Other", "provider": {"sender_id": "NEW"}})
    assert reply.json() == {**channel, "name": "Other", "provider": {**channel["provider"], "sender_id": "NEW"}}


@pytest.mark.parametrize(
    "kind, change",
    [
        ("email", {"provider": {"sender": {"email": "b@example.com", "name": "B"}}}),
        ("facebook_messenger", {"facebook_page": {"access_token": "longer"}}),
        ("rbm", {"rbm": {"agent_name": "Other", "agent_state": "launch_requested", "region": "us"}}),
        ("telegram", {"telegram": {"access_token": "new"}}),
        ("viber", {"viber": {"access_token": "new"}}),
        ("viber_business_messages", {"viber_business_messages": {"default_message_ttl": "PT20M"}}),
        ("whatsapp", {"whatsapp_business_account": {"phone_number": "442079460001"}}),
    ],
)
def test_each_platforms_object_can_be_changed_in_part(api: Api, kind: str, change: dict[str, Any]) -> None:
    channel = api.new_channel(kind)
    [(name, values)] = change.items()
    assert api.patch(f"/channels/{channel['id']}", change).json()[name] == {**channel[name], **values}


def test_what_only_the_platform_knows_cannot_be_set(api: Api) -> None:
    channel = api.new_channel("telegram")
    wish = {"telegram": {"username": "mine", "name": "Mine"}, "id": "1"}
    assert api.patch(f"/channels/{channel['id']}", wish).json() == channel


def test_a_channel_keeps_its_type(api: Api) -> None:
    channel = api.new_channel("viber")
    reply = api.patch(f"/channels/{channel['id']}", {"type": "telegram"})
    assert errors(reply)[0]["message"] == "Property 'type' must have value 'viber'."


def test_null_takes_the_mode_back_to_the_default(api: Api) -> None:
    channel = api.new_channel("mobile", mode="test")
    assert api.patch(f"/channels/{channel['id']}", {"mode": None}).json()["mode"] == "production"


def test_a_webhook_gets_an_id_and_a_secret_and_verifies(api: Api) -> None:
    channel = api.new_channel("amio_chat", webhook={"url": "https://www.example.com/hook"})
    webhook = channel["webhook"]
    assert int(webhook["id"]) == int(channel["id"]) + 1
    assert len(webhook["secret"]) == 30
    assert (webhook["url"], webhook["ssl_verification"]) == ("https://www.example.com/hook", True)


@pytest.mark.parametrize("given, kept", [(False, False), ("false", False), (True, True), ("true", True)])
def test_verification_is_answered_as_a_boolean_however_it_is_written(api: Api, given: Any, kept: bool) -> None:
    channel = api.new_channel("amio_chat", webhook={"url": "http://localhost/", "ssl_verification": given})
    assert channel["webhook"]["ssl_verification"] is kept


def test_a_webhook_that_moves_keeps_id_and_secret(api: Api) -> None:
    channel = api.new_channel("amio_chat", webhook={"url": "https://one.example.com", "ssl_verification": False})
    moved = api.patch(f"/channels/{channel['id']}", {"webhook": {"url": "https://two.example.com", "secret": "mine"}})
    assert moved.json()["webhook"] == {**channel["webhook"], "url": "https://two.example.com"}


def test_null_removes_a_webhook(api: Api) -> None:
    channel = api.new_channel("amio_chat", webhook={"url": "https://one.example.com"})
    assert api.patch(f"/channels/{channel['id']}", {"webhook": None}).json()["webhook"] is None


@pytest.mark.parametrize(
    "webhook", [{}, {"url": None}, {"url": "ftp://a.b"}, {"url": "http://a.b/c d"}, {"url": ""}, "x"]
)
def test_a_webhook_needs_a_web_address(api: Api, webhook: Any) -> None:
    reply = api.post("/channels", {"type": "amio_chat", "name": "Chat", "webhook": webhook})
    assert fields(reply) in (["webhook.url"], ["webhook"])


def test_the_world_may_fix_the_secret(api: Api, sandbox: Box) -> None:
    sandbox.settings.update({"amio": {"webhook_secret": "known-to-my-test"}})
    channel = api.new_channel("amio_chat", webhook={"url": "https://one.example.com"})
    assert channel["webhook"]["secret"] == "known-to-my-test"


def test_a_deleted_channel_takes_everything_with_it(api: Api, sandbox: Box) -> None:
    channel = api.demo_channel("amio_chat")
    contact = api.get(f"/channels/{channel}/contacts").json()[0]["id"]
    reply = api.delete(f"/channels/{channel}")
    assert (reply.status_code, reply.content) == (204, b"")
    assert "Content-Type" not in reply.headers
    assert "X-RateLimit-Remaining" in reply.headers
    assert api.get(f"/channels/{channel}").status_code == 404
    world = sandbox.state("amio")
    assert len(world.rows("contacts").where(channel_id=channel)) == 0
    assert len(world.rows("messages").where(contact_id=contact)) == 0
    assert world.rows("settings").row(channel) is None


def test_ids_tell_the_time_and_grow(api: Api, sandbox: Box) -> None:
    first, second = api.new_channel("amio_chat"), api.new_channel("amio_chat")
    assert abs((int(first["id"]) >> 22) / 1000 - sandbox.clock.now()) < 60
    assert int(first["id"]) < int(second["id"]) < 2**63
