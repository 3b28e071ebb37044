"""Every kind of planned fault at every vendor, as two client libraries meet it over a socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from emulator.testing.client import Box
from emulator.world.clock import stopwatch
from emulator.world.faults import CONNECTIONS, MUTATIONS

SOON, LATE = 0.15, 30.0  # real seconds: a delay that is waited for, and one that nobody waits for


@dataclass(frozen=True)
class Shop:
    """What a client does at a vendor: it reads something, and writes something that can be counted in a collection."""

    read: str
    method: str
    path: str
    wish: Any
    collection: str
    told: Callable[[Any], object]
    """What a refusal says, in the vendor's own shape."""
    odd: Mapping[str, str] = field(default_factory=dict)
    """What else to read where `read` gives no room for a change."""


CRM = {"username": "crm", "password": "x", "context": "ContactCenter", "contextId": "1", "userRole": "Supervisor"}
CRM |= {"dateExpiry": "2099-01-01T00:00:00.000Z"}
HOOK = {"Context": "Program", "Action": "Create", "Name": "n", "Url": "http://127.0.0.1:9/", "Version": "V1"}
SHOPS = {
    "amio": Shop(
        "/v1/channels?max=3",
        "POST",
        "/v1/channels",
        {"type": "amio_chat", "name": "New"},
        "channels",
        lambda reply: reply.json()["errors"][0]["message"],
        {
            "null-nullable": "/v1/channels/{channel_id}/contacts/{contact_id}/messages",
            "drop-optional": "/v1/channels/7391051765514244097",
        },
    ),
    "agillic": Shop(
        "/discovery/persondata",
        "PUT",
        "/recipients/new@example.com",
        {"personData": {"FIRSTNAME": "New"}},
        "recipients",
        lambda reply: reply.content == b"" or reply.json()["message"],
    ),
    "amilia": Shop(
        "/api/v3/en/org/8008/persons/5001",
        "POST",
        "/api/v3/en/org/8008/webhooks",
        HOOK,
        "webhooks",
        lambda reply: reply.json()["Message"],
    ),
    "ameyo": Shop(
        "/v4/cc-list/1/monitoring/user-session-information?limit=2",
        "POST",
        "/configuration/basicauth",
        CRM,
        "credentials",
        lambda reply: reply.json()["errorCode"],
        {"drop-optional": "/configuration/basicauth"},
    ),
}
NO_ROOM = {("agillic", "null-nullable"), ("amilia", "drop-optional")}
"""Agillic answers nothing that may be null, and Amilia's managers are always shown every member."""

CLIENTS: dict[str, Any] = {"requests": requests.request, "httpx": httpx.request}
BROKEN = {
    "requests": {
        "reset": requests.exceptions.ConnectionError,
        "close": requests.exceptions.ConnectionError,
        "truncate": (
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.ConnectionError,
        ),  # half a body, half a head
        "garbage": requests.exceptions.ChunkedEncodingError,
    },
    "httpx": {
        "reset": httpx.ReadError,
        "close": httpx.RemoteProtocolError,
        "truncate": httpx.RemoteProtocolError,
        "garbage": httpx.RemoteProtocolError,
    },
}
TIMEOUT = {"requests": requests.exceptions.ReadTimeout, "httpx": httpx.ReadTimeout}
DRIED_UP = {"requests": requests.exceptions.ConnectionError, "httpx": httpx.ReadTimeout}


class Customer:
    """A client of one vendor in the test's sandbox."""

    def __init__(self, box: Box, vendor: str, library: str) -> None:
        self.box, self.vendor, self.library, self.shop = box, vendor, library, SHOPS[vendor]
        self.handle = box.vendor(vendor)
        self.headers = {"Authorization": f"Bearer {self._token()}"}

    def _token(self) -> str:
        own, url = self.handle.credentials, self.handle.base_url
        if self.vendor == "agillic":
            form = {"grant_type": "client_credentials"} | {n: own[n] for n in ("client_id", "client_secret")}
            return str(requests.post(f"{url}/oauth2/token", data=form).json()["access_token"])
        if self.vendor == "amilia":
            pair = (own["username"], own["password"])
            return str(requests.get(f"{url}/api/v3/authenticate", auth=pair).json()["Token"])
        return own.get("token") or own["bearer_token"]

    def call(self, method: str, path: str, timeout: float = LATE, **more: Any) -> Any:
        ask = CLIENTS[self.library]
        return ask(method, self.handle.base_url + path, headers=self.headers, timeout=timeout, **more)

    def read(self, path: str = "", **more: Any) -> Any:
        return self.call("GET", path or self.shop.read, **more)

    def write(self, **more: Any) -> Any:
        return self.call(self.shop.method, self.shop.path, json=self.shop.wish, **more)

    def written(self) -> int:
        """How many rows there are of what `write` writes."""
        return len(self.box.state(self.vendor).rows(self.shop.collection))


@pytest.fixture(params=SHOPS)
def vendor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def customer(sandbox: Box, vendor: str) -> Customer:
    """One who uses requests."""
    made = Customer(sandbox, vendor, "requests")
    sandbox.journal.clear()
    return made


@pytest.fixture(params=CLIENTS)
def anyone(request: pytest.FixtureRequest, sandbox: Box, vendor: str) -> Customer:
    """One who uses requests, and one who uses httpx: where what is seen is the library's."""
    return Customer(sandbox, vendor, request.param)


when = pytest.mark.parametrize("when, effect", [("before", 0), ("after", 1)])


# -- an answer in the place of the real one


@when
def test_a_refusal_wears_the_vendors_shape(customer: Customer, when: str, effect: int) -> None:
    had = customer.written()
    customer.box.faults.add(vendor=customer.vendor, refuse="throttled", when=when)
    reply = customer.write()
    assert reply.status_code == 429
    assert customer.shop.told(reply)
    assert customer.written() == had + effect
    assert (
        customer.box.journal.calls(refusal="throttled")[0]["fault"] == f"fault 1: {when} the effect, refuse throttled"
    )


def test_every_refusal_that_a_vendor_has_can_be_planned(customer: Customer) -> None:
    for kind, promised in customer.box.state(customer.vendor).contract.refusals.items():
        customer.box.faults.add(vendor=customer.vendor, refuse=kind.value, times=1)
        reply = customer.read()
        assert (reply.status_code, kind) == (promised.status, kind)
        assert reply.headers.get("Content-Type", "") != "application/problem+json", reply.text


@when
@pytest.mark.parametrize("status, body", [(503, "<html>busy</html>"), (500, None), (418, {"a": [1]})])
def test_a_status_and_a_body_come_as_they_were_planned(
    customer: Customer, when: str, effect: int, status: int, body: Any
) -> None:
    had = customer.written()
    customer.box.faults.add(vendor=customer.vendor, status=status, body=body, when=when)
    reply = customer.write()
    assert (reply.status_code, reply.json() if isinstance(body, dict) else reply.text) == (status, body or "")
    assert customer.written() == had + effect


# -- slowness


def test_a_delay_is_waited_for(anyone: Customer) -> None:
    anyone.box.faults.add(vendor=anyone.vendor, delay=SOON)
    began = stopwatch()
    assert anyone.read().status_code == 200
    assert stopwatch() - began >= SOON


def test_a_client_that_will_not_wait_gives_up_though_the_effect_is_there(anyone: Customer) -> None:
    had = anyone.written()
    anyone.box.faults.add(vendor=anyone.vendor, delay=LATE)
    with pytest.raises(TIMEOUT[anyone.library]):
        anyone.write(timeout=SOON)
    assert anyone.written() == had + 1


def test_a_dripping_reply_is_late_and_whole(anyone: Customer) -> None:
    plain = anyone.read()
    anyone.box.faults.add(vendor=anyone.vendor, drip=int(len(plain.content) / SOON))
    began = stopwatch()
    assert len(anyone.read().content) == len(plain.content)
    assert stopwatch() - began >= SOON / 2


def test_drops_that_come_too_seldom_are_not_waited_for(anyone: Customer) -> None:
    anyone.box.faults.add(vendor=anyone.vendor, drip=1)
    with pytest.raises((DRIED_UP[anyone.library], TIMEOUT[anyone.library])):
        anyone.read(timeout=SOON)


# -- connections


@when
@pytest.mark.parametrize("kind", CONNECTIONS)
def test_a_broken_connection_is_the_librarys_own_error(anyone: Customer, kind: str, when: str, effect: int) -> None:
    had = anyone.written()
    anyone.box.faults.add(vendor=anyone.vendor, connection=kind, when=when)
    with pytest.raises(BROKEN[anyone.library][kind]):
        anyone.write()
    assert anyone.written() == had + effect


# -- replies that are lawful, and odd


@pytest.mark.parametrize("kind", MUTATIONS)
def test_a_reply_is_changed_within_what_a_careful_client_bears(customer: Customer, kind: str) -> None:
    message = customer.box.state("amio").rows("messages").all()[0].data
    path = customer.shop.odd.get(kind, customer.shop.read).format_map(message)
    customer.box.clock.freeze()
    customer.write()
    plain = customer.read(path).json()
    customer.box.faults.add(vendor=customer.vendor, mutate=kind)
    reply = customer.read(path)
    assert reply.status_code == 200
    assert int(reply.headers["Content-Length"]) == len(reply.content)
    was, now = (dict(_places(value)) for value in (plain, reply.json()))
    if (customer.vendor, kind) in NO_ROOM:
        assert now == was
    elif kind == "extra-field":
        assert now.keys() > was.keys()
    elif kind == "drop-optional":
        assert now.keys() < was.keys()
    elif kind == "reorder-keys":
        assert (list(now) == list(was), sorted(now)) == (False, sorted(was))
    else:
        new = None if kind == "null-nullable" else "x_emulator_new_value"
        assert [place for place in now if now[place] == new != was[place]]


def _places(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every member of every object: where it stands, and what it is if it is no object and no list."""
    for name, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield f"{path}/{name}", None if isinstance(item, dict | list) and item else item
        yield from _places(item, f"{path}/{name}")


# -- which calls, and how often


def test_faults_strike_the_calls_that_they_count(customer: Customer) -> None:
    customer.box.faults.add(vendor=customer.vendor, nth=(2, 5), times=2, status=503)
    customer.box.faults.add(vendor=customer.vendor, method="DELETE", status=500)
    assert [customer.read().status_code for _ in range(6)] == [200, 503, 503, 200, 200, 200]
    assert [(fault["seen"], fault["struck"]) for fault in customer.box.faults.all()] == [(6, 2), (0, 0)]


def test_a_fault_of_one_operation_strikes_no_other(customer: Customer) -> None:
    customer.write()
    operation = customer.box.journal.calls()[-1]["operation"]
    customer.box.faults.add(operation=operation, status=503)
    assert (customer.read().status_code, customer.write().status_code) == (200, 503)


@pytest.mark.parametrize("fault", [{"connection": "reset"}, {"connection": "close"}, {"status": 503}], ids=str)
def test_a_retry_that_the_client_does_not_show_is_numbered(customer: Customer, fault: dict[str, Any]) -> None:
    customer.box.faults.add(vendor=customer.vendor, nth=(1, 2), **fault)
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=Retry(3, backoff_factor=0, status_forcelist=[503])))
        reply = session.get(customer.handle.base_url + customer.shop.read, headers=customer.headers, timeout=LATE)
    assert reply.status_code == 200
    calls = customer.box.journal.calls()
    assert [call["attempt"] for call in calls] == [1, 2, 3]
    assert "3 times in a row" in customer.box.journal.explain(calls[-1]["id"])["why"][-1]
