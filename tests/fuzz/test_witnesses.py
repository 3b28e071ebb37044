"""The generator behind `diff`: the simplest wanted instance, the same each time."""

from __future__ import annotations

from typing import Any

from emulator.contract.schema import Schema
from emulator.fuzz.witnesses import Hunter

PAIR = Schema({"type": "object", "properties": {"size": {"type": "integer"}, "name": {"type": "string"}}}, {}, "pair")


def test_what_is_found_is_wanted_and_as_simple_as_can_be() -> None:
    found, drawn = Hunter(60)(PAIR, lambda value: value.get("size", 0) > 100)
    assert found == [{"size": 101, "name": ""}]
    assert drawn > 1


def test_what_nobody_wants_is_looked_for_as_long_as_was_said() -> None:
    assert Hunter(20)(PAIR, lambda value: False) == ([], 20)
    assert Hunter(20)(Schema(False, {}, "none"), lambda value: True)[0] == []


def test_two_hunts_look_at_the_same() -> None:
    seen: list[list[Any]] = [[], []]
    for looked_at in seen:
        Hunter(20)(PAIR, lambda value, into=looked_at: into.append(value))  # type: ignore[misc]
    assert seen[0] == seen[1]
