"""Multipasses and who holds them."""

from __future__ import annotations

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.lens import Json, Lens, number, through
from emulator.vendors.amilia.pages import listed
from emulator.vendors.amilia.shapes import people, sales


def find(ask: Ask, world: World) -> Outcome:
    """Cards of passes; archived ones where they are asked for."""
    lens = through(ask, world)
    rows = [row for row in lens.all("multipasses") if not row["IsArchived"] or ask.query["showArchived"]]
    return listed(rows, lambda row: sales.multipass(row, lens))


def read(ask: Ask, world: World) -> Outcome:
    """One card of passes."""
    lens = through(ask, world)
    return Outcome(data=sales.multipass(lens.own("multipasses", ask.path["id"], "Multipass"), lens))


def persons(ask: Ask, world: World) -> Outcome:
    """Who holds it; cancelled passes where they are asked for."""
    lens = through(ask, world)
    extras = people.Extras.of(ask.query)
    rows = _held("persons", "PersonId", ask, lens)
    return listed(rows, lambda row: {**sales.tokens(row["bought"], lens), **people.person(row["holder"], lens, extras)})


def accounts(ask: Ask, world: World) -> Outcome:
    """The accounts that hold it."""
    lens = through(ask, world)
    extras = people.Extras.of(ask.query)
    rows = _held("accounts", "AccountId", ask, lens)
    return listed(
        rows, lambda row: {**sales.tokens(row["bought"], lens), **people.account(row["holder"], lens, extras)}
    )


def _held(collection: str, field: str, ask: Ask, lens: Lens) -> list[Json]:
    card = lens.own("multipasses", ask.path["id"], "Multipass")
    rows = [
        {"bought": row, "holder": holder}
        for row in lens.all("multipass_purchases", MultipassId=number(card))
        if (not row["IsCancelled"] or ask.query["showArchived"])
        and (holder := lens.find(collection, row[field])) is not None
    ]
    return sorted(rows, key=lambda row: (number(row["holder"]), number(row["bought"])))
