"""Values that meet a schema: every bound reached, every member of an enum, every subset of what is optional."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import ceil, floor
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from emulator.contract.schema import Schema
from emulator.fuzz.merging import Plain
from emulator.fuzz.normal import Normal
from emulator.fuzz.plain import KINDS, is_a, key
from emulator.fuzz.recipe import drawing
from emulator.fuzz.text import matching, texts
from emulator.wire import NOTHING

LEAST, MOST = -(2**63), 2**63 - 1
EXACT = 2**50  # integers up to here are floats without loss
DEEPEST = 6  # levels; deeper, what is optional is left out
PLENTY = 48  # values in one instance; with more, what is optional is left out
TRIES = 4
FEW = 3
USUAL = 50  # items; a greater end is reached less often
FAR = 10_000  # the greatest number of items that is reached
_NORMALS: dict[int, tuple[Mapping[str, Any], Normal]] = {}


def normal(schema: Schema) -> Normal:
    """The alternatives over a schema's definitions, kept for all schemas that share them."""
    kept = _NORMALS.get(id(schema.definitions))
    if kept is None or kept[0] is not schema.definitions:
        kept = _NORMALS[id(schema.definitions)] = (schema.definitions, Normal(schema.definitions))
    return kept[1]


def valid(schema: Schema, known: Mapping[str, Sequence[Any]] = NOTHING) -> st.SearchStrategy[Any]:
    """Instances of a schema. `known` are ids by collection, for members that refer to one."""

    found = drawing(f"valid({schema!r})", lambda draw: Drawing(draw, normal(schema), known).value(schema.raw))
    return found.filter(lambda value: judged(schema, value))


def judged(schema: Schema, value: Any) -> bool:
    """The last word on an instance: merging is exact for what contracts say, but for `oneOf` and the like."""
    return bool(schema.valid(value))


class Drawing:
    """One instance being drawn."""

    def __init__(self, draw: Any, shapes: Normal, known: Mapping[str, Sequence[Any]] = NOTHING) -> None:
        self.draw, self.shapes, self.known = draw, shapes, known
        self._count = 0

    def value(self, schema: Any, depth: int = 0) -> Any:
        """A value that meets a schema."""
        alternatives = self.shapes.alternatives(schema)
        if not alternatives:
            reject()
        return self.plain(
            alternatives[0] if len(alternatives) == 1 else self.draw(st.sampled_from(alternatives)), depth
        )

    def plain(self, plain: Plain, depth: int = 0) -> Any:
        """A value that meets a plain schema."""
        self._count += 1
        if "enum" in plain:
            return copy.deepcopy(self.draw(st.sampled_from(plain["enum"])))
        doubtful = plain.get("x-also") or plain.get("x-without")
        for _ in range(TRIES):
            value = self._one(plain, depth)
            if not doubtful or self.shapes.meets(plain, value):
                return value
        return reject()

    def _one(self, plain: Plain, depth: int) -> Any:
        ready = [v for v in plain.get("examples", ()) if self.shapes.meets(plain, v)]
        ready += [v for v in self._ids(plain) if self.shapes.meets(plain, v)] * FEW
        if ready and self.draw(st.integers(0, 3)) < 3:
            return copy.deepcopy(self.draw(st.sampled_from(ready)))
        kinds = [
            kind for kind in plain.get("type", KINDS) if kind != "integer" or "number" not in plain.get("type", KINDS)
        ]
        if "type" not in plain and self._enough(depth):
            kinds = ["null", "boolean", "number", "string"]
        kind = kinds[0] if len(kinds) == 1 else self.draw(st.sampled_from(kinds))
        if kind in ("object", "array"):
            return (self._object if kind == "object" else self._array)(plain, depth)
        return self.draw(scalar(kind, plain))

    def _ids(self, plain: Plain) -> list[Any]:
        found: list[Any] = list(self.known.get(plain.get("x-refers-to", ""), ()))
        return found + [int(ident) for ident in found if isinstance(ident, str) and ident.isdecimal()]

    def _enough(self, depth: int) -> bool:
        return depth >= DEEPEST or self._count > PLENTY

    def _array(self, plain: Plain, depth: int) -> list[Any]:
        least, most = plain.get("minItems", 0), plain.get("maxItems")
        prefix, rest = plain.get("prefixItems", []), plain.get("items", True)
        if rest is False:
            most = len(prefix) if most is None else min(most, len(prefix))
        if self._enough(depth):
            size = least
        else:
            far = least + FEW if most is None else min(most, least + FEW)
            sizes = st.integers(least, far)
            ends = most is not None and far < most <= FAR and self.draw(st.integers(0, 7 if most > USUAL else 1)) == 0
            size = most if ends and most is not None else self.draw(sizes)
        found: list[Any] = []
        seen = set()
        for at in range(size):
            if at > max(least, len(prefix)) + FEW and not plain.get("uniqueItems"):
                found.append(copy.deepcopy(found[at - FEW]))  # an end far away is reached by repetition
                continue
            value = self.value(prefix[at] if at < len(prefix) else rest, depth + 1)
            if plain.get("uniqueItems"):
                for _ in range(TRIES * FEW):
                    if key(value) not in seen:
                        break
                    value = self.value(prefix[at] if at < len(prefix) else rest, depth + 1)
                if key(value) in seen:
                    break
                seen.add(key(value))
            found.append(value)
        return found if len(found) >= least else reject()

    def _object(self, plain: Plain, depth: int) -> dict[str, Any]:
        required = plain.get("required", [])
        least, most = plain.get("minProperties", 0), plain.get("maxProperties", MOST)
        possible = [n for n in plain.get("properties", {}) if n not in required and self._may(plain, n)]
        names = [*required, *self._chosen(possible, depth)]
        while len(names) < least and (left := [n for n in possible if n not in names]):
            names.append(self.draw(st.sampled_from(left)))
        sizes = [0, 0, 1, 2, *([most - len(names)] if most <= USUAL else [])]
        extra = 0 if self._enough(depth) else self.draw(st.sampled_from(sizes))
        for _ in range(max(least - len(names), min(extra, most - len(names)))):
            name = self._extra_name(plain, names)
            if name is not None:
                names.append(name)
        return {name: self.value(self.shapes.property(plain, name), depth + 1) for name in names[:most]}

    def _may(self, plain: Plain, name: str) -> bool:
        schema = self.shapes.property(plain, name)
        return schema is not False and bool(self.shapes.alternatives(schema)) and self._is_name(plain, name)

    def _is_name(self, plain: Plain, name: str) -> bool:
        names = plain.get("propertyNames", True)
        return names is True or any(self.shapes.meets(a, name) for a in self.shapes.alternatives(names))

    def _chosen(self, possible: list[str], depth: int) -> list[str]:
        if not possible or self._enough(depth):
            return []
        how = self.draw(st.sampled_from(["some", "none", "all"]))
        if how != "some":
            return possible if how == "all" else []
        bits = self.draw(st.integers(0, 2 ** len(possible) - 1))
        return [name for at, name in enumerate(possible) if bits >> at & 1]

    def _extra_name(self, plain: Plain, names: list[str]) -> str | None:
        """The name of a member that the schema does not list, where it allows one."""
        patterns = list(plain.get("patternProperties", ()))
        if plain.get("additionalProperties", True) is False and not patterns:
            return None
        for _ in range(TRIES):
            if patterns and (plain.get("additionalProperties", True) is False or self.draw(st.booleans())):
                name = self.draw(matching({"pattern": self.draw(st.sampled_from(patterns))}))
            elif "propertyNames" in plain:
                name = self.value({"allOf": [{"type": "string"}, plain["propertyNames"]]}, DEEPEST)
            else:
                name = self.draw(texts(1, 12))
            if name not in names and name not in plain.get("properties", {}) and self._may(plain, name):
                return str(name)
        return None


def scalar(kind: str, plain: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Values of a type that has no parts, within the bounds of a plain schema."""
    if kind == "null":
        return st.none()
    if kind == "boolean":
        return st.booleans()
    return matching(plain) if kind == "string" else numbers(plain, fractions=kind == "number")


def numbers(plain: Mapping[str, Any], *, fractions: bool) -> st.SearchStrategy[Any]:
    """Numbers within the bounds of a plain schema, its ends among them."""
    bounds = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
    return _within(*(plain.get(bound) for bound in bounds), plain.get("multipleOf"), fractions)


@lru_cache(maxsize=512)
def _within(low: Any, above: Any, high: Any, below: Any, step: Any, fractions: bool) -> st.SearchStrategy[Any]:
    bottom = max(v for v in (low, above, LEAST) if v is not None) if (low, above) != (None, None) else LEAST
    top = min(v for v in (high, below, MOST) if v is not None)
    unit = step or 1
    least, most = ceil(bottom / unit) if unit != 1 else ceil(bottom), top // unit if unit != 1 else floor(top)
    least += int(above is not None and least * unit <= above)
    most -= int(below is not None and most * unit >= below)
    found: list[st.SearchStrategy[Any]] = []
    if least <= most:
        some = [least, most, *(v for v in (0, 1, -1, 2**31, 2**53 + 1) if least <= v <= most)]
        whole = st.one_of(st.integers(least, most), st.integers(least, min(most, least + 100)), st.sampled_from(some))
        found.append(whole.map(lambda v: v * step) if step else whole)
        if isinstance(unit, int) and max(least, -EXACT) <= min(most, EXACT):  # 2.0 is an integer, too
            near = st.integers(max(least, -EXACT), min(most, EXACT))
            found.append(st.one_of(*[whole] * 8, near.map(lambda v: float(v * unit))))
    if fractions and not step:
        found.append(
            st.floats(
                min_value=None if bottom == LEAST else bottom,
                max_value=None if top == MOST else top,
                exclude_min=above is not None and bottom == above,
                exclude_max=below is not None and top == below,
                allow_nan=False,
                allow_infinity=False,
            )
        )
    return st.one_of(found) if found else st.nothing()


def kind_of(value: Any) -> str:
    """The narrowest type of a value."""
    return next(kind for kind in KINDS if is_a(value, kind))
