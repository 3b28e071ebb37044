"""Failure files: the smallest run that breaks a client, to be read by people, kept, and replayed without hypothesis."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zlib import crc32

from emulator import __version__
from emulator.fuzz import named, story, traits
from emulator.fuzz.clients import Client, recorded
from emulator.fuzz.scenario import Finding
from emulator.fuzz.trial import Trial
from emulator.fuzz.verdict import TraitVerdict, Verdict
from emulator.fuzz.weather import Weather

FORMAT = "emulator-failure-1"
LONGEST_SLUG = 60


@dataclass(frozen=True, slots=True)
class Kept:
    """What a failure file says. `scenario` is as it was named to the command; `ignored` are traits that were not judged."""

    scenario: str
    client: Mapping[str, Any]
    weather: Weather
    trait: str
    told: str
    ignored: tuple[str, ...] = ()


def read(file: Path) -> Kept:
    """Raises ValueError, in one line, for what is no failure file."""
    try:
        shown = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{file} cannot be read: {error}") from error
    if not isinstance(shown, dict) or shown.get("format") != FORMAT:
        raise ValueError(f"{file} is no failure file: its format is not {FORMAT}")
    try:
        weather = Weather.read(shown["weather"])
        ignored = tuple(shown.get("ignored", ()))
        return Kept(shown["scenario"], shown["client"], weather, shown["trait"], shown["told"], ignored)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{file} is no failure file: {error}") from error


def known(folder: Path, scenario: str) -> Iterator[Weather]:
    """The weathers that broke a client in a scenario before, out of the files of a folder."""
    for file in sorted(folder.glob("*.json")):
        try:
            kept = read(file)
        except ValueError:
            continue  # somebody else's file
        if kept.scenario == scenario:
            yield kept.weather


def keep(verdict: Verdict, client: Client, scenario: str, folder: Path, ignored: Collection[str] = ()) -> Verdict:
    """Writes a file for each failure into the folder, and answers the verdict that names them."""
    return replace(verdict, traits=tuple(_kept(trait, client, scenario, folder, ignored) for trait in verdict.traits))


def replay(
    kept: Kept, client: Client | None = None, timeout: float | None = None
) -> list[tuple[Finding, Sequence[str]]]:
    """What is wrong with the client, or the recorded one, in the kept weather: each finding with its story; nothing, if it is mended.

    Raises Unknown for a scenario or a client that is not there.
    """
    scenario = named.scenario(kept.scenario)
    with Trial(scenario, client or recorded(kept.client), timeout=timeout) as trial, trial.run(kept.weather) as run:
        judged = traits.judge(run)
        wrong = [found[0] for name, found in judged.items() if found and name not in kept.ignored]
        return [(finding, story.tell(run, finding)) for finding in wrong]


def _kept(trait: TraitVerdict, client: Client, scenario: str, folder: Path, ignored: Collection[str]) -> TraitVerdict:
    failure = trait.failure
    if failure is None:
        return trait
    shown = {
        "format": FORMAT,
        "emulator": __version__,
        "scenario": scenario,
        "client": client.show(),
        "trait": trait.name,
        "told": failure.finding.told,
        "ignored": sorted(ignored),
        "weather": failure.weather.show(),
        "story": list(failure.story),
    }
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{_slug(scenario)}--{trait.name}--{_slug(client.name)}.json"
    file.write_text(json.dumps(shown, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return replace(trait, failure=replace(failure, file=str(file)))


def _slug(name: str) -> str:
    """What a file may be called, another one for each name."""
    plain = re.sub(r"[^A-Za-z0-9._]+", "-", name).strip("-.")
    return plain if len(plain) <= LONGEST_SLUG else f"{plain[:LONGEST_SLUG]}-{crc32(name.encode()):08x}"
