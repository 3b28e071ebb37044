"""Offers of private lessons."""

from __future__ import annotations

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.lens import through
from emulator.vendors.amilia.pages import listed
from emulator.vendors.amilia.shapes import sales


def find(ask: Ask, world: World) -> Outcome:
    """The offers; archived ones where they are asked for."""
    lens = through(ask, world)
    rows = [row for row in lens.all("private_lessons") if not row["IsArchived"] or ask.query["showArchived"]]
    return listed(rows, lambda row: sales.private_lesson(row, lens))
