"""Families open accounts, and persons change."""

from __future__ import annotations

from datetime import date
from typing import Any

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.hooks import announce
from emulator.vendors.amilia.lens import LANGUAGE, Lens, anywhere, number, organization_called
from emulator.vendors.amilia.numbers import unused
from emulator.vendors.amilia.refusing import impossible
from emulator.vendors.amilia.shapes import people

CHANGEABLE = {
    "first_name": "FirstName",
    "last_name": "LastName",
    "email": "Email",
    "telephone": "Telephone",
    "archived": "IsArchived",
}


def home(world: World) -> Lens:
    """The sandbox's own organization, in its first language."""
    organization = organization_called(world.credentials["organization_id"], world)
    if organization is None:
        raise impossible("the organization was removed")
    return Lens(world, LANGUAGE, organization)


def account_opened(ask: Ask, world: World) -> Outcome:
    """An account with its owner."""
    lens = home(world)
    account = {"id": str(unused("accounts", world)), "OrganizationId": lens.id, "Corporate": None, "IsArchived": False}
    world.rows("accounts").add(account)
    ident = unused("persons", world)
    person: dict[str, Any] = {
        "id": str(ident),
        "OrganizationId": lens.id,
        "AccountId": number(account),
        "IsAccountOwner": True,
        **{CHANGEABLE[key]: ask.body[key] for key in ("first_name", "last_name", "email")},
        "Gender": ask.body.get("gender", "NotSpecified"),
        "DateOfBirth": _birth(ask.body.get("date_of_birth")),
        "Address": None,
        "IsArchived": False,
        "JoinDate": lens.stamp(),
        "MedicalInformation": None,
    }
    world.rows("persons").add(person)
    announce("Account", "Create", people.account(account, lens), lens)
    announce("Person", "Create", people.person(person, lens), lens)
    return Outcome(data={"account_id": number(account), "person_id": ident})


def person_changed(ask: Ask, world: World) -> Outcome:
    """A person's facts are changed; one who is archived is gone for those who listen."""
    person, lens = anywhere("persons", ask.body["person_id"], "Person", world)
    person |= {CHANGEABLE[key]: value for key, value in ask.body.items() if key in CHANGEABLE}
    world.rows("persons").put(person)
    if ask.body.get("archived"):
        announce("Person", "Delete", {"Id": number(person)}, lens)
    else:
        announce("Person", "Update", people.person(person, lens), lens)
    return Outcome(data={"person_id": number(person)})


def tokens_revoked(ask: Ask, world: World) -> Outcome:
    """Every token of a user stops being valid."""
    issued = [
        row for row in world.rows("credentials").where(username=ask.body["username"]) if row.id.startswith("token:")
    ]
    for row in issued:
        world.rows("credentials").drop(row.id)
    return Outcome(data={"revoked": len(issued)})


def _birth(text: str | None) -> str | None:
    try:
        return text and date.fromisoformat(text).isoformat()
    except ValueError:
        raise impossible(f"{text!r} is not a day of the calendar") from None
