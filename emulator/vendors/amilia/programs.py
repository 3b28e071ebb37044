"""Programs of an organization, their activities and participants."""

from __future__ import annotations

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.catalogue import open_to
from emulator.vendors.amilia.lens import number, through
from emulator.vendors.amilia.pages import listed
from emulator.vendors.amilia.participants import registered
from emulator.vendors.amilia.shapes import offers, people


def find(ask: Ask, world: World) -> Outcome:
    """Programs; hidden and archived ones where they are asked for."""
    lens = through(ask, world)
    rows = [
        row
        for row in lens.all("programs")
        if (row["IsVisible"] or ask.query["showHidden"]) and (not row["IsArchived"] or ask.query["showArchived"])
    ]
    return listed(rows, lambda row: offers.program(row, lens))


def read(ask: Ask, world: World) -> Outcome:
    """One program, hidden or not."""
    lens = through(ask, world)
    return Outcome(data=offers.program(lens.own("programs", ask.path["id"], "Program"), lens))


def activities(ask: Ask, world: World) -> Outcome:
    """The activities of a program."""
    lens = through(ask, world)
    program = lens.own("programs", ask.path["id"], "Program")
    rows = open_to(lens.all("activities", ProgramId=number(program)), ask)
    extras = {"show_occurrences": ask.query["showOccurrences"], "show_taxes": ask.query["showTaxes"]}
    return listed(rows, lambda row: offers.activity(row, lens, **extras))


def persons(ask: Ask, world: World) -> Outcome:
    """Who is registered for any of its activities."""
    lens = through(ask, world)
    program = lens.own("programs", ask.path["id"], "Program")
    held = lens.all("activities", ProgramId=number(program))
    extras = people.Extras.of(ask.query)
    return listed(registered(held, ask.query["status"], lens), lambda row: people.person(row, lens, extras))
