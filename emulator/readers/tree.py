"""A schema as a tree that people can read: names, kinds, rules, and where each fact comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from emulator.contract.schema import Schema

BOUNDS = (
    ("minimum", "at least {}"),
    ("exclusiveMinimum", "above {}"),
    ("maximum", "at most {}"),
    ("exclusiveMaximum", "below {}"),
    ("multipleOf", "a multiple of {}"),
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minItems", "at least {} items"),
    ("maxItems", "at most {} items"),
    ("minProperties", "at least {} members"),
    ("maxProperties", "at most {} members"),
)
FLAGS = {"readOnly": "read only", "writeOnly": "write only", "deprecated": "deprecated", "uniqueItems": "no item twice"}
CHOICES = {"oneOf": "exactly one of", "anyOf": "any of"}
CONDITIONS = {"if": "where", "then": "then", "else": "else", "not": "never", "propertyNames": "names"}


@dataclass(frozen=True)
class Node:
    """One place in a schema. `ref` names a definition whose tree stands elsewhere; `heading` says what the children are."""

    name: str
    kind: str
    required: bool = False
    description: str = ""
    rules: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    source: Mapping[str, Any] | None = None
    ref: str = ""
    heading: str = ""
    children: tuple[Node, ...] = ()
    spoken: bool = False
    """The name is ours (an alternative, a condition), not one that stands in the value."""


def tree(schema: Schema) -> Node:
    """The schema's tree; a reference at its top is followed, those further down are named."""
    return _Reader(schema.definitions).node(schema.raw, "", top=True)


def definition_tree(name: str, definitions: Mapping[str, Any]) -> Node:
    """The tree of a definition."""
    return _Reader(definitions).node(definitions[name], "", top=True)


class _Reader:
    """Reads schemas that share definitions."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self.definitions = definitions

    def node(self, schema: Any, name: str, required: bool = False, top: bool = False) -> Node:
        """The tree of one schema under a name."""
        if isinstance(schema, bool):
            return Node(name, "anything" if schema else "nothing", required)
        ref = schema.get("$ref", "").removeprefix("#/$defs/")
        if ref and not top and self._has_parts(self.definitions[ref]):
            kind = self._kind(self._flat(schema))
            return Node(name, kind, required, schema.get("description", ""), source=schema.get("x-source"), ref=ref)
        flat = self._flat(schema)
        kind = self._kind(flat)
        inner, ref = self._inner(flat)
        children = tuple(self._children(flat if inner is flat else inner)) if not ref else ()
        return Node(
            name=name,
            kind=kind,
            required=required,
            description=flat.get("description", flat.get("title", "")),
            rules=tuple(_rules(flat)),
            values=_values(flat),
            source=flat.get("x-source"),
            ref=ref,
            heading=_heading(inner),
            children=children,
        )

    def _flat(self, schema: Any) -> dict[str, Any]:
        """One object of keywords: references and `allOf` laid beneath the schema's own."""
        if not isinstance(schema, dict):
            return {}
        flat = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
        beneath = list(schema.get("allOf", ()))
        if "$ref" in schema:
            beneath.insert(0, self.definitions[schema["$ref"].removeprefix("#/$defs/")])
        conditions = []
        for part in beneath:
            under = self._flat(part)
            if "if" in under and "if" in flat:
                conditions.append(part)
                continue
            joined = {**under.get("properties", {}), **flat.get("properties", {})}
            required = [*dict.fromkeys([*flat.get("required", ()), *under.get("required", ())])]
            conditions += under.pop("allOf", [])
            flat = {**under, **flat, "properties": joined, "required": required}
        return {**flat, "allOf": conditions} if conditions else flat

    def _inner(self, flat: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """What the children are of: of a list its items (or the definition that they are), else the schema itself."""
        items = flat.get("items")
        if not isinstance(items, dict):
            return flat, ""
        name = items.get("$ref", "").removeprefix("#/$defs/")
        if name and self._has_parts(self.definitions[name]):
            return {}, name
        inner = self._flat(items)
        own = {key: flat[key] for key in (*CHOICES, "prefixItems") if key in flat}
        return {**inner, **own}, self._inner(inner)[1]

    def _children(self, flat: dict[str, Any]) -> Iterator[Node]:
        required = flat.get("required", ())
        properties = flat.get("properties", {})
        for name, schema in properties.items():
            yield self.node(schema, name, name in required)
        for name in (name for name in required if properties and name not in properties):
            yield Node(name, "anything", True)
        for pattern, schema in flat.get("patternProperties", {}).items():
            yield self.node(schema, f"/{pattern}/")
        if isinstance(flat.get("additionalProperties"), dict):
            yield self._spoken(flat["additionalProperties"], "any other name")
        for index, schema in enumerate(flat.get("prefixItems", ())):
            yield self.node(schema, f"[{index}]")
        if isinstance(items := flat.get("items"), dict) and self._has_parts(items):
            yield self._spoken(items, "each")
        for key, label in CHOICES.items():
            for index, schema in enumerate(_meaningful(flat.get(key, ()))):
                title = schema.get("title", "") if isinstance(schema, dict) else ""
                yield self._spoken(schema, title or f"{label}, {index + 1}")
        for part in ({key: flat[key] for key in CONDITIONS if key in flat}, *flat.get("allOf", ())):
            for key, label in CONDITIONS.items():
                if isinstance(part, dict) and key in part:
                    yield self._spoken(part[key], label)

    def _spoken(self, schema: Any, name: str) -> Node:
        return replace(self.node(schema, name), spoken=True)

    def _has_parts(self, schema: Any) -> bool:
        """Whether there is more to a schema than one line can say."""
        flat = self._flat(schema)
        if any(flat.get(key) for key in ("properties", "patternProperties", "prefixItems", "if", "not", "allOf")):
            return True
        if isinstance(flat.get("additionalProperties"), dict):
            return True
        if any(len(_meaningful(flat.get(key, ()))) > 0 for key in CHOICES):
            return True
        return isinstance(flat.get("items"), dict) and self._has_parts(flat["items"])

    def _kind(self, flat: dict[str, Any]) -> str:
        """`string, date-time`, `list of objects`, `integer or null`."""
        named = flat.get("type", ())
        kinds = [named] if isinstance(named, str) else list(named)
        if not kinds:
            kinds = self._guessed(flat)
        words = [self._listed(flat) if kind == "array" else str(kind) for kind in kinds]
        format_ = flat.get("format") or flat.get("contentMediaType")
        return " or ".join(words) + (f", {format_}" if format_ else "")

    def _listed(self, flat: dict[str, Any]) -> str:
        items = flat.get("items")
        if not isinstance(items, dict):
            return "list"
        of = self._kind(self._flat(items))
        return "list" if of == "anything" else f"list of {of}"

    def _guessed(self, flat: dict[str, Any]) -> list[str]:
        """The kinds of a schema that names none, from its alternatives, constants or members."""
        if "const" in flat or "enum" in flat:
            values = [flat["const"]] if "const" in flat else flat["enum"]
            return [*dict.fromkeys(_name_of(value) for value in values)]
        for key in CHOICES:
            if key in flat:
                kinds = [self._kind(self._flat(one)) if isinstance(one, dict) else "anything" for one in flat[key]]
                return [*dict.fromkeys(kinds)]
        return ["object"] if flat.get("properties") or flat.get("required") else ["anything"]


def _meaningful(schemas: Any) -> list[Any]:
    """The alternatives that say more than `null` or a bare type; the kind names those already."""
    plain = {"type", "format", "x-source"}
    return [s for s in schemas if not (isinstance(s, dict) and set(s) <= plain)]


def _name_of(value: Any) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", list: "list", dict: "object"}
    return kinds.get(type(value), "null")


def _rules(flat: dict[str, Any]) -> Iterator[str]:
    for key, text in BOUNDS:
        if key in flat:
            shown = text.format(f"{flat[key]:,}" if abs(flat[key]) < 1_000_000 else flat[key])
            yield shown.removesuffix("s") if flat[key] == 1 else shown
    if "pattern" in flat:
        yield f"matches {flat['pattern']}"
    if flat.get("required") and not flat.get("properties"):
        yield f"with {', '.join(flat['required'])}"
    if flat.get("additionalProperties") is False:
        yield "no other members"
    if "default" in flat:
        yield f"default {json.dumps(flat['default'], ensure_ascii=False)}"
    yield from (text for key, text in FLAGS.items() if flat.get(key))
    if isinstance(items := flat.get("items"), dict):
        yield from (f"each: {rule}" for rule in _rules(items) if rule != "no other members")


def _values(flat: dict[str, Any]) -> tuple[str, ...]:
    if "const" in flat:
        return (json.dumps(flat["const"], ensure_ascii=False),)
    items = flat.get("items")
    listed = flat.get("enum") or (items.get("enum", ()) if isinstance(items, dict) else ())
    return tuple(json.dumps(value, ensure_ascii=False) for value in listed)


def _heading(flat: dict[str, Any]) -> str:
    return "member" if flat.get("properties") else "alternative" if set(flat) & set(CHOICES) else "part"
