"""What is remarked upon: members that no schema names, wherever they stand, and what is deprecated."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from emulator.contract.model import Body
from emulator.contract.schema import Schema
from emulator.contract.tolerated import MOST
from emulator.wire import Call
from tests.unit.contract.samples import body, operation, parameter, read

NAMED = {"type": "object", "properties": {"a": {"type": "integer"}}}
TREE = {"$ref": "#/$defs/tree"}
TREES = {"tree": {"properties": {"name": {}, "below": {"type": "array", "items": TREE}}}}


def remarks(schema: Any, value: Any) -> list[str]:
    call = Call("POST", "/", "", {"content-type": "application/json"}, orjson.dumps(value))
    taken = Body(("application/json",), schema) if isinstance(schema, Schema) else body(schema)
    return read(operation("POST", body=taken), call).remarks


@pytest.mark.parametrize(
    "schema, value, strangers",
    [
        (NAMED, {"a": 1, "b": 2}, ["b"]),
        ({"properties": {"in": NAMED}}, {"in": {"a": 1, "b": 2}}, ["in.b"]),
        ({"items": NAMED}, [{"a": 1}, {"b": 2}], ["[1].b"]),
        ({"anyOf": [NAMED, {"properties": {"b": {}}}]}, {"a": 1, "b": 2, "c": 3}, ["c"]),
        ({"allOf": [NAMED], "if": NAMED, "then": {"properties": {"b": {}}}}, {"a": 1, "b": 2}, []),
        ({"properties": {"a": {}}, "additionalProperties": True}, {"b": 2}, []),
        ({"properties": {"a": {}}, "patternProperties": {"^x": {}}}, {"x": 2}, []),
        ({"properties": {"in": {"anyOf": [NAMED, True]}}}, {"in": {"b": 2}}, []),
        ({"type": "object"}, {"b": 2}, []),
        (True, {"b": 2}, []),
    ],
)
def test_members_that_nobody_names_are_strangers(schema: Any, value: Any, strangers: list[str]) -> None:
    assert remarks(schema, value) == [f"property {name!r} is not documented" for name in strangers]


def test_a_schema_may_refer_to_itself() -> None:
    value = {"name": "x", "below": [{"below": [{"nam": "y"}]}]}
    assert remarks(Schema(TREE, TREES, "v/x.json#/schema"), value) == [
        "property 'below[0].below[0].nam' is not documented"
    ]


def test_what_is_deprecated_is_remarked_upon_where_it_is_used() -> None:
    assert remarks({"properties": {"old": {"deprecated": True}}}, {"old": 1}) == ["property 'old' is deprecated"]
    op = operation("GET", parameters=(parameter("old", {"deprecated": True}), parameter("new", {})))
    assert read(op, Call("GET", "/", "new=1")).remarks == []
    assert read(op, Call("GET", "/", "old=1")).remarks == ["parameter 'old' is deprecated"]


def test_of_many_strangers_some_are_told() -> None:
    told = remarks({"items": NAMED}, [{f"b{i}" * 1000: i for i in range(100)}] * 3)
    assert len(told) == MOST
    assert max(map(len, told)) < 300
