"""Who calls."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from emulator.parts.auth import Basic, Bearer, KeyPair
from emulator.wire import Anonymous, Call, Principal
from emulator.world.world import World

KEYS = KeyPair("keys", key_header="X-Key", secret_header="X-Secret")


def call(query: str = "", **headers: str) -> Call:
    return Call("GET", "/", query, {name.replace("_", "-"): value for name, value in headers.items()})


def basic(text: str) -> Call:
    return call(authorization="Basic " + b64encode(text.encode()).decode())


@pytest.fixture
def known(world: World) -> World:
    rows = world.rows("credentials")
    rows.add({"id": "bearer:hush", "principal": "ann", "roles": ["admin"]})
    rows.add({"id": "bearer:old", "principal": "ann"}, expires=world.clock.now() + 10)
    rows.add({"id": "basic:ann", "principal": "ann", "password": "pä:ss"})
    rows.add({"id": "keys:k1", "principal": "app", "secret": "s1"})
    return world


def why(scheme: Any, made: Call, world: World) -> str:
    who = scheme.identify(made, world)
    assert isinstance(who, Anonymous)
    return who.why


def test_a_bearer_is_known_with_its_roles(known: World) -> None:
    who = Bearer("bearer").identify(call(authorization="bearer  hush "), known)
    assert isinstance(who, Principal)
    assert (who.id, who.roles) == ("ann", frozenset({"admin"}))


@pytest.mark.parametrize("header", ["", "hush", "Basic hush", "Bearer", "Bearer "])
def test_no_bearer_is_a_missing_one(known: World, header: str) -> None:
    assert why(Bearer("bearer"), call(authorization=header) if header else call(), known) == "missing"


def test_an_unknown_bearer_is_wrong(known: World) -> None:
    assert why(Bearer("bearer"), call(authorization="Bearer nope"), known) == "wrong"


def test_an_expired_bearer_says_for_how_long(known: World) -> None:
    known.clock.set(known.clock.now() + 12.5)
    who = Bearer("bearer").identify(call(authorization="Bearer old"), known)
    assert who == Anonymous("expired", {"expired_seconds_ago": 2.5})


def test_a_token_may_stand_in_the_query_where_the_header_goes_first(known: World) -> None:
    scheme = Bearer("bearer", query="token")
    assert scheme.presented(call("a=1&token=hush&token=x")) == "bearer:hush"
    assert scheme.presented(call("token=x", authorization="Bearer hush")) == "bearer:hush"
    assert Bearer("bearer").presented(call("token=hush")) is None


def test_a_token_may_stand_in_a_header_of_its_own(known: World) -> None:
    assert Bearer("bearer", header="X-Token", scheme="Token").presented(call(x_token="token hush")) == "bearer:hush"


def test_user_and_password_are_known_together(known: World) -> None:
    who = Basic("basic").identify(basic("ann:pä:ss"), known)
    assert isinstance(who, Principal)
    assert who.id == "ann"


@pytest.mark.parametrize("text", ["ann:", "ann:wrong", "bob:pä:ss", "ann"])
def test_a_wrong_pair_is_wrong(known: World, text: str) -> None:
    assert why(Basic("basic"), basic(text), known) == "wrong"


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic /w==", "basic YQ"])
def test_what_is_no_pair_is_wrong_and_not_missing(known: World, header: str) -> None:
    assert why(Basic("basic"), call(authorization=header), known) == "wrong"


def test_no_pair_is_a_missing_one(known: World) -> None:
    assert why(Basic("basic"), call(), known) == "missing"
    assert why(Basic("basic"), call(authorization="Bearer x"), known) == "missing"


def test_key_and_secret_are_known_together(known: World) -> None:
    who = KEYS.identify(call(x_key="k1", x_secret="s1"), known)
    assert isinstance(who, Principal)
    assert who.id == "app"


@pytest.mark.parametrize(
    "headers, told",
    [
        ({}, "missing"),
        ({"x_secret": "s1"}, "missing"),
        ({"x_key": "k1"}, "wrong"),
        ({"x_key": "k1", "x_secret": "s2"}, "wrong"),
        ({"x_key": "k2", "x_secret": "s1"}, "wrong"),
    ],
)
def test_half_a_key_pair_is_none(known: World, headers: dict[str, str], told: str) -> None:
    assert why(KEYS, call(**headers), known) == told


def test_a_row_without_a_secret_lets_nobody_in(known: World) -> None:
    known.rows("credentials").add({"id": "keys:k3", "principal": "app"})
    assert why(KEYS, call(x_key="k3", x_secret="s"), known) == "wrong"
    assert why(KEYS, call(x_key="k3"), known) == "wrong"
