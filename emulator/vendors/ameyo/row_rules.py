"""What makes a row of an upload unfit: the column definitions of its process, held against the row's values."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from typing import Any

from emulator.kit import NOTHING, World, fixed
from emulator.vendors.ameyo.phone import digits

IDENTITY = "phone1"
_EMAIL = re.compile(r"[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+").fullmatch


@fixed
class Fault:
    """Why a row is not taken: a code of the contract's table `row_errors` and the facts that its wording names."""

    code: str
    facts: Mapping[str, Any] = NOTHING


class RowRules:
    """The rules of one process, by its own column definitions or the stock ones, for an upload that fills some."""

    def __init__(self, world: World, process: Mapping[str, Any], filled: Container[str]) -> None:
        columns: Sequence[Mapping[str, Any]] = process.get("columns") or world.table("columns")
        self._fewest = world.settings["phone_digits_min"]
        self._most = max(self._fewest, world.settings["phone_digits_max"])
        kinds = {"phone": self._phone, "email": _email}
        others = [c for c in columns if c["columnName"] != IDENTITY]
        self._required = [IDENTITY, *(c["columnName"] for c in others if not c["nullable"])]
        checks = [(name, kinds.get(c.get("kind", ""))) for c in others if (name := c["columnName"]) in filled]
        self._checks = [(IDENTITY, self._phone), *((name, check) for name, check in checks if check is not None)]
        self.unique = [c["columnName"] for c in others if c["unique"]]

    def fault(self, values: Mapping[str, str], surplus: Sequence[str]) -> Fault | None:
        """The first rule that a row breaks; `surplus` are its cells beyond the header."""
        if surplus:
            return Fault("INVALID_FORMAT", {"surplus": ", ".join(surplus)})
        for column in self._required:
            if column not in values:
                return Fault("MISSING_REQUIRED", {"column": column})
        for column, check in self._checks:
            if column in values and (code := check(values[column])):
                return Fault(code, {"column": column})
        return None

    def _phone(self, text: str) -> str:
        number = digits(text)
        if number is None:
            return "INVALID_PHONE"
        return "" if self._fewest <= len(number) <= self._most else "PREPROCESSING_INVALID_LENGTH"


def _email(text: str) -> str:
    return "" if _EMAIL(text) else "INVALID_EMAIL"
