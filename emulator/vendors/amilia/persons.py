"""Persons of an organization."""

from __future__ import annotations

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.booked import lessons_of
from emulator.vendors.amilia.lens import absent, number, through
from emulator.vendors.amilia.pages import listed
from emulator.vendors.amilia.participants import running
from emulator.vendors.amilia.shapes import people, sales
from emulator.vendors.amilia.shapes.registration import registration


def find(ask: Ask, world: World) -> Outcome:
    """Everyone; archived persons say so themselves."""
    lens = through(ask, world)
    return listed(lens.all("persons"), lambda row: people.person(row, lens))


def read(ask: Ask, world: World) -> Outcome:
    """One person."""
    lens = through(ask, world)
    row = lens.own("persons", ask.path["id"], "Person")
    return Outcome(data=people.person(row, lens, people.Extras.of(ask.query)))


def external(ask: Ask, world: World) -> Outcome:
    """The person with an external membership id, if it belongs to this organization."""
    lens = through(ask, world)
    found = lens.all("persons", ExternalId=ask.path["id"])
    if not found:
        raise absent("Person with external id", ask.path["id"])
    return Outcome(data=people.person(found[0], lens))


def registrations(ask: Ask, world: World) -> Outcome:
    """A person's registrations."""
    lens = through(ask, world)
    person = lens.own("persons", ask.path["id"], "Person")
    rows = running(lens.all("registrations", PersonId=number(person)), ask.query["showEnded"], lens)
    return listed(rows, lambda row: registration(row, lens))


def private_lessons(ask: Ask, world: World) -> Outcome:
    """A person's private lessons."""
    lens = through(ask, world)
    person = lens.own("persons", ask.path["id"], "Person")
    return listed(lessons_of({number(person)}, ask, lens), lambda row: sales.lesson_booked(row, lens))
