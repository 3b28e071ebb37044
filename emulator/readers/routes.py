"""Every operation with its contract file and its behaviour's line: what is served, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from emulator.contract.model import Contract

COLUMNS = ("method", "path", "id", "basis", "contract", "behaviour")
CANNED = "(canned)"


def routes(contract: Contract, located: Mapping[str, str]) -> list[dict[str, Any]]:
    """One row for each operation; `located` says where its behaviour stands (`file:line`), by id."""
    return [
        {
            "vendor": contract.vendor,
            "method": operation.method,
            "path": operation.path,
            "id": operation.id,
            "basis": operation.source.basis,
            "contract": operation.file,
            "behaviour": CANNED
            if operation.behaviour == "canned" and operation.act == operation.id
            else located.get(operation.id, ""),
        }
        for operation in contract.operations.values()
    ]


def as_table(rows: Iterable[Mapping[str, Any]]) -> str:
    """The rows as aligned text, a line each, every column a word: made for grep and cut."""
    cells = [[str(row[column]) for column in COLUMNS] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in cells)
    return "\n".join(line.rstrip() for line in lines)
