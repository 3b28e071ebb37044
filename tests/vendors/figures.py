"""What a contract states at a place, for tests that hold it against what the vendor's documents say."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from emulator import data


@cache
def _file(vendor: str, file: str) -> Any:
    return json.loads((data.folder("contracts") / vendor / file).read_text(encoding="utf-8"))


def stated(vendor: str, place: str) -> Any:
    """The value at `file.json#/pointer`; a list's member by its `name`, where it has one."""
    file, _, pointer = place.partition("#/")
    value = _file(vendor, file)
    for step in (part.replace("~1", "/") for part in pointer.split("/")):
        if isinstance(value, list):
            value = next(item for item in value if item["name"] == step) if not step.isdecimal() else value[int(step)]
        else:
            value = value[step]
    return value
