"""The request and reply pairs that the documents give, replayed over a socket: the oracle that the emulator did not write."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from emulator import data
from emulator.assembly import vendors_in
from emulator.engine import Engine
from emulator.readers.exchanges import Exchange, differences, exchanges, filled
from emulator.testing.client import Box, Emulator
from emulator.wire import Call, Principal
from emulator.world.world import World

FIXTURES = data.folder("fixtures")
VENDORS = vendors_in(data.folder("contracts"))
EXCHANGES = [path for vendor in VENDORS for path in sorted((FIXTURES / vendor / "exchanges").glob("**/*.json"))]
STARTED: list[str] = []


@cache
def served(vendor: str) -> Emulator:
    STARTED.append(vendor)
    return Emulator(vendors=[vendor]).start()


@cache
def shown(vendor: str) -> dict[str, Exchange]:
    return {one.file: one for one in exchanges(served(vendor).assembly.contracts[vendor])}


@pytest.fixture(scope="module", autouse=True)
def _stopped() -> Iterator[None]:
    yield
    for vendor in STARTED:
        served(vendor).stop()
    STARTED.clear()
    served.cache_clear()
    shown.cache_clear()


def signed(call: Call, world: World, engine: Engine) -> dict[str, str]:
    """Headers by which the sandbox's own user is known, where the exchange shows none and the operation asks for one.

    A credential in base64 cannot be written as a `{name}`; that is why an exchange may leave it out.
    """
    operation = engine.contract.operations.get(engine.operation(call))
    if operation is None or next(iter(engine.credentials(call)), None) is not None:
        return {}
    for row in world.rows("credentials").all():
        scheme, _, key = row.id.partition(":")
        if scheme in operation.auth and "password" in row.data:
            pair = b64encode(f"{key}:{row.data['password']}".encode()).decode()
            headers = {"authorization": f"Basic {pair}"}
            who = engine.schemes[scheme].identify(call_with(call, headers), world)
            if isinstance(who, Principal) and (not operation.access or operation.access & who.roles):
                return headers
    return {}


def call_with(call: Call, headers: dict[str, str]) -> Call:
    return Call(call.method, call.path, call.query, {**call.headers, **headers})


def asked(exchange: dict[str, Any], box: Box, vendor: str) -> requests.Response:
    """The exchange's request, made as it is written."""
    request, handle = exchange["request"], box.vendor(vendor)
    body, headers = request.get("body"), {"Accept": "*/*", **filled(request.get("headers", {}), handle.credentials)}
    if isinstance(body, dict) and "x-www-form-urlencoded" in headers.get("Content-Type", ""):
        body = urlencode(filled(body, handle.credentials))
    elif body is not None and not isinstance(body, str):
        headers.setdefault("Content-Type", "application/json")
        body = json.dumps(body)
    path, _, query = filled(request["path"], handle.credentials).partition("?")
    query = urlencode(request["query"]) if "query" in request else query
    call = Call(request["method"], path, query, {name.lower(): value for name, value in headers.items()})
    if exchange["reply"]["status"] != 401:
        headers |= signed(call, box.state(vendor), served(vendor).assembly.engines[vendor])
    return requests.request(
        request["method"],
        handle.base_url + path + (f"?{query}" if query else ""),
        headers=headers,
        data=body.encode() if body is not None else None,
        allow_redirects=False,
        timeout=10,
    )


@pytest.mark.parametrize("path", EXCHANGES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_what_the_documents_show_is_what_is_answered(path: Path) -> None:
    vendor = path.relative_to(FIXTURES).parts[0]
    exchange = json.loads(path.read_text(encoding="utf-8"))
    given = exchange.get("given", {})
    box = served(vendor).sandbox(**({"world": given["world"]} if "world" in given else {}))
    try:
        if "settings" in given:
            settings = given["settings"]
            box.settings.update(settings if set(settings) <= {"limits", vendor} else {vendor: settings})
        reply, expected = asked(exchange, box, vendor), exchange["reply"]
        told = list(departures(expected, reply))
        assert told == [], "\n".join([exchange["title"], *told, reply.text[:2000]])
        call = box.journal.calls()[-1]
        refusal = call["refusal"]
        assert call["remarks"] == [], "what the documents send is documented"
        assert shown(vendor)[path.name].outcome == (refusal["kind"] if refusal else str(reply.status_code))
    finally:
        box.remove()


def departures(expected: dict[str, Any], reply: requests.Response) -> Iterator[str]:
    if reply.status_code != expected["status"]:
        yield f"the status is {reply.status_code}, not {expected['status']}"
    for name, value in expected.get("headers", {}).items():
        yield from differences(value, reply.headers.get(name), name)
    if "body" in expected:
        media = reply.headers.get("Content-Type", "")
        body: Any = reply.json() if "json" in media else reply.text if reply.content else None
        yield from differences(expected["body"], body)


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_vendor_has_exchanges(vendor: str) -> None:
    assert [path for path in EXCHANGES if path.relative_to(FIXTURES).parts[0] == vendor]


@pytest.mark.parametrize(
    "expected, actual, told",
    [
        ({"a": {"$any": True}}, {"a": None}, []),
        ({"a": {"$type": "string"}}, {"a": 1}, ["a: 1 is no string"]),
        ({"a": {"$type": "integer"}}, {"a": True}, ["a: True is no integer"]),
        ({"a": 1}, {"b": 1}, ["the body: lacks 'a'", "the body: has 'b' (1)"]),
        ([1, 2], [1], ["the body: 1 items, not 2"]),
        ({"a": [1]}, {"a": [1.0]}, ["a[0]: 1.0, not 1"]),
    ],
)
def test_the_comparison_itself_sees_differences(expected: Any, actual: Any, told: list[str]) -> None:
    assert list(differences(expected, actual)) == told
