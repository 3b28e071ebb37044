"""Demo rows, moved in time by whole weeks, so that a schedule made once is always this week's."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from emulator.world.clock import moment

WEEK = 7 * 86400
MOVING = (str, dict, list)
_DATE = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)


def weeks_between(as_of: str, start: float) -> int:
    """By how many weeks a fixture moves, so that its own present falls in the week before `start`."""
    return int((start - moment(as_of)) // WEEK)


def moved(value: Any, weeks: int, fixed: frozenset[str] = frozenset()) -> Any:
    """The JSON value with each text that is a date or a date-time moved; what stands under the keys in `fixed` stays."""
    kind = type(value)
    if kind is str:
        return _moved_text(value, weeks) if len(value) >= 10 and value[4] == "-" else value
    if kind is dict:
        return {
            key: moved(item, weeks, fixed) if type(item) in MOVING and key not in fixed else item
            for key, item in value.items()
        }
    if kind is list:
        return [moved(item, weeks, fixed) if type(item) in MOVING else item for item in value]
    return value


def _moved_text(text: str, weeks: int) -> str:
    match = _DATE.fullmatch(text)
    return _moved_day(match[1], weeks) + text[10:] if match is not None else text


@lru_cache(maxsize=1000)  # a fixture is of a few days
def _moved_day(day: str, weeks: int) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(weeks=weeks)).isoformat()
    except (ValueError, OverflowError):
        return day
