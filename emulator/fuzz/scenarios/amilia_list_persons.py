"""Amilia: every person of an organization."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from emulator.fuzz.scenario import Finding, Run, Scenario
from emulator.fuzz.scenarios.amilia_rows import AUTHENTICATE, OTHER_ORGANIZATION, PERSONS, VENDOR, organization, person
from emulator.fuzz.scenarios.common import (
    ALIKE,
    BARE,
    HUGE_IDS,
    ROOM,
    TEXT,
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

PAGED = ("amilia.persons.find", "perPage")


def start() -> SearchStrategy[Json]:
    """How many persons, how the organization is named, and what is odd about them."""
    from hypothesis import strategies as st

    from emulator.fuzz import starts

    return st.fixed_dictionaries(
        {
            "persons": starts.amounts(*PAGED),
            "organization": st.sampled_from(["by number", "by name"]),
            "odd": starts.odd([*TEXTS, ALIKE, BARE, HUGE_IDS]),
        }
    )


def begin(box: Box, start: Mapping[str, Any], notes: Json) -> Json:
    """The organization's persons, by id, and one of another organization."""
    home = organization(box)
    idents = spaced(notes, start["odd"], start["persons"], PERSONS)
    begun(notes, [person(box, home, ident, number, start["odd"]) for number, ident in enumerate(idents)])
    person(box, OTHER_ORGANIZATION, PERSONS - ROOM, 0)
    return {
        "organization": box.amilia.organization if start["organization"] == "by name" else box.amilia.organization_id
    }


def change(box: Box, kind: str, count: int, notes: Json) -> None:
    """Persons come, with ids before, after or between those that are there, or go."""
    if kind == "leave":
        for ident in leaving(notes, count):
            box.state(VENDOR).rows("persons").drop(str(ident))
        return
    for ident in coming(notes, count):
        person(box, organization(box), ident, 0)


def judge(run: Run) -> Iterator[Finding]:
    """Each person once."""
    return each_once(run, "person")


SCENARIO = Scenario(
    name="amilia.list_persons",
    title="List every person of an organization",
    operations=(PAGED[0], AUTHENTICATE),
    inputs=members(organization=TEXT),
    result=listing({"type": "integer"}),
    oracle="each person of the organization exactly once, archived ones too",
    start=start,
    begin=begin,
    judge=judge,
    calls=lambda start: calls_for(start["persons"]) + 1,
    change=change,
)
