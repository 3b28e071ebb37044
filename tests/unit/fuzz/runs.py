"""Runs made by hand: calls to a sandbox's engine, each with what befell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from hypothesis import strategies as st

from emulator import Emulator
from emulator.fuzz.scenario import Finding, Happened, Run, Scenario
from emulator.fuzz.weather import Event, Weather
from emulator.testing.client import Box
from emulator.wire import Call


class Played:
    """A client's calls as a test writes them down."""

    def __init__(self, emulator: Emulator, vendor: str, **more: Any) -> None:
        self.box: Box = emulator.sandbox(clock={"now": "2026-03-02T09:00:00Z", "mode": "frozen"})
        self.vendor, self.engine, self.world = vendor, emulator.assembly.engines[vendor], self.box.state(vendor)
        self.happened: list[Happened] = []
        self.more = more

    def call(self, method: str, target: str, body: Any = None, after: float = 0.0, **headers: str) -> Any:
        """A call so many seconds after the last; answers its body."""
        self.box.clock.advance(after)
        path, _, query = target.partition("?")
        raw = body if isinstance(body, bytes) else orjson.dumps(body) if body is not None else b""
        sent = {"content-type": "application/json"} if body is not None else {}
        call = Call(method, path, query, {**sent, **{k.replace("_", "-"): v for k, v in headers.items()}}, raw)
        answer = self.engine.handle(call, self.world)
        if answer.finished is not None:
            answer.finished()
        told = bytes(answer.body)  # type: ignore[arg-type]
        return orjson.loads(told) if told[:1] in (b"{", b"[") else None

    def befalls(self, kind: str, operation: str, value: Any = None, **plan: Any) -> None:
        """The next call of an operation suffers an event, carried out by a planned fault where there is one."""
        self.happened.append(Happened(Event(operation, 1, kind, value), len(self.box.journal) + 1))
        if plan:
            self.box.faults.add(vendor=self.vendor, operation=operation, times=1, **plan)

    def run(self, **ended: Any) -> Run:
        """What the client did, and how it ended: `result`, `error` or `stopped`."""
        entries = tuple(self.box._sandbox.journal)
        now = self.box.clock.now()
        scenario = job(self.vendor, **self.more)
        return Run(scenario, Weather(), {}, self.box, self.engine, entries, tuple(self.happened), now, now, **ended)


def job(vendor: str, wrong: Iterable[Finding] = (), calls: int = 5, **more: Any) -> Scenario:
    """A scenario that judges as a test wants it to."""

    def begin(box: Box, start: Mapping[str, Any], notes: dict[str, Any]) -> dict[str, Any]:
        return {}

    return Scenario(
        f"{vendor}.job",
        "A job",
        (),
        {},
        {},
        "",
        lambda: st.just({}),
        begin,
        lambda run: wrong,
        lambda start: calls,
        **more,
    )
