"""Values that a changed keyword itself suggests: its bounds and their neighbours, the members that came or went."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emulator.contract.schema import Schema
from emulator.readers.diff.change import same
from emulator.readers.sample import TEXTS, sample

if TYPE_CHECKING:
    from emulator.readers.diff.spots import Spot

ORDINARY: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    0.5,
    "",
    "x",
    "true",
    "1",
    *TEXTS[1:6],
    [],
    {},
    [None],
    {"a": 1},
)
LONGEST = 100_000
FILLERS = ("x", "7", "A", "a1", "https://example.test/x")


def sampled(schema: Schema) -> list[Any]:
    """The least value that a schema allows, in a list; an empty one where none was found."""
    return sample(schema)


def sampled_raw(raw: Any, definitions: Mapping[str, Any]) -> list[Any]:
    """Likewise for a part of a schema."""
    return sample(Schema(raw, definitions, ""))


@dataclass(frozen=True)
class _Around:
    """What a candidate can be made of: the two schemas, and values that stand at their place already."""

    old: Mapping[str, Any]
    new: Mapping[str, Any]
    values: tuple[Any, ...]
    definitions: tuple[Mapping[str, Any], Mapping[str, Any]]

    def objects(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = [value for value in self.values if isinstance(value, dict)]
        return found or [{}]

    def made(self, keyword: str, which: Any) -> list[Any]:
        """The least values that the two schemas' parts of this name allow."""
        found = []
        for schema, definitions in zip((self.old, self.new), self.definitions, strict=True):
            part = schema.get(keyword, {})
            inner = part.get(which) if isinstance(part, dict) and which is not None else part
            if inner is not None:
                found += sampled_raw(inner, definitions)
        return found


def candidates(spot: Spot, present: list[Any]) -> Iterator[Any]:
    """Values for a spot, those first that the changed keywords suggest. `present` are some that stand there in whole values."""
    least = [
        v for raw, defs in zip((spot.old, spot.new), spot.definitions, strict=True) for v in sampled_raw(raw, defs)
    ]
    old, new = (raw if isinstance(raw, dict) else {} for raw in (spot.old, spot.new))
    around = _Around(old, new, (*present, *least), spot.definitions)
    for keyword in spot.keywords:
        yield from MAKERS.get(keyword, _nothing)(around, old.get(keyword), new.get(keyword))
    yield from around.values
    yield from ORDINARY
    for whole in around.objects():
        yield {**whole, "another": "x"}


Maker = Callable[[_Around, Any, Any], Iterator[Any]]


def _nothing(around: _Around, before: Any, after: Any) -> Iterator[Any]:
    yield from ()


def _numbers(around: _Around, before: Any, after: Any) -> Iterator[Any]:
    bounds = sorted({v for v in (before, after) if v is not None})
    for bound in bounds:
        yield from (bound + 1, bound, bound - 1, bound + 0.5, bound - 0.5)
    yield from (value * 2 for value in bounds)


def _lengths(around: _Around, before: Any, after: Any) -> Iterator[Any]:
    texts = [value for value in around.values if isinstance(value, str)]
    for size in _sizes(before, after):
        for text in (*texts, *FILLERS):
            yield text[:size]
            if text and len(text) < size <= LONGEST:
                yield text + text[-1] * (size - len(text))
                yield text[0] * (size - len(text)) + text


def _sizes(before: Any, after: Any) -> list[int]:
    bounds = sorted({v for v in (before, after) if v is not None})
    return [size for bound in bounds for size in (bound + 1, bound, bound - 1) if size >= 0]


def _counts(around: _Around, before: Any, after: Any) -> Iterator[Any]:
    lists = [value for value in around.values if isinstance(value, list)]
    items = [item for value in lists for item in value[:1]] + around.made("items", None) + ["x", 1]
    for size in _sizes(before, after):
        for item in items:
            if size <= LONGEST:
                yield [item] * size
                yield [f"{item}{i}" if isinstance(item, str) else i for i in range(size)]


def _members(around: _Around, before: Any, after: Any) -> Iterator[Any]:
    for size in _sizes(before, after):
        for whole in around.objects():
            names = [*whole, *(f"m{i}" for i in range(size))][:size]
            yield {name: whole.get(name, "x") for name in names}


def _listed(around: _Around, before: Any, after: Any) -> Iterator[Any]:
    was, now = (v if isinstance(v, list) else [] if v is None else [v] for v in (before, after))
    yield from (v for v in now if not any(same(v, w) for w in was))
    yield from (v for v in was if not any(same(v, w) for w in now))
    yield from was


def _types(around: _Around, before: Any, after: Any) -> Iterator[Any]:
    samples = {"null": (None,), "boolean": (True,), "integer": (1, 0), "number": (0.5, 1), "string": ("x", "", "1")}
    was, now = ([v] if isinstance(v, str) else v or [] for v in (before, after))
    for kind in [*(k for k in now if k not in was), *(k for k in was if k not in now)]:
        yield from samples.get(kind, ())
        yield from around.objects() if kind == "object" else [[], ["x"]] if kind == "array" else ()


def _required(around: _Around, before: Any, after: Any) -> Iterator[Any]:
    names = {*(before or ())} ^ {*(after or ())}
    for name in [n for n in (*(after or ()), *(before or ())) if n in names]:
        for whole in around.objects():
            yield {key: value for key, value in whole.items() if key != name}
            for value in (*around.made("properties", name), "x", 1, {}, None):
                yield {**whole, name: value}


def _properties(around: _Around, before: Any, after: Any) -> Iterator[Any]:
    before, after = before or {}, after or {}
    for name in [*(n for n in after if n not in before), *(n for n in before if n not in after)]:
        for whole in around.objects():
            for value in (*around.made("properties", name), *ORDINARY):
                yield {**whole, name: value}


def _others(around: _Around, before: Any, after: Any) -> Iterator[Any]:
    for whole in around.objects():
        for value in (*around.made("additionalProperties", None), *ORDINARY):
            yield {**whole, "another": value}


def _items(around: _Around, before: Any, after: Any) -> Iterator[Any]:
    for value in (*around.made("items", None), *ORDINARY):
        yield [value]
        yield [value, value]


def _branches(around: _Around, before: Any, after: Any) -> Iterator[Any]:
    for branches, definitions in zip((before, after), around.definitions, strict=True):
        for branch in branches or ():
            for value in sampled_raw(branch, definitions):
                yield value
                yield from ({**whole, **value} for whole in around.objects() if isinstance(value, dict))


def _alone(around: _Around, before: Any, after: Any) -> Iterator[Any]:
    yield from _branches(around, *([part] if part is not None else [] for part in (before, after)))


def _twice(around: _Around, before: Any, after: Any) -> Iterator[Any]:
    yield from ([item, item] for item in (*around.made("items", None), "x", 1))


def _referred(around: _Around, before: Any, after: Any) -> Iterator[Any]:
    for ref, definitions in zip((before, after), around.definitions, strict=True):
        if ref is not None:
            yield from sampled_raw({"$ref": ref}, definitions)


def _patterns(around: _Around, before: Any, after: Any) -> Iterator[Any]:
    for text in [v for v in around.values if isinstance(v, str)]:
        yield from (
            text,
            text.lower(),
            text.upper(),
            f"{text}x",
            f"x{text}",
            text[:-1],
            text[1:],
            f"{text}1",
            f" {text}",
        )
    yield from TEXTS


def _multiples(around: _Around, before: Any, after: Any) -> Iterator[Any]:
    for step in (v for v in (before, after) if v is not None):
        yield from (step, step * 2, step * 3, step * 5, step + 1)


MAKERS: Mapping[str, Maker] = {
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _numbers),
    **dict.fromkeys(("minLength", "maxLength"), _lengths),
    **dict.fromkeys(("minItems", "maxItems"), _counts),
    **dict.fromkeys(("minProperties", "maxProperties"), _members),
    **dict.fromkeys(("enum", "const"), _listed),
    **dict.fromkeys(("anyOf", "oneOf", "allOf"), _branches),
    **dict.fromkeys(("not", "if", "then", "else"), _alone),
    "uniqueItems": _twice,
    "type": _types,
    "required": _required,
    "properties": _properties,
    "patternProperties": _others,
    "additionalProperties": _others,
    "propertyNames": _others,
    "items": _items,
    "prefixItems": _items,
    "pattern": _patterns,
    "multipleOf": _multiples,
    "$ref": _referred,
}
