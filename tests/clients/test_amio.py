"""The Amio client in calm, when throttled, when replies are lost, and while contacts come and go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from emulator.testing.client import Box
from tests.clients.amio import Amio
from tests.clients.patience import GaveUp, Refused


@pytest.fixture
def channel(sandbox: Box) -> str:
    channels = sandbox.state("amio").rows("channels").all()
    return next(str(row.id) for row in channels if row.data["type"] == "mobile")


@pytest.fixture
def client(sandbox: Box, naps: list[float]) -> Iterator[Amio]:
    with closing(Amio(sandbox.amio.base_url, sandbox.amio.token, page_size=5)) as made:
        yield made


def known(box: Box, channel: str) -> list[str]:
    return [row.id for row in box.state("amio").rows("contacts").where(channel_id=channel)]


def sent(box: Box, text: str) -> list[str]:
    rows = box.state("amio").rows("messages").all()
    return [row.id for row in rows if row.data.get("content", {}).get("payload") == text]


@pytest.mark.parametrize("page_size", [2, 3, 26, 100])
def test_every_contact_is_listed_whatever_the_pages(sandbox: Box, client: Amio, channel: str, page_size: int) -> None:
    client.page_size = page_size
    assert [contact["id"] for contact in client.contacts(channel)] == known(sandbox, channel)


def test_it_waits_until_the_hour_is_over(sandbox: Box, client: Amio, channel: str, naps: list[float]) -> None:
    sandbox.settings.update({"amio": {"plan": "custom", "custom_calls": 3}})
    assert len(list(client.contacts(channel))) == len(known(sandbox, channel))
    assert [round(nap, -1) for nap in naps] == [3600.0, 3600.0]


def test_it_waits_a_little_where_calls_are_left(sandbox: Box, client: Amio, channel: str, naps: list[float]) -> None:
    sandbox.faults.add(vendor="amio", nth=1, refuse="throttled")
    assert list(client.contacts(channel))
    assert naps == [1.0]


def test_it_gives_up_when_trouble_does_not_end(sandbox: Box, client: Amio, channel: str, naps: list[float]) -> None:
    sandbox.faults.add(vendor="amio", status=502)
    with pytest.raises(GaveUp, match="in vain"):
        list(client.contacts(channel))
    assert len(naps) == 7


def test_a_refusal_is_told_at_once(client: Amio, naps: list[float]) -> None:
    with pytest.raises(Refused, match="404"):
        list(client.contacts("123"))
    assert naps == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("connection", ["reset", "close", "truncate", "garbage"])
def test_a_message_is_sent_once_whatever_becomes_of_the_reply(
    sandbox: Box, client: Amio, channel: str, when: str, connection: str
) -> None:
    sandbox.faults.add(operation="amio.messages.send", nth=1, when=when, connection=connection)
    contact = known(sandbox, channel)[0]
    assert [client.send(channel, contact, "Dobrý den 🐎")] == sent(sandbox, "Dobrý den 🐎")


def test_the_same_words_may_be_sent_twice(sandbox: Box, client: Amio, channel: str) -> None:
    contact = known(sandbox, channel)[0]
    first = client.send(channel, contact, "again")
    sandbox.faults.add(operation="amio.messages.send", nth=1, when="after", connection="reset")
    assert sorted([first, client.send(channel, contact, "again")]) == sorted(sent(sandbox, "again"))


def test_a_listing_without_metadata_does_not_mislead_it(sandbox: Box, client: Amio, channel: str) -> None:
    sandbox.faults.add(operation="amio.messages.send", nth=1, when="after", connection="reset")
    sandbox.faults.add(operation="amio.messages.find", nth=1, mutate="drop-optional")
    assert [client.send(channel, known(sandbox, channel)[0], "once")] == sent(sandbox, "once")


def test_contacts_that_go_away_hide_no_others(
    sandbox: Box, client: Amio, channel: str, meanwhile: Callable[..., None]
) -> None:
    first, *others = known(sandbox, channel)
    meanwhile(client, "page", 2, lambda: sandbox.state("amio").rows("contacts").drop(first))
    assert [contact["id"] for contact in client.contacts(channel)] == [first, *others]


@pytest.mark.parametrize("kind", ["extra-field", "drop-optional", "null-nullable", "new-enum-value", "reorder-keys"])
def test_odd_replies_do_not_matter(sandbox: Box, client: Amio, channel: str, kind: str) -> None:
    sandbox.faults.add(vendor="amio", mutate=kind)
    assert [contact["id"] for contact in client.contacts(channel)] == known(sandbox, channel)
