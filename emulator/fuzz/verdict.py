"""What a hunt came to: for each trait whether the client has it, and the smallest run that shows that it has not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from emulator.fuzz.scenario import Finding
from emulator.fuzz.weather import Weather

State = Literal["pass", "fail", "not exercised"]


@dataclass(frozen=True, slots=True)
class Failure:
    """The smallest run found that breaks a trait: its finding, its weather, the story in lines, and the file that replays it.

    `examples` and `seconds` are what it took to meet the trait's first failure, before it was made small.
    """

    finding: Finding
    weather: Weather
    story: tuple[str, ...]
    examples: int
    seconds: float
    file: str = ""

    def show(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "told": self.finding.told,
            "calls": list(self.finding.calls),
            "weather": self.weather.show(),
            "story": list(self.story),
            "found_after": {"examples": self.examples, "seconds": round(self.seconds, 2)},
            "file": self.file or None,
        }


@dataclass(frozen=True, slots=True)
class TraitVerdict:
    """One trait: `exercised` is the number of runs that said something about it, `why` the reason if none did."""

    name: str
    title: str
    state: State
    exercised: int
    why: str = ""
    failure: Failure | None = None

    def show(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "name": self.name,
            "title": self.title,
            "state": self.state,
            "exercised": self.exercised,
            "why": self.why or None,
            "failure": self.failure.show() if self.failure is not None else None,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """A client's verdict in one scenario. `events` counts how often each kind of event struck."""

    scenario: str
    title: str
    client: str
    weather: str
    seed: int
    examples: int
    seconds: float
    calls: int
    events: Mapping[str, int]
    traits: tuple[TraitVerdict, ...]
    version: str = ""

    @property
    def failed(self) -> tuple[TraitVerdict, ...]:
        """The traits that the client lacks."""
        return tuple(trait for trait in self.traits if trait.state == "fail")

    def show(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "format": "emulator-verdict-1",
            "emulator": self.version,
            "scenario": self.scenario,
            "title": self.title,
            "client": self.client,
            "weather": self.weather,
            "seed": self.seed,
            "examples": self.examples,
            "seconds": round(self.seconds, 2),
            "calls": self.calls,
            "events": dict(self.events),
            "passed": not self.failed,
            "traits": [trait.show() for trait in self.traits],
        }
