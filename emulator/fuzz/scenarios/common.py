"""What several scenarios share: odd values, the sizes of pages, rows that come and go, and the oracle of lists."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from emulator import data
from emulator.contract.load import load
from emulator.contract.model import Contract
from emulator.contract.schema import Schema
from emulator.fuzz.scenario import Finding
from emulator.fuzz.weather import KINDS

if TYPE_CHECKING:
    from emulator.fuzz.scenario import Run

Json = dict[str, Any]

TEXTS: Mapping[str, str] = {
    "accents": "Zoë Ångström-Çelik",
    "astral": "𝔄𝔡𝔞 🦊 👩🏽‍🚀",
    "script": "李小龙 かな Жанна",
    "right to left": "\u202bשלום עולם\u202c",
    "combining": "A\u030angstro\u0308m \u200d\ufeffx",
    "quotes": 'O\'Brien "Bob" <b>&amp;</b>; a,b\\c %41 {x}',
    "lines": "two\nlines",
    "figures": "00750",
    "long": "Wolfeschlegelsteinhausen-" * 40,
}
"""Texts that a vendor may answer wherever it answers one, by what is odd about them."""
ALIKE = "alike"  # one text for all rows
BARE = "bare"  # nothing that need not be there
HUGE_IDS = "huge ids"
LARGEST = 2**63 - 1
ROOM = 1000  # ids that are left for rows that arrive later
SMALL_PAGE = 4  # rows that a sensible client reads at a time, at least
FIRST, LAST, WITHIN = "first", "last", "within"


def text(odd: Sequence[str], number: int, plain: str) -> str:
    """The text of the row of this number: plain, or in turn one of those that are odd so. `alike`: all rows have one text."""
    if ALIKE in odd:
        return "Smith"
    kinds = [kind for kind in odd if kind in TEXTS]
    return TEXTS[kinds[number % len(kinds)]] if kinds else plain


def first_id(odd: Sequence[str], count: int, usual: int) -> int:
    """The number of the first of so many rows: the usual one, or so large that the last are near 2^63 and no double can hold them."""
    return LARGEST - ROOM - count if HUGE_IDS in odd else usual


@lru_cache(maxsize=8)
def contract(vendor: str) -> Contract:
    """What a vendor promises."""
    return load(data.folder("contracts") / vendor, thorough=False)


def page_sizes(operation: str, parameter: str) -> tuple[int, int]:
    """The size of an operation's pages unless said, and the greatest, by its contract."""
    parameters = contract(operation.partition(".")[0]).operations[operation].parameters
    schema = next(p.schema.raw for p in parameters if p.name == parameter)
    return schema["default"], schema["maximum"]


def calls_for(rows: int) -> int:
    """Calls for a list of so many rows in small pages: twice, for whoever makes sure that it held still, and a few more."""
    return 2 * (rows // SMALL_PAGE + 1) + 3


def members(**properties: Any) -> Json:
    """The schema of an object with exactly these members."""
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }


def listing(item: Any) -> Json:
    """The schema of an array of these."""
    return {"type": "array", "items": item}


TEXT: Json = {"type": "string", "minLength": 1}


# -- rows that come and go


def begun(notes: Json, there: Iterable[Any], other: Iterable[Any] = ()) -> None:
    """Notes the rows that a list has at first, in its order, and those that may be in the result and need not."""
    notes |= {"there": list(there), "other": list(other), "turns": 0}


def turn(notes: Json) -> str:
    """Where the next change strikes: at the list's beginning, at its end, within; and so on."""
    notes["turns"] += 1
    return (FIRST, LAST, WITHIN)[(notes["turns"] - 1) % 3]


def leaving(notes: Json, count: int) -> list[Any]:
    """So many of the rows that were there until now, where the turn is; they are noted as gone."""
    there, where = notes["there"], turn(notes)
    begin = {FIRST: 0, LAST: max(0, len(there) - count), WITHIN: max(0, (len(there) - count) // 2)}[where]
    gone = there[begin : begin + count]
    del there[begin : begin + count]
    notes["other"] += gone
    return list(gone)


def spaced(notes: Json, odd: Sequence[str], count: int, usual: int) -> range:
    """Ids of so many rows with room before, behind and between them, for those that come later (`coming`)."""
    first = first_id(odd, 2 * count, usual)
    ids = range(first, first + 2 * count, 2)
    notes["free"] = {FIRST: first - 1, LAST: first + 2 * count, WITHIN: [ident + 1 for ident in ids]}
    return ids


def coming(notes: Json, count: int) -> list[int]:
    """Ids for so many rows that come now, where the turn is; they are noted."""
    free, where = notes["free"], turn(notes)
    if where == WITHIN and len(free[WITHIN]) >= count:
        begin = (len(free[WITHIN]) - count) // 2
        ids = free[WITHIN][begin : begin + count]
        del free[WITHIN][begin : begin + count]
    elif where == FIRST:
        ids = [free[FIRST] - number for number in range(count)]
        free[FIRST] -= count
    else:
        ids = [free[LAST] + number for number in range(count)]
        free[LAST] += count
    notes["other"] += ids
    return list(ids)


# -- oracles


def misshapen(run: Run) -> list[Finding]:
    """Whether the result is of another shape than the scenario's."""
    broken = Schema(run.scenario.result, {}, run.scenario.name).explain(run.result)
    return [Finding("result", f"The result is not as asked for: {v.place or 'it'} {v.said}.") for v in broken[:1]]


def each_once(
    run: Run, noun: str, plural: str = "", key: Callable[[Any], Any] = lambda item: item
) -> Iterator[Finding]:
    """The oracle of a list: each row that was there throughout exactly once, no other twice, and none that never was.

    `key` tells which row an item of the result is.
    """
    if found := misshapen(run):
        yield from found
        return
    plural = plural or f"{noun}s"
    there, met = run.notes["there"], Counter(map(key, run.result))
    if missing := [ident for ident in there if ident not in met]:
        yield Finding("pages", _missing(missing, there, noun, plural))
    if twice := [ident for ident, times in met.items() if times > 1]:
        yield Finding("twice", f"The result has the {noun} {shown(twice[0])} {met[twice[0]]} times.")
    known = {*there, *run.notes["other"]}
    if strangers := [ident for ident in met if ident not in known]:
        yield Finding("result", f"The result has what is none of the {plural}: {some(strangers)}.")


def _missing(missing: Sequence[Any], there: Sequence[Any], noun: str, plural: str) -> str:
    size, whole = len(missing), len(there)
    if size == whole:
        return (
            f"The only {noun} is missing: {some(there)}."
            if whole == 1
            else f"All {whole} {plural} are missing: {some(there)}."
        )
    where = "The last " if missing == there[-size:] else "The first " if missing == there[:size] else ""
    return f"{where}{size} of {whole} {plural} {'is' if size == 1 else 'are'} missing: {some(missing)}."


def shown(value: Any) -> str:
    """A value as JSON, in a sentence; a long one is cut."""
    told = json.dumps(value, ensure_ascii=False)
    return told if len(told) <= 80 else f"{told[:77]}…"


def some(values: Sequence[Any]) -> str:
    """The first of some values, for a sentence."""
    return ", ".join(map(shown, values[:3])) + (", …" if len(values) > 3 else "")


def unknown_outcome(run: Run, *operations: str) -> bool:
    """Whether something befell one of these operations after which a client cannot know if its call was done."""
    return any(
        happened.event.operation in operations and KINDS[happened.event.kind].unknown for happened in run.happened
    )
