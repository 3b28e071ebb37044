"""Values that break one stated rule of a schema at one place."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from emulator.contract.schema import DIALECT, Schema
from emulator.fuzz.breakers import BREAKERS, GONE, Place, Spot, applies
from emulator.fuzz.instances import TRIES, Drawing, normal
from emulator.fuzz.merging import Plain
from emulator.fuzz.normal import Normal
from emulator.fuzz.recipe import drawing
from emulator.wire import NOTHING

MOST_PLACES = 150
DEEPEST = 12
_AUTHORITIES: dict[int, tuple[Schema, Any]] = {}


@dataclass(frozen=True, slots=True)
class Broken:
    """What was broken: the place (of the object, where a member is missing or too many) and the keyword that says so."""

    at: Place
    keyword: str


def invalid(schema: Schema, known: Mapping[str, Sequence[Any]] = NOTHING) -> st.SearchStrategy[tuple[Any, Broken]]:
    """Instances that break one rule, each with the rule. Nothing for a schema that everything meets."""
    if not _says_something(schema):
        return st.nothing()
    return drawing(f"invalid({schema!r})", lambda draw: _broken(draw, schema, known))


def _says_something(schema: Schema) -> bool:
    return _has_rules(normal(schema), schema.raw, 0)


def _has_rules(shapes: Normal, schema: Any, depth: int) -> bool:
    """Whether anything at all is stated, here or further in."""
    alternatives = shapes.alternatives(schema)
    if depth > DEEPEST or {} in alternatives:
        return False
    for plain in alternatives:
        inner = [*plain.get("properties", {}).values(), *plain.get("prefixItems", ())]
        inner += [plain[key] for key in ("items", "additionalProperties") if key in plain]
        if _rules(plain) or any(_has_rules(shapes, sub, depth + 1) for sub in inner):
            return True
    return False


def _rules(plain: Plain) -> list[str]:
    return [rule for rule in BREAKERS if rule in plain and (rule != "additionalProperties" or plain[rule] is False)]


def _broken(draw: Any, schema: Schema, known: Mapping[str, Sequence[Any]]) -> tuple[Any, Broken]:
    shapes = normal(schema)
    for _ in range(TRIES):
        value = Drawing(draw, shapes, known).value(schema.raw)
        spots = list(_spots(shapes, schema.raw, value, ()))[:MOST_PLACES]
        for _ in range(TRIES):
            chances = [(rule, spot) for spot in spots for rule in _rules(spot.plain) if applies(rule, spot.value)]
            if not chances:
                break
            rule = draw(st.sampled_from(sorted({rule for rule, _ in chances})))
            spot = draw(st.sampled_from([spot for found, spot in chances if found == rule]))
            worse = BREAKERS[rule](Drawing(draw, shapes, known), spot)
            if worse is GONE or schema.valid(changed := _put(value, spot.at, worse)):
                continue
            broken = said(schema, changed, spot.at, rule)
            if broken is not None:
                return changed, broken
    return reject()


def said(schema: Schema, value: Any, at: Place, rule: str) -> Broken | None:
    """What jsonschema says of that place and rule, nested alternatives included; None if it says nothing of it."""
    names = {"enum": ("enum", "const")}.get(rule, (rule,))
    for error in errors(schema, value):
        if tuple(error.absolute_path) == at:
            if error.validator in names:
                return Broken(at, error.validator)
            if rule == "propertyNames" and rule in error.absolute_schema_path:
                return Broken(at, rule)
    return None


def errors(schema: Schema, value: Any) -> Iterator[Any]:
    """Every error of jsonschema's, those within failed alternatives included."""
    kept = _AUTHORITIES.get(id(schema))
    if kept is None:
        import jsonschema  # a tenth of a second, and only those who break things need it

        closed = schema.closed if isinstance(schema.closed, dict) else {"$schema": DIALECT, "allOf": [schema.closed]}
        kept = _AUTHORITIES[id(schema)] = (schema, jsonschema.Draft202012Validator(closed))
    waiting = list(kept[1].iter_errors(value))
    while waiting:
        error = waiting.pop()
        yield error
        waiting += error.context or ()


def _spots(shapes: Normal, schema: Any, value: Any, at: Place) -> Iterator[Spot]:
    """Every place of a valid instance with the alternative that it meets there."""
    plain = next((a for a in shapes.alternatives(schema) if shapes.meets(a, value)), None)
    if plain is None or len(at) > DEEPEST:
        return
    yield Spot(at, value, plain)
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _spots(shapes, shapes.property(plain, name), member, (*at, name))
    elif isinstance(value, list):
        prefix = plain.get("prefixItems", ())
        for index, item in enumerate(value[:4]):
            sub = prefix[index] if index < len(prefix) else plain.get("items", True)
            yield from _spots(shapes, sub, item, (*at, index))


def _put(value: Any, at: Place, worse: Any) -> Any:
    if not at:
        return worse
    changed = copy.deepcopy(value)
    inner = changed
    for step in at[:-1]:
        inner = inner[step]
    inner[at[-1]] = worse
    return changed
