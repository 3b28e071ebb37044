"""Things for sale in the organization's store."""

from __future__ import annotations

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.lens import through
from emulator.vendors.amilia.pages import listed
from emulator.vendors.amilia.shapes import sales


def find(ask: Ask, world: World) -> Outcome:
    """The store's items; archived ones where they are asked for."""
    lens = through(ask, world)
    rows = [row for row in lens.all("merchandise") if not row["IsArchived"] or ask.query["showArchived"]]
    return listed(rows, lambda row: sales.merchandise(row, lens))


def read(ask: Ask, world: World) -> Outcome:
    """One item."""
    lens = through(ask, world)
    return Outcome(data=sales.merchandise(lens.own("merchandise", ask.path["id"], "Merchandise"), lens))
