"""Contacts come by writing or being written to, and go with all that is theirs."""

from __future__ import annotations

import pytest

from emulator.testing.client import Box
from tests.vendors.amio.client import Api


def test_somebody_who_writes_becomes_a_contact(api: Api, sandbox: Box) -> None:
    channel = api.new_channel("viber")["id"]
    assert api.get(f"/channels/{channel}/contacts").json() == []
    contact = sandbox.stimuli.amio.message_received(channel_id=channel, name="Ana", text="Hi")["contact_id"]
    assert api.get(f"/channels/{channel}/contacts").json() == [{"id": contact, "name": "Ana"}]


def test_a_stranger_on_a_chat_is_called_by_id(api: Api, sandbox: Box) -> None:
    channel = api.new_channel("amio_chat")["id"]
    contact = sandbox.stimuli.amio.message_received(channel_id=channel, text="Hi")["contact_id"]
    assert api.get(f"/channels/{channel}/contacts/{contact}").json() == {"id": contact, "name": contact}


@pytest.mark.parametrize("kind", ["mobile", "rbm", "viber_business_messages"])
def test_a_number_that_is_written_to_becomes_one_contact(api: Api, kind: str) -> None:
    channel = api.new_channel(kind)["id"]
    first = api.send(channel, {"phone_number": "+1 (555) 857-6309"}).json()["contact"]
    second = api.send(channel, {"phone_number": "0015558576309"}).json()["contact"]
    assert first == second == {"id": first["id"], "phone_number": "15558576309"}
    assert api.get(f"/channels/{channel}/contacts").json() == [
        {"id": first["id"], "name": "15558576309", "phone_number": "15558576309"}
    ]


def test_the_same_person_on_two_channels_is_two_contacts(api: Api) -> None:
    here, there = api.new_channel("mobile")["id"], api.new_channel("mobile")["id"]
    number = {"phone_number": "+12025550123"}
    assert api.send(here, number).json()["contact"]["id"] != api.send(there, number).json()["contact"]["id"]


def test_facebook_tells_of_its_users(api: Api, sandbox: Box) -> None:
    channel = api.new_channel("facebook_messenger")["id"]
    profile = {"gender": "female", "locale": "cs_CZ", "time_zone": "+01:00", "photo_url": "https://example.com/e.jpg"}
    contact = sandbox.stimuli.amio.message_received(channel_id=channel, name="Eva", text="Ahoj", profile=profile)
    ident = contact["contact_id"]
    assert api.get(f"/channels/{channel}/contacts/{ident}").json() == {"id": ident, "name": "Eva", **profile}


def test_facebook_shows_a_number_to_those_who_used_it_and_not_in_lists(api: Api) -> None:
    channel = api.new_channel("facebook_messenger")["id"]
    sent = api.send(channel, {"phone_number": "+12025550123", "first_name": "Anthony", "last_name": "Hopkins"})
    ident = sent.json()["contact"]["id"]
    one = api.get(f"/channels/{channel}/contacts/{ident}").json()
    assert one == {"id": ident, "name": "Anthony Hopkins", "phone_number": "12025550123"}
    assert api.get(f"/channels/{channel}/contacts").json() == [{"id": ident, "name": "Anthony Hopkins"}]


def test_a_deleted_contact_takes_messages_and_files_along(api: Api, sandbox: Box) -> None:
    channel = api.demo_channel("facebook_messenger")
    contact = api.get(f"/channels/{channel}/contacts").json()[0]["id"]
    picture = {"type": "image", "payload": {"url": "https://example.com/cat.png"}}
    sandbox.stimuli.amio.message_received(contact_id=contact, content=picture)
    world = sandbox.state("amio")
    assert len(world.rows("files").where(contact_id=contact)) == 1
    assert api.delete(f"/channels/{channel}/contacts/{contact}").status_code == 204
    assert api.get(f"/channels/{channel}/contacts/{contact}").status_code == 404
    assert len(world.rows("messages").where(contact_id=contact)) == 0
    assert len(world.rows("files").where(contact_id=contact)) == 0


def test_a_deleted_contact_cannot_be_written_to(api: Api) -> None:
    channel = api.demo_channel("viber")
    contact = api.get(f"/channels/{channel}/contacts").json()[0]["id"]
    api.delete(f"/channels/{channel}/contacts/{contact}")
    assert api.send(channel, {"id": contact}).status_code == 422
