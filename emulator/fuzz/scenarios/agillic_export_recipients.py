"""Agillic: every recipient, or those whom a filter lets through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from emulator.fuzz.scenario import Finding, Run, Scenario
from emulator.fuzz.scenarios.agillic_rows import CITIES, IDENTIFIER, STRANGE_IDS, TOKEN, VENDOR, instance, recipient
from emulator.fuzz.scenarios.common import (
    ALIKE,
    BARE,
    TEXT,
    TEXTS,
    Json,
    begun,
    calls_for,
    each_once,
    leaving,
    listing,
    members,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from emulator.testing.client import Box

PAGED = ("agillic.recipients.find", "pageSize")
MOST = 2001  # a thousand take 0.1 s: a document is made once and cut by pages
FILTERS: Mapping[str | None, Callable[[Json], bool]] = {
    None: lambda row: True,
    f'CITY=="{CITIES[0]}"': lambda row: row.get("CITY") == CITIES[0],
    "AGE>=50": lambda row: int(row.get("AGE", 0)) >= 50,
    f'NEWSLETTER==true;CITY!="{CITIES[2]}"': lambda row: (
        row.get("NEWSLETTER") == "true" and row.get("CITY") != CITIES[2]
    ),
    f'CITY=in=({CITIES[1]},"{CITIES[2]}")': lambda row: row.get("CITY") in CITIES[1:],
    "AGE<0": lambda row: False,
}
"""Filters, or none, and which rows they let through."""


def start() -> SearchStrategy[Json]:
    """How many recipients, what is odd about them, and a filter or none."""
    from hypothesis import strategies as st

    from emulator.fuzz import starts

    return st.fixed_dictionaries(
        {
            "recipients": starts.amounts(*PAGED, most=MOST, large=12),
            "filter": st.sampled_from(list(FILTERS)),
            "odd": starts.odd([*TEXTS, ALIKE, BARE, STRANGE_IDS]),
        }
    )


def begin(box: Box, start: Mapping[str, Any], notes: Json) -> Json:
    """The instance and its recipients; those whom the filter keeps back are noted nowhere."""
    instance(box)
    for number in range(start["recipients"]):
        recipient(box, number, start["odd"])
    passes = FILTERS[start["filter"]]
    rows = [row.data for row in box.state(VENDOR).rows("recipients").all()]
    notes |= {"ids": {row[IDENTIFIER]: row["id"] for row in rows}, "next": len(rows)}
    begun(notes, [row[IDENTIFIER] for row in rows if passes(row)])
    return {"filter": start["filter"]}


def change(box: Box, kind: str, count: int, notes: Json) -> None:
    """Recipients are created or deleted; a document that is being read shows nothing of it."""
    if kind == "leave":
        for gone in leaving(notes, count):
            box.state(VENDOR).rows("recipients").drop(notes["ids"][gone])
        return
    for _ in range(count):
        notes["other"].append(recipient(box, notes["next"]))
        notes["next"] += 1


def judge(run: Run) -> Iterator[Finding]:
    """Each that matches once."""
    return each_once(run, "recipient that matches", "recipients that match")


SCENARIO = Scenario(
    name="agillic.export_recipients",
    title="Export recipients",
    operations=(PAGED[0], TOKEN),
    inputs=members(filter={"type": ["string", "null"]}),
    result=listing(TEXT),
    oracle="exactly those recipients that match the filter, each once; an id is the value of the field that identifies recipients",
    start=start,
    begin=begin,
    judge=judge,
    calls=lambda start: calls_for(start["recipients"]) + 1,
    change=change,
    repeatable=frozenset({TOKEN}),  # tokens that were handed out before stay good
)
