"""The hunt: hypothesis writes weathers, a client lives through them, and what breaks a trait is made as small as can be."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

from hypothesis import Phase, Verbosity, find, settings
from hypothesis.errors import Flaky, NoSuchExample
from hypothesis.strategies import SearchStrategy

from emulator import __version__
from emulator.fuzz import story, traits
from emulator.fuzz.scenario import Finding, Run
from emulator.fuzz.skies import Sort, shares
from emulator.fuzz.traits import Trait
from emulator.fuzz.trial import Trial
from emulator.fuzz.verdict import Failure, TraitVerdict, Verdict
from emulator.fuzz.weather import Weather
from emulator.world.clock import stopwatch

ALL = tuple(trait.name for trait in traits.TRAITS)
MOST_SHRINKING = 250
"""Runs that are spent on making one failure small."""
SELDOM = "In the same weather it did not happen again: the client does not do the same each time."


class Trouble(BaseException):
    """Something of ours broke in a run; no Exception, so that hypothesis does not take it for the client's failure."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one run came to: the first finding, or None, for each trait that it said something about."""

    findings: Mapping[str, Finding | None]
    events: Counter[str]
    calls: int


@dataclass(slots=True)
class Tally:
    """What the examples of one walk met."""

    examples: int = 0
    calls: int = 0
    exercised: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)

    def add(self, seen: Seen) -> None:
        """One more."""
        self.examples += 1
        self.calls += seen.calls
        self.exercised.update(seen.findings.keys())
        self.events.update(seen.events)


def hunt(
    trial: Trial,
    *,
    examples: int = 200,
    seed: int = 0,
    sort: Sort = "all",
    wanted: Collection[str] = ALL,
    known: Iterable[Weather] = (),
) -> Verdict:
    """The verdict on a client. `wanted` are the traits that are judged; weathers that are `known` to have broken some client come first.

    The same seed gives the same verdict, if the client does the same each time.
    """
    began = stopwatch()
    walker = _Hunt(trial, frozenset(wanted))
    walker.revisit(known)
    tally = walker.walk(shares(trial.scenario, trial.engine.contract, sort, examples), seed)
    told = tuple(walker.told(trait, tally.exercised[trait.name]) for trait in traits.TRAITS if trait.name in wanted)
    return Verdict(
        scenario=trial.scenario.name,
        title=trial.scenario.title,
        client=trial.client.name,
        weather=sort,
        seed=seed,
        examples=tally.examples,
        seconds=stopwatch() - began,
        calls=tally.calls,
        events=dict(sorted(tally.events.items())),
        traits=told,
        version=__version__,
    )


class _Hunt:
    """What was seen so far. A weather is lived through once: the client is taken to do the same each time."""

    def __init__(self, trial: Trial, wanted: frozenset[str]) -> None:
        self._trial, self._wanted = trial, wanted
        self._seen: dict[str, Seen] = {}
        self._broken: dict[str, Weather] = {}
        self._met: dict[str, tuple[int, float]] = {}
        self._began = stopwatch()

    def revisit(self, known: Iterable[Weather]) -> None:
        """Looks at weathers that are small already; at none that its scenario, which has changed since, cannot make any more."""
        for number, weather in enumerate(known, 1):
            with suppress(Trouble):
                for trait in self._failing(self._look(weather), number):
                    self._broken.setdefault(trait, weather)

    def walk(self, shares: Iterable[tuple[SearchStrategy[Weather], int]], seed: int) -> Tally:
        """Goes through each share's examples until no trait breaks that was whole before; tells what the last, whole walks met."""
        whole = Tally()
        for number, (weathers, examples) in enumerate(shares):
            while True:
                tally = replace(whole, exercised=whole.exercised.copy(), events=whole.events.copy())
                hunted = self._found(weathers, examples, dice(seed, number), tally)
                if hunted is None:
                    whole = tally
                    break
                trait, weather = hunted
                self._broken[trait] = fewer(weather, partial(self._breaks, trait))
        return whole

    def told(self, trait: Trait, exercised: int) -> TraitVerdict:
        """The verdict on a trait, with the story of its smallest failure."""
        weather = self._broken.get(trait.name)
        if weather is None and not exercised:
            return TraitVerdict(trait.name, trait.title, "not exercised", 0, trait.unexercised)
        if weather is None:
            return TraitVerdict(trait.name, trait.title, "pass", exercised)
        finding = self._look(weather).findings[trait.name]
        assert finding is not None
        with self._trial.run(weather) as run:
            again = first(run).get(trait.name)
            lines = [finding.told, SELDOM] if again is None else story.tell(run, again)
        found = Failure(again or finding, weather, tuple(lines), *self._met[trait.name])
        return TraitVerdict(trait.name, trait.title, "fail", exercised, failure=found)

    def _breaks(self, trait: str, weather: Weather) -> bool:
        return self._look(weather).findings.get(trait) is not None

    def _found(
        self, weathers: SearchStrategy[Weather], examples: int, random: Random, tally: Tally
    ) -> tuple[str, Weather] | None:
        """The first trait that breaks and was whole so far, and the smallest weather for it."""
        hunted, before = "", 0
        failing: list[Weather] = []

        def breaks(weather: Weather) -> bool:
            nonlocal hunted, before
            if not hunted:
                seen = self._look(weather)
                tally.add(seen)
                new = [name for name in self._failing(seen, tally.examples) if name not in self._broken]
                hunted, before = new[0] if new else "", len(self._seen)
            elif len(self._seen) - before > MOST_SHRINKING and _key(weather) not in self._seen:
                return False
            failed = bool(hunted) and self._breaks(hunted, weather)
            failing.extend([weather] * failed)
            return failed

        try:
            smallest = find(weathers, breaks, settings=quiet(examples), random=random)
        except NoSuchExample:
            return None
        except Flaky:
            smallest = min(failing, key=lambda weather: (len(weather.events), len(_key(weather))))
        return hunted, smallest

    def _failing(self, seen: Seen, examples: int) -> list[str]:
        """The traits that a run breaks, of those that are wanted, in their order; notes when each was met first."""
        failing = [name for name in ALL if name in self._wanted and seen.findings.get(name) is not None]
        for name in failing:
            self._met.setdefault(name, (examples, stopwatch() - self._began))
        return failing

    def _look(self, weather: Weather) -> Seen:
        key = _key(weather)
        if key not in self._seen:
            try:
                with self._trial.run(weather) as run:
                    events = Counter(happened.event.kind for happened in run.happened)
                    self._seen[key] = Seen(first(run), events, len(run.entries))
            except Exception as error:
                raise Trouble(f"not the client, but the run failed in {key}: {error}") from error
        return self._seen[key]


def fewer(weather: Weather, breaks: Callable[[Weather], bool]) -> Weather:
    """Without the events that it needs not to break something: those that came first in its share, or were left when shrinking ended."""
    for at in range(len(weather.events)):
        less = replace(weather, events=weather.events[:at] + weather.events[at + 1 :])
        if breaks(less):
            return fewer(less, breaks)
    return weather


def dice(seed: int, share: int) -> Random:
    """What a share of a hunt's examples is drawn by."""
    return Random(f"{seed}:{share}")


def first(run: Run) -> dict[str, Finding | None]:
    """The first finding, or None, for each trait that a run says something about."""
    return {name: found[0] if found else None for name, found in traits.judge(run).items() if found is not None}


def quiet(examples: int) -> settings:
    """Nothing is printed, nothing is kept, nothing depends on what the surroundings set."""
    return settings(
        max_examples=examples,
        phases=(Phase.generate, Phase.shrink),
        database=None,
        deadline=None,
        derandomize=False,
        verbosity=Verbosity.quiet,
        print_blob=False,
    )


def _key(weather: Weather) -> str:
    return json.dumps(weather.show(), sort_keys=True)
