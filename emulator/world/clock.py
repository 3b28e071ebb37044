"""The one clock of a sandbox: it runs, stands still, is moved, or runs at another rate. The only module that reads the machine's time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, Literal

EARLIEST = 0.0
LATEST = datetime(9000, 1, 1, tzinfo=UTC).timestamp()


class Clock:
    """Virtual time in epoch seconds. It reads `base + (real - since) * rate`; frozen, the rate is nought."""

    __slots__ = ("_base", "_rate", "_since", "changed", "mode")

    def __init__(
        self, now: float | None = None, mode: Literal["running", "frozen"] = "running", rate: float = 1.0
    ) -> None:
        self._base = time.time() if now is None else now
        self._since = time.monotonic()
        self._rate = rate
        self.mode = mode
        self.changed: Callable[[], None] = nothing

    @property
    def rate(self) -> float:
        """Virtual seconds in a real second while the clock runs."""
        return self._rate

    def now(self) -> float:
        """Epoch seconds."""
        if self.mode == "frozen":
            return self._base
        return self._base + (time.monotonic() - self._since) * self._rate

    def utc(self) -> datetime:
        """The time as an aware datetime."""
        return datetime.fromtimestamp(self.now(), UTC)

    def stamp(self, millis: bool = True) -> str:
        """ISO 8601 in UTC: `2024-05-06T07:08:09.123Z`, or without the milliseconds."""
        return stamp(self.now(), millis)

    def set(
        self, now: float | None = None, mode: Literal["running", "frozen"] | None = None, rate: float | None = None
    ) -> None:
        """Changes what is given; the rest goes on from the present moment. Raises ValueError outside the years 1970 to 9000."""
        base = self.now() if now is None else now
        if not EARLIEST <= base <= LATEST:
            raise ValueError("the clock goes from 1970 to 9000")
        if mode not in (None, "running", "frozen"):
            raise ValueError("the mode of a clock is running or frozen")
        if rate is not None and not 0 < rate <= 1_000_000:
            raise ValueError("a rate is above 0 and at most 1000000; to stop the clock set its mode to frozen")
        self._base, self._since = base, time.monotonic()
        self.mode = mode or self.mode
        self._rate = self._rate if rate is None else rate
        self.changed()

    def until(self, moment: float) -> float | None:
        """Real seconds until a virtual moment; None while the clock stands still and the moment has not come."""
        left = moment - self.now()
        if left <= 0:
            return 0.0
        return None if self.mode == "frozen" else left / self._rate

    def dump(self) -> dict[str, Any]:
        """`now`, `mode` and `rate`, as the control plane shows them."""
        return {"now": self.stamp(), "mode": self.mode, "rate": self._rate}

    @classmethod
    def load(cls, dumped: Any) -> Clock:
        """The clock that `dump` described; what is left out has its usual value. Raises ValueError for a time that is none."""
        if not isinstance(dumped, Mapping) or set(dumped) - {"now", "mode", "rate"}:
            raise ValueError("a clock has now (ISO 8601), mode and rate; nothing else")
        if not isinstance(dumped.get("now", ""), str) or not isinstance(dumped.get("rate", 1), int | float):
            raise ValueError("now is a text (ISO 8601) and rate is a number")
        now = moment(dumped["now"]) if dumped.get("now") else None
        clock = cls(now)
        clock.set(now, dumped.get("mode"), dumped.get("rate"))
        return clock


def time_zone(name: str) -> tzinfo:
    """The time zone of this name. Raises KeyError (ZoneInfoNotFoundError) for an unknown one."""
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo  # looks for the machine's zones when it is imported

    return ZoneInfo(name)


def nothing() -> None:
    """What is done of a change that nobody wants to know of."""


def stopwatch() -> float:
    """Real seconds from some moment on, to take differences of."""
    return time.perf_counter()


def effort() -> float:
    """Seconds of processor time that this thread has taken, to take differences of."""
    return time.thread_time()


def stamp(epoch: float, millis: bool = True) -> str:
    """Epoch seconds -> ISO 8601 in UTC with `Z`."""
    when = datetime.fromtimestamp(round(epoch, 3), UTC)
    return when.isoformat(timespec="milliseconds" if millis else "seconds")[: -len("+00:00")] + "Z"


def moment(text: str) -> float:
    """ISO 8601 -> epoch seconds; without an offset it is UTC. Raises ValueError."""
    when = datetime.fromisoformat(text)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
