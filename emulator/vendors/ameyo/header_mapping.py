"""Which column of the file fills which field: the part `header_mapping`, held against the file's header."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from emulator.kit import Kind, Refusal, Violation, World
from emulator.vendors.ameyo.row_rules import IDENTITY

PART = "header_mapping"


def parsed(text: str) -> dict[str, str]:
    """The part as an object of field to column. Raises Refusal: `malformed` with the place, or `invalid`."""
    try:
        mapping = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        facts = {"line": error.lineno, "column": error.colno, "problem": error.msg, "part": PART}
        raise Refusal(Kind.MALFORMED, detail="syntax", facts=facts) from None
    if not isinstance(mapping, dict):
        raise _refused((), "type", None, "is not an object")
    for field, column in mapping.items():
        if not isinstance(column, str):
            raise _refused((field,), "type", None, "is not text")
    return mapping


def places(mapping: Mapping[str, str], header: Sequence[str], world: World) -> dict[str, int]:
    """For each mapped field the place of its column. Raises Refusal for a column that the file lacks, or has twice."""
    named = [name.strip() for name in header]
    if not any(mapping.values()) and world.settings["all_empty_mapping"] == "equal_names":
        mapping = {field: field for field in mapping if field in named}
    found = {}
    for field, column in mapping.items():
        if not column.strip():
            continue
        count = named.count(column.strip())
        if count != 1:
            raise _refused(
                (field,),
                "column",
                column,
                "names no column of the file" if not count else "names two columns of the file",
            )
        found[field] = named.index(column.strip())
    if IDENTITY not in found:
        raise _refused((IDENTITY,), "required", None, "must name a column")
    return found


def _refused(at: tuple[str, ...], keyword: str, value: Any, said: str) -> Refusal:
    return Refusal(Kind.INVALID, [Violation((PART, *at), keyword, value, said=said)])
