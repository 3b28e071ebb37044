"""Two validators, one verdict; and violations that say where and why."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from emulator.contract.schema import Schema
from emulator.contract.vocabulary import KEYWORDS, dubious_patterns, strangers, subschemas
from tests.unit.contract.samples import schema

# -- values and schemas of few shapes, so that they meet often

NAMES = st.sampled_from(["a", "b", "cc"])
NUMBERS = st.one_of(st.integers(-3, 3), st.sampled_from([0.5, 1.0, -1.5, 2**53 + 1, 1e3]))
TEXTS = st.sampled_from(["", "a", "ab", "é", "1", "x\n", "\U0001f600", "aaaa"])
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)
TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
PATTERNS = st.sampled_from(["^a", "^[a-z]*(?!.|\n)", "a{2}", "^(?:a|b)+(?!.|\n)", "[0-9]", "^(?!.|\n)", "^[^a$]"])
COUNTS = st.integers(0, 3)


def assertions() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
            "enum": st.lists(VALUES, min_size=1, max_size=3),
            "const": VALUES,
            "minimum": NUMBERS,
            "maximum": NUMBERS,
            "exclusiveMinimum": NUMBERS,
            "exclusiveMaximum": NUMBERS,
            "multipleOf": st.sampled_from([1, 2, 0.5, 0.25]),
            "minLength": COUNTS,
            "maxLength": COUNTS,
            "pattern": PATTERNS,
            "minItems": COUNTS,
            "maxItems": COUNTS,
            "uniqueItems": st.booleans(),
            "minProperties": COUNTS,
            "maxProperties": COUNTS,
            "required": st.lists(NAMES, max_size=2, unique=True),
        },
    )


def around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    listed = st.lists(inner, min_size=1, max_size=2)
    applicators = st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(NAMES, inner, max_size=2),
            "patternProperties": st.dictionaries(st.sampled_from(["^a", "c+"]), inner, max_size=1),
            "additionalProperties": inner,
            "propertyNames": inner,
            "items": inner,
            "prefixItems": listed,
            "allOf": listed,
            "anyOf": listed,
            "oneOf": listed,
            "not": inner,
            "if": inner,
            "then": inner,
            "else": inner,
            "$ref": st.sampled_from(["#/$defs/t.one", "#/$defs/t.two"]),
        },
    )
    return st.tuples(assertions(), applicators).map(lambda pair: {**pair[0], **pair[1]})


SCHEMAS = st.recursive(st.booleans() | assertions(), around, max_leaves=5)
DEFINITIONS = {"t.one": {"type": ["string", "object"]}, "t.two": {"items": {"$ref": "#/$defs/t.one"}, "maxItems": 1}}


@example({"anyOf": [False]}, None)
@example({"oneOf": [False, False]}, 1)
@given(SCHEMAS, VALUES)
def test_both_validators_say_the_same_and_every_no_is_explained(raw: Any, value: Any) -> None:
    assert [*strangers(raw), *dubious_patterns(raw)] == []
    judged = Schema(raw, DEFINITIONS, "t.json#/schema")
    right = jsonschema.Draft202012Validator(judged.closed).is_valid(value)
    assert judged.valid(value) is right
    assert (judged.explain(value) == []) is right


def places(raw: Any, value: Any) -> list[tuple[str, str]]:
    return [(v.place, v.keyword) for v in schema(raw).explain(value)]


def test_a_missing_name_is_named_as_the_place() -> None:
    assert places({"required": ["a", "b", "c"]}, {"b": 1}) == [("a", "required"), ("c", "required")]


def test_each_name_too_many_is_named() -> None:
    closed = {"properties": {"a": True}, "additionalProperties": False}
    assert places({"items": closed}, [{"a": 1, "x": 2, "y": 3}]) == [
        ("[0].x", "additionalProperties"),
        ("[0].y", "additionalProperties"),
    ]


def test_a_name_that_a_pattern_allows_is_not_too_many() -> None:
    closed = {"patternProperties": {"^x-": True}, "additionalProperties": False}
    assert places(closed, {"x-a": 1, "b": 2}) == [("b", "additionalProperties")]


def test_of_alternatives_the_nearest_explains() -> None:
    text = {
        "type": "object",
        "required": ["type", "payload"],
        "properties": {"type": {"const": "text"}, "payload": {"type": "string"}},
    }
    image = {
        "type": "object",
        "required": ["type", "url"],
        "properties": {"type": {"const": "image"}, "url": {"type": "string"}},
    }
    assert places({"anyOf": [text, image]}, {"type": "text", "payload": 1}) == [("payload", "type")]
    assert places({"oneOf": [text, image]}, {"type": "image"}) == [("url", "required")]


def test_where_no_alternative_is_nearer_the_choice_itself_is_what_fails() -> None:
    assert places({"anyOf": [{"type": "string"}, {"type": "integer"}]}, []) == [("", "anyOf")]


def test_two_branches_that_say_the_same_say_it_once() -> None:
    assert places({"allOf": [{"required": ["a"]}, {"required": ["a"]}]}, {}) == [("a", "required")]


def test_places_and_pointers_are_spelled_for_people() -> None:
    raw = {"properties": {"a/b": {"items": {"properties": {"c": {"type": "null"}}}}}}
    violation = schema(raw).explain({"a/b": [0, {"c": 1}]}, ("body",))[0]
    assert violation.place == "body.a/b[1].c"
    assert violation.pointer == "v/x.json#/schema/properties/a~1b/items/properties/c/type"


def test_a_boolean_schema_judges_too() -> None:
    assert schema(True).explain(1) == []
    assert len(schema(False).explain(1)) == 1


def test_a_schema_carries_only_the_definitions_it_needs() -> None:
    judged = Schema({"$ref": "#/$defs/t.two"}, {**DEFINITIONS, "t.three": {}}, "t.json")
    assert set(judged.closed["$defs"]) == {"t.one", "t.two"}


def test_subschemas_are_found_wherever_a_schema_may_stand() -> None:
    raw = {"properties": {"properties": {"not": True}}, "items": {"anyOf": [{}, False]}, "enum": [{"type": 1}]}
    found = {at for at, _ in subschemas(raw)}
    assert found == {
        (),
        ("properties", "properties"),
        ("properties", "properties", "not"),
        ("items",),
        ("items", "anyOf", 0),
        ("items", "anyOf", 1),
    }


@pytest.mark.parametrize(
    "keyword", ["dependentRequired", "$id", "$anchor", "contains", "unevaluatedProperties", "nullable"]
)
def test_keywords_outside_the_vocabulary_are_strangers(keyword: str) -> None:
    assert keyword not in KEYWORDS
    assert [at for at, _ in strangers({"items": {keyword: 1}})] == [("items", keyword)]


@pytest.mark.parametrize("pattern", ["\\d", "^\\w+", "(?i)a", "(?<n>a)", "\\bx", "(?#c)", "^a$", "^$"])
def test_patterns_that_validators_read_differently_are_dubious(pattern: str) -> None:
    assert list(dubious_patterns({"items": {"pattern": pattern}}))


@pytest.mark.parametrize("pattern", ["^[0-9]+(?!.|\n)", "(?:a|b)", "a(?=b)", "a(?!b)", "[$]", "\\$"])
def test_patterns_that_all_read_alike_are_not(pattern: str) -> None:
    assert list(dubious_patterns({"pattern": pattern})) == []


def test_what_only_one_validator_refuses_is_refused_all_the_same() -> None:
    schema = Schema({"type": "string", "pattern": "^[0-9]{4}$"}, {}, "x")
    assert [violation.keyword for violation in schema.explain("2024\n")] == ["schema"]
