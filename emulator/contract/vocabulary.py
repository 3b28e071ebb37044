"""The JSON Schema keywords that contracts are written in; any other is a load error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

SUBSCHEMA = frozenset({"additionalProperties", "propertyNames", "items", "not", "if", "then", "else"})
SUBSCHEMAS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
NAMED_SUBSCHEMAS = frozenset({"properties", "patternProperties", "$defs"})
ASSERTIONS = frozenset(
    {"type", "enum", "const", "required", "minProperties", "maxProperties", "minItems", "maxItems", "uniqueItems"}
    | {"minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
)
ANNOTATIONS = frozenset(
    {"title", "description", "default", "examples", "format", "contentMediaType", "readOnly", "writeOnly", "deprecated"}
    | {"x-source", "x-slot", "x-refers-to"}
)
KEYWORDS = SUBSCHEMA | SUBSCHEMAS | NAMED_SUBSCHEMAS | ASSERTIONS | ANNOTATIONS | {"$ref"}

Place = tuple[str | int, ...]
_CLASS = re.compile(r"\[(?:\\.|[^\]\\])*\]")


def subschemas(schema: Any, at: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every schema within a schema, itself first, each with its place."""
    yield at, schema
    if not isinstance(schema, dict):
        return
    for keyword, value in schema.items():
        if keyword in SUBSCHEMA:
            yield from subschemas(value, (*at, keyword))
        elif keyword in SUBSCHEMAS and isinstance(value, list):
            for index, item in enumerate(value):
                yield from subschemas(item, (*at, keyword, index))
        elif keyword in NAMED_SUBSCHEMAS and isinstance(value, dict):
            for name, item in value.items():
                yield from subschemas(item, (*at, keyword, name))


def strangers(schema: Any) -> Iterator[tuple[Place, str]]:
    """Each keyword that is not in the vocabulary, with its place."""
    for at, sub in subschemas(schema):
        if isinstance(sub, dict):
            for keyword in sub:
                if keyword not in KEYWORDS:
                    yield (*at, keyword), f"unknown schema keyword {keyword!r}"
        elif not isinstance(sub, bool):
            yield at, "a schema is an object or a boolean"


def dubious_patterns(schema: Any) -> Iterator[tuple[Place, str]]:
    """Patterns on which validators are known to differ: `$` also matches before a final newline in some."""
    for at, sub in subschemas(schema):
        if not isinstance(sub, dict):
            continue
        if isinstance(sub.get("pattern"), str):
            yield from (((*at, "pattern"), what) for what in _doubts(sub["pattern"]))
        for pattern in sub.get("patternProperties", {}):
            yield from (((*at, "patternProperties", pattern), what) for what in _doubts(pattern))


def _doubts(pattern: str) -> Iterator[str]:
    if "(?" in pattern.replace("(?:", "").replace("(?!", "").replace("(?=", ""):
        yield "only (?:, (?= and (?! groups are the same in every validator"
    if any(escape in pattern for escape in ("\\d", "\\w", "\\s", "\\b", "\\Z", "\\A", "\\p")):
        yield "write the class out ([0-9], [A-Za-z]): escapes mean other things in other validators"
    if "$" in _CLASS.sub("", pattern.replace("\\$", "")):
        yield "write (?!.|\\n) for the end: $ also matches before a final newline in some validators"
