"""Schemas as alternatives that are plain: references, allOf, anyOf, oneOf, not, if are merged away; impossible ones dropped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import lcm
from typing import Any

from emulator.contract.schema import Schema
from emulator.fuzz.merging import Plain, beyond, both, listed, members, ordinary
from emulator.fuzz.plain import KINDS, common_types, named, same, unique

MOST = 400  # alternatives of one schema; none of ours comes near
DEEPEST = 8  # places below which a contradiction is no longer looked for
ROOM = ("minLength", "maxLength"), ("minItems", "maxItems"), ("minProperties", "maxProperties"), ("minimum", "maximum")
GREATER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
LESS = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
KEPT = (
    GREATER
    | LESS
    | {"type", "required", "properties", "patternProperties", "additionalProperties", "propertyNames", "items"}
    | {"prefixItems", "uniqueItems", "pattern", "multipleOf", "x-refers-to", "examples", "contentMediaType"}
    | {"x-without", "x-also"}
)


class Normal:
    """The alternatives of schemas over one set of definitions, each worked out once."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self.definitions = definitions
        self._known: dict[int, tuple[Any, tuple[Plain, ...]]] = {}
        self._judges: dict[int, tuple[Any, Any]] = {}
        self._open: list[str] = []
        self._shared: dict[tuple[int, tuple[int, ...]], Any] = {}
        self._depth = 0
        self._cut = False

    def alternatives(self, schema: Any) -> tuple[Plain, ...]:
        """Plain schemas of which a value meets one if (but for what `x-also` holds) it meets the schema."""
        known = self._known.get(id(schema))
        if known is None:
            before, self._cut = self._cut, False
            known = (schema, tuple(self._found(schema)))
            if not (self._cut and self._open):  # cut short within a reference to itself: not the whole truth
                self._known[id(schema)] = known  # the schema is kept, so that its id stays its own
            self._cut = self._cut or before
        return known[1]

    def meets(self, plain: Plain, value: Any) -> bool:
        """Whether a value meets a plain schema, by the validator."""
        kept = self._judges.get(id(plain))
        if kept is None:
            kept = self._judges[id(plain)] = (plain, Schema(ordinary(plain), self.definitions, "").valid)
        return bool(kept[1](value))

    def property(self, plain: Plain, name: str) -> Any:
        """The schema that the member of this name must meet; False where there may be none."""
        found = named(plain, name)
        if not isinstance(found, dict) or "allOf" not in found:
            return found
        # made anew where several schemas meet in one member: the same object for the same ones, so that its alternatives are kept
        return self._shared.setdefault((id(plain), tuple(map(id, found["allOf"]))), (plain, found))[1]

    def _found(self, schema: Any) -> Iterable[Plain]:
        if isinstance(schema, bool):
            return [{}] if schema else []
        base: Plain = {key: value for key, value in schema.items() if key in KEPT}
        if "enum" in schema or "const" in schema:
            base["enum"] = [schema["const"]] if "const" in schema else list(schema["enum"])
        if isinstance(base.get("type"), str):
            base["type"] = [base["type"]]
        if "const" in schema and "enum" in schema:
            base["enum"] = [v for v in schema["enum"] if same(v, schema["const"])]
        settled = self._settled(base)
        found = [settled] if settled is not None else []
        for group in self._groups(schema):
            found = self._product(found, group)[:MOST]
        return found

    def _groups(self, schema: Mapping[str, Any]) -> Iterable[Iterable[Plain]]:
        """What a schema says besides its plain keywords: disjunctions that hold all at once."""
        if "$ref" in schema:
            yield self._referred(schema["$ref"])
        for part in schema.get("allOf", ()):
            yield self.alternatives(part)
        if "anyOf" in schema:
            yield [a for part in schema["anyOf"] for a in self.alternatives(part)]
        if "oneOf" in schema:
            yield [a for part in schema["oneOf"] for a in self.alternatives(part)]
            yield [{"x-also": [{"oneOf": schema["oneOf"]}]}]
        if "if" in schema:
            met = self._product(self.alternatives(schema["if"]), self.alternatives(schema.get("then", True)))
            yield met + self._product(self.negations(schema["if"]), self.alternatives(schema.get("else", True)))
        if "not" in schema:
            yield self.negations(schema["not"])

    def _referred(self, ref: str) -> tuple[Plain, ...]:
        if ref in self._open:
            self._cut = True
            return ()  # a definition that is an alternative of itself adds nothing to itself
        self._open.append(ref)
        try:
            return self.alternatives(self.definitions[ref.removeprefix("#/$defs/")])
        finally:
            self._open.pop()

    def _product(self, left: Iterable[Plain], right: Iterable[Plain]) -> list[Plain]:
        right = list(right)
        return [merged for a in left for b in right if (merged := self._merged(a, b)) is not None]

    # -- what does not meet a schema

    def negations(self, schema: Any) -> list[Plain]:
        """Plain schemas of which a value meets one if it does not meet the schema."""
        if isinstance(schema, bool):
            return [] if schema else [{}]
        found: list[Plain] = []
        for keyword, stated in schema.items():
            found += self._negated(keyword, stated, schema)
        return found

    def _negated(self, keyword: str, stated: Any, schema: Mapping[str, Any]) -> list[Plain]:
        if keyword == "type":
            given = [stated] if isinstance(stated, str) else stated
            others: Plain = {
                "type": [k for k in KINDS if k not in given and not (k == "integer" and "number" in given)]
            }
            return [
                others
                | ({"x-also": [{"not": {"type": "integer"}}]} if "integer" in given and "number" not in given else {})
            ]
        if keyword in ("const", "enum"):
            return [{"x-without": [stated] if keyword == "const" else list(stated)}]
        if keyword == "required":
            return [{"type": ["object"], "properties": {name: False}} for name in stated]
        if keyword == "properties":
            return [
                {"type": ["object"], "required": [name], "properties": {name: {"not": sub}}}
                for name, sub in stated.items()
                if sub is not True
            ]
        if keyword == "items":
            return [{"type": ["array"], "minItems": 1, "x-also": [{"not": {"items": stated}}]}]
        if keyword == "allOf":
            return [n for part in stated for n in self.negations(part)]
        if keyword == "anyOf":
            found: list[Plain] = [{}]
            for part in stated:
                found = self._product(found, self.negations(part))
            return found
        if keyword == "$ref":
            return self.negations(self.definitions[stated.removeprefix("#/$defs/")])
        if keyword == "not":
            return list(self.alternatives(stated))
        return beyond(keyword, stated, schema)

    # -- two as one

    def _merged(self, a: Plain, b: Plain) -> Plain | None:
        if not a or not b:
            return a or b
        merged = {**a, **b}
        merged["x-also"] = unique([*a.get("x-also", ()), *b.get("x-also", ())])
        merged["x-without"] = unique([*a.get("x-without", ()), *b.get("x-without", ())])
        for key in (k for k in a if k in b):
            if key in GREATER:
                merged[key] = max(a[key], b[key])
            elif key in LESS:
                merged[key] = min(a[key], b[key])
            elif key == "type":
                merged[key] = common_types(a[key], b[key])
            elif key == "enum":
                merged[key] = [v for v in a[key] if any(same(v, w) for w in b[key])]
            elif key == "required":
                merged[key] = unique([*a[key], *b[key]])
            elif key == "multipleOf" and isinstance(a[key], int) and isinstance(b[key], int):
                merged[key] = lcm(a[key], b[key])
            elif key in ("pattern", "multipleOf") and a[key] != b[key]:
                merged["x-also"].append({key: a[key]})
            elif key in ("propertyNames", "additionalProperties", "items"):
                merged[key] = both(a[key], b[key])
        merged |= members(a, b) | listed(a, b)
        return self._settled({k: v for k, v in merged.items() if v not in ([], {}) or k in ("type", "enum")})

    def _settled(self, plain: Plain) -> Plain | None:
        """The same, or None where nothing meets it."""
        if "enum" in plain:
            rest = {k: v for k, v in plain.items() if k != "enum"}
            plain = {**plain, "enum": [v for v in plain["enum"] if self.meets(rest, v)]}
            if plain["enum"]:
                plain.pop("x-also", None), plain.pop("x-without", None)
        if plain.get("enum") == [] or plain.get("type") == []:
            return None
        for low, high in ROOM:
            kinds = {"minLength": ["string"], "minItems": ["array"], "minProperties": ["object"]}
            if plain.get(low, 0) > plain.get(high, plain.get(low, 0)) and plain.get("type") == kinds.get(low):
                return None
        if plain.get("type") == ["object"] and not self._has_room(plain):
            return None
        return plain

    def _has_room(self, plain: Plain) -> bool:
        """Whether each required member can be; deep contradictions are left to the final judgement."""
        if self._depth >= DEEPEST:
            return True
        self._depth += 1
        try:
            return all(self._possible(named(plain, name)) for name in plain.get("required", ()))
        finally:
            self._depth -= 1

    def _possible(self, schema: Any) -> bool:
        if isinstance(schema, dict) and "$ref" in schema and len(schema) == 1:
            return True  # a definition by itself can be met, or the contract is in error
        return bool(self.alternatives(schema))
