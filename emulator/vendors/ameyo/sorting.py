"""`sort_by`: several properties, each ascending or descending, held against what a row has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from emulator.kit import Kind, Refusal, Violation, World

Key = tuple[str, bool]
DIRECTIONS = {"": False, "asc": False, "desc": True}
LONGEST = 18


def keys(given: Iterable[str], known: Iterable[str]) -> list[Key]:
    """`["status:desc", "user_id"]` -> properties with whether they descend.

    Raises Refusal for a property or a direction that is none.
    """
    properties = set(known)
    found = []
    for text in given:
        if not text.strip():
            continue
        name, _, direction = (part.strip() for part in text.partition(":"))
        descends = DIRECTIONS.get(direction.lower())
        if name not in properties or descends is None:
            raise Refusal(
                Kind.INVALID,
                [Violation(("sort_by",), "sort", text, sorted(properties), "query", "is no property and direction")],
            )
        found.append((name, descends))
    return found


def ordered(rows: Sequence[Mapping[str, Any]], by: Sequence[Key]) -> list[Mapping[str, Any]]:
    """The rows by the first property, where that is equal by the second, and so on; rows without a value come last."""
    result = list(rows)
    for name, descends in reversed(by):
        there = [row for row in result if row.get(name) is not None]
        result = sorted(there, key=lambda row: row[name], reverse=descends) + [
            row for row in result if row.get(name) is None
        ]
    return result


def scalars(world: World, definition: str) -> list[str]:
    """The properties of a row that can be compared, by the definition that the contract gives of it."""
    definitions = world.contract.definitions
    properties = definitions[definition]["properties"]
    return [
        name
        for name, sub in properties.items()
        if _scalar(definitions.get(sub.get("$ref", "").removeprefix("#/$defs/"), sub))
    ]


def _scalar(sub: Mapping[str, Any]) -> bool:
    types = sub.get("type", "object")
    return not {"object", "array"} & set([types] if isinstance(types, str) else types)
