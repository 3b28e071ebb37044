"""A day of a client that was written against the documentation."""

from __future__ import annotations

from emulator.testing.client import Box, Handle
from tests.vendors.amio.client import Api, Inbox, errors, signature


def test_a_client_does_its_days_work(api: Api, amio: Handle, inbox: Inbox, sandbox: Box) -> None:
    created = api.post("/channels", {"type": "amio_chat", "name": "Shop", "webhook": {"url": inbox.url}})
    assert created.status_code == 201
    channel = created.json()
    assert created.headers["Location"] == f"{amio.base_url}/v1/channels/{channel['id']}"
    assert created.headers["Content-Type"] == "application/json;charset=UTF-8"

    sandbox.stimuli.amio.message_received(channel_id=channel["id"], text="Are you there?")
    sandbox.deliver()
    [(headers, body)] = inbox.requests
    assert headers["x-hub-signature"] == signature(channel["webhook"]["secret"], body)
    contact = inbox.events[0]["data"]["contact"]["id"]

    answer = api.send(channel["id"], {"id": contact}, {"type": "text", "payload": "Yes, we are."})
    assert answer.status_code == 201
    sandbox.deliver()
    assert (inbox.names[-1], inbox.events[-1]["data"]["id"]) == ("message_echo", answer.json()["id"])

    calls = 2
    while calls < 250:
        calls += api.send(channel["id"], {"id": contact}, {"type": "text", "payload": str(calls)}).status_code == 201
    path = f"/channels/{channel['id']}/contacts/{contact}/messages"
    pages = [api.get(path, max=100, offset=offset) for offset in (0, 100, 200)]
    assert [(len(page.json()), page.headers["X-Total-Count"]) for page in pages] == [
        (100, "250"),
        (100, "250"),
        (50, "250"),
    ]
    assert len({message["id"] for page in pages for message in page.json()}) == 250
    calls += len(pages)

    while (reply := api.get(f"/channels/{channel['id']}")).status_code == 200:
        calls += 1
    assert calls == 1000
    assert reply.status_code == 429
    assert errors(reply)[0]["message"].startswith("You have exceeded maximum number of requests")
    assert reply.headers["X-RateLimit-Remaining"] == "0"

    wait = int(reply.headers["X-RateLimit-Reset"]) - sandbox.clock.now()
    assert 0 < wait <= 3601
    sandbox.clock.advance(wait)
    assert api.get(f"/channels/{channel['id']}").headers["X-RateLimit-Remaining"] == "999"
