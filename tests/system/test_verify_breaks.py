"""`verify` against the emulator with one behaviour broken on purpose: each is found, with both sides told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest

from emulator.testing.client import Emulator
from emulator.verify.report import Report
from tests.system.breaking import (
    Answer,
    Ask,
    Told,
    body,
    each,
    header,
    member,
    parameter,
    told,
    where,
    without,
)
from tests.system.verifying import verified

LISTS, LISTED, LOST = "GET /v1/channels", "GET /v1/channels/7391051513856000001", "GET /nobody-has-this"

AMIO: dict[str, tuple[Answer, str]] = {
    "another status of success": (where(told(status=202), 200, LISTS), "the status is 200"),
    "a status that nobody promised": (where(told(status=418), 200, LISTS), "the status is 200"),
    "a redirection": (where(told(status=302), 200, LISTS), "the status is 200"),
    "a listed thing that is not there": (where(told(status=404), 200, LISTED), "the status is 200"),
    "405 for an unknown path": (where(told(status=405), 404, LOST), "404 (not_found)"),
    "HTML for an unknown path": (where(body(b"<p>No"), 404, LOST), "the body is JSON"),
    "200 for an id of nothing": (where(told(status=200), 404), "404 (missing)"),
    "another status of an invalid call": (where(told(status=400), 422), "422 (invalid)"),
    "a required member is missing": (each(without("mode"), LISTS), "mode: is required"),
    "a member of another type": (each(member("name", 7), LISTS), "name: type"),
    "ids that are numbers": (each(member("id", 7391051513856000001)), 'id: type "string"'),
    "null where there is none": (each(member("name", None), LISTS), "name: type"),
    "a stranger in an enumeration": (each(member("mode", "rehearsal")), "mode: enum"),
    "a moment in another form": (each(member("sent", "24/11/2026 09:00")), "sent: pattern"),
    "a member too many": (each(lambda item: item.update(extra=1), LISTS), "extra: there is no such member"),
    "errors of another shape": (where(told(value={"error": "no"}), 401), "errors: is required"),
    "another media type": (where(header("Content-Type", "text/html"), 200), "Content-Type: application/json"),
    "no body": (where(body(b""), 200, LISTED), "the body is JSON"),
    "a cut body": (where(body(b'[{"id": "7'), 200), "the body is JSON"),
    "a rate header is missing": (header("X-RateLimit-Remaining", None), "X-RateLimit-Remaining is sent"),
    "a rate header that is no number": (header("X-RateLimit-Reset", "soon"), "X-RateLimit-Reset is sent"),
    "a limit that the plan has not": (header("X-RateLimit-Limit", "1500"), "X-RateLimit-Limit is sent"),
    "a constant header is missing": (header("Cache-Control", None), "Cache-Control: no-cache"),
    "a total that is no number": (header("X-Total-Count", "many"), "X-Total-Count: type"),
    "another order in every page": (where(lambda answer: answer.items().reverse(), 200), "two pages that follow"),
}
AMIO_ASKED: dict[str, tuple[Ask, str]] = {
    "nobody is asked who they are": (
        lambda call: replace(call, headers={**call.headers, "authorization": f"Bearer {TOKEN}"}),
        "401 (unauthenticated)",
    ),
    "a page begins one item late": (
        parameter("offset", lambda text: text + "0"[: text == "1"]),
        "two pages that follow",
    ),
    "the size of a page is passed over": (
        parameter("max", lambda text: None if text == "1" else text),
        "a page has at most 1 items (max)",
    ),
    "a size above the largest is taken": (parameter("max", lambda text: text.replace("101", "100")), "422 (invalid)"),
}
OTHERS: dict[str, tuple[str, Answer, str]] = {
    "a token without its end": (
        "agillic",
        where(lambda answer: answer.value.pop("expires_in"), 200, "POST /oauth2/token"),
        "expires_in: is required",
    ),
    "a page without links": (
        "agillic",
        where(lambda answer: isinstance(answer.value, dict) and answer.value.pop("links", None), 200),
        "links: is required",
    ),
    "a next page that is the one after": (
        "agillic",
        lambda answer: (
            isinstance(answer.value, dict)
            and [
                link.update(href=link["href"].replace("pageStart=2&", "pageStart=3&"))
                for link in answer.value.get("links", ())
            ]
        ),
        "two pages that follow",
    ),
    "any media type will do": ("agillic", where(told(status=200), 406), "406 (not_acceptable)"),
    "an envelope without its metadata": (
        "ameyo",
        where(lambda answer: answer.value.pop("metadata", None), 200, "GET /v4"),
        "metadata: is required",
    ),
    "a count that is a text": (
        "ameyo",
        where(lambda answer: answer.value["metadata"].update(count="2"), 200, "GET /v4"),
        "metadata.count: type",
    ),
}
Found = Callable[..., Report]
TOKEN = "demo-amio-token"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator() as served:
        yield served


@pytest.fixture
def found(emulator: Emulator) -> Found:
    """What `verify` finds at a vendor whose calls or answers are broken so."""
    emulator.default.reset()
    return partial(verified, emulator.default)


def tells(report: Report, said: str) -> bool:
    """Whether a departure says this of the contract, with its place, its ground and what was sent instead."""
    return any(said in one.said and "#" in one.place and one.basis and one.sent for one in report.departures)


@pytest.mark.parametrize("broken", AMIO)
def test_an_answer_that_is_broken_is_found(broken: str, found: Found) -> None:
    answer, said = AMIO[broken]
    assert tells(found("amio", answer=answer, settings={"plan": "free"}), said)


@pytest.mark.parametrize("broken", AMIO_ASKED)
def test_a_call_that_is_taken_otherwise_is_found(broken: str, found: Found) -> None:
    ask, said = AMIO_ASKED[broken]
    assert tells(found("amio", ask=ask), said)


@pytest.mark.parametrize("broken", OTHERS)
def test_it_is_found_at_other_vendors_by_the_same_means(broken: str, found: Found) -> None:
    vendor, answer, said = OTHERS[broken]
    assert tells(found(vendor, answer=answer), said)


def test_a_location_that_leads_elsewhere_is_found_where_writing_is_allowed(found: Found) -> None:
    elsewhere = where(header("Location", "https://api.amio.io/v1/channels/1"), 201)
    assert tells(found("amio", answer=elsewhere, writes=True), "Location says where the new thing is")


def test_the_documents_own_values_are_compared_where_the_server_has_them(found: Found) -> None:
    other = each(member("content", {"type": "text", "payload": "Hello!"}), LISTS)
    assert found("amio", answer=other).fine
    departures = found("amio", answer=other, exact=True).departures
    assert [one.place for one in departures] == ["fixtures/amio/exchanges/messages_listed.json#/reply"]


def test_no_credential_is_told_even_where_the_server_repeats_it(found: Found) -> None:
    report = found("amio", answer=lambda answer: told(value={"error": f"who is {TOKEN}?"})(answer))
    assert TOKEN not in str(report.as_json())
    assert "who is [redacted]?" in report.as_text()


def test_nor_is_a_token_that_the_server_hands_out_in_an_answer_it_should_not_give(found: Found) -> None:
    handed: list[str] = []

    def strange(answer: Told) -> None:
        handed.append(answer.value["access_token"])
        answer.status = 203

    report = found("agillic", answer=where(strange, 200, "POST /oauth2/token"), writes=True)
    assert tells(report, "the status is 200")
    assert [token for token in handed if token in str(report.as_json())] == []
