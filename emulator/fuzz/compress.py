"""A vendor's contract in which every duration is shorter, so that real seconds stand for the vendor's hours."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from emulator import data
from emulator.contract.duration import seconds, spelled

SHORTENED = ("limits", "auth", "paging", "figures")
LEAST = 1.0
"""Seconds that what was longer is shortened to at most: clients and headers count in whole ones."""


def compressed(vendor: str, factor: float, folder: Path) -> Path:
    """A folder of contracts with this vendor's alone, its windows and lifetimes shorter by a factor."""
    shutil.copytree(data.folder("contracts") / vendor, folder / vendor)
    file = folder / vendor / "vendor.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    for part in SHORTENED:
        if part in told:
            told[part] = _shorter(told[part], factor)
    file.write_text(json.dumps(told), encoding="utf-8")
    return folder


def _shorter(value: Any, factor: float) -> Any:
    if isinstance(value, dict):
        return {key: item if key == "source" else _shorter(item, factor) for key, item in value.items()}
    if isinstance(value, list):
        return [_shorter(item, factor) for item in value]
    if not isinstance(value, str) or not value.startswith("P"):
        return value
    try:
        length = seconds(value)
    except ValueError:
        return value
    return spelled(min(length, max(LEAST, length / factor)))
