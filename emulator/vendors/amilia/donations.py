"""Donations made to the organization's campaigns."""

from __future__ import annotations

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.days import days
from emulator.vendors.amilia.lens import through
from emulator.vendors.amilia.pages import listed
from emulator.vendors.amilia.shapes import sales


def sold(ask: Ask, world: World) -> Outcome:
    """Donations made on these days."""
    lens = through(ask, world)
    within = days(ask, lens)
    rows = [row for row in lens.all("donations_sold") if within.hold(lens.wall(row["PurchasedDate"]).date())]
    return listed(rows, lambda row: sales.donation(row, lens))
