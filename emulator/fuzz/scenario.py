"""A scenario: a job that every client of a vendor must do right, and an oracle that looks at the world and the journal afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from emulator.engine import Engine
    from emulator.fuzz.weather import Event, Weather
    from emulator.testing.client import Box
    from emulator.world.journal import Entry


@dataclass(frozen=True, slots=True)
class Target:
    """What an adapter is given to reach the vendor: where it is and every credential by its name in the interface."""

    base_url: str
    credentials: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """A trait that a run breaks: which, how in one sentence, and the numbers of the journal's calls that show it."""

    trait: str
    told: str
    calls: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Happened:
    """An event that struck: before which call of the run (its number in the journal)."""

    event: Event
    call: int


@dataclass(frozen=True, slots=True)
class Run:
    """What one client did in one weather. Times are virtual epoch seconds.

    Either there is a `result`, or the client raised (`error`: its class and words), or it was `stopped`: the reason why we ended it.
    """

    scenario: Scenario
    weather: Weather
    inputs: Mapping[str, Any]
    box: Box
    engine: Engine
    entries: tuple[Entry, ...]
    happened: tuple[Happened, ...]
    began: float
    ended: float
    result: Any = None
    error: str = ""
    stopped: str = ""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """What the scenario's `begin` and `change` wrote down for its oracle."""

    @property
    def finished(self) -> bool:
        """Whether there is a result to judge."""
        return not self.error and not self.stopped


@dataclass(frozen=True)
class Scenario:
    """A job. Everything that a run changes is in the sandbox, so that a scenario is a value that many runs share.

    * `operations`: the ids of the operations that a client of the job calls; weather is drawn against their contracts.
    * `repeatable`: those among them whose repetition the vendor makes safe though their method is not.
    * `start`: a strategy of starting worlds, as JSON; a run of 200 rows is a number and what is special about some, not 200 draws.
    * `begin(box, start, notes)`: makes that world in a new, empty sandbox and answers the inputs; `notes` is for the oracle.
    * `judge(run)`: what is wrong with a finished run's result and world, by trait (`result`, `pages`, `twice`, …). Where rows come and go
      during the job, it asks for each that was there throughout.
    * `change(box, kind, count, notes)`: lets rows `arrive` or `leave` on the way; None where nothing does.
    * `changes`: which of these two there are.
    * `pace(start)`: virtual seconds that a call takes; long in a job whose work outlasts a token.
    * `calls(start)`: how many calls a good client needs at most in clear skies, to bound how many it may make.
    * `knowable(run)`: whether a client could know the outcome of every call that was lost on it; giving up is right where it could not.
    """

    name: str
    title: str
    operations: tuple[str, ...]
    inputs: Mapping[str, Any]
    result: Mapping[str, Any]
    oracle: str
    start: Callable[[], SearchStrategy[dict[str, Any]]]
    begin: Callable[[Box, Mapping[str, Any], dict[str, Any]], dict[str, Any]]
    judge: Callable[[Run], Iterable[Finding]]
    calls: Callable[[Mapping[str, Any]], int]
    change: Callable[[Box, str, int, dict[str, Any]], None] | None = None
    changes: tuple[str, ...] = ("arrive", "leave")
    pace: Callable[[Mapping[str, Any]], float] = lambda start: 0.01
    repeatable: frozenset[str] = frozenset()
    refusable: frozenset[str] = frozenset()
    """Kinds of refusal that the inputs themselves may bring about, so that they are not held against the client."""
    knowable: Callable[[Run], bool] = lambda run: True
    serves: bool = False
    """The client is itself a server: the adapter answers a WSGI callable, and the scenario sends (`deliver`)."""
    deliver: Callable[[Box, Any, Mapping[str, Any], dict[str, Any]], Any] | None = None
    """For one that serves: (box, the adapter's answer, start, notes) -> the result to judge."""

    @property
    def vendor(self) -> str:
        """The vendor whose job it is: the name's first part."""
        return self.name.partition(".")[0]

    def show(self) -> dict[str, Any]:
        """As `emulator scenarios --json` tells it."""
        return {
            "name": self.name,
            "title": self.title,
            "vendor": self.vendor,
            "inputs": dict(self.inputs),
            "result": dict(self.result),
            "oracle": self.oracle,
            "operations": list(self.operations),
        }
