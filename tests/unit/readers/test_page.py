from dataclasses import replace
from typing import Any

import pytest

from emulator.contract.model import Body, Operation, Parameter
from emulator.contract.schema import Schema
from emulator.readers.page import Example, curl, matrix, refusal_example, shown


def parameter(name: str, place: Any, **more: Any) -> Parameter:
    return Parameter(name, place, Schema({"type": "string"}, {}, ""), True, name, frozenset({"string"}), **more)


@pytest.fixture
def greet(toy) -> Operation:
    return toy.operations["toys.toys.greet"]


@pytest.mark.parametrize(
    "scheme, written",
    [
        ("token", '-H "Authorization: Bearer $TOKEN"'),
        ("user", '-u "$USER_NAME:$USER"'),
        ("pair", '-H "X-Key: $PAIR" \\\n  -H "X-Secret: $PAIR_SECRET"'),
        ("session", '-H "sessionId: $SESSION"'),
    ],
)
def test_a_call_bears_the_first_scheme(toy, greet, scheme, written):
    assert written in curl(toy, replace(greet, auth=(scheme, "token")), None)


def test_a_call_without_a_credential_bears_none(toy, greet):
    assert curl(toy, greet, None) == 'curl \\\n  "http://127.0.0.1:8080/toys/hello"'
    assert "-H" not in curl(toy, replace(greet, auth=("nobody",)), None)


def test_a_call_gives_what_is_required_and_quotes_it(toy, greet):
    given = (
        parameter("who", "query", example="you & me"),
        parameter("X-Why", "header", example="it's"),
        parameter("list", "query", example=["no", "text"]),
    )
    called = curl(toy, replace(greet, parameters=given), None)
    assert "?who=you+%26+me&list=text" in called
    assert "-H 'X-Why: it'\\''s'" in called


@pytest.mark.parametrize(
    "media, written",
    [
        ("application/json", '-d \'{"a": "b c", "n": [1, 2]}\''),
        ("application/x-www-form-urlencoded", "-d 'a=b+c&n=1%2C2'"),
        ("multipart/form-data", "-F 'a=b c' \\\n  -F 'n=1,2'"),
    ],
)
def test_a_body_is_written_as_its_media_type_asks(toy, greet, media, written):
    posted = replace(greet, method="POST", body=Body((media,), Schema(True, {}, "")))
    assert written in curl(toy, posted, Example('{"a": "b c", "n": [1, 2]}'))


def test_failures_stand_by_status_and_say_only_what_is_their_own(toy):
    view = shown(toy, toy.operations["toys.toys.create"], [])
    assert [(status, [str(f.promise.kind) for f in found]) for status, found in view.failures.items()] == [
        (400, ["malformed", "invalid"]),
        (401, ["unauthenticated"]),
        (429, ["throttled"]),
    ]
    assert all(not failure.own for found in view.failures.values() for failure in found)


def test_what_has_no_body_has_no_example(toy):
    assert refusal_example(toy.refusals["malformed"]) is None
    made = refusal_example(toy.refusals["invalid"])
    assert made is not None
    assert made.made


def test_where_nobody_has_a_role_there_is_no_matrix(toy):
    assert matrix(replace(toy, roles={})) == []


def test_the_search_looks_at_names_addresses_and_parameters(toy):
    finding = shown(toy, toy.operations["toys.toys.find"], []).finding
    assert all(word in finding for word in ("find toys", "/toys", "toys.toys.find", "colours"))
