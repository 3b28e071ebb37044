"""Agillic: recipients created and updated, some of whom the vendor refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from emulator.fuzz.scenario import Finding, Run, Scenario
from emulator.fuzz.scenarios.agillic_rows import (
    IDENTIFIER,
    STRANGE_IDS,
    TOKEN,
    VENDOR,
    address,
    instance,
    recipient,
)
from emulator.fuzz.scenarios.common import (
    ALIKE,
    BARE,
    TEXT,
    TEXTS,
    Json,
    listing,
    members,
    misshapen,
    shown,
    some,
    text,
)
from emulator.wire import Kind

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from emulator.testing.client import Box

UPDATE, BATCH, LATER = (f"agillic.recipients.{name}" for name in ("update", "batch", "upsert_later"))
MOST = 8
HOLDER = 10**6  # the number of the recipient who holds a customer's id that others ask for
UNDATED = ("CREATED", "LAST_UPDATED")

Written = Mapping[str, tuple[Any, str | None]]
"""What is written, by field: the value that is sent, and the one that is kept then; None: none is."""
GOOD: Mapping[str, Written] = {
    "text": {"CITY": ("Ribe", "Ribe")},
    "number": {"AGE": (41, "41")},
    "number as text": {"AGE": ("41", "41")},
    "boolean": {"NEWSLETTER": (True, "true")},
    "date": {"BIRTHDATE": ("18.06.1992", "1992-06-18")},
    "cleared by null": {"CITY": (None, None)},
    "cleared by nothing": {"CITY": ("", None)},
    "no field": {},
}
REFUSED: Mapping[str, Written] = {
    "unknown field": {"SHOE_SIZE": (38, None)},
    "wrong number": {"AGE": ("old", None)},
    "wrong date": {"BIRTHDATE": ("1992-06-18", None)},
    "another's customer id": {"CUSTOMER_ID": (f"C{HOLDER}", None)},
}
"""What the vendor refuses; then it keeps nothing of the recipient's other fields either."""
WRITES = {**GOOD, **REFUSED}


def start() -> SearchStrategy[Json]:
    """What is written of each recipient, how many exist already (the first ones), and what is odd about ids and texts."""
    from hypothesis import strategies as st

    from emulator.fuzz import starts

    return st.fixed_dictionaries(
        {
            "writes": st.lists(st.sampled_from(list(WRITES)), max_size=MOST),
            "existing": st.integers(0, MOST),
            "odd": starts.odd([STRANGE_IDS, *TEXTS, ALIKE, BARE]),
        }
    )


def begin(box: Box, start: Mapping[str, Any], notes: Json) -> Json:
    """The recipients that exist, the wishes, and what the world is to hold of each, of others too, afterwards (None: nothing)."""
    instance(box)
    recipient(box, HOLDER)
    for number in range(min(start["existing"], len(start["writes"]))):
        recipient(box, number, start["odd"])
    before = _held(box)
    wishes, wanted, refused = [], {}, []
    for number, name in enumerate(start["writes"]):
        ident, says = address(start["odd"], number), text(start["odd"], number, f"Person {number}")
        fields = {"FIRSTNAME": (says, says), **WRITES[name]}
        wishes.append({"id": ident, "fields": {field: sent for field, (sent, _) in fields.items()}})
        if name in REFUSED:
            refused.append(ident)
            wanted[ident] = before.get(ident)
        else:
            held = {**before.get(ident, {IDENTIFIER: ident}), **{field: kept for field, (_, kept) in fields.items()}}
            wanted[ident] = {field: value for field, value in held.items() if value is not None}
    notes |= {"wanted": {**before, **wanted}, "refused": refused}
    return {"recipients": wishes}


def _held(box: Box) -> dict[str, Json]:
    """What is kept of every recipient, by identifier, without what the server writes itself."""
    rows = [row.data for row in box.state(VENDOR).rows("recipients").all()]
    return {row[IDENTIFIER]: {name: row[name] for name in row if name not in ("id", *UNDATED)} for row in rows}


def judge(run: Run) -> Iterator[Finding]:
    """The world holds what was written and nothing else; those that failed are the refused ones."""
    if found := misshapen(run):
        yield from found
        return
    held = _held(run.box)
    for ident, wanted in run.notes["wanted"].items():
        if held.get(ident) != wanted:
            yield Finding("result", _difference(ident, held.get(ident), wanted))
            break
    if strangers := [ident for ident in held if ident not in run.notes["wanted"]]:
        yield Finding("result", f"The world has recipients whom nobody gave: {some(strangers)}.")
    yield from _failures(Counter(run.result), run.notes["refused"])


def _failures(failed: Mapping[str, int], refused: Sequence[str]) -> Iterator[Finding]:
    if missing := [ident for ident in refused if ident not in failed]:
        yield Finding("result", f"Refused, and not among the failures: {some(missing)}.")
    if strangers := [ident for ident in failed if ident not in refused]:
        yield Finding("result", f"Among the failures, and not refused: {some(strangers)}.")
    if twice := [ident for ident, times in failed.items() if times > 1]:
        yield Finding("twice", f"More than once among the failures: {some(twice)}.")


def _difference(ident: str, held: Mapping[str, str] | None, wanted: Mapping[str, str] | None) -> str:
    if held is None:
        return f"The recipient {shown(ident)} is not in the world."
    if wanted is None:
        return f"The recipient {shown(ident)} is in the world, though it was refused."
    name = next(name for name in [*wanted, *held] if held.get(name) != wanted.get(name))
    return f"The recipient {shown(ident)} has {name} {shown(held.get(name))}, not {shown(wanted.get(name))}."


SCENARIO = Scenario(
    name="agillic.upsert_recipients",
    title="Create and update recipients",
    operations=(UPDATE, BATCH, TOKEN),
    inputs=members(recipients=listing(members(id=TEXT, fields={"type": "object"}))),
    result=listing(TEXT),
    oracle="the world holds the fields, and of those that were refused what it held; the failures are the refused ones",
    start=start,
    begin=begin,
    judge=judge,
    calls=lambda start: 3 * len(start["writes"]) + 5,
    refusable=frozenset({Kind.INVALID}),
    # each entry of a batch is carried out like a PUT, now or later; tokens that were handed out before stay good
    repeatable=frozenset({BATCH, LATER, TOKEN}),
)
