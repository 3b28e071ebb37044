"""Reservations of locations: bookings, private lessons, and the occurrences of activities."""

from __future__ import annotations

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.booked import booked
from emulator.vendors.amilia.lens import through
from emulator.vendors.amilia.pages import listed
from emulator.vendors.amilia.shapes import places


def find(ask: Ask, world: World) -> Outcome:
    """The reservations of every location."""
    lens = through(ask, world)
    return listed(booked(ask, lens), lambda row: places.reservation(row, lens))
