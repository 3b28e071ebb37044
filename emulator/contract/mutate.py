"""Changes a reply within what a careful client must bear: fields more and less, nulls, new enum members, another order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import orjson

from emulator.contract.schema import Schema

EXTRA = "x_emulator_extra"
NOVEL = "x_emulator_new_value"


def mutated(body: bytes, schema: Schema | None, kinds: list[str]) -> bytes:
    """The JSON text after each change, wherever the schema gives room for it; unchanged if it is not JSON or has no schema."""
    if schema is None:
        return body
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    for kind in kinds:
        for node, rule in list(_objects(value, schema.raw, schema)):
            MUTATIONS[kind](node, rule, schema)
    return orjson.dumps(value)


def _objects(value: Any, rule: Any, schema: Schema) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every object in the value with the schema that describes it, innermost first."""
    rule = _merged(rule, value, schema)
    if isinstance(value, list):
        for item in value:
            yield from _objects(item, rule.get("items", {}), schema)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _objects(item, rule.get("properties", {}).get(name, {}), schema)
        yield value, rule


def _merged(rule: Any, value: Any, schema: Schema) -> dict[str, Any]:
    """The schema's own keywords and those of its references and of the alternatives that the value meets."""
    if not isinstance(rule, dict):
        return {}
    merged = dict(rule)
    parts = [schema.definitions[rule["$ref"].removeprefix("#/$defs/")]] if "$ref" in rule else []
    parts += rule.get("allOf", [])
    for key in ("anyOf", "oneOf"):
        parts += [p for p in rule.get(key, []) if Schema(p, schema.definitions, schema.pointer).valid(value)][:1]
    for part in parts:
        other = _merged(part, value, schema)
        for key, given in other.items():
            if key == "properties":
                merged[key] = {**given, **merged.get(key, {})}
            elif key == "required":
                merged[key] = [*merged.get(key, []), *given]
            else:
                merged.setdefault(key, given)
    return merged


def _extra_field(node: dict[str, Any], rule: dict[str, Any], schema: Schema) -> None:
    node[EXTRA] = {"note": "a field that the contract does not have"}


def _drop_optional(node: dict[str, Any], rule: dict[str, Any], schema: Schema) -> None:
    for name in [n for n in node if n in rule.get("properties", {}) and n not in rule.get("required", [])]:
        del node[name]


def _null_nullable(node: dict[str, Any], rule: dict[str, Any], schema: Schema) -> None:
    for name, sub in rule.get("properties", {}).items():
        if name in node and Schema(sub, schema.definitions, schema.pointer).valid(None):
            node[name] = None


def _new_enum_value(node: dict[str, Any], rule: dict[str, Any], schema: Schema) -> None:
    for name, sub in rule.get("properties", {}).items():
        if isinstance(node.get(name), str) and "enum" in _merged(sub, node[name], schema):
            node[name] = NOVEL


def _reorder_keys(node: dict[str, Any], rule: dict[str, Any], schema: Schema) -> None:
    for name in reversed(list(node)):
        node[name] = node.pop(name)


MUTATIONS: dict[str, Callable[[dict[str, Any], dict[str, Any], Schema], None]] = {
    "extra-field": _extra_field,
    "drop-optional": _drop_optional,
    "null-nullable": _null_nullable,
    "new-enum-value": _new_enum_value,
    "reorder-keys": _reorder_keys,
}
