"""A trial: one client does one scenario's job in one weather, in a sandbox of its own, and what happened is a `Run`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any, Self

from emulator.engine import Engine
from emulator.fuzz.clients import Callee, Client, Command, GaveUp, said
from emulator.fuzz.hours import Life, Stopped
from emulator.fuzz.named import Unknown
from emulator.fuzz.scenario import Run, Scenario, Target
from emulator.fuzz.sky import Sky
from emulator.fuzz.stage import Inside, Job, Outside, Stage
from emulator.fuzz.weather import Weather
from emulator.testing.client import Box, Emulator
from emulator.wire import ContractBreach

TIMEOUT, COMMANDS_TIMEOUT = 60.0, 120.0
"""Real seconds of one run. A command really waits."""
LONGEST = 30 * 86400.0
"""Virtual seconds that a run may wait in all."""
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")


class Trial:
    """Runs of one client in one scenario, while its `with` block lasts; `timeout` is in real seconds, of one run.

    If `quiet`, nothing is heard of what a callable prints. Raises Unknown for a command where only a callable will do, and for a
    scenario of operations that there are not.
    """

    def __init__(
        self, scenario: Scenario, client: Client, *, timeout: float | None = None, quiet: bool = False
    ) -> None:
        if scenario.serves and isinstance(client, Command):
            raise Unknown(f"the client of {scenario.name} is itself called: that takes a callable, not a command")
        self.scenario, self.client = scenario, client
        self.runs = 0
        self._stage: Stage = (
            Inside(client, timeout or TIMEOUT, quiet)
            if isinstance(client, Callee)
            else Outside(client, timeout or COMMANDS_TIMEOUT)
        )
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._emulator: Emulator = stack.enter_context(self._stage.opened(self.scenario.vendor))
            if strangers := set(self.scenario.operations) - set(self.engine.contract.operations):
                raise Unknown(f"{self.scenario.name}: no operation is called {', '.join(sorted(strangers))}")
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @property
    def engine(self) -> Engine:
        """The vendor's."""
        return self._emulator.assembly.engines[self.scenario.vendor]

    @contextmanager
    def run(self, weather: Weather) -> Iterator[Run]:
        """One run. Its sandbox is there to be looked at until the block ends.

        Raises ContractBreach where the emulator broke its own word, and whatever the scenario raises.
        """
        self.runs += 1
        box = self._emulator.sandbox(f"run-{self.runs}", world="empty", seed=0, clock=self._stage.clock)
        try:
            yield self._ran(weather, box)
        finally:
            box.remove()

    def _ran(self, weather: Weather, box: Box) -> Run:
        scenario, start = self.scenario, weather.start
        notes: dict[str, Any] = {}
        inputs = scenario.begin(box, start, notes)
        world, handle = box.state(scenario.vendor), box.vendor(scenario.vendor)
        world.journal.clear()
        life = Life(world.clock, box.clock.advance, LONGEST)
        sky = Sky(
            scenario,
            weather,
            box,
            self.engine,
            notes,
            life,
            most=20 + 10 * scenario.calls(start) + 10 * len(weather.events),
            pace=scenario.pace(start) if self._stage.paced else 0.0,
            hurry=self._stage.hurry,
        )

        def after(answer: Any) -> Any:
            return answer if scenario.deliver is None else scenario.deliver(box, answer, start, notes)

        began = world.clock.now()
        world.approach = sky.approach
        ended = self._stage.do(Job(scenario.name, Target(handle.base_url, handle.credentials), inputs, after), life)
        with world.lock:  # a call that was let in is answered first
            world.approach = None
        if sky.broken is not None:
            raise sky.broken
        entries = sky.entries()
        for breach in (entry.facts["contract_breach"] for entry in entries if "contract_breach" in entry.facts):
            raise ContractBreach(breach)
        stopped = str(ended.error) if isinstance(ended.error, Stopped) else ""
        return Run(
            scenario,
            weather,
            inputs,
            box,
            self.engine,
            entries,
            sky.happened(),
            began,
            world.clock.now(),
            ended.value,
            error="" if ended.error is None or stopped else self._words(ended.error, box),
            stopped=stopped,
            notes=notes,
        )

    def _words(self, error: BaseException, box: Box) -> str:
        """What a client raised, without what is another in each run."""
        words = str(error) if isinstance(error, GaveUp) else said(error)
        port = str((self._emulator.address or ("", 0))[1])
        return _ADDRESS.sub("0x…", words).replace(port, "PORT").replace(f"~{box.name}", "~NAME")
