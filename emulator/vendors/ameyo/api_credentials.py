"""Who may call the 6.x services: registered pairs, kept as records and as credentials, and temporary tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Row, World, moment, stamp
from emulator.vendors.ameyo.numbering import fresh

RECORDS, CREDENTIALS = "api_credentials", "credentials"


def role(name: str) -> str:
    """`Professional Agent` -> `professional_agent`, as roles are called in the contract."""
    return "_".join(name.lower().split())


def admit_bearer(world: World, token: str, expires: float | None) -> Row:
    """Makes a temporary token known. It is an administrator's of the whole system, bound to no contact centre."""
    row = {"id": f"bearer:{token}", "principal": "administrator", "roles": ["administrator"]}
    return world.rows(CREDENTIALS).add(row, expires=expires)


def named(world: World, username: str) -> Row | None:
    """The record of a username whose pair still works."""
    found = world.rows(RECORDS).where(username=username).first()
    return found if found is not None and world.rows(CREDENTIALS).row(f"basic:{username}") is not None else None


def store(world: World, pair: Mapping[str, Any], expires: float | None, number: int = 0) -> dict[str, Any]:
    """Keeps a pair under a record's number, or a new one, in the place of whatever that number or that username had."""
    records = world.rows(RECORDS)
    old = records.get(str(number)) if number else None
    for row in list(records.where(username=pair["username"])):
        if old is None or row.id != old["id"]:
            withdraw(world, row.data)
    if old is not None:
        world.rows(CREDENTIALS).drop(f"basic:{old['username']}")
    now = world.clock.stamp()
    record = {
        "id": old["id"] if old else str(fresh(world, RECORDS)),
        "username": pair["username"],
        "context": pair["context"],
        "contextId": pair["contextId"],
        "userRole": pair["userRole"],
        "dateExpiry": stamp(expires) if expires is not None else None,
        "dateAdded": old["dateAdded"] if old else now,
        "dateModified": now,
        "version": old["version"] + 1 if old else 0,
    }
    records.put(record)
    credential = {
        "id": f"basic:{pair['username']}",
        "principal": pair["username"],
        "roles": [role(pair["userRole"])],
        "password": pair["password"],
        "contact_center": str(int(pair["contextId"])),
    }
    world.rows(CREDENTIALS).drop(credential["id"])
    world.rows(CREDENTIALS).add(credential, expires=expires)
    return record


def withdraw(world: World, record: Mapping[str, Any]) -> None:
    """Removes a record, and its pair with it."""
    world.rows(RECORDS).drop(record["id"])
    world.rows(CREDENTIALS).drop(f"basic:{record['username']}")


def shown(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as the service shows it: a pair without an end has no `dateExpiry`, and nobody is told a password."""
    told = {name: value for name, value in record.items() if value is not None}
    return told | {"id": int(record["id"]), "ref": int(record["id"])}


def ends_at(text: str | None, world: World) -> float:
    """When a pair stops working: as asked, or after the usual time. Raises ValueError for a text that is no time."""
    if text is None:
        return float(world.clock.now() + world.settings["credential_lifetime"])
    try:
        end = moment(text)
        stamp(end)  # it will be shown; the very last year has moments that cannot be
    except OverflowError as error:
        raise ValueError(str(error)) from error
    return end
