"""A small value that meets a schema, for places where the contract gives no example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.contract.schema import Schema
from emulator.wire import NOTHING

DEEPEST = 12
FORMATS = {
    "date-time": "2024-05-06T07:08:09Z",
    "date": "2024-05-06",
    "time": "07:08:09",
    "email": "someone@example.test",
    "uri": "https://example.test/",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
}
TEXTS: tuple[str, ...] = (
    *("text", *FORMATS.values(), "2024-05-06T07:08:09", "2024-05-06T07:08:09+00:00", "2024-05-06 07:08:09"),
    *("07:08", "+00:00", "en", "EUR", "en_GB", "PT1H", "https://example.test", "ios", "a", "A", ""),
    *("7" * length for length in range(1, 21)),
)
"""What a text with a pattern may look like: the first that meets it is taken."""


class _HopelessError(Exception):
    """This branch of the schema leads to no value that we can make."""


def sample(schema: Schema, payload: Any = None, hints: Mapping[str, Any] = NOTHING) -> list[Any]:
    """One value that meets the schema, or none.

    With `payload`, that value stands where the schema has a place for it. `hints` are values for members whose name has the
    hint's in it (`message` for `errorMessage`), where they are allowed.
    """
    try:
        made = _Maker(schema, payload, hints).make(schema.raw, 0)
    except _HopelessError:
        return []
    return [made] if schema.valid(made) else []


class _Maker:
    """Makes values for one schema, whose references it can follow."""

    def __init__(self, schema: Schema, payload: Any, hints: Mapping[str, Any]) -> None:
        self.schema, self.payload, self.hints = schema, payload, hints

    def make(self, rule: Any, depth: int) -> Any:
        """A value for a part of the schema."""
        if rule is False or depth > DEEPEST:
            raise _HopelessError
        if rule is True:
            return {}
        if self.payload is not None and depth and _tells(rule) and self._valid(rule, self.payload):
            return self.payload
        flat = self._flat(rule)
        offered = [*flat.get("examples", ()), *([flat["default"]] if "default" in flat else ())]
        offered += [flat["const"]] if "const" in flat else flat.get("enum", [])
        for value in offered:
            if self._valid(rule, value):
                return value
        for key in ("oneOf", "anyOf"):
            if key in flat:
                return self._either(flat, key, depth)
        return self._typed(flat, depth)

    def _valid(self, rule: Any, value: Any) -> bool:
        return bool(Schema(rule, self.schema.definitions, self.schema.pointer).valid(value))

    def _flat(self, rule: Any) -> dict[str, Any]:
        """The schema as one object of keywords: references and `allOf` laid beneath its own."""
        if not isinstance(rule, dict):
            return {}
        flat = {key: value for key, value in rule.items() if key not in ("$ref", "allOf")}
        beneath = list(rule.get("allOf", ()))
        if "$ref" in rule:
            beneath.append(self.schema.definitions[rule["$ref"].removeprefix("#/$defs/")])
        for part in beneath:
            under = self._flat(part)
            properties = {**under.get("properties", {}), **flat.get("properties", {})}
            required = dict.fromkeys([*under.get("required", ()), *flat.get("required", ())])
            flat = {**under, **flat}
            flat |= {"properties": properties} if properties else {}
            flat |= {"required": list(required)} if required else {}
        return flat

    def _either(self, rule: dict[str, Any], key: str, depth: int) -> Any:
        own = {name: value for name, value in rule.items() if name != key}
        for branch in rule[key]:
            try:
                made = self.make({**own, "allOf": [branch]}, depth + 1)
            except _HopelessError:
                continue
            if self._valid(rule, made):
                return made
        raise _HopelessError

    def _typed(self, rule: dict[str, Any], depth: int) -> Any:
        kinds = rule.get("type", "object" if "properties" in rule else "string")
        kind = kinds if isinstance(kinds, str) else next((k for k in kinds if k != "null"), "null")
        if kind == "object":
            return self._object(rule, depth)
        if kind == "array":
            return self._array(rule, depth)
        if kind in ("integer", "number"):
            return _number(rule)
        return self._text(rule) if kind == "string" else kind == "boolean" or None

    def _object(self, rule: dict[str, Any], depth: int) -> Any:
        properties = rule.get("properties", {})
        names = list(rule.get("required", ()))
        names += [name for name in properties if name not in names][: max(0, rule.get("minProperties", 0) - len(names))]
        other = rule.get("additionalProperties", True)
        return {name: self._member(name, properties.get(name, other), depth) for name in names}

    def _member(self, name: str, rule: Any, depth: int) -> Any:
        for hint, value in self.hints.items():
            if hint in name.lower() and self._valid(rule, value):
                return value
        return self.make(rule, depth + 1)

    def _array(self, rule: dict[str, Any], depth: int) -> Any:
        """One item where there may be one, since an empty list shows nothing."""
        fixed = [self.make(item, depth + 1) for item in rule.get("prefixItems", ())]
        least = rule.get("minItems", 0)
        if "items" not in rule or rule.get("maxItems", 1) <= len(fixed):
            return fixed
        try:
            return fixed + [self.make(rule["items"], depth + 1) for _ in range(max(least, 1) - len(fixed))]
        except _HopelessError:
            if least > len(fixed):
                raise
            return fixed

    def _text(self, rule: dict[str, Any]) -> str:
        usual = FORMATS.get(rule.get("format", ""), TEXTS[0])
        longer = "x" * int(rule.get("minLength", 0))
        meets = Schema(rule, self.schema.definitions, self.schema.pointer).valid
        for text in (usual, *TEXTS, longer):
            if meets(text):
                return text
        raise _HopelessError


def _tells(rule: dict[str, Any]) -> bool:
    """Whether a schema tells one value from another: an open one would take the payload anywhere."""
    return bool(set(rule) & {"$ref", "properties", "items", "anyOf", "oneOf", "allOf"})


def _number(rule: dict[str, Any]) -> Any:
    above = rule.get("exclusiveMinimum")
    made = rule.get("minimum", above + 1 if above is not None else min(1, rule.get("maximum", 1)))
    step = rule.get("multipleOf")
    return made if step is None or made % step == 0 else (made // step + 1) * step
