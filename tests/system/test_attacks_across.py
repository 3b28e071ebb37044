"""Attacks across sandboxes: every operation of every vendor, with the credentials of one and the prefix or the ids of another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from emulator import data
from emulator.assembly import vendors_in
from emulator.contract.model import Contract, Operation, Parameter
from emulator.readers.credentials import presented
from emulator.readers.demo import with_examples
from emulator.readers.request import example_call
from emulator.testing.client import Box, Emulator
from emulator.wire import Call, Kind

VENDORS = vendors_in(data.folder("contracts"))
OWNERS, THIEFS = "2026-03-02T10:00:00Z", "2031-06-07T08:09:10Z"  # no time of one is a time of the other
WINDOW = {"fileType": "EVENT", "from": "2026-03-02T08:00:00Z", "to": "2026-03-02T09:59:00Z"}
MORE = {
    "agillic": [
        Call("GET", "/recipients", "objectResponse=true"),
        Call(
            "POST", "/export/activity/:execute", "", {"content-type": "application/json"}, json.dumps(WINDOW).encode()
        ),
    ]
}
"""What the examples leave undone."""
FEW = 3  # ids of a collection that are tried
TELLING = 6  # characters of a text by which a row is known


@dataclass
class Party:
    """A sandbox, one vendor's contract with examples from the demo world, and what opens it."""

    box: Box
    contract: Contract

    def __post_init__(self) -> None:
        self.base_url = self.box.vendor(self.contract.vendor).base_url
        self.session = requests.Session()

    def log_in(self) -> None:
        """There is a credential of every scheme."""
        own = self.box.vendor(self.contract.vendor).credentials
        for name in ("username", "partner_username", "member_username"):
            if name in own and "organization" in own:
                requests.get(f"{self.base_url}/api/v3/authenticate", auth=(own[name], own["password"]), timeout=10)
        rows = [row.data for row in self.box.state(self.contract.vendor).rows("credentials").all()]
        self.credentials = presented(self.contract, rows)

    def headers(self, operation: Operation) -> dict[str, str]:
        return next((dict(c.headers) for c in self.credentials if c.opens(operation)), {})

    def send(self, call: Call, headers: dict[str, str], base_url: str = "") -> requests.Response:
        url = (base_url or self.base_url) + call.path + (f"?{call.query}" if call.query else "")
        given = {**call.headers, **headers}
        return self.session.request(call.method, url, data=call.body, headers=given, timeout=20, allow_redirects=False)

    def ids(self, collection: str) -> list[str]:
        rows = [row.id for row in self.box.state(self.contract.vendor).rows(collection).all()]
        return list(dict.fromkeys([*rows[:FEW], *rows[-FEW:]]))

    def written(self) -> Any:
        """Every row that it has at the vendor."""
        return self.box.world()["vendors"][self.contract.vendor]["collections"]


@pytest.fixture(scope="module", params=VENDORS)
def parties(request: pytest.FixtureRequest, emulator: Emulator) -> Iterator[tuple[Party, Party]]:
    """The owner, who has done everything that there is to do, and the thief, whose world is empty."""
    contract = with_examples(emulator.assembly.contracts[request.param])
    owner = Party(emulator.sandbox(limits="off", clock={"now": OWNERS, "mode": "frozen"}), contract)
    thief = Party(emulator.sandbox(limits="off", clock={"now": THIEFS, "mode": "frozen"}, world="empty"), contract)
    for party in (owner, thief):
        party.log_in()
    for operation in contract.operations.values():
        if operation.method != "DELETE" and "logout" not in operation.id:
            owner.send(example_call(operation), owner.headers(operation))
    for call in MORE.get(contract.vendor, ()):
        assert owner.send(call, owner.headers(contract.operations["agillic.recipients.read"])).status_code == 200
    thief.box.snapshot("ready")
    yield owner, thief
    for party in (owner, thief):
        party.session.close()
        party.box.remove()


def test_a_credential_of_another_sandbox_opens_nothing_below_this_ones_prefix(parties: tuple[Party, Party]) -> None:
    owner, thief = parties
    before, tried, journal = owner.written(), 0, owner.box.state(owner.contract.vendor).journal
    for operation in thief.contract.operations.values():
        if operation.auth:
            reply = thief.send(example_call(operation), thief.headers(operation), owner.base_url)
            told = journal.entries()[-1].refusal
            assert (reply.status_code >= 400, told and told.kind) == (True, Kind.UNAUTHENTICATED), operation.id
            tried += 1
    assert tried > 10
    assert owner.written() == before


def references(contract: Contract) -> Iterator[tuple[Operation, Parameter, str]]:
    """Every parameter that names a row, and of which collection."""
    for operation in contract.operations.values():
        for parameter in operation.parameters:
            collection = parameter.refers_to or ("documents" if parameter.name == "documentId" else "")
            if collection:
                yield operation, parameter, collection


def texts(value: Any) -> Iterator[str]:
    """Every text and every long number in a value."""
    if isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, str) or (isinstance(value, int) and value > 9999):
        yield str(value)


def test_the_id_of_another_sandboxs_row_leads_to_nothing_of_it(parties: tuple[Party, Party]) -> None:
    owner, thief = parties
    common = json.dumps([thief.written(), dict(thief.contract.raw)], ensure_ascii=False)
    secrets = {text for text in texts(owner.written()) if len(text) >= TELLING and text not in common}
    before, journal = owner.written(), len(owner.box.journal)
    forgotten, tried = set(), 0
    for operation, parameter, collection in references(thief.contract):
        ids = [ident for ident in owner.ids(collection) if parameter.schema.valid(_typed(parameter, ident))]
        if not ids:
            forgotten.add(collection)
        for ident in ids:
            thief.box.restore("ready")
            call = example_call(operation, {parameter.name: _typed(parameter, ident)})
            reply = thief.send(call, thief.headers(operation))
            text, sent = reply.text, f"{call.path}?{call.query} {call.headers} {call.body!r}"
            shown = [s for s in secrets if s in text and s not in sent and s != ident]
            assert not shown, (operation.id, parameter.name, ident, shown)
            tried += 1
    assert (tried > 5, forgotten) == (True, set())
    assert (owner.written(), len(owner.box.journal)) == (before, journal)


def _typed(parameter: Parameter, ident: str) -> Any:
    return int(ident) if "integer" in parameter.types and ident.isdecimal() else ident


def test_a_message_cannot_be_sent_through_another_sandboxs_channel(emulator: Emulator) -> None:
    owner, thief = emulator.sandbox(), emulator.sandbox(world="empty")
    wish = {"type": "amio_chat", "name": "Mine"}
    mine = {"Authorization": f"Bearer {owner.amio.token}"}
    channel = requests.post(f"{owner.amio.base_url}/v1/channels", json=wish, headers=mine, timeout=10).json()["id"]
    message = {"channel": {"id": channel}, "contact": {"id": "1"}, "content": {"type": "text", "payload": "x"}}
    theirs = {"Authorization": f"Bearer {thief.amio.token}"}
    root = owner.amio.base_url.partition("/~")[0]
    for base_url, status in ((owner.amio.base_url, 401), (thief.amio.base_url, 422), (f"{root}/amio", 422)):
        assert requests.post(f"{base_url}/v1/messages", json=message, headers=theirs, timeout=10).status_code == status
    for box in (owner, thief):
        box.remove()
