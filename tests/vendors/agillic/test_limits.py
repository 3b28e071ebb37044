"""Limits, content types, and what faults look like."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest

from emulator.testing.client import Box
from tests.vendors.agillic.conftest import Api

HERE = "/globaldata/tables"


def test_production_allows_five_calls_a_day_for_each_active_recipient(sandbox: Box, api: Api, stranger: Api) -> None:
    sandbox.settings.update({"agillic": {"active_recipients": 2}})
    assert stranger.get(HERE).status_code == 401
    assert [api.get(HERE).status_code for _ in range(11)] == [200] * 10 + [429]
    assert api.get("/no/such/path").status_code == 429
    assert stranger.get(HERE).status_code == 401


def test_the_limit_is_the_instance_s_and_not_the_key_s(sandbox: Box, api: Api, device: Api) -> None:
    sandbox.settings.update({"agillic": {"active_recipients": 1}})
    for _ in range(5):
        device.get(HERE)
    assert api.get(HERE).status_code == 429


def test_a_token_costs_nothing(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"agillic": {"active_recipients": 1}})
    for _ in range(9):
        assert api.post("/oauth2/token", data={"grant_type": "client_credentials"}).status_code == 200
    assert api.get(HERE).status_code == 200


def test_staging_allows_five_thousand_calls_whatever_the_licence(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"agillic": {"environment": "staging", "active_recipients": 1}})
    for _ in range(6):
        assert api.get(HERE).status_code == 200
    sandbox.state("agillic").store.set_number("windows.daily.everyone", 5000)
    assert api.get(HERE).status_code == 429


def test_a_new_day_begins_at_midnight_and_the_agenda_says_when(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"agillic": {"active_recipients": 1}})
    for _ in range(5):
        api.get(HERE)
    assert api.get(HERE).status_code == 429
    reset = next(entry for entry in sandbox.agenda() if "daily" in str(entry))
    at = datetime.fromisoformat(str(reset["at"]))
    assert (at.hour, at.minute) == (0, 0)
    sandbox.clock.advance((at - sandbox.clock.utc()).total_seconds() + 1)
    assert api.get(HERE).status_code == 200


def test_a_refused_call_changes_nothing_and_has_no_body_or_headers_about_it(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"agillic": {"active_recipients": 1}})
    for _ in range(5):
        api.get(HERE)
    reply = api.put("/recipients/late@example.com", json={"personData": {}})
    assert (reply.status_code, reply.content) == (429, b"")
    assert not [name for name in reply.headers if "limit" in name.lower() or name == "Retry-After"]
    assert sandbox.state("agillic").rows("recipients").where(EMAIL="late@example.com").first() is None


def test_the_twenty_first_call_at_a_time_is_refused(sandbox: Box, api: Api) -> None:
    sandbox.faults.add(vendor="agillic", operation="agillic.global_tables.find", delay=1.0)
    ready = Barrier(21)

    def call(_: int) -> int:
        with Api(api.base_url) as session:
            session.auth = api.auth
            ready.wait()
            return session.get(HERE).status_code

    with ThreadPoolExecutor(21) as pool:
        statuses = list(pool.map(call, range(21)))
    assert sorted(statuses) == [200] * 20 + [429]


def test_an_oversized_payload_can_count_as_over_a_limit(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"agillic": {"oversize_status": 429}})
    reply = api.put(
        "/recipients/jane@example.com",
        data=b'"' + b"x" * (20 << 20) + b'"',
        headers={"Content-Type": "application/json"},
    )
    assert (reply.status_code, reply.content) == (429, b"")


@pytest.mark.parametrize(
    "accept",
    [
        "application/json",
        "application/json; charset=utf-8",
        "*/*",
        "application/*;q=0.5, text/html",
        "Application/JSON",
        "",
    ],
)
def test_json_is_acceptable_in_many_spellings(accept: str, api: Api) -> None:
    assert api.get(HERE, headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize(
    "media, status",
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/json;charset=UTF-8", 200),
        ("application/json; charset=iso-8859-1", 415),
        ("text/plain", 415),
        ("", 415),
    ],
)
def test_bodies_are_json_in_utf_8(media: str, status: int, api: Api) -> None:
    reply = api.put(
        "/recipients/jane@example.com",
        data='{"personData": {"CITY": "Århus"}}'.encode(),
        headers={"Content-Type": media},
    )
    assert reply.status_code == status


def test_answers_say_that_they_are_json_in_utf_8(api: Api) -> None:
    assert api.get(HERE).headers["Content-Type"] == "application/json;charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "/recipients/jane@example.com/:listCommunicationHistory",
        "/recipients/jane@example.com/promotions/spring/:evaluatePromotion",
        "/flows/welcome/:execute",
    ],
)
def test_custom_methods_need_neither_a_body_nor_its_type(path: str, api: Api) -> None:
    assert api.post(path).status_code == 200
    assert api.post(path, data=b"{}", headers={"Content-Type": "text/plain"}).status_code == 200


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[1,]", b'{"personData": {"AGE": NaN}}'])
def test_a_body_that_cannot_be_read_has_a_message(body: bytes, api: Api) -> None:
    reply = api.put("/recipients/jane@example.com", data=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 400
    assert set(reply.json()) == {"message"}


@pytest.mark.parametrize(
    "kind, status",
    [
        ("unavailable", 503),
        ("failed", 500),
        ("conflict", 409),
        ("gone", 404),
        ("not_implemented", 501),
        ("upstream", 400),
    ],
)
def test_a_planned_refusal_wears_the_vendor_s_shape(kind: str, status: int, sandbox: Box, api: Api) -> None:
    sandbox.faults.add(vendor="agillic", refuse=kind)
    reply: Any = api.get(HERE)
    assert reply.status_code == status
    assert reply.content == b"" or set(reply.json()) == {"message"}
