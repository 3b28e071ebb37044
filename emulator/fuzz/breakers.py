"""How each rule of a schema is broken: a worse value for a spot of an instance, or GONE."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from emulator.fuzz.instances import Drawing, kind_of, numbers
from emulator.fuzz.merging import Plain
from emulator.fuzz.plain import KINDS, is_a, key
from emulator.fuzz.text import texts

Place = tuple[str | int, ...]
GONE = object()  # stands for a value that no breaking could be found for
LONG = 70_000
SAMPLES: Mapping[str, tuple[Any, ...]] = {
    "null": (None,),
    "boolean": (True, False),
    "integer": (0, 1, -7, 2**63 - 1),
    "number": (0.5, -1.25),
    "string": ("", "x", "12", "true"),
    "array": ([], [1]),
    "object": ({}, {"a": 1}),
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of an instance, what stands there and the plain schema that it meets."""

    at: Place
    value: Any
    plain: Plain


def _type(drawing: Drawing, spot: Spot) -> Any:
    allowed = spot.plain["type"]
    strange = [k for k in KINDS if not any(k == a or (a == "number" and k == "integer") for a in allowed)]
    values = [v for kind in strange for v in SAMPLES[kind] if not any(is_a(v, a) for a in allowed)]
    return copy.deepcopy(drawing.draw(st.sampled_from(values))) if values else GONE


def _enum(drawing: Drawing, spot: Spot) -> Any:
    given = spot.plain["enum"]
    values: list[Any] = [w for v in given for w in _near(v)] + ["", "no such value", 0, None]
    kinds = {kind_of(v) for v in given}
    values = [v for v in values if kind_of(v) in kinds and not any(key(v) == key(g) for g in given)] or values
    return drawing.draw(st.sampled_from([v for v in values if not any(key(v) == key(g) for g in given)]))


def _near(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [value + "x", value[:-1], value.swapcase(), f" {value}"]
    if isinstance(value, bool) or value is None:
        return [not value]
    return [value + 1, -value - 1] if isinstance(value, int | float) else []


def _required(drawing: Drawing, spot: Spot) -> Any:
    name = drawing.draw(st.sampled_from(spot.plain["required"]))
    return {n: v for n, v in spot.value.items() if n != name}


def _extra(drawing: Drawing, spot: Spot) -> Any:
    name = drawing.draw(st.one_of(texts(1, 12), st.sampled_from(["x", "extra", *(n + "x" for n in spot.value)])))
    if name in spot.value or drawing.shapes.property(spot.plain, name) is not False:
        return GONE
    return {**spot.value, name: drawing.draw(st.sampled_from([None, 1, "x", {}]))}


def _named(drawing: Drawing, spot: Spot) -> Any:
    for negation in drawing.shapes.negations(spot.plain["propertyNames"]):
        if "string" in negation.get("type", KINDS):
            name = drawing.plain({**negation, "type": ["string"]})
            if name not in spot.value:
                return {**spot.value, name: drawing.value(drawing.shapes.property(spot.plain, name), 5)}
    return GONE


def _fewer(drawing: Drawing, spot: Spot) -> Any:
    keyword = "minItems" if isinstance(spot.value, list) else "minProperties"
    size = spot.plain[keyword] - 1
    if size < 0:
        return GONE
    return spot.value[:size] if isinstance(spot.value, list) else dict(list(spot.value.items())[:size])


def _more(drawing: Drawing, spot: Spot) -> Any:
    most = spot.plain["maxItems"]
    found = list(spot.value)
    while len(found) <= most:
        if spot.plain.get("uniqueItems") or not found:
            found.append(drawing.value(spot.plain.get("items", True), 5))
        else:
            found.append(copy.deepcopy(found[-1]))
    return found


def _more_members(drawing: Drawing, spot: Spot) -> Any:
    found = dict(spot.value)
    for number in range(spot.plain["maxProperties"] + 1 - len(found)):
        name = f"more {number}"
        schema = drawing.shapes.property(spot.plain, name)
        if schema is not False:
            found[name] = drawing.value(schema, 5)
    return found


def _twice(drawing: Drawing, spot: Spot) -> Any:
    if not spot.plain["uniqueItems"] or not spot.value or len(spot.value) >= spot.plain.get("maxItems", LONG):
        return GONE
    return [*spot.value, copy.deepcopy(drawing.draw(st.sampled_from(spot.value)))]


def _shorter(drawing: Drawing, spot: Spot) -> Any:
    size = spot.plain["minLength"] - 1
    return spot.value[:size] if size >= 0 else GONE


def _longer(drawing: Drawing, spot: Spot) -> Any:
    most = spot.plain["maxLength"]
    if most >= LONG:
        return GONE
    return (spot.value or "x") + (spot.value[-1:] or "x") * (most + 1 - len(spot.value or "x"))


def _unlike(drawing: Drawing, spot: Spot) -> Any:
    size = drawing.draw(st.integers(0, len(spot.value)))
    sign = drawing.draw(st.sampled_from(["\n", " ", "~", "é", "😀", "\x00", "-"]))
    changed = [
        spot.value + sign,
        sign + spot.value,
        spot.value[:size] + sign + spot.value[size:],
        sign * len(spot.value),
    ]
    return drawing.draw(st.sampled_from([*changed, spot.value[:size], spot.value[size:], "", "no"]))


def _beyond(keyword: str) -> Breaker:
    other = {"minimum": "exclusiveMaximum", "maximum": "exclusiveMinimum"}
    other |= {"exclusiveMinimum": "maximum", "exclusiveMaximum": "minimum"}

    def breaker(drawing: Drawing, spot: Spot) -> Any:
        bound = spot.plain[keyword]
        step = {"minimum": -1, "exclusiveMinimum": 0, "maximum": 1, "exclusiveMaximum": 0}[keyword]
        if drawing.draw(st.booleans()):
            return bound + step
        return drawing.draw(numbers({other[keyword]: bound}, fractions=not is_a(spot.value, "integer")))

    return breaker


def _uneven(drawing: Drawing, spot: Spot) -> Any:
    return spot.value + spot.plain["multipleOf"] / 2


Breaker = Callable[[Drawing, Spot], Any]
BREAKERS: Mapping[str, Breaker] = {
    "type": _type,
    "enum": _enum,
    "required": _required,
    "additionalProperties": _extra,
    "propertyNames": _named,
    "minItems": _fewer,
    "minProperties": _fewer,
    "maxItems": _more,
    "maxProperties": _more_members,
    "uniqueItems": _twice,
    "minLength": _shorter,
    "maxLength": _longer,
    "pattern": _unlike,
    "minimum": _beyond("minimum"),
    "maximum": _beyond("maximum"),
    "exclusiveMinimum": _beyond("exclusiveMinimum"),
    "exclusiveMaximum": _beyond("exclusiveMaximum"),
    "multipleOf": _uneven,
}
_OF: Mapping[str, tuple[str, ...]] = {
    "object": ("required", "additionalProperties", "propertyNames", "minProperties", "maxProperties"),
    "array": ("minItems", "maxItems", "uniqueItems"),
    "string": ("minLength", "maxLength", "pattern"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}


def applies(rule: str, value: Any) -> bool:
    """Whether a rule is about values of this kind."""
    return rule in ("type", "enum") or any(rule in rules and is_a(value, kind) for kind, rules in _OF.items())
