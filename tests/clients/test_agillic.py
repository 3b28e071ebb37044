"""The Agillic client in calm, with tokens and documents that end, with odd ids, and in trouble."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from emulator.testing.client import Box
from tests.clients.agillic import Agillic

ODD = [
    "a/b@x.com",
    "100%25@x.com",
    "A+b c#?&@x.com",
    "a=b@x.com",
    "=",
    ":batch",
    ".",
    "..",
    "ž😀@x.com",
    "EMAIL=x@x.com",
]


@pytest.fixture
def client(sandbox: Box, naps: list[float]) -> Iterator[Agillic]:
    with closing(
        Agillic(sandbox.agillic.base_url, sandbox.agillic.client_id, sandbox.agillic.client_secret, page_size=7)
    ) as made:
        yield made


def known(box: Box) -> list[str]:
    return [row.data["EMAIL"] for row in box.state("agillic").rows("recipients").all()]


def tokens(box: Box) -> int:
    return len(box.journal.calls(operation="agillic.oauth.token"))


def test_every_recipient_is_exported(sandbox: Box, client: Agillic) -> None:
    assert [client.id_of(recipient) for recipient in client.export()] == known(sandbox)


def test_those_whom_the_filter_lets_through(client: Agillic) -> None:
    assert [client.id_of(r) for r in client.export('EMAIL=="*peter@*" or EMAIL=="jane@*"')] == [
        "jane@example.com",
        "peter@example.com",
    ]
    assert client.export("EMAIL==nobody") == []


def test_a_document_that_expired_is_read_anew(sandbox: Box, client: Agillic, naps: list[float]) -> None:
    for nth in (2, 3, 4):
        sandbox.faults.add(operation="agillic.recipients.find", nth=nth, refuse="throttled")
    sandbox.faults.add(operation="agillic.recipients.find", nth=5, refuse="missing")
    assert [client.id_of(recipient) for recipient in client.export()] == known(sandbox)


def test_an_expired_token_is_renewed_once(sandbox: Box, client: Agillic) -> None:
    ids = known(sandbox)[:3]
    assert len(list(client.read(ids))) == 3
    sandbox.clock.advance("2h")
    assert len(list(client.read(ids))) == 3
    assert tokens(sandbox) == 2


def test_threads_that_are_refused_together_renew_once(sandbox: Box, client: Agillic) -> None:
    list(client.read(known(sandbox)[:1]))
    sandbox.clock.advance("2h")
    together = threading.Barrier(4)

    def job(name: str) -> int:
        together.wait()
        return len(list(client.read([name])))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(job, known(sandbox)[:4])) == [1, 1, 1, 1]
    assert tokens(sandbox) == 2


@pytest.mark.parametrize("name", ODD)
def test_an_odd_id_is_written_and_read(sandbox: Box, client: Agillic, name: str) -> None:
    assert client.upsert([(name, {"FIRSTNAME": "Ž😀"})]) == []
    (recipient,) = client.read([name])
    assert recipient["personData"] | {"EMAIL": name, "FIRSTNAME": "Ž😀"} == recipient["personData"]


def test_who_is_refused_is_told_and_the_others_are_written(sandbox: Box, client: Agillic) -> None:
    wishes = {"a@x.com": {"FIRSTNAME": "A"}, "b@x.com": {"NO_SUCH_FIELD": "1"}, "jane@example.com": {"AGE": ""}}
    assert client.upsert(wishes.items()) == ["b@x.com"]
    assert "a@x.com" in known(sandbox)


@pytest.mark.parametrize("connection", ["reset", "close", "truncate", "garbage"])
def test_a_write_whose_reply_is_lost_is_made_again(sandbox: Box, client: Agillic, connection: str) -> None:
    sandbox.faults.add(operation="agillic.recipients.update", nth=1, when="after", connection=connection)
    assert client.upsert([("a@x.com", {"FIRSTNAME": "A"})]) == []
    assert known(sandbox).count("a@x.com") == 1


def test_pauses_grow_where_no_end_is_told(sandbox: Box, client: Agillic, naps: list[float]) -> None:
    sandbox.faults.add(operation="agillic.recipients.read", nth=(1, 3), refuse="throttled")
    assert len(list(client.read(["jane@example.com"]))) == 1
    assert naps == [1.0, 2.0, 4.0]


def test_the_field_that_names_recipients_is_looked_up(sandbox: Box, client: Agillic) -> None:
    sandbox.faults.add(operation="agillic.discovery.person_data", nth=1, mutate="drop-optional")
    assert client.id_field() == "EMAIL"


@pytest.mark.parametrize("kind", ["extra-field", "null-nullable", "new-enum-value", "reorder-keys"])
def test_odd_replies_do_not_matter(sandbox: Box, client: Agillic, kind: str) -> None:
    sandbox.faults.add(operation="agillic.recipients.find", mutate=kind)
    sandbox.faults.add(operation="agillic.oauth.token", mutate="drop-optional")
    assert [client.id_of(recipient) for recipient in client.export()] == known(sandbox)
