"""Locations of an organization, what is held and what is booked there."""

from __future__ import annotations

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.area import within
from emulator.vendors.amilia.booked import booked
from emulator.vendors.amilia.catalogue import bearing, held_at
from emulator.vendors.amilia.lens import number, through
from emulator.vendors.amilia.pages import listed
from emulator.vendors.amilia.shapes import offers, places


def find(ask: Ask, world: World) -> Outcome:
    """The locations in an area and with a keyword; all of them where neither is given."""
    lens = through(ask, world)
    rows = bearing(within(ask, lens.all("locations"), world), ask, world)
    return listed(rows, lambda row: places.location(row, lens))


def activities(ask: Ask, world: World) -> Outcome:
    """What is held at a location."""
    lens = through(ask, world)
    rows = held_at(lens.own("locations", ask.path["id"], "Location"), ask, lens)
    return listed(rows, lambda row: offers.activity(row, lens))


def reservations(ask: Ask, world: World) -> Outcome:
    """What is booked at a location, and at those above or below it where that is asked for."""
    lens = through(ask, world)
    location = lens.own("locations", ask.path["id"], "Location")
    there = {number(location)}
    if ask.query["includeParentLocations"]:
        there |= {number(row) for row in places.ancestors(location, lens)}
    if ask.query["includeChildLocations"]:
        there |= set(places.descendants(number(location), lens))
    rows = [row for row in booked(ask, lens) if row["LocationId"] in there]
    return listed(rows, lambda row: places.reservation(row, lens))
