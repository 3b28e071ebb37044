"""How well `emulator fuzz` finds bugs: the good clients of tests/clients in all weathers, and their broken twins, against random faults.

    python bench/twins.py                       every twin, three seeds, and what plain random faults find of it
    python bench/twins.py --good 20             the good clients too: 20 runs of 500 examples, which must not raise one alarm
    python bench/twins.py --write docs/fuzzing.md   the tables into the page, between their marks

The baseline is what most tests do: one plain world, and each call fails with the same probability in a way picked at random. It has
the same runner, the same judges and as many runs; nothing that it finds is made small.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import find
from hypothesis.errors import NoSuchExample

sys.path.insert(0, str(Path(__file__).parents[1]))
from emulator.fuzz import scenarios, traits
from emulator.fuzz.clients import Adapter, Callee
from emulator.fuzz.hunt import MOST_SHRINKING, SELDOM, dice, fewer, hunt, quiet
from emulator.fuzz.scenario import Scenario
from emulator.fuzz.skies import shares
from emulator.fuzz.story import tell
from emulator.fuzz.trial import Trial
from emulator.fuzz.weather import Event, Weather
from tests.clients.adapters import GOOD
from tests.clients.broken import TWINS
from tests.clients.broken.twin import Twin
from tests.clients.worlds import plain

PROBABILITY = 0.1
MOST_CALLS = 40  # of one operation, that random faults are thrown for
FAULTS: Sequence[tuple[str, Any]] = (
    ("fail", 500),
    ("fail", 503),
    ("reset", None),
    ("lose", None),
    ("cut", None),
    ("slow", 45),
    ("throttle", None),
)
ROWS = 25  # of a list in the plain world
MORE: Mapping[str, Mapping[str, Any]] = {
    "agillic.upsert_recipients": {"writes": ["text", "number", "unknown field"]},
    "ameyo.upload_contacts": {"rows": ["new", "bad phone", "known"]},
    "amio.send_once": {"messages": 3},
    "amio.webhook_consumer": {
        "deliveries": [
            {"event": name, "comes": "once"} for name in ("message_received", "message_echo", "messages_delivered")
        ]
    },
}
"""What a test would have in the plain world besides."""


@dataclass(frozen=True)
class Found:
    """What came of one twin: for each seed the examples and seconds until its bug was met, or None; likewise for random faults."""

    name: str
    scenario: str
    bug: str
    trait: str
    story: tuple[str, ...]
    events: int
    ours: tuple[tuple[int, float] | None, ...]
    theirs: tuple[int | None, ...]


class Met(BaseException):
    """A twin's bug showed; no Exception, so that nobody makes it small."""


@dataclass
class Search:
    """Draws weathers until a twin's bug shows; then, if that is wanted, makes the weather small."""

    trial: Trial
    twin: Twin
    shrinks: bool
    trait: str = ""
    examples: int = 0
    seconds: float = 0.0
    tried: dict[str, bool] = field(default_factory=dict)

    def through(self, examples: int, seed: int) -> Weather | None:
        """The (smallest) weather in which it shows, or None."""
        self._began = time.process_time()
        for number, (weathers, most) in enumerate(
            shares(self.trial.scenario, self.trial.engine.contract, "all", examples)
        ):
            try:
                found = find(weathers, self._shows, settings=quiet(most), random=dice(seed, number))
            except Met:
                return None
            except NoSuchExample:
                continue
            return fewer(found, self._breaks)
        return None

    def _shows(self, weather: Weather) -> bool:
        if not self.trait:
            self.examples += 1
            self.trait = broken(self.trial, weather, self.twin.traits)
            self.seconds = time.process_time() - self._began
            if self.trait and not self.shrinks:
                raise Met
        return bool(self.trait) and self._breaks(weather)

    def _breaks(self, weather: Weather) -> bool:
        key = json.dumps(weather.show(), sort_keys=True)
        if key not in self.tried and len(self.tried) < MOST_SHRINKING:
            self.tried[key] = bool(broken(self.trial, weather, [self.trait]))
        return self.tried.get(key, False)


def broken(trial: Trial, weather: Weather, wanted: Iterable[str]) -> str:
    """The first of these traits that a run in this weather breaks, or nothing."""
    with trial.run(weather) as run:
        told = traits.judge(run)
    return next((name for name in wanted if told.get(name)), "")


def thrown(scenario: Scenario, trial: Trial, twin: Twin, examples: int, seed: int) -> int | None:
    """After how many runs random faults in the plain world break a trait of a twin."""
    dice = random.Random(seed)
    world = {**plain(scenario.name, ROWS), **MORE.get(scenario.name, {})}
    for count in range(1, examples + 1):
        if broken(trial, Weather(world, tuple(_faults(scenario, dice))), twin.traits):
            return count
    return None


def _faults(scenario: Scenario, dice: random.Random) -> Iterator[Event]:
    for operation in scenario.operations:
        for nth in range(1, MOST_CALLS + 1):
            if dice.random() < PROBABILITY:
                yield Event(operation, nth, *dice.choice(FAULTS))


def hunted(name: str, twin: Twin, examples: int, seeds: int) -> Found:
    """A twin under both, and its smallest story from the first seed that met it."""
    scenario = scenarios.load(twin.scenario)
    story, events, trait = [], 0, ""
    ours: list[tuple[int, float] | None] = []
    with Trial(scenario, Callee(name, twin), quiet=True) as trial:
        for seed in range(seeds):
            search = Search(trial, twin, shrinks=not trait)
            weather = search.through(examples, seed)
            ours.append((search.examples, round(search.seconds, 2)) if search.trait else None)
            if weather is not None:
                trait, events = search.trait, len(weather.events)
                with trial.run(weather) as run:
                    findings = traits.judge(run)[trait]
                    story = tell(run, findings[0]) if findings else [SELDOM]
        theirs: list[int | None] = []
        for seed in range(seeds):
            settled = 2 * theirs.count(None) > seeds  # then the median is known
            theirs.append(None if settled else thrown(scenario, trial, twin, examples, seed))
    return Found(name, twin.scenario, twin.bug, trait, tuple(story), events, tuple(ours), tuple(theirs))


def alarms(name: str, adapter: Adapter, examples: int, seed: int) -> list[str]:
    """What a hunt says against a good client."""
    with Trial(scenarios.load(name), Callee(name, adapter), quiet=True) as trial:
        verdict = hunt(trial, examples=examples, seed=seed)
    return [
        f"{name}, seed {seed}: {trait.name}: {trait.failure.finding.told}" for trait in verdict.failed if trait.failure
    ]


# -- telling it


def median(values: Sequence[float | None]) -> str:
    """The middle one; those that were not found count as the largest."""
    middle = statistics.median_high([float("inf") if value is None else value for value in values])
    return "not found" if middle == float("inf") else f"{middle:g}"


def table(all_found: Sequence[Found], examples: int, seeds: int) -> str:
    """Markdown: a line for each twin."""
    met = sum(median([one and one[0] for one in found.ours]) != "not found" for found in all_found)
    theirs = sum(median(found.theirs) != "not found" for found in all_found)
    lines = [
        f"{len(all_found)} twins, {examples} examples at most, medians of {seeds} seeds; seconds of processor time before shrinking.",
        f"Found by `emulator fuzz`: {met}. Found by random faults (each call fails with p = {PROBABILITY}): {theirs}.",
        "",
        "| twin | its bug | trait | examples | s | what the smallest story says first | events | random faults |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for scenario in sorted({found.scenario for found in all_found}):
        lines.append(f"| **{scenario}** | | | | | | | |")
        lines += [_line(found) for found in all_found if found.scenario == scenario]
    return "\n".join(lines)


def _line(found: Found) -> str:
    told = next(iter(found.story), "").replace("|", "\\|")
    cells = (
        found.name.partition("/")[2],
        found.bug,
        f"`{found.trait}`" if found.trait else "",
        median([one and one[0] for one in found.ours]),
        median([one and one[1] for one in found.ours]),
        told if len(told) < 160 else f"{told[:157]}…",
        str(found.events),
        median(found.theirs),
    )
    return f"| {' | '.join(cells)} |"


def written(page: Path, mark: str, text: str) -> None:
    """Puts a text between `<!-- mark -->` and `<!-- /mark -->` of a page."""
    before, found, rest = page.read_text().partition(f"<!-- {mark} -->\n")
    _, ends, after = rest.partition(f"<!-- /{mark} -->")
    if not found or not ends:
        raise SystemExit(f"{page}: there is no <!-- {mark} --> … <!-- /{mark} -->")
    page.write_text(f"{before}<!-- {mark} -->\n{text}\n<!-- /{mark} -->{after}")


def main() -> int:
    """Runs what was asked for; 1 if a twin was not found or a good client was blamed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=200, help="for each twin and seed (default: 200)")
    parser.add_argument("--seeds", type=int, default=3, help="(default: 3)")
    parser.add_argument("--only", default="", help="twins and scenarios whose names contain this")
    parser.add_argument(
        "--good", type=int, default=0, metavar="RUNS", help="runs of each good client, each with its own seed"
    )
    parser.add_argument("--good-examples", type=int, default=500, metavar="N", help="of each such run (default: 500)")
    parser.add_argument(
        "--keep", type=Path, metavar="FILE", help="write what was found as JSON, twin by twin; go on where it ends"
    )
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write the table into this page")
    options = parser.parse_args()
    blamed = _good(options.good, options.good_examples, options.only)
    all_found = list(_twins(options))
    text = table(all_found, options.examples, options.seeds)
    print(text)
    if options.write:
        written(options.write, "twins", text)
    return 1 if blamed or not all(found.trait for found in all_found) else 0


def _good(runs: int, examples: int, only: str) -> int:
    """How many alarms there were."""
    told = []
    for seed in range(runs):
        for name, adapter in GOOD.items():
            if only in name:
                told += alarms(name, adapter, examples, seed)
        print(f"good clients, run {seed + 1} of {runs}: {len(told)} alarms", flush=True)
    print(*told, sep="\n")
    return len(told)


def _twins(options: argparse.Namespace) -> Iterator[Found]:
    kept: dict[str, Any] = json.loads(options.keep.read_text()) if options.keep and options.keep.exists() else {}
    for name, twin in TWINS.items():
        if options.only not in name:
            continue
        if name not in kept:
            kept[name] = asdict(hunted(name, twin, options.examples, options.seeds))
            print(_line(Found(**kept[name])), flush=True)
            if options.keep:
                options.keep.write_text(json.dumps(kept, indent=1, ensure_ascii=False))
        yield Found(**kept[name])


if __name__ == "__main__":
    sys.exit(main())
