"""Phone numbers as uploads write them, reduced to the digits by which contacts are told apart."""

from __future__ import annotations

_DECORATION = str.maketrans("", "", " -()[]")


def digits(text: str) -> str | None:
    """`+91 98100-00001` -> `919810000001`; None if something else than digits is left."""
    if text.isdigit() and text.isascii():
        return text
    plain = text.strip().translate(_DECORATION).removeprefix("+")
    return plain if plain.isascii() and plain.isdigit() else None


def masked(number: str) -> str:
    """The number with all but its last four digits hidden."""
    return "X" * max(0, len(number) - 4) + number[-4:]
