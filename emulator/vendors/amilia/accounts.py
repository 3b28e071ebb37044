"""Client accounts: families and companies."""

from __future__ import annotations

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.booked import lessons_of
from emulator.vendors.amilia.lens import Json, number, through
from emulator.vendors.amilia.pages import listed
from emulator.vendors.amilia.participants import running
from emulator.vendors.amilia.shapes import people, sales
from emulator.vendors.amilia.shapes.registration import registration


def find(ask: Ask, world: World) -> Outcome:
    """Accounts; those of an owner where an e-mail address is given."""
    lens = through(ask, world)
    email = ask.query.get("accountOwnerEmail")

    def wanted(row: Json) -> bool:
        owner = people.owner_of(number(row), lens) if email is not None else None
        mine = email is None or (owner is not None and (owner.get("Email") or "").lower() == email.lower())
        return mine and (not row["IsArchived"] or ask.query["showArchived"])

    rows = [row for row in lens.all("accounts") if wanted(row)]
    return listed(rows, lambda row: people.account(row, lens))


def read(ask: Ask, world: World) -> Outcome:
    """One account."""
    lens = through(ask, world)
    row = lens.own("accounts", ask.path["id"], "Account")
    return Outcome(data=people.account(row, lens, people.Extras.of(ask.query)))


def contacts(ask: Ask, world: World) -> Outcome:
    """The persons that an account has entered as contacts."""
    lens = through(ask, world)
    row = lens.own("accounts", ask.path["id"], "Account")
    return Outcome(data=[people.base(found, lens) for found in people.contacts(number(row), lens)])


def registrations(ask: Ask, world: World) -> Outcome:
    """The registrations of everyone in an account."""
    lens = through(ask, world)
    members = _members(lens.own("accounts", ask.path["id"], "Account"), world)
    rows = [row for row in lens.all("registrations") if row["PersonId"] in members]
    return listed(running(rows, ask.query["showEnded"], lens), lambda row: registration(row, lens))


def private_lessons(ask: Ask, world: World) -> Outcome:
    """The private lessons of everyone in an account."""
    lens = through(ask, world)
    members = _members(lens.own("accounts", ask.path["id"], "Account"), world)
    return listed(lessons_of(members, ask, lens), lambda row: sales.lesson_booked(row, lens))


def _members(account: Json, world: World) -> set[int]:
    return {number(row.data) for row in world.rows("persons").where(AccountId=number(account))}
