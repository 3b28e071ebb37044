"""The ledger: how much of a contract is documented, inferred or assumed, and every guess with its place and its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from emulator.contract.check import schemas_in
from emulator.contract.files import EVENTS, SCHEMAS, STIMULI, VENDOR, Files, pointer
from emulator.contract.model import Contract, Source
from emulator.contract.vocabulary import Place, subschemas
from emulator.readers.evidence import Evidence, digest
from emulator.readers.exchanges import exchanges
from emulator.wire import Kind

BASES = ("documented", "inferred", "assumed")
SECTIONS = ("auth", "limits", "paging", "webhooks", "roles", "settings", "figures", "tables", "refusals", "headers")
OF_NO_OPERATION = (Kind.NOT_FOUND, Kind.METHOD_NOT_ALLOWED)
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
    """By operation: its basis, the guesses in its own file, its outcomes with the documents' exchanges that show each (those without
    are proved by our own tests only), and what verifications found, the newest first. What belongs to no operation stands under the
    vendor's name."""

    def as_json(self) -> dict[str, Any]:
        """The ledger as a JSON value."""
        return {**asdict(self), "proved": self.proved}

    def as_text(self) -> str:
        """A table of counts, and a line for each guess."""
        width = max(map(len, [*self.counts, "category"]))
        lines = [f"{self.title} ({self.vendor})", "", f"{'category':<{width}}  documented  inferred  assumed  total"]
        for category, by in self.counts.items():
            row = f"{by['documented']:>10}  {by['inferred']:>8}  {by['assumed']:>7}  {sum(by.values()):>5}"
            lines.append(f"{category:<{width}}  {row}")
        lines += ["", *self._proofs(), "", f"{len(self.guesses)} guesses:"] + [
            f"{guess.place}  {guess.basis}  {'; because '.join(filter(None, [guess.says, guess.why]))}"
            for guess in self.guesses
        ]
        return "\n".join(lines)

    @property
    def proved(self) -> dict[str, int]:
        """How many outcomes an exchange of the documents shows, how many our own tests alone, and how many operations each."""
        shown = [bool(files) for one in self.operations.values() for files in one["outcomes"].values()]
        operations = [one for name, one in self.operations.items() if name != self.vendor]
        return {
            "outcomes by the documents": sum(shown),
            "outcomes by own tests only": len(shown) - sum(shown),
            "operations by the documents": sum(bool(one["exchanges"]) for one in operations),
            "operations by own tests only": sum(not one["exchanges"] for one in operations),
            "operations verified": sum(any(v["kept"] for v in one["verified"]) for one in operations),
        }

    def _proofs(self) -> Iterator[str]:
        """What is proved, and by what: in numbers, then by operation."""
        proved = self.proved
        for noun in ("operations", "outcomes"):
            shown, ours = proved[f"{noun} by the documents"], proved[f"{noun} by own tests only"]
            told = f"{shown} of {shown + ours} {noun} are shown by an exchange of the documents"
            yield f"{told}; {ours} are proved by our own tests only."
        for name, one in self.operations.items():
            by = [outcome for outcome, files in one["outcomes"].items() if files]
            own = [outcome for outcome, files in one["outcomes"].items() if not files]
            told = f"{name}  documents: {', '.join(by) or 'none'}  own tests only: {', '.join(own) or 'none'}"
            yield "; ".join([told, *map(_verified, one["verified"][:1])])


def _verified(found: Mapping[str, Any]) -> str:
    departs = f", departs in {', '.join(found['departs'])}" if found["departs"] else ""
    older = "" if found["current"] else ", by an earlier contract"
    return f"verified {found['at']} at {found['target']}: {', '.join(found['kept']) or 'nothing'}{departs}{older}"


def coverage(contract: Contract, fixtures: Path | None = None, evidence: Iterable[Evidence] = ()) -> Coverage:
    """The ledger of a contract, from its files as they were read, so that nothing is forgotten; `evidence` is of any vendors."""
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
    operations = _operations(contract, guesses, fixtures, [one for one in evidence if one.vendor == contract.vendor])
    return Coverage(contract.vendor, contract.title, table, tuple(guesses), operations)


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


def _operations(
    contract: Contract, guesses: Sequence[Guess], fixtures: Path | None, evidence: Sequence[Evidence]
) -> dict[str, Any]:
    """What is known of each operation, and of what belongs to none."""
    count = Counter(guess.place.partition("#")[0] for guess in guesses)
    shown: dict[str, list[tuple[str, str]]] = {}
    for exchange in exchanges(contract, fixtures):
        shown.setdefault(exchange.operation or contract.vendor, []).append((exchange.outcome, exchange.file))
    ours = digest(contract)
    return {
        name: {
            "basis": source.basis,
            "guesses": count[file],
            "exchanges": [file for _, file in shown.get(name, ())],
            "outcomes": {
                outcome: [file for shows, file in shown.get(name, ()) if shows == outcome] for outcome in outcomes
            },
            "verified": [_found(one, name, ours) for one in evidence if one.operations.get(name, {}).get("outcomes")],
        }
        for name, source, file, outcomes in _promised(contract)
    }


def _promised(contract: Contract) -> Iterator[tuple[str, Source, str, list[str]]]:
    for operation in contract.operations.values():
        outcomes = [*map(str, operation.replies), *(kind.value for kind in operation.refusals)]
        yield operation.id, operation.source, operation.file, outcomes
    kinds = [kind.value for kind in OF_NO_OPERATION if kind in contract.refusals]
    yield contract.vendor, contract.source, "", kinds


def _found(one: Evidence, name: str, ours: str) -> dict[str, Any]:
    """What a verification found of an operation: the outcomes that were as promised, and those that were not."""
    outcomes: Mapping[str, bool] = one.operations[name]["outcomes"]
    kept = [outcome for outcome, fine in outcomes.items() if fine]
    return {
        "at": one.at,
        "target": one.target,
        "kept": kept,
        "departs": [outcome for outcome in outcomes if outcome not in kept],
        "current": one.contract == ours,
    }
