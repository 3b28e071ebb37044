"""Amilia: every activity of a program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from emulator.fuzz.scenario import Finding, Run, Scenario
from emulator.fuzz.scenarios.amilia_rows import ACTIVITIES, AUTHENTICATE, PROGRAMS, VENDOR, activity, program
from emulator.fuzz.scenarios.common import (
    ALIKE,
    BARE,
    HUGE_IDS,
    LARGEST,
    ROOM,
    TEXTS,
    Json,
    begun,
    calls_for,
    coming,
    each_once,
    leaving,
    listing,
    members,
    spaced,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from emulator.testing.client import Box

PAGED = ("amilia.programs.activities", "perPage")
NOT_SHOWN = ("Hidden", "Cancelled")


def start() -> SearchStrategy[Json]:
    """How many activities, and what is odd about them."""
    from hypothesis import strategies as st

    from emulator.fuzz import starts

    return st.fixed_dictionaries(
        {"activities": starts.amounts(*PAGED), "odd": starts.odd([*TEXTS, ALIKE, BARE, HUGE_IDS])}
    )


def begin(box: Box, start: Mapping[str, Any], notes: Json) -> Json:
    """The program with its activities, by id, and with a hidden and a cancelled one, which need not be listed; and another program's."""
    odd = start["odd"]
    mine = program(box, LARGEST if HUGE_IDS in odd else PROGRAMS, odd)
    other = program(box, PROGRAMS + 1)
    idents = spaced(notes, odd, start["activities"], ACTIVITIES)
    begun(notes, [activity(box, mine, ident, number, odd) for number, ident in enumerate(idents)])
    notes["program"] = mine
    for number, status in enumerate(NOT_SHOWN):
        notes["other"].append(activity(box, mine, ACTIVITIES - ROOM - number, number, status=status))
    activity(box, other, ACTIVITIES - 2 * ROOM, 0)
    return {"program_id": mine}


def change(box: Box, kind: str, count: int, notes: Json) -> None:
    """Activities come, with ids before, after or between those that are there, or go."""
    if kind == "leave":
        for ident in leaving(notes, count):
            box.state(VENDOR).rows("activities").drop(str(ident))
        return
    for ident in coming(notes, count):
        activity(box, notes["program"], ident, 1)


def judge(run: Run) -> Iterator[Finding]:
    """Each activity once."""
    return each_once(run, "activity", "activities")


SCENARIO = Scenario(
    name="amilia.program_activities",
    title="List every activity of a program",
    operations=(PAGED[0], AUTHENTICATE),
    inputs=members(program_id={"type": "integer", "minimum": 1}),
    result=listing({"type": "integer"}),
    oracle="each activity of the program that is neither hidden nor cancelled exactly once; those may be there or not",
    start=start,
    begin=begin,
    judge=judge,
    calls=lambda start: calls_for(start["activities"]) + 1,
    change=change,
)
