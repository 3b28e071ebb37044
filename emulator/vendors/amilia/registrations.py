"""Registrations of an organization."""

from __future__ import annotations

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.days import days
from emulator.vendors.amilia.lens import through
from emulator.vendors.amilia.pages import listed
from emulator.vendors.amilia.participants import running
from emulator.vendors.amilia.shapes import enrolment


def find(ask: Ask, world: World) -> Outcome:
    """Registrations made on these days."""
    lens = through(ask, world)
    within = days(ask, lens)
    rows = [row for row in lens.all("registrations") if within.hold(lens.wall(row["DateCreated"]).date())]
    return listed(running(rows, ask.query["showEnded"], lens), lambda row: enrolment.payload(row, lens))


def read(ask: Ask, world: World) -> Outcome:
    """One registration, by the id that its webhook bore."""
    lens = through(ask, world)
    return Outcome(data=enrolment.payload(lens.own("registrations", ask.path["registrationId"], "Registration"), lens))
