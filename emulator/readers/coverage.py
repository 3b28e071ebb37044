"""The ledger: how much of a contract is documented, inferred or assumed, and every guess with its place and its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from emulator.contract.check import schemas_in
from emulator.contract.files import EVENTS, SCHEMAS, STIMULI, VENDOR, Files, pointer
from emulator.contract.model import Contract
from emulator.contract.vocabulary import Place, subschemas
from emulator.readers.exchanges import exchanges

BASES = ("documented", "inferred", "assumed")
SECTIONS = ("auth", "limits", "paging", "webhooks", "roles", "settings", "figures", "tables", "refusals", "headers")
SINGLE = {"case": "spelling", "trailing_slash": "spelling", "max_body": "limits"}

Key = tuple[str, Place]


@dataclass(frozen=True)
class Guess:
    """Something that no document states: where it stands, what it says, and why it is believed."""

    place: str
    """File and JSON pointer: `toys/vendor.json#/figures/life`."""
    category: str
    basis: str
    says: str
    why: str


@dataclass(frozen=True)
class Coverage:
    """The ledger of one vendor. `counts` is by category and basis; what states no source counts as what it stands in."""

    vendor: str
    title: str
    counts: Mapping[str, Mapping[str, int]]
    guesses: tuple[Guess, ...]
    operations: Mapping[str, Mapping[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The ledger as a JSON value."""
        return asdict(self)

    def as_text(self) -> str:
        """A table of counts, and a line for each guess."""
        width = max(map(len, [*self.counts, "category"]))
        lines = [f"{self.title} ({self.vendor})", "", f"{'category':<{width}}  documented  inferred  assumed  total"]
        for category, by in self.counts.items():
            row = f"{by['documented']:>10}  {by['inferred']:>8}  {by['assumed']:>7}  {sum(by.values()):>5}"
            lines.append(f"{category:<{width}}  {row}")
        proved = sum(bool(one["exchanges"]) for one in self.operations.values())
        lines += ["", f"{proved} of {len(self.operations)} operations are shown by an exchange of the documents."]
        lines += [f"{len(self.guesses)} guesses:"] + [
            f"{guess.place}  {guess.basis}  {'; because '.join(filter(None, [guess.says, guess.why]))}"
            for guess in self.guesses
        ]
        return "\n".join(lines)


def coverage(contract: Contract, fixtures: Path | None = None) -> Coverage:
    """The ledger of a contract, from its files as they were read, so that nothing is forgotten."""
    files = Files(contract.vendor, contract.folder, contract.raw)
    stated = dict(_sources(files))
    counted = {place: category for category, place in _counted(files)}
    guesses = []
    counts: dict[str, Counter[str]] = {}
    for place, category in counted.items():
        counts.setdefault(category, Counter())[_basis(files, stated, place)] += 1
    for place, source in stated.items():
        category = counted.get(place) or _elsewhere(files, place)
        if place not in counted:
            counts.setdefault(category, Counter())[source["basis"]] += 1
        if source["basis"] != "documented":
            at = f"{files.named(place[0])}#{pointer(*place[1])}"
            guesses.append(Guess(at, category, source["basis"], source.get("says", ""), source.get("why", "")))
    counts["failures"] = Counter(_failures(contract))
    counts["all"] = sum(counts.values(), Counter())
    table = {category: {basis: by[basis] for basis in BASES} for category, by in counts.items() if by}
    return Coverage(contract.vendor, contract.title, table, tuple(guesses), _operations(contract, guesses, fixtures))


def _sources(files: Files) -> Iterator[tuple[Key, Mapping[str, Any]]]:
    """Every source that any file states, by the place of what it is the source of."""

    def walk(file: str, value: Any, at: Place) -> Iterator[tuple[Key, Mapping[str, Any]]]:
        if isinstance(value, dict):
            for key in ("source", "x-source"):
                # a member of an example or a property may be called so, too: a source is known by its basis
                if isinstance(found := value.get(key), dict) and found.get("basis") in BASES:
                    yield (file, at), found
        steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for step, item in steps:
            yield from walk(file, item, (*at, step))

    for file, value in files.files.items():
        yield from walk(file, value, ())


def _basis(files: Files, stated: Mapping[Key, Mapping[str, Any]], key: Key) -> str:
    """The basis of what stands at a place: its own, or that of the nearest thing round it."""
    file, at = key
    for length in range(len(at), -1, -1):
        if (source := stated.get((file, at[:length]))) is not None:
            return str(source["basis"])
    return str(files.head["source"]["basis"])


def _counted(files: Files) -> Iterator[tuple[str, Key]]:
    """Everything that is counted whether or not it states a source, with its category."""
    for section in SECTIONS:
        yield from ((section, (VENDOR, (section, name))) for name in files.head.get(section, {}))
    yield from ((category, (VENDOR, (name,))) for name, category in SINGLE.items() if name in files.head)
    yield from (("aliases", (VENDOR, ("aliases", i))) for i in range(len(files.head.get("aliases", ()))))
    for kind, refusal in files.head.get("refusals", {}).items():
        yield from _wordings(VENDOR, ("refusals", kind), refusal)
    for name, style in files.head.get("paging", {}).items():
        for i in range(len(style.get("parameters", ()))):
            yield "parameters", (VENDOR, ("paging", name, "parameters", i))
        yield from _headers(VENDOR, ("paging", name), style)
    for file, value in files.of("operations"):
        yield from _in_operation(file, value)
    for kind in (EVENTS, STIMULI):
        yield from ((kind, (file, ())) for file, _ in files.of(kind))
    for kind in (VENDOR, SCHEMAS, "operations", EVENTS, STIMULI):
        for file, value in files.of(kind):
            for at, schema in schemas_in(kind, value):
                for within, _ in subschemas(schema):
                    if within[-2:-1] == ("properties",):
                        yield "properties", (file, (*at, *within))


def _in_operation(file: str, value: Mapping[str, Any]) -> Iterator[tuple[str, Key]]:
    yield "operations", (file, ())
    yield from (("parameters", (file, ("parameters", i))) for i in range(len(value.get("parameters", ()))))
    if "body" in value:
        yield "bodies", (file, ("body",))
    for status, reply in value["replies"].items():
        yield "replies", (file, ("replies", status))
        yield from _headers(file, ("replies", status), reply)
    for i, refusal in enumerate(value.get("refusals", ())):
        if isinstance(refusal, dict):
            yield from _wordings(file, ("refusals", i), refusal)
            if "source" in refusal:
                yield "refusals", (file, ("refusals", i))


def _headers(file: str, at: Place, holder: Mapping[str, Any]) -> Iterator[tuple[str, Key]]:
    yield from (("headers", (file, (*at, "headers", name))) for name in holder.get("headers", {}))


def _wordings(file: str, at: Place, refusal: Mapping[str, Any]) -> Iterator[tuple[str, Key]]:
    yield from (("wordings", (file, (*at, "messages", name))) for name in refusal.get("messages", {}))
    yield from _headers(file, at, refusal)


def _failures(contract: Contract) -> Iterator[str]:
    """The basis of each way in which an operation may fail."""
    for operation in contract.operations.values():
        for promise in operation.refusals.values():
            yield (promise.source or operation.source).basis


def _elsewhere(files: Files, key: Key) -> str:
    """The category of a statement about something that is not counted by itself."""
    file, at = key
    if not at:
        return "vendor"
    value = files.files[file]
    for step in at:
        value = value[step]
    return "schemas" if "x-source" in value else "other"


def _operations(contract: Contract, guesses: list[Guess], fixtures: Path | None) -> dict[str, Any]:
    """By operation: its basis, how many guesses its own file has, and the documents' exchanges that show it."""
    count = Counter(guess.place.partition("#")[0] for guess in guesses)
    shown: dict[str, list[str]] = {}
    for exchange in exchanges(contract, fixtures):
        shown.setdefault(exchange.operation, []).append(exchange.file)
    return {
        operation.id: {
            "basis": operation.source.basis,
            "guesses": count[operation.file],
            "exchanges": shown.get(operation.id, []),
        }
        for operation in contract.operations.values()
    }
