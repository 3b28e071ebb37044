"""Every promised refusal, really caused, in Amilia's shape: `Message` and `TransactionId`."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests

from tests.vendors.amilia.calls import IDS, make
from tests.vendors.amilia.client import Amilia
from tests.vendors.amilia.matrix import LABEL_OF, protected

OPERATIONS = sorted(protected())
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOWHERE = 999_999


def refused(reply: requests.Response, status: int) -> str:
    """The message of a refusal of that status."""
    assert reply.status_code == status, reply.text
    assert set(reply.json()) == {"Message", "TransactionId"}
    assert UUID.fullmatch(reply.json()["TransactionId"])
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    return str(reply.json()["Message"])


def entitled(name: str, partner: Amilia, api: Amilia) -> Amilia:
    """Who may make a call."""
    return partner if LABEL_OF[name] == "partner" else api


@pytest.mark.parametrize("name", OPERATIONS)
def test_without_credentials_it_is_401(name: str, nobody: Amilia) -> None:
    assert refused(make(name, nobody), 401) == "No credentials were given."


@pytest.mark.parametrize("name", OPERATIONS)
def test_without_the_right_it_is_403(name: str, sandbox: Any, key: Amilia) -> None:
    sandbox.settings.update({"amilia": {"api_key_scopes": []}})
    refused(make(name, key), 403)


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_language_other_than_english_and_french_is_400(name: str, partner: Amilia, api: Amilia) -> None:
    assert refused(make(name, entitled(name, partner, api), language="de"), 400).startswith("language: ")


@pytest.mark.parametrize(
    "name", [n for n in OPERATIONS if "Identifier}" in protected()[n]["path"] or "rewriteUrl" in protected()[n]["path"]]
)
def test_an_unknown_organization_is_404(name: str, member: Amilia) -> None:
    assert refused(make(name, member, organization="nowhere"), 404) == "Organization nowhere was not found."


@pytest.mark.parametrize("name", [n for n in OPERATIONS if "missing" in protected()[n]["refusals"]])
def test_an_unknown_id_is_404(name: str, partner: Amilia, api: Amilia) -> None:
    if any(
        "refers_to" in p and p["refers_to"] != "organizations"
        for p in protected()[name]["parameters"]
        if p["in"] == "path"
    ):
        refused(make(name, entitled(name, partner, api), ids=dict.fromkeys(IDS, NOWHERE)), 404)


@pytest.mark.parametrize("name", OPERATIONS)
def test_too_many_calls_in_a_second_are_429(name: str, sandbox: Any, partner: Amilia, api: Amilia) -> None:
    sandbox.clock.freeze()
    sandbox.clock.advance(2)
    sandbox.settings.update({"amilia": {"calls_per_second": 1}})
    caller = entitled(name, partner, api)
    first = make(name, caller)
    assert first.status_code != 429
    refused(make(name, caller), 429)


@pytest.mark.parametrize("path", ["/api/v3/authenticate", "/PublicApi/en/Authentication/Login"])
def test_authentication_is_throttled_too(path: str, sandbox: Any, nobody: Amilia) -> None:
    sandbox.clock.freeze()
    sandbox.clock.advance(2)
    sandbox.settings.update({"amilia": {"calls_per_second": 1}})
    assert refused(nobody.session.get(nobody.base_url + path, timeout=10), 401)
    refused(nobody.session.get(nobody.base_url + path, timeout=10), 429)


def test_a_row_of_another_organization_does_not_exist_here(api: Amilia) -> None:
    assert refused(api.ask("GET", "org/programs/2101"), 404) == "Program 2101 was not found."
    refused(api.ask("GET", "org/locations/1011/activities"), 404)


def test_an_unknown_path_is_404_and_needs_credentials_all_the_same(api: Amilia, nobody: Amilia) -> None:
    assert "memberships/801/subscriptions" in refused(api.ask("GET", "org/memberships/801/subscriptions"), 404)
    refused(nobody.ask("GET", "org/invoices"), 404)


def test_another_method_is_405(api: Amilia) -> None:
    assert refused(api.ask("POST", "org/programs"), 405) == "POST is not allowed here."


@pytest.mark.parametrize(
    "path, query",
    [
        ("org/programs", {"page": 0}),
        ("org/programs", {"page": "two"}),
        ("org/programs", {"perPage": 0}),
        ("org/programs", {"perPage": 2001}),
        ("org/programs", {"showHidden": "yes"}),
        ("org/programs/abc", {}),
        ("org/programs/0", {}),
        ("org/registrations", {"from": "2026-02-31"}),
        ("org/registrations", {"to": "tomorrow"}),
        ("org/activities/3001/persons", {"status": "Asleep"}),
        ("org/memberships/801/persons", {"status": "Gone"}),
        ("org/locations", {"type": "Circle", "coordinates": "45,-73"}),
        ("org/locations", {"type": "Radius", "coordinates": "45,-73"}),
        ("org/locations", {"type": "Radius", "radius": 5}),
        ("org/locations", {"coordinates": "45,-73"}),
        ("org/locations", {"type": "Radius", "coordinates": "45,-73,46,-74", "radius": 5}),
        ("org/locations", {"type": "BoundingBox", "coordinates": "45,-73"}),
        ("org/locations", {"type": "BoundingBox", "coordinates": "45,-73,46,-72"}),
        ("org/locations", {"type": "Polygon", "coordinates": "45,-73,46,-72"}),
        ("org/locations", {"type": "Polygon", "coordinates": "45,-73,46,-72,44"}),
        ("org/locations", {"type": "Radius", "coordinates": "here,there", "radius": 5}),
        ("org/locations", {"type": "Radius", "coordinates": "91,0", "radius": 5}),
        ("org/locations", {"type": "Radius", "coordinates[0]": "north", "coordinates[1]": "0", "radius": 5}),
    ],
)
def test_a_parameter_that_cannot_be_is_400(path: str, query: dict[str, Any], api: Amilia) -> None:
    refused(api.ask("GET", path, **query), 400)


def test_partners_must_name_an_area(partner: Amilia) -> None:
    assert refused(partner.ask("GET", "locations"), 400).startswith("type: ")
    assert refused(partner.ask("GET", "locations", type="Radius"), 400).startswith("coordinates: ")


@pytest.mark.parametrize(
    "change",
    [
        {"Context": "Weather"},
        {"Action": "Explode"},
        {"Name": ""},
        {"Name": "  "},
        {"Url": "ftp://example.test"},
        {"Url": "nowhere"},
        {"Version": "V9"},
        {"Url": None},
    ],
)
def test_a_webhook_that_cannot_be_is_422(change: dict[str, Any], api: Amilia) -> None:
    body = {"Context": "Program", "Action": "Create", "Name": "x", "Url": "https://example.test/", **change}
    assert refused(api.ask("POST", "org/webhooks", body=body), 422).startswith(next(iter(change)))
    assert api.ids("org/webhooks") == []


def test_a_body_that_is_no_json_is_400(api: Amilia) -> None:
    for body in (b"", b"{", b"Context=Program"):
        refused(api.session.post(api.url("org/webhooks"), data=body, timeout=10), 400)


def test_the_journal_knows_the_transaction_of_every_error(sandbox: Any, api: Amilia) -> None:
    told = [
        api.ask("GET", path).json()["TransactionId"] for path in ("org/programs/1", "org/programs/x", "org/nothing")
    ]
    kept = [
        call["reply"]["body"]["TransactionId"] for call in sandbox.journal.calls() if call["reply"]["status"] >= 400
    ]
    assert kept == told
    assert len(set(told)) == len(told)


@pytest.mark.parametrize(
    "kind, status",
    [("invalid", 400), ("unauthenticated", 401), ("forbidden", 403), ("missing", 404), ("throttled", 429)],
)
def test_a_planned_refusal_wears_the_same_shape(kind: str, status: int, sandbox: Any, api: Amilia) -> None:
    sandbox.faults.add(vendor="amilia", nth=1, refuse=kind)
    assert refused(api.ask("GET", "org/programs/2001"), status) in (
        "Bad Request",
        "Unauthorized",
        "Forbidden",
        "Not Found",
        "Too Many Requests",
    )
