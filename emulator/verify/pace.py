"""How many calls are made, and when: a share of each of the vendor's limits, and no more."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.contract.duration import seconds, spelled
from emulator.contract.model import Contract, Part
from emulator.world.figures import resolve

LONGEST_WAIT = 60.0  # seconds; a window that ends later is not waited for


class Spent(Exception):
    """The share is used up; the text says which, and of what."""


@dataclass(frozen=True, slots=True)
class Window:
    """So many calls may be made in so many seconds."""

    name: str
    calls: int
    per: float


class Pace:
    """Lets calls through, one by one. `now` and `sleep` are a clock in seconds and a way to wait on it."""

    def __init__(
        self,
        windows: Iterable[Window],
        share: float,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Any] = time.sleep,
    ) -> None:
        self.share = share
        self._taken: list[tuple[Window, deque[float]]] = [(window, deque()) for window in windows]
        self._now, self._sleep = now, sleep

    def take(self) -> None:
        """Returns when a call may be made; waits for short windows. Raises Spent for long ones."""
        for window, taken in self._taken:
            allowed = int(window.calls * self.share)
            while taken and taken[0] <= self._now() - window.per:
                taken.popleft()
            if len(taken) < allowed:
                continue
            wait = taken[0] + window.per - self._now() if taken else window.per
            if wait > LONGEST_WAIT or not allowed:
                told = f"{allowed} of {window.calls} calls in {spelled(window.per)} (limit {window.name})"
                raise Spent(f"the share of {self.share:g} is used up: {told}")
            self._sleep(max(wait, 0.0))
            taken.popleft()
        for _, taken in self._taken:
            taken.append(self._now())

    def heed(self, name: str, limit: int, remaining: int) -> None:
        """Takes note of what the server says is left, of this caller's calls and of others'. Waits, or raises Spent, as `take` does."""
        if remaining >= limit * (1 - self.share):
            return
        per = next((window.per for window, _ in self._taken if window.name == name), 0.0)
        if 0 < per <= LONGEST_WAIT:
            self._sleep(per)
            return
        left = f"the server says that {remaining} of {limit} calls are left (limit {name})"
        raise Spent(f"{left}; with a share of {self.share:g} the rest is for others")


def windows(contract: Contract, settings: Mapping[str, Any]) -> list[Window]:
    """The vendor's limits that count calls in a stretch of time, with these settings and otherwise those that hold unless given."""
    found = []
    for part in contract.limits.values():
        calls = allowed(contract, part, settings)
        if calls and "per" in part.options:
            found.append(Window(part.name, calls, seconds(part.options["per"])))
    return found


def allowed(contract: Contract, part: Part, settings: Mapping[str, Any]) -> int | None:
    """How many calls a limit allows, if it does limit them; a setting that is not given has its default."""
    defaults = {name: setting.default for name, setting in contract.settings.items()}
    calls = resolve(part.options.get("calls"), {**defaults, **settings})
    return int(calls) if calls else None
