"""Lists are cut by `max` and `offset`; a header tells how much there is."""

from __future__ import annotations

from emulator.testing.client import Box
from tests.vendors.amio.client import Api


def test_a_page_has_ten_unless_asked(api: Api) -> None:
    reply = api.get("/channels")
    assert (len(reply.json()), reply.headers["X-Total-Count"]) == (10, "12")


def test_offset_and_max_cut_the_same_list(api: Api) -> None:
    path = f"/channels/{api.demo_channel('mobile')}/contacts"
    whole = api.get(path, max=100).json()
    assert api.get(path, max=10, offset=20).json() == whole[20:30]
    assert [c for start in range(0, len(whole), 7) for c in api.get(path, max=7, offset=start).json()] == whole


def test_a_page_past_the_end_is_empty(api: Api) -> None:
    reply = api.get("/channels", offset=10**25)
    assert (reply.status_code, reply.json(), reply.headers["X-Total-Count"]) == (200, [], "12")


def test_channels_are_oldest_first(api: Api) -> None:
    new = api.new_channel("amio_chat")
    assert api.get("/channels", max=1, offset=12).json() == [new]


def test_messages_are_newest_first(api: Api, sandbox: Box) -> None:
    channel = api.demo_channel("amio_chat")
    contact = api.get(f"/channels/{channel}/contacts").json()[0]["id"]
    new = api.send(channel, {"id": contact}).json()["id"]
    listed = api.messages(channel, contact, max=100)
    assert listed[0]["id"] == new
    assert [m["sent"] for m in listed] == sorted((m["sent"] for m in listed), reverse=True)


def test_a_message_that_comes_meanwhile_moves_the_pages_on(api: Api, sandbox: Box) -> None:
    channel = api.demo_channel("amio_chat")
    contact = api.get(f"/channels/{channel}/contacts").json()[0]["id"]
    last_of_first = api.messages(channel, contact)[-1]
    sandbox.stimuli.amio.message_received(contact_id=contact, text="One more")
    assert api.messages(channel, contact, offset=10)[0] == last_of_first
