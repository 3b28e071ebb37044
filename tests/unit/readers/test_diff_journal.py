"""A user's own recorded calls, read by two contracts."""

from typing import Any

import pytest

from emulator.readers.diff import Replay, entries, replay
from tests.unit.readers.test_diff import COLOUR, toys

TOY = {"id": "2024-05-06", "name": "Bear"}


def call(method: str, path: str, query: str = "", body: Any = None, **more: Any) -> dict[str, Any]:
    headers = {"content-type": more.pop("media", "application/json")} if body is not None else {}
    reply = {"status": more.pop("status", 200), "headers": {}, "body": more.pop("reply", None)}
    request = {"method": method, "path": path, "query": query, "headers": headers, "body": body}
    return {"id": 7, "vendor": "toys", "request": request, "reply": reply, **more}


def replayed(entry: dict[str, Any], *edits: tuple[str, Any]) -> Replay:
    return replay({"toys": toys()}, {"toys": toys(*edits)}, [entry])


def said(entry: dict[str, Any], *edits: tuple[str, Any]) -> str:
    return "\n".join(text for departure in replayed(entry, *edits).departures for text in departure.says)


def test_a_call_that_is_refused_now_is_named_with_the_reason() -> None:
    limit = ("vendor.json#/paging/pages/parameters/1/schema/maximum", 3)
    told = replayed(call("GET", "/toys", "most=5", reply={"items": [TOY], "total": 1}), limit)
    [departure] = told.departures
    assert (departure.id, departure.call) == (7, "GET /toys?most=5")
    assert departure.says == (
        "was accepted by toys.toys.find; now refused with 400 (invalid): most: 5 is greater than the maximum of 3",
    )


def test_a_call_that_neither_contract_cares_about_is_passed_over() -> None:
    entry = call("GET", "/toys", "most=2", reply={"items": [TOY], "total": 1})
    assert replayed(entry, ("vendor.json#/paging/pages/parameters/1/schema/maximum", 3)).departures == ()


def test_another_default_changes_what_a_call_means() -> None:
    entry = call("GET", "/toys", reply={"items": [], "total": 0})
    assert "most was read as 5; now 2" in said(entry, ("vendor.json#/paging/pages/parameters/1/schema/default", 2))


def test_another_status_of_the_same_refusal_is_told() -> None:
    entry = call("POST", "/toys", body={"id": "x"}, status=400)
    assert "now refused with 422 (invalid)" in said(entry, ("vendor.json#/refusals/invalid/status", 422))


def test_a_call_to_a_path_that_moved_finds_nothing() -> None:
    assert "now refused with 404 (not_found)" in said(
        call("GET", "/hello", reply="hi"), ("toys/greet.json#/path", "/hi")
    )


def test_a_recorded_reply_is_held_against_the_new_promise() -> None:
    entry = call("GET", "/toys", reply={"items": [{**TOY, "colour": "blue"}], "total": 1})
    assert "its reply, 200, is no longer answered so" in said(entry, (COLOUR + "/enum", ["red"]))
    assert "none that may be answered" in said(
        call("POST", "/toys", body=TOY, status=201, reply=TOY),
        ("toys/create.json#/replies", {"200": {}}),
    )


def test_forms_are_read_as_they_were_sent() -> None:
    entry = call("POST", "/toys", body="id=2024-05-06&name=Bear", media="application/x-www-form-urlencoded", status=201)
    assert said(entry, ("schemas/toy.json#/$defs/toy/properties/name/minLength", 5)).startswith("was accepted")


def test_what_cannot_be_judged_is_counted_with_the_reason() -> None:
    foreign = {**call("GET", "/x"), "vendor": "others"}
    parts = call("POST", "/toys", body="--b", media="multipart/form-data; boundary=b")
    assert replayed(foreign).skipped == {"its vendor is not among those compared": 1}
    assert list(replayed(parts).skipped.values()) == [1]
    assert replayed(call("?", "nowhere")).skipped == {"no method and path": 1}


@pytest.mark.parametrize("wrap", [lambda e: e, lambda e: {"entries": e}, lambda e: {"journal": {"entries": e}}])
def test_every_way_to_save_a_journal_is_read(wrap: Any) -> None:
    assert len(entries(wrap([call("GET", "/hello")]))) == 1


@pytest.mark.parametrize("document", [{}, [1], {"entries": 3}, [{"request": {}}]])
def test_what_is_no_journal_is_refused(document: Any) -> None:
    with pytest.raises(ValueError, match="no journal"):
        entries(document)
