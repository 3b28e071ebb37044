"""What a path names: segments that are encoded twice, and the two ways to name a recipient."""

from __future__ import annotations

import re

from emulator.kit import Ask, Kind, Refusal

_SLASH = re.compile("%2f", re.IGNORECASE)


def named(ask: Ask, parameter: str) -> str:
    """The path parameter's value, decoded.

    Raises `missing` for a slash that is encoded once: the vendor splits paths after the first decoding, so there is no such path.
    """
    if _SLASH.search(ask.call.path):
        raise Refusal(
            Kind.MISSING,
            detail="slash",
            facts={"path": ask.call.path, "why": "a slash within a segment is encoded twice: %252F"},
        )
    return str(ask.path[parameter])
