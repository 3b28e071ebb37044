"""Registration of the pairs that the 6.x services take as Basic, and what an administrator does with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Ask, Kind, Outcome, Refusal, Violation, World
from emulator.vendors.ameyo import api_credentials, scope, sorting


def register(ask: Ask, world: World) -> Outcome:
    """Makes a pair work until its `dateExpiry`. No token comes back, and unless a setting says so nothing at all."""
    expires = _checked(ask, world)
    taken = api_credentials.named(world, ask.body["username"])
    if taken is not None and world.settings["repeated_username"] == "refuse":
        raise _taken(ask.body["username"])
    number = int(taken.id) if taken is not None else 0
    record = api_credentials.store(world, ask.body, expires, number)
    return Outcome(data=api_credentials.shown(record) if world.settings["register_reply"] == "record" else None)


def find(ask: Ask, world: World) -> Outcome:
    """The records of the contact centre that the caller may see, filtered and sorted."""
    records = [api_credentials.shown(row.data) for row in world.rows(api_credentials.RECORDS).all()]
    wanted = ask.query
    records = [
        r
        for r in records
        if _within_reach(ask, r)
        and r["username"].startswith(wanted.get("username", ""))
        and all(r[name] == wanted[name] for name in ("context", "contextId") if name in wanted)
    ]
    keys = sorting.keys(wanted.get("sort_by", "").split(","), sorting.scalars(world, "credential.record"))
    return Outcome(items=sorting.ordered(records, keys))


def read(ask: Ask, world: World) -> Outcome:
    """One record."""
    return Outcome(data=api_credentials.shown(_record(ask, world)))


def update(ask: Ask, world: World) -> Outcome:
    """Replaces all that a record says; the old pair stops working."""
    record = _record(ask, world)
    expires = _checked(ask, world)
    taken = api_credentials.named(world, ask.body["username"])
    if taken is not None and taken.id != record["id"]:
        raise _taken(ask.body["username"])
    return Outcome(data=api_credentials.shown(api_credentials.store(world, ask.body, expires, int(record["id"]))))


def delete(ask: Ask, world: World) -> Outcome:
    """Removes a record; its pair stops working."""
    api_credentials.withdraw(world, _record(ask, world))
    return Outcome()


def _checked(ask: Ask, world: World) -> float:
    """When the pair of the body ends; its contact centre is one that the caller may act for."""
    body = ask.body
    if ":" in body["username"]:
        raise _broken("username", body["username"], "has a colon, which Basic cannot carry")
    text = body["contextId"]
    if not (text.isascii() and text.isdigit() and len(text) <= sorting.LONGEST):
        raise _broken("contextId", text, "is not a number")
    try:
        expires = api_credentials.ends_at(body.get("dateExpiry"), world)
    except ValueError:
        raise _broken("dateExpiry", body["dateExpiry"], "is not a time in ISO 8601") from None
    scope.contact_center(ask, world, int(text))
    return expires


def _record(ask: Ask, world: World) -> dict[str, Any]:
    record = world.rows(api_credentials.RECORDS).get(str(ask.path["id"]))
    if record is None or not _within_reach(ask, record):
        raise scope.missing("credential", ask.path["id"])
    return record


def _within_reach(ask: Ask, record: Mapping[str, Any]) -> bool:
    bound = scope.bound_to(ask)
    return bound is None or bound == str(int(record["contextId"]))


def _taken(username: str) -> Refusal:
    return Refusal(Kind.CONFLICT, [Violation(("username",), "unique", username, said="is registered already")])


def _broken(name: str, value: Any, said: str) -> Refusal:
    return Refusal(Kind.INVALID, [Violation((name,), "format", value, said=said)])
