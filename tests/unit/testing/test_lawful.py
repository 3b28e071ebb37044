"""`assert_lawful`: what a vendor lets pass without a document for it, and what its contract refuses, fails a client's test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from emulator.testing.client import Box, Emulator

ANNA = {"id": "7392501065318400001"}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(vendors=["amio", "ameyo"]) as served:
        yield served


@pytest.fixture
def box(emulator: Emulator) -> Iterator[Box]:
    box = emulator.sandbox()
    yield box
    box.remove()


def amio(box: Box, method: str, path: str, *, token: str = "", **more: Any) -> int:
    headers = {"Authorization": f"Bearer {token or box.amio.token}", **more.pop("headers", {})}
    return requests.request(method, box.amio.base_url + path, headers=headers, timeout=5, **more).status_code


def message(**more: Any) -> dict[str, Any]:
    known = {"channel": {"id": "7391051513856000001"}, "contact": ANNA}
    return known | {"content": {"type": "text", "payload": "Hi"}} | more


def fails(box: Box) -> str:
    with pytest.raises(AssertionError) as failed:
        box.assert_lawful()
    return str(failed.value)


def test_what_is_documented_is_lawful_whatever_becomes_of_it(box: Box) -> None:
    assert amio(box, "POST", "/v1/messages", json=message()) == 201
    assert amio(box, "GET", "/v1/channels/1") == 404
    assert amio(box, "GET", "/v1/channels", token="old") == 401
    assert amio(box, "POST", "/v1/messages", json=message(channel={"id": "1"})) == 422
    box.assert_lawful()


@pytest.mark.parametrize(
    "method, path, more, remark",
    [
        ("GET", "/v1/channels?colour=red", {}, "unknown query parameter 'colour'"),
        ("GET", "/v1/channels?max=007", {}, "query parameter 'max' is written '007'"),
        ("GET", "/v1/channels?max=1&max=2", {}, "query parameter 'max' was given 2 times"),
        ("GET", "/v1/channels", {"json": {}}, "a body was sent where none is documented"),
        ("GET", "/api/v1/channels", {}, "the path is another way to /v1/channels, which"),
        ("GET", "/v1/channels", {"headers": {"X-HTTP-Method-Override": "PUT"}}, "X-HTTP-Method-Override means nothing"),
        ("POST", "/v1/messages", {"json": message(colour="red")}, "property 'colour' is not documented"),
        ("POST", "/v1/messages", {"json": message(contact=ANNA | {"nick": "x"})}, "property 'contact.nick' is not"),
        (
            "POST",
            "/v1/messages",
            {"json": message(), "headers": {"Content-Type": "text/plain"}},
            "Content-Type 'text/plain'",
        ),
    ],
)
def test_what_is_only_let_pass_is_not(box: Box, method: str, path: str, more: dict[str, Any], remark: str) -> None:
    assert amio(box, method, path, **more) < 300
    (told,) = box.journal.calls()[-1]["remarks"]
    assert told.startswith(remark)
    assert remark in fails(box)


def test_a_remark_is_told_with_the_call_and_the_contracts_place(box: Box) -> None:
    amio(box, "GET", "/v1/channels?colour=red")
    assert fails(box) == (
        "calls that are not as documented: 1\n"
        "#1 GET /v1/channels?colour=red -> 200\n"
        "      remark: unknown query parameter 'colour' (amio/channels/find.json)"
    )


@pytest.mark.parametrize(
    "method, path, more, told",
    [
        (
            "GET",
            "/v1/channels?max=101",
            {},
            "rule maximum, amio/vendor.json#/paging/listing/parameters/0/schema/maximum",
        ),
        ("POST", "/v1/messages", {"json": {}}, "body channel: 'channel' is a required property (rule required, amio/"),
        ("POST", "/v1/messages", {"data": "{"}, "malformed is 400 here"),
        ("PUT", "/v1/channels", {}, "method_not_allowed is 405 here"),
        ("GET", "/v1/chanels", {}, "the nearest operation is amio.channels.find: GET /v1/channels"),
    ],
)
def test_nor_is_what_the_contract_refuses(box: Box, method: str, path: str, more: dict[str, Any], told: str) -> None:
    assert amio(box, method, path, **more) >= 400
    assert told in fails(box)


def test_other_ways_to_the_same_path_are_told_where_no_document_has_them(box: Box) -> None:
    pair = (box.ameyo.username, box.ameyo.password)
    for path in (
        "/configuration/cc/1/process",
        "/configuration/cc/1/process/",
        "/data-engine/v4/cc-list/1/monitoring/chat-information",
    ):
        assert requests.get(box.ameyo.base_url + path, auth=pair, timeout=5).status_code == 200
    remarks = [call["remarks"] for call in box.journal.calls()]
    ways = ["ends in a slash", "is another way to /v4/cc-list/{ccId}/monitoring/{tableName}"]
    assert remarks == [[], *([f"the path {way}, which is not documented"] for way in ways)]


def test_what_may_hold_anything_holds_it_lawfully(box: Box) -> None:
    assert amio(box, "POST", "/v1/messages", json=message(metadata={"any": {"thing": [1, {"b": 2}]}})) == 201
    box.assert_lawful()


def test_what_a_test_planned_is_not_the_clients_doing(box: Box) -> None:
    box.faults.add(vendor="amio", refuse="malformed")
    assert amio(box, "GET", "/v1/channels") == 400
    box.assert_lawful()


def test_it_can_be_asked_of_some_calls_only(box: Box) -> None:
    amio(box, "GET", "/v1/channels?colour=red")
    box.assert_lawful(operation="amio.messages.send")
    with pytest.raises(AssertionError):
        box.assert_lawful(vendor="amio")


def test_no_secret_is_told(box: Box) -> None:
    amio(box, "GET", f"/v1/channels?acces_token={box.amio.token}")
    assert box.amio.token not in fails(box)
