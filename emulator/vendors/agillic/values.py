"""Values of fields: what clients may write for each type, how it is kept, and how it is shown (always as a string)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from emulator.kit import World, fixed
from emulator.vendors.agillic.dates import Formats, formats

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


class BadValue(ValueError):
    """A value that its field's type does not allow."""


@fixed
class Types:
    """The rules of one instance: its formats, and how long a number may be."""

    formats: Formats
    digits: int
    decimals: int

    def keep(self, kind: str, value: Any) -> str:
        """The value as it is kept. Raises BadValue."""
        if isinstance(value, list | dict) or value is None:
            raise BadValue
        if kind == "STRING":
            return text_of(value)
        if kind == "BOOLEAN":
            return self._boolean(value)
        if kind == "NUMBER":
            return self._number(value)
        kept = None
        if isinstance(value, str):
            kept = self.formats.day(value) if kind == "DATE" else self.formats.moment(value)
        if kept is None:
            raise BadValue
        return kept

    def show(self, kind: str, kept: str) -> str:
        """The kept value as the API shows it."""
        if kind == "DATE":
            return self.formats.show_day(kept)
        return self.formats.show_moment(kept) if kind == "TIMESTAMP" else kept

    @staticmethod
    def _boolean(value: Any) -> str:
        text = text_of(value).lower()
        if text not in ("true", "false"):
            raise BadValue
        return text

    def _number(self, value: Any) -> str:
        if isinstance(value, bool):
            raise BadValue
        text = text_of(value)
        if not _NUMBER.fullmatch(text):
            raise BadValue
        whole, _, part = text.lstrip("+-").partition(".")
        if len(whole.lstrip("0")) + len(part) > self.digits or len(part) > self.decimals:
            raise BadValue
        return text.lstrip("+")


def types(world: World) -> Types:
    """The rules of this world's instance."""
    return Types(formats(world), int(world.figure("number_digits")), int(world.figure("number_decimals")))


def text_of(value: Any) -> str:
    """A JSON scalar as text: `true`, `12`, `0.5`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    return str(value)


def number(text: str) -> Decimal | None:
    """A number for comparing, or None."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def blank(value: Any) -> bool:
    """Whether writing this value clears a field."""
    return value is None or value == ""
