"""The organization's books."""

from __future__ import annotations

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.days import days
from emulator.vendors.amilia.lens import number, through
from emulator.vendors.amilia.pages import listed
from emulator.vendors.amilia.shapes import sales


def ledger_codes(ask: Ask, world: World) -> Outcome:
    """The chart of ledger codes; archived ones where they are asked for."""
    lens = through(ask, world)
    rows = [row for row in lens.all("ledger_codes") if not row["IsArchived"] or ask.query["showArchived"]]
    return listed(rows, lambda row: sales.ledger_code(row, lens))


def journal_entries(ask: Ask, world: World) -> Outcome:
    """The postings of these days, the most recent first."""
    lens = through(ask, world)
    within = days(ask, lens)
    rows = [row for row in lens.all("journal_entries") if within.hold(lens.wall(row["EffectiveDate"]).date())]
    rows.sort(key=lambda row: (lens.wall(row["EffectiveDate"]), number(row)), reverse=True)
    return listed(rows, lambda row: sales.journal_entry(row, lens))
