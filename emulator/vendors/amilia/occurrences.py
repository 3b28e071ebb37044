"""Who takes part in one occurrence."""

from __future__ import annotations

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.lens import through
from emulator.vendors.amilia.shapes import enrolment


def persons(ask: Ask, world: World) -> Outcome:
    """The participants, with their attendance."""
    lens = through(ask, world)
    row = lens.own("occurrences", ask.path["id"], "Occurrence")
    return Outcome(items=enrolment.participants(row, lens))
