"""Memberships and who holds them."""

from __future__ import annotations

from datetime import date

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.days import days
from emulator.vendors.amilia.lens import Json, Lens, number, through
from emulator.vendors.amilia.pages import listed
from emulator.vendors.amilia.shapes import people, sales

ACTIVE, EXPIRED, INACTIVE, ALL = "Active", "Expired", "Inactive", "All"


def find(ask: Ask, world: World) -> Outcome:
    """Types of membership; hidden and discontinued ones where they are asked for."""
    lens = through(ask, world)
    rows = [
        row
        for row in lens.all("memberships")
        if (row["IsVisible"] or ask.query["showHidden"]) and not (row["IsArchived"] and ask.query["showActiveonly"])
    ]
    return listed(rows, lambda row: sales.membership(row, lens))


def read(ask: Ask, world: World) -> Outcome:
    """One type of membership."""
    lens = through(ask, world)
    return Outcome(data=sales.membership(lens.own("memberships", ask.path["id"], "Membership"), lens))


def persons(ask: Ask, world: World) -> Outcome:
    """Who holds it: each person of each purchase."""
    lens = through(ask, world)
    extras = people.Extras.of(ask.query)
    rows = [
        {"bought": row, "person": person}
        for row in _held(ask, lens)
        for ident in row["PersonIds"]
        if (person := lens.find("persons", ident)) is not None
    ]
    rows.sort(key=lambda row: (number(row["person"]), number(row["bought"])))
    return listed(rows, lambda row: {**sales.dates(row["bought"], lens), **people.person(row["person"], lens, extras)})


def accounts(ask: Ask, world: World) -> Outcome:
    """The accounts that hold it, by id."""
    lens = through(ask, world)
    extras = people.Extras.of(ask.query)
    rows = [
        {"bought": row, "account": account}
        for row in _held(ask, lens)
        if (account := lens.find("accounts", row["AccountId"])) is not None
    ]
    rows.sort(key=lambda row: (number(row["account"]), number(row["bought"])))
    return listed(
        rows, lambda row: {**sales.dates(row["bought"], lens), **people.account(row["account"], lens, extras)}
    )


def _held(ask: Ask, lens: Lens) -> list[Json]:
    """The purchases of the status asked for, whose period meets the days asked for."""
    plan = lens.own("memberships", ask.path["id"], "Membership")
    within, wanted = days(ask, lens), ask.query["status"]
    rows = lens.all("membership_purchases", MembershipId=number(plan))
    return [row for row in rows if wanted in (ALL, _status(row, lens)) and within.meet(*_period(row, lens))]


def _period(row: Json, lens: Lens) -> tuple[date, date | None]:
    last = row["ExpirationDate"]
    return lens.wall(row["EffectiveDate"]).date(), None if last is None else lens.wall(last).date()


def _status(row: Json, lens: Lens) -> str:
    """Active today; expired; or inactive: cancelled, or not begun."""
    first, last = _period(row, lens)
    if row["IsCancelled"] or first > lens.today:
        return INACTIVE
    return EXPIRED if last is not None and last < lens.today else ACTIVE
