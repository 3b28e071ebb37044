"""Finds what shows a change of a schema: a value that one contract allows and the other does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Protocol

import orjson

from emulator.contract.schema import Schema
from emulator.readers.diff.boundary import candidates, sampled
from emulator.readers.diff.spots import Spot, dug, grafted, place, spots
from emulator.readers.diff.uses import MISSING, Sides, Use
from emulator.wire import Violation

MOST_SPOTS = 4
MOST_CANDIDATES = 400


class Hunt(Protocol):
    """Draws instances of a schema until one is wanted: the generator, handed in by who may use it."""

    def __call__(self, schema: Schema, wanted: Callable[[Any], bool]) -> tuple[list[Any], int]:
        """The simplest wanted instance in a list, or none; and how many were drawn."""


@dataclass(frozen=True)
class Witness:
    """A whole value, and where in it the contracts differ."""

    value: Any
    spot: Spot

    def why_not(self, use: Use, part: Any) -> list[Violation]:
        """Every rule that it breaks by a use that does not allow it; `part` is that use's schema of the spot.

        At the spot, if the rule is broken there; else of the whole.
        """
        at = place(self.spot.trail)
        inner = dug(self.value, self.spot.trail)
        if use.parameter is None and inner is not MISSING:
            found = Schema(part, use.schema.definitions, use.schema.pointer).explain(inner, at)
            if found:
                return found
        return use.why_not(self.value)


@dataclass
class Found:
    """What one use of a schema came to. `lost`: allowed before and not now; `gained`: the other way round."""

    lost: list[Witness] = field(default_factory=list)
    gained: list[Witness] = field(default_factory=list)
    tried: int = 0

    def look(self, sides: Sides, value: Any, spot: Spot) -> None:
        """Keeps the first value that shows a direction."""
        if value is MISSING:
            return
        self.tried += 1
        shown = sides.shown(value)
        if shown and not self.of(shown):
            self.of(shown).append(Witness(value, spot))

    def of(self, direction: str) -> list[Witness]:
        return self.lost if direction == "lost" else self.gained


def witnesses(sides: Sides, hunt: Hunt | None) -> Found:
    """Looks at the values that the change itself suggests; with a hunt, draws instances of each side while the verdict is open."""
    found = Found()
    places = spots(sides.old.schema, sides.alone.schema)[:MOST_SPOTS]
    bases = _bases(sides)
    if not any(base is not MISSING and sides.old.accepts(base) and sides.new.accepts(base) for base in bases):
        sides = replace(sides, new=sides.alone)  # the other changes leave nothing in common that this one could show in
    for spot in places:
        present = [value for base in bases if (value := dug(base, spot.trail)) is not MISSING]
        for value in islice(candidates(spot, present), MOST_CANDIDATES):
            for base in bases:
                found.look(sides, grafted(base, spot.trail, value), spot)
            if found.lost and found.gained:
                return found
    if hunt is not None and places:
        _hunted(found, sides, hunt, places[0], bases)
    return found


def _bases(sides: Sides) -> list[Any]:
    """Whole values to put others into: the example, then the least that each side allows; those good on all sides first."""
    every = (sides.old, sides.alone, sides.new)
    made = [use.example for use in every if use.example is not MISSING]
    made += [value for use in every for value in sampled(use.schema)]
    distinct = {orjson.dumps(value, default=repr): value for value in made}
    found = [*distinct.values(), MISSING]
    return sorted(found, key=lambda v: v is MISSING or not all(use.accepts(v) for use in every))


def _hunted(found: Found, sides: Sides, hunt: Hunt, spot: Spot, bases: list[Any]) -> None:
    """Draws at the changed place, then of the whole; the witness that decides the verdict first."""
    for inner in (True, False):
        for direction in sorted(("gained", "lost"), key=lambda d: d != sides.decisive):
            if found.of(sides.decisive) or found.of(direction):
                continue
            use, part = (sides.old, spot.old) if direction == "lost" else (sides.alone, spot.new)
            schema = Schema(part, use.schema.definitions, use.schema.pointer) if inner else use.schema

            def wholes(value: Any, inner: bool = inner) -> list[Any]:
                return [grafted(base, spot.trail, value) for base in bases] if inner else [value]

            def wanted(value: Any, direction: str = direction, wholes: Any = wholes) -> bool:
                return any(sides.shown(whole) == direction for whole in wholes(value))

            values, count = hunt(schema, wanted)
            found.tried += count
            for whole in (whole for value in values for whole in wholes(value)):
                found.look(sides, whole, spot)
