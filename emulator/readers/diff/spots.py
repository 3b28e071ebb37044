"""Where two schemas differ, references followed, and how a value gets there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from emulator.contract.schema import Schema
from emulator.contract.vocabulary import ANNOTATIONS, NAMED_SUBSCHEMAS, SUBSCHEMA, SUBSCHEMAS
from emulator.readers.diff.boundary import sampled_raw
from emulator.readers.diff.change import same
from emulator.readers.diff.uses import MISSING

OTHER = "another"
"""The name of a member that no schema lists."""


@dataclass(frozen=True)
class Level:
    """One schema on the way to a spot, and the step that leads on: a keyword and, where there are many, which."""

    schema: Any
    keyword: str
    which: Any
    definitions: Mapping[str, Any]

    @cached_property
    def least(self) -> Any:
        """The least value that the schema allows, or MISSING."""
        return next(iter(sampled_raw(self.schema, self.definitions)), MISSING)


@dataclass(frozen=True)
class Spot:
    """A pair of subschemas that say different things by themselves; `keywords` are those that differ."""

    trail: tuple[Level, ...]
    old: Any
    new: Any
    keywords: tuple[str, ...]
    definitions: tuple[Mapping[str, Any], Mapping[str, Any]]


def spots(old: Schema, new: Schema) -> list[Spot]:
    """The places where two schemas differ, nearest to the root first come first; what only annotates is not looked at."""
    return [*_Walk(old.definitions, new.definitions).between(old.raw, new.raw, ())]


class _Walk:
    def __init__(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        self._old, self._new = old, new
        self._seen: set[tuple[str, str]] = set()

    def between(self, old: Any, new: Any, trail: tuple[Level, ...]) -> Iterator[Spot]:
        """The spots of a pair of schemas that stand at the same place."""
        if not isinstance(old, dict) or not isinstance(new, dict):
            if not same(old, new):
                yield Spot(trail, old, new, ("schema",), (self._old, self._new))
            return
        here = tuple(k for k in dict.fromkeys([*old, *new]) if k not in ANNOTATIONS and _differs(k, old, new))
        if here:
            yield Spot(trail, old, new, here, (self._old, self._new))
        for keyword in old:
            if keyword in here or keyword not in new:
                continue
            before, after = old[keyword], new[keyword]
            for which, inner, other in _inside(keyword, before, after):
                yield from self.between(inner, other, (*trail, Level(old, keyword, which, self._old)))
            if keyword == "$ref" and (before, after) not in self._seen:
                self._seen.add((before, after))
                inner, other = self._target(self._old, before), self._target(self._new, after)
                yield from self.between(inner, other, (*trail, Level(old, keyword, None, self._old)))

    @staticmethod
    def _target(definitions: Mapping[str, Any], ref: str) -> Any:
        return definitions.get(ref.removeprefix("#/$defs/"), True)


def _differs(keyword: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a keyword differs by itself, not only in what its subschemas say."""
    if keyword not in old or keyword not in new:
        return True
    before, after = old[keyword], new[keyword]
    if keyword in SUBSCHEMA:
        return False
    if keyword in SUBSCHEMAS:
        return len(before) != len(after)
    if keyword in NAMED_SUBSCHEMAS:
        return set(before) != set(after)
    return not same(before, after)


def _inside(keyword: str, before: Any, after: Any) -> Iterator[tuple[Any, Any, Any]]:
    if keyword in SUBSCHEMA:
        yield None, before, after
    elif keyword in SUBSCHEMAS:
        yield from ((index, *pair) for index, pair in enumerate(zip(before, after, strict=True)))
    elif keyword in NAMED_SUBSCHEMAS:
        yield from ((name, before[name], after[name]) for name in before if name in after)


def dug(base: Any, trail: tuple[Level, ...]) -> Any:
    """What a whole value has at the end of a trail, or MISSING."""
    for level in trail:
        step: Any = _place(level)
        if step is None:
            continue
        there = step in base if isinstance(base, dict) else isinstance(base, list) and step < len(base)
        if not there:
            return MISSING
        base = base[step]
    return base


def grafted(base: Any, trail: tuple[Level, ...], value: Any) -> Any:
    """The whole value with another one at the end of a trail; what it lacks on the way is made as the schemas ask."""
    if not trail:
        return value
    level, rest = trail[0], trail[1:]
    step = _place(level)
    if step is None:
        return grafted(base, rest, value)
    if base is MISSING or not isinstance(base, list if isinstance(step, int) else dict):
        base = level.least
    if isinstance(step, int):
        items = list(base) if isinstance(base, list) else []
        items += [deepcopy(items[-1]) if items else None for _ in range(step + 1 - len(items))]
        items[step] = grafted(items[step] if items[step] is not None else MISSING, rest, value)
        return items
    members = dict(base) if isinstance(base, dict) else {}
    return {**members, step: grafted(members.get(step, MISSING), rest, value)}


def place(trail: tuple[Level, ...]) -> tuple[str | int, ...]:
    """Where in a value a trail ends."""
    return tuple(step for level in trail if (step := _place(level)) is not None)


def _place(level: Level) -> str | int | None:
    """Where in the value a step leads: a member's name, an item's index, or None where it stays."""
    if level.keyword == "properties":
        return str(level.which)
    if level.keyword == "additionalProperties":
        return OTHER
    if level.keyword == "items":
        return len(level.schema.get("prefixItems", ()))
    return level.which if level.keyword == "prefixItems" else None
