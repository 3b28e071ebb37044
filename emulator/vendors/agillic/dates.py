"""Dates and timestamps in an instance's own formats (patterns of Java's) and in RFC 3339."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from emulator.kit import World, fixed, time_zone

_TOKEN = re.compile(r"'((?:[^']|'')*)'|([dMyHmsS])\2*|.", re.DOTALL)
_PARTS = {"y": "year", "M": "month", "d": "day", "H": "hour", "m": "minute", "s": "second", "S": "microsecond"}
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?P<fraction>\.[0-9]{1,9})?(?P<zone>[Zz]|[+-][0-9]{2}:[0-9]{2})?)?"
)
_FIRST, _LAST = 2, 9998  # years whose days exist in every zone


@fixed
class Pattern:
    """One format: reads a text as a whole, or not at all, and writes what it reads."""

    regex: re.Pattern[str]
    template: str
    short_year: bool

    def read(self, text: str) -> datetime | None:
        """The naive time that the text says, or None."""
        match = self.regex.fullmatch(text)
        if match is None:
            return None
        found = {
            name: int(digits.ljust(6, "0")[:6] if name == "microsecond" else digits)
            for name, digits in match.groupdict().items()
        }
        day = found.pop("year", 1970) + 2000 * self.short_year, found.pop("month", 1), found.pop("day", 1)
        try:
            when = datetime(*day, **found)  # type: ignore[arg-type]  # noqa: DTZ001 - local time, which the caller places
        except ValueError:
            return None
        return when if _FIRST <= when.year <= _LAST else None

    def write(self, when: datetime) -> str:
        """The time in this format."""
        return self.template.format(when, f"{when.microsecond:06d}000")


@lru_cache(maxsize=64)
def pattern(text: str) -> Pattern:
    """The format that a Java pattern describes; letters that stand for no part of a time are taken literally."""
    regex, template, seen, short_year = "", "", set(), False
    for match in _TOKEN.finditer(text):
        run, letter = match.group(), match.group(2)
        if letter is None:
            literal = (match.group(1).replace("''", "'") or "'") if match.group(1) is not None else run
            regex += re.escape(literal)
            template += literal.replace("{", "{{").replace("}", "}}")
            continue
        name, width = _PARTS[letter], 4 if run == "y" else len(run)
        digits = f"[0-9]{{{width}}}" if width > 1 else "[0-9]{1,2}"
        regex += digits if name in seen else f"(?P<{name}>{digits})"
        template += _written(letter, width)
        short_year = short_year or (run == "yy" and name not in seen)
        seen.add(name)
    return Pattern(re.compile(regex), template, short_year)


def _written(letter: str, width: int) -> str:
    """A part of a time as a gap of a template: of the time itself, or of the digits of its fraction."""
    if letter == "S":
        return f"{{1:.{width}}}"
    return "{0:%y}" if letter == "y" and width == 2 else f"{{0.{_PARTS[letter]}:0{width}d}}"


@fixed
class Formats:
    """How one instance writes its dates and timestamps, and the zone that times without an offset are in."""

    date: str
    timestamp: str
    zone: str

    def day(self, text: str) -> str | None:
        """A date in the instance's format as `2026-01-31`, or None."""
        when = pattern(self.date).read(text)
        return None if when is None else when.date().isoformat()

    def moment(self, text: str) -> str | None:
        """A timestamp in the instance's format as `2026-01-31T12:00:00Z`, or None."""
        when = pattern(self.timestamp).read(text)
        return None if when is None else canonical(when.replace(tzinfo=self.place))

    def show_day(self, stored: str) -> str:
        """A stored date in the instance's format."""
        return _rewritten(stored, lambda when: pattern(self.date).write(when))

    def show_moment(self, stored: str) -> str:
        """A stored timestamp in the instance's format and zone."""
        return _rewritten(stored, lambda when: pattern(self.timestamp).write(aware(when, UTC).astimezone(self.place)))

    def argument(self, text: str) -> datetime | None:
        """What a filter or a query means by a time: RFC 3339 first, then the instance's two formats; None for neither."""
        if (when := rfc3339(text, self.place)) is not None:
            return when
        found = pattern(self.timestamp).read(text) or pattern(self.date).read(text)
        return None if found is None else found.replace(tzinfo=self.place)

    @property
    def place(self) -> tzinfo:
        """The instance's zone."""
        return time_zone(self.zone)


def formats(world: World) -> Formats:
    """The instance's formats, as its settings say."""
    settings = world.settings
    return Formats(settings["date_format"], settings["timestamp_format"], settings["time_zone"])


def rfc3339(text: str, zone: tzinfo = UTC) -> datetime | None:
    """A date or date-time of RFC 3339; without an offset it is in the zone, and a date alone is its midnight. None for anything else."""
    match = _RFC3339.fullmatch(text)
    if match is None:
        return None
    plain = text.upper().replace(" ", "T")
    if fraction := match["fraction"]:
        plain = plain.replace(fraction, fraction[:7].ljust(7, "0"))
    try:
        when = aware(datetime.fromisoformat(plain), zone)
    except ValueError:
        return None
    return when if _FIRST <= when.year <= _LAST else None


def aware(when: datetime, zone: tzinfo) -> datetime:
    """The same time, placed in the zone if it was in none."""
    return when if when.tzinfo is not None else when.replace(tzinfo=zone)


def canonical(when: datetime) -> str:
    """An aware time as it is kept: UTC, to the second."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def _rewritten(stored: str, write: Callable[[datetime], str]) -> str:
    """A stored time rewritten; what is none (a row that somebody put there by hand) stays as it is."""
    try:
        return write(datetime.fromisoformat(stored))
    except (ValueError, OverflowError):
        return stored
