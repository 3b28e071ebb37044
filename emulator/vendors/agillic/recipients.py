"""Recipients: listed, created, read, written, deleted, in batches and as tasks; and what was sent to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from emulator.kit import Ask, Kind, Outcome, Refusal, World
from emulator.vendors.agillic import people, works
from emulator.vendors.agillic.addresses import named
from emulator.vendors.agillic.dates import formats
from emulator.vendors.agillic.fields import AGILLIC_ID, ROW_ID, person
from emulator.vendors.agillic.filters import compiled
from emulator.vendors.agillic.limits import size
from emulator.vendors.agillic.paging import paged
from emulator.vendors.agillic.running import COMMUNICATIONS
from emulator.vendors.agillic.tasks import accepted, state


def find(ask: Ask, world: World) -> Outcome:
    """Every recipient, or those that the filter lets through; a document that exists already needs neither."""
    who, rows = person(world), world.rows(people.RECIPIENTS).all()
    if paged(ask) and "documentId" in ask.query:
        return Outcome(items=(), show=who.show)
    if "filter" not in ask.query:
        return Outcome(items=rows, show=who.show)
    matches = compiled(world, ask.query["filter"], who.selectors(), {AGILLIC_ID: ROW_ID})
    return Outcome(items=[row for row in rows if matches(row.data)], show=who.show)


def create(ask: Ask, world: World) -> Outcome:
    """A new recipient, by its identifier in the body."""
    people.create(world, person(world), ask.body["personData"])
    return Outcome(status=201)


def read(ask: Ask, world: World) -> Outcome:
    """One recipient, whole or only the fields that are named."""
    who = person(world)
    shown = who.show(people.addressed(ask, world, who))
    wanted = [name for text in ask.query.get("personDataFields", ()) for name in text.split(",") if name]
    for name in wanted:
        if name not in who.fields:
            raise Refusal(Kind.INVALID, detail="unknown_field", facts={"field": name})
    if wanted:
        shown["personData"] = {name: value for name, value in shown["personData"].items() if name in wanted}
    return Outcome(data=shown)


def update(ask: Ask, world: World) -> Outcome:
    """Creates or updates the recipient of the path."""
    new = people.upsert(world, person(world), named(ask, "recipientId"), ask.body["personData"])
    return Outcome(status=201 if new else 200)


def delete(ask: Ask, world: World) -> Outcome:
    """Deletes a recipient and all that is its own."""
    people.remove(world, people.addressed(ask, world))
    return Outcome()


def batch(ask: Ask, world: World) -> Outcome:
    """Creates or updates each entry by its identifier."""
    most = int(world.figure("batch_bytes"))
    if size(ask.call) > most:
        raise Refusal(Kind.TOO_LARGE, facts={"limit": most, "size": size(ask.call)})
    return Outcome(data=works.upsert_people(world, ask.body))


def upsert_later(ask: Ask, world: World) -> Outcome:
    """As `batch`, but later."""
    return accepted(world, {"do": "upsert_people", "given": ask.body["data"]}, ask.body.get("configuration"))


def delete_later(ask: Ask, world: World) -> Outcome:
    """Deletes recipients later."""
    return accepted(world, {"do": "delete_people", "given": ask.body["recipientIds"]}, ask.body.get("configuration"))


def task(ask: Ask, world: World) -> Outcome:
    """How a task is getting on."""
    return state(world, named(ask, "taskId"))


def communications(ask: Ask, world: World) -> Outcome:
    """What was sent to a recipient, in order, within the bounds that are given."""
    recipient = people.addressed(ask, world)
    begin, end = _moment(ask, world, "dateStart"), _moment(ask, world, "dateEnd")
    kind = ask.query.get("communicationType")
    shown = []
    for row in world.rows(COMMUNICATIONS).where(recipient=recipient[ROW_ID]):
        at = datetime.fromisoformat(row.data["at"])
        within = (begin is None or begin <= at) and (end is None or at <= end)
        if within and (kind is None or row.data["communicationType"].lower() == kind.lower()):
            shown.append(_communication(row.data, world))
    return Outcome(data=shown)


def _moment(ask: Ask, world: World, name: str) -> datetime | None:
    text = ask.query.get(name)
    when = formats(world).argument(text) if text is not None else None
    if text is not None and when is None:
        raise Refusal(Kind.INVALID, detail="bad_date", facts={"field": name, "actual": text})
    return when


def _communication(row: Mapping[str, Any], world: World) -> dict[str, Any]:
    show = formats(world).show_moment
    return {
        "communicationId": row["communicationId"],
        "communicationType": row["communicationType"],
        "executionTimestamp": show(row["at"]),
        "additionalFields": {
            "openedTimestamp": show(row["opened"]) if row.get("opened") else None,
            "clickedTimeStamp": show(row["clicked"]) if row.get("clicked") else None,
            "bounced": row.get("bounced"),
            "storedEmailURL": row.get("storedEmailURL"),
        },
    }
