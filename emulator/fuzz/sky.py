"""Makes a weather happen in a sandbox: counts the calls, and lets each event strike the call that it is for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from emulator.engine import Engine
from emulator.fuzz.hours import Life
from emulator.fuzz.scenario import Happened, Scenario
from emulator.fuzz.weather import Event, Weather
from emulator.parts.limits import WINDOWS
from emulator.testing.client import Box
from emulator.wire import Call
from emulator.world.journal import Entry
from emulator.world.world import CREDENTIALS

FAULT = re.compile(r"fault (\d+):")

FAULTS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "mutate": lambda value: {"mutate": value, "when": "after"},
    "refuse": lambda value: {"refuse": value},
    "fail": lambda value: {"status": value},
    "lose": lambda _: {"connection": "close", "when": "after"},
    "reset": lambda _: {"connection": "reset"},
    "slow": lambda value: {"delay": value, "when": "after"},
    "cut": lambda _: {"connection": "truncate", "when": "after"},
    "garble": lambda _: {"connection": "garbage", "when": "after"},
}
"""The events that a planned fault brings about, and how."""


class Sky:
    """The weather over one vendor's world of one sandbox. `approach` is told of each call before anything comes of it.

    The run ends after the `most` calls that are allowed; each takes `pace` seconds of virtual time; late replies are less late by `hurry`.
    """

    def __init__(
        self,
        scenario: Scenario,
        weather: Weather,
        box: Box,
        engine: Engine,
        notes: dict[str, Any],
        life: Life,
        *,
        most: int,
        pace: float = 0.0,
        hurry: Callable[[], float] = lambda: 1.0,
    ) -> None:
        self._scenario, self._box, self._engine, self._notes, self._life = scenario, box, engine, notes, life
        self._world = box.state(scenario.vendor)
        self._most, self._pace, self._hurry = most, pace, hurry
        self._coming = list(weather.events)
        self._calls: Counter[str] = Counter()
        self._faults: dict[int, Event] = {}
        self._happened: list[Happened] = []
        self.broken: Exception | None = None
        """What went wrong in the scenario's own `change`."""

    def approach(self, call: Call) -> None:
        """Lets time go by, and strike what is due. The call after the last that is allowed ends the run."""
        try:
            self._befall(call)
        except Exception as error:  # it must not look like the vendor's trouble
            self.broken = error
            self._life.end("its scenario is broken")

    def _befall(self, call: Call) -> None:
        operation = self._engine.operation(call)
        self._calls[operation] += 1
        if self._calls.total() > self._most:
            self._life.end(f"it made more than {self._most} calls")
        if self._pace:
            self._box.clock.advance(self._pace)
        for event in list(self._coming):
            if event.operation == operation and event.nth <= self._calls[operation] and self._strike(event, call):
                self._coming.remove(event)

    def entries(self) -> tuple[Entry, ...]:
        """The calls that were allowed; a client that could not be stopped at once may have made more."""
        return tuple(self._world.journal.entries()[: self._most])

    def happened(self) -> tuple[Happened, ...]:
        """What struck, in the order of the calls."""
        struck = [
            Happened(self._faults[int(number)], entry.id)
            for entry in self.entries()
            for number in FAULT.findall(entry.fault)
        ]
        return tuple(sorted([*self._happened, *struck], key=lambda happened: happened.call))

    def _strike(self, event: Event, call: Call) -> bool:
        """Lets an event happen to the call; false where it makes no sense for it."""
        if event.kind in FAULTS:
            return self._plan(event, FAULTS[event.kind](event.value))
        if event.kind == "throttle":
            operation = self._engine.contract.operations[event.operation]
            if not self._engine.windows(operation, self._world):
                return self._plan(event, {"refuse": "throttled"})
            struck = self._engine.exhaust(call, self._world)
        elif event.kind in ("arrive", "leave"):
            change = self._scenario.change
            if change is not None:
                change(self._box, event.kind, event.value or 1, self._notes)
            struck = change is not None
        else:
            struck = self._lapse(call) if event.kind == "expire" else self._stale(call)
        if struck:
            self._happened.append(Happened(event, self._world.journal.last + 1))
        return struck

    def _plan(self, event: Event, plan: Mapping[str, Any]) -> bool:
        """One at a time for an operation, so that each befalls a call of its own."""
        waiting = [fault for fault in self._box.faults.all() if fault["struck"] < fault["times"]]
        if any(fault["match"]["operation"] == event.operation for fault in waiting):
            return False
        if "delay" in plan:
            plan = {**plan, "delay": plan["delay"] / self._hurry()}
        number = self._box.faults.add(vendor=self._scenario.vendor, operation=event.operation, times=1, **plan)
        self._faults[number] = event
        return True

    def _lapse(self, call: Call) -> bool:
        """Ends the life of the token that a call bears."""
        return self._end(CREDENTIALS, set(self._engine.credentials(call)))

    def _stale(self, call: Call) -> bool:
        """Ends the life of what a call names in its path or query and what would end one day, such as a paging document."""
        named = {value for _, value in parse_qsl(call.query)} | set(map(unquote, call.path.split("/")))
        expiring = {collection for _, collection, _ in self._world.store.expiring()} - {CREDENTIALS, WINDOWS}
        return sum(self._end(collection, named) for collection in sorted(expiring)) > 0

    def _end(self, collection: str, idents: set[str]) -> bool:
        rows = self._world.rows(collection)
        ending = [row for ident in sorted(idents) if (row := rows.row(ident)) is not None and row.expires is not None]
        for row in ending:
            rows.touch(row.id, self._world.clock.now())
        return bool(ending)
