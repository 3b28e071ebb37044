"""How many calls: windows of time and calls at once. A window is a row that expires; its count is a number of the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Protocol

from emulator.contract.duration import seconds
from emulator.wire import NOTHING, Anonymous, Call, Kind, Principal, Refusal, fixed
from emulator.world.clock import time_zone
from emulator.world.figures import resolve
from emulator.world.world import World

WINDOWS = "windows"
DAY = 86400.0
SHORT = 60.0


@fixed
class Charge:
    """What counting a call came to: headers for its reply, a refusal if it is one too many, and what to do when it has been answered."""

    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    refusal: Refusal | None = None
    release: Callable[[], None] | None = None


FREE = Charge()


class Limit(Protocol):
    """A way to count calls."""

    def charge(self, who: Principal | Anonymous, call: Call, world: World) -> Charge:
        """Counts a call."""


@fixed
class Window:
    """So many calls in a stretch of virtual time.

    The stretch opens with the first call, or is `aligned` to the clock (days to midnight in `zone`).
    """

    name: str
    calls: Any
    per: str
    counted_by: str = "principal"
    opens: str = "first_call"
    zone: str = "UTC"
    limit_header: str = ""
    remaining_header: str = ""
    reset_header: str = ""
    reset_as: str = "epoch"
    retry_after: bool = False

    def charge(self, who: Principal | Anonymous, call: Call, world: World) -> Charge:
        key = counted(self.counted_by, who, call)
        most = resolve(self.calls, world.settings)
        if key is None or not most:
            return FREE
        most = int(most)
        now = world.clock.now()
        taken, ends = self._taken(world, key, now)
        refusal = None
        if taken >= most:
            facts = {
                "limit": self.name,
                "calls": most,
                "taken": taken,
                "per": self.per,
                "resets_at": ends,
                "resets_in": round(ends - now, 3),
            }
            refusal = Refusal(Kind.THROTTLED, detail=self.name, facts=facts)
        else:
            taken += 1
            world.store.set_number(f"{WINDOWS}.{self.name}.{key}", taken)
        return Charge(self._headers(most, taken, ends, now, refusal is not None), refusal)

    def told(self, world: World) -> bool:
        """Whether it is in force, and a refused caller can tell how long to wait: from a header, or because it is never long."""
        tells = self.reset_header or self.retry_after or seconds(self.per) <= SHORT
        return bool(tells and resolve(self.calls, world.settings))

    def exhaust(self, who: Principal | Anonymous, call: Call, world: World) -> bool:
        """Uses up what is left of all windows of this limit; false where the call does not count."""
        if self.charge(who, call, world) is FREE:
            return False
        for window in world.rows(WINDOWS).where(limit=self.name):
            world.store.set_number(
                f"{WINDOWS}.{self.name}.{window.data['key']}", int(resolve(self.calls, world.settings))
            )
        return True

    def _taken(self, world: World, key: str, now: float) -> tuple[int, float]:
        """The calls in the window that is open, and when it ends; opens one if there is none."""
        windows = world.rows(WINDOWS)
        ident = f"{self.name}:{key}"
        row = windows.row(ident)
        number = f"{WINDOWS}.{self.name}.{key}"
        if row is not None and row.expires is not None:
            return int(world.store.number(number)), row.expires
        ends = self._end(now)
        windows.drop(ident)
        windows.add({"id": ident, "limit": self.name, "key": key, "opened": now}, expires=ends)
        world.store.set_number(number, 0)
        return 0, ends

    def _end(self, now: float) -> float:
        length = seconds(self.per)
        if self.opens != "aligned":
            return now + length
        if length % DAY:
            return (now // length + 1) * length
        midnight = datetime.fromtimestamp(now, time_zone(self.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
        return (midnight + timedelta(seconds=length)).timestamp()

    def _headers(self, most: int, taken: int, ends: float, now: float, refused: bool) -> Mapping[str, str]:
        headers = {}
        if self.limit_header:
            headers[self.limit_header] = str(most)
        if self.remaining_header:
            headers[self.remaining_header] = str(max(0, most - taken))
        if self.reset_header:
            headers[self.reset_header] = {
                "epoch": lambda: str(ceil(ends)),
                "seconds": lambda: str(ceil(ends - now)),
                "http_date": lambda: _http_date(ceil(ends)),
            }[self.reset_as]()
        if self.retry_after and refused:
            headers["Retry-After"] = str(max(1, ceil(ends - now)))
        return headers


@fixed
class Concurrent:
    """So many calls at once: a call counts until its reply is written."""

    name: str
    calls: Any
    counted_by: str = "principal"

    def charge(self, who: Principal | Anonymous, call: Call, world: World) -> Charge:
        key = counted(self.counted_by, who, call)
        most = resolve(self.calls, world.settings)
        if key is None or not most:
            return FREE
        name = f"{self.name}:{key}"
        if world.in_flight.enter(name, most) is None:
            facts = {"limit": self.name, "at_once": most}
            return Charge(refusal=Refusal(Kind.THROTTLED, detail=self.name, facts=facts))
        return Charge(release=lambda: world.in_flight.leave(name))


def _http_date(moment: int) -> str:
    from email.utils import formatdate  # slow to import, and few limits tell the time so

    return formatdate(moment, usegmt=True)


def counted(by: str, who: Principal | Anonymous, call: Call) -> str | None:
    """Under whose name a call is counted; None: it is not."""
    if by == "principal":
        return who.id if isinstance(who, Principal) else None
    return call.address if by == "address" else "everyone"


LIMITS: dict[str, type] = {"window": Window, "concurrent": Concurrent}
