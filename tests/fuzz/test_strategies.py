"""The generator itself, on schemas of every keyword: what it makes is valid, and it gets to every end."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from emulator.contract.schema import Schema
from emulator.fuzz.strategies import invalid, valid

DEFINITIONS: dict[str, Any] = {
    "tree": {
        "type": "object",
        "required": ["name"],
        "additionalProperties": False,
        "properties": {"name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#/$defs/tree"}}},
    },
    "looped": {"anyOf": [{"type": "integer"}, {"$ref": "#/$defs/looped"}]},
}
SCHEMAS: dict[str, Any] = {
    "bounds": {"type": "integer", "minimum": -3, "maximum": 40},
    "large": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
    "open ends": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1.5},
    "multiple": {"type": "integer", "multipleOf": 7, "minimum": 10, "maximum": 30},
    "lengths": {"type": "string", "minLength": 2, "maxLength": 5},
    "pattern": {"type": "string", "pattern": "^[A-Z]{2}-(?:[0-9]+|x)(?!.|\\n)"},
    "looking ahead": {"type": "string", "pattern": "^P(?=[0-9T])(?:[0-9]{1,5}D)?(?:T[0-9]H)?(?!.|\\n)"},
    "search": {"type": "string", "pattern": "[^ \\t]"},
    "choice": {"type": "string", "pattern": "^a+$|b{2,3}"},
    "unique": {"type": "array", "items": {"enum": [1, 2, True, None]}, "uniqueItems": True, "maxItems": 4},
    "prefix": {"type": "array", "prefixItems": [{"type": "string"}, {"const": 1}], "items": False, "minItems": 1},
    "members": {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": ["string", "null"]}, "b": {}},
        "additionalProperties": False,
    },
    "open": {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1, "maxProperties": 3},
    "patterned": {
        "type": "object",
        "patternProperties": {"^x-": {"type": "integer"}},
        "additionalProperties": False,
        "minProperties": 1,
    },
    "names": {"type": "object", "propertyNames": {"pattern": "^[a-z]+(?!.|\\n)"}, "minProperties": 1},
    "all": {"allOf": [{"type": ["integer", "null"], "minimum": 3}, {"type": "number", "maximum": 5}]},
    "one": {"oneOf": [{"type": "integer", "minimum": 3}, {"type": "integer", "maximum": 5}]},
    "not": {"type": "string", "not": {"enum": ["", "a"]}, "maxLength": 1},
    "conditional": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": ["a", "b", "c"]}},
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": "a"}}},
                "then": {"required": ["x"], "properties": {"x": {"type": "integer"}}},
            },
            {
                "if": {"properties": {"kind": {"const": "b"}}},
                "then": {"required": ["y"]},
                "else": {"properties": {"y": False}},
            },
        ],
    },
    "recursive": {"$ref": "#/$defs/tree"},
    "looped": {"$ref": "#/$defs/looped"},
    "anything": True,
}
ENDS: list[tuple[str, Any]] = [
    ("bounds", -3),
    ("bounds", 40),
    ("large", 1),
    ("large", 2**63 - 1),
    ("multiple", 14),
    ("multiple", 28),
    ("unique", []),
    ("members", {"a": None}),
    ("all", 3),
    ("all", 5),
    ("one", 6),
    ("one", 1),
    ("choice", "a"),
    ("prefix", [""]),
    ("anything", None),
]
QUIET = settings(
    max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)


def schema(name: str) -> Schema:
    return Schema(SCHEMAS[name], DEFINITIONS, name)


def reaches(name: str, wanted: Any) -> bool:
    looking = settings(
        max_examples=1000, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
    )
    try:
        find(valid(schema(name)), wanted, settings=looking)
    except NoSuchExample:
        return False
    return True


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_keyword_gives_valid_instances(name: str) -> None:
    seen = []

    @QUIET
    @given(valid(schema(name)))
    def run(value) -> None:
        seen.append(value)
        assert schema(name).valid(value)

    run()
    assert seen


@pytest.mark.parametrize("name", sorted(set(SCHEMAS) - {"anything", "looped", "one", "looking ahead"}))
def test_every_keyword_can_be_broken(name: str) -> None:
    seen = set()

    @QUIET
    @given(invalid(schema(name)))
    def run(pair) -> None:
        value, broken = pair
        seen.add(broken.keyword)
        assert not schema(name).valid(value)

    run()
    assert seen


def test_what_everything_meets_cannot_be_broken() -> None:
    assert invalid(schema("anything")).is_empty
    assert invalid(Schema({"anyOf": [True, {"type": "integer"}]}, {}, "")).is_empty


@pytest.mark.parametrize("name,value", ENDS)
def test_ends_are_reached(name: str, value: Any) -> None:
    assert reaches(name, lambda drawn: drawn == value and type(drawn) is type(value))


@pytest.mark.parametrize(
    "name,wanted",
    [
        ("lengths", lambda text: len(text) == 2),
        ("lengths", lambda text: len(text) == 5),
        ("lengths", lambda text: any(ord(c) > 0xFFFF for c in text)),
        ("lengths", lambda text: not text.isascii()),
        ("unique", lambda found: len(found) == 4),
        ("unique", lambda found: True in [v is True for v in found]),
        ("members", lambda found: set(found) == {"a", "b"}),
        ("open", lambda found: len(found) == 3),
        ("open", lambda found: len(found) == 1),
        ("conditional", lambda found: found["kind"] == "a" and "x" in found),
        ("conditional", lambda found: found["kind"] == "b"),
        ("conditional", lambda found: found["kind"] == "c" and "y" not in found),
        ("recursive", lambda found: any(c.get("children") for c in found.get("children", []))),
        ("anything", lambda found: isinstance(found, dict) and bool(found)),
        ("not", lambda text: not text.isascii()),
        ("patterned", lambda found: len(found) == 2),
    ],
)
def test_shapes_are_reached(name: str, wanted: Any) -> None:
    assert reaches(name, wanted)


def test_ids_that_are_known_are_used() -> None:
    referring = Schema(
        {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "x-refers-to": "things"}}},
        {},
        "",
    )

    @QUIET
    @given(st.lists(valid(referring, {"things": ["t1", "t2"]}), min_size=10, max_size=10))
    def run(values) -> None:
        found = {value["id"] for value in values}
        assert {"t1", "t2"} & found

    run()
