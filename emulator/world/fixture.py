"""Demo rows, moved in time by whole weeks, so that a schedule made once is always this week's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from emulator.world.clock import moment

WEEK = 7 * 86400
_DATE = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)


def weeks_between(as_of: str, start: float) -> int:
    """By how many weeks a fixture moves, so that its own present falls in the week before `start`."""
    return int((start - moment(as_of)) // WEEK)


def moved(value: Any, weeks: int, fixed: frozenset[str] = frozenset()) -> Any:
    """The value with each text that is a date or a date-time moved; what stands under the keys in `fixed` stays."""
    if isinstance(value, str):
        return _moved_text(value, weeks)
    if isinstance(value, Mapping):
        return {key: item if key in fixed else moved(item, weeks, fixed) for key, item in value.items()}
    if isinstance(value, list):
        return [moved(item, weeks, fixed) for item in value]
    return value


def _moved_text(text: str, weeks: int) -> str:
    match = _DATE.fullmatch(text) if len(text) >= 10 and text[4] == "-" else None
    if match is None:
        return text
    try:
        day = date.fromisoformat(match[1]) + timedelta(weeks=weeks)
    except (ValueError, OverflowError):
        return text
    return day.isoformat() + text[10:]
