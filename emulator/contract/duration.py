"""ISO 8601 durations of days, hours, minutes and seconds, and the short form that people type (`2h30m`)."""

from __future__ import annotations

import re

_ISO = re.compile(r"P(?:(?P<d>\d+)D)?(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?")
_SHORT = re.compile(r"(?:(?P<d>\d+)d)?(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m)?(?:(?P<s>\d+(?:\.\d+)?)s)?")
_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def seconds(text: str) -> float:
    """`PT1H30M` or `1h30m` -> 5400.0. Raises ValueError, saying what is accepted."""
    match = _ISO.fullmatch(text) or _SHORT.fullmatch(text)
    if not match or not any(match.groups()):
        raise ValueError(f"{text!r} is not a duration: write PT2H, P1DT30M or 2h, 90s")
    return float(sum(float(value) * _SECONDS[unit] for unit, value in match.groupdict().items() if value))


def spelled(length: float) -> str:
    """5400 -> `PT1H30M`."""
    whole, part = divmod(round(length, 3), 1)
    days, rest = divmod(int(whole), 86400)
    hours, rest = divmod(rest, 3600)
    minutes, secs = divmod(rest, 60)
    tail = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes)
    if secs or part or not (days or tail):
        tail += f"{secs + part:g}S"
    return "P" + f"{days}D" * bool(days) + ("T" + tail if tail else "")
