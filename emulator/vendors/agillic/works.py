"""The work that tasks do, by name: each takes what was asked and says what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from emulator.kit import Kind, Refusal, World
from emulator.vendors.agillic import campaigns, contexts, exporting
from emulator.vendors.agillic.batches import CREATED, UPDATED, carried_out, member, text_in
from emulator.vendors.agillic.envelope import told
from emulator.vendors.agillic.fields import ROW_ID, person
from emulator.vendors.agillic.people import needed, remove, upsert
from emulator.vendors.agillic.running import achieve, event
from emulator.vendors.agillic.tables import OTM, table
from emulator.vendors.agillic.values import blank, text_of

Result = dict[str, Any]


def carry_out(world: World, task: str, work: Mapping[str, Any]) -> tuple[bool, Result | None]:
    """Does the work of a task; says whether it succeeded and what there is to tell."""
    try:
        result = WORKS[work["do"]](world, task, work["given"])
    except Refusal as refusal:
        return False, {"message": told(refusal, world)}
    return True, None if result is None else {"result": result}


def upsert_people(world: World, entries: Any) -> Result:
    """Recipients, each like a PUT by its identifier."""
    who = person(world)

    def one(entry: Any) -> str:
        data = member(entry, "personData", dict)
        return CREATED if upsert(world, who, f"{who.identifier}={_identifier(who.identifier, data)}", data) else UPDATED

    def name(entry: Any) -> str | None:
        return text_in(entry.get("personData"), who.identifier)

    return carried_out(world, entries, one, name).show(world)


def _identifier(field: str, data: Mapping[str, Any]) -> str:
    value = data.get(field)
    if blank(value) or isinstance(value, list | dict):
        raise Refusal(Kind.INVALID, detail="no_identifier", facts={"field": field})
    return text_of(value)


def _delete_people(world: World, task: str, given: Any) -> Result:
    who = person(world)

    def one(entry: str) -> str:
        remove(world, needed(world, who, entry))
        return UPDATED

    return carried_out(world, given, one, str).show(world)


def _upsert_rows(world: World, task: str, given: Any) -> Result:
    """Rows of many recipients; each record is an entry of its own."""
    who = person(world)
    entries = [(entry, record) for entry in given for record in _records(entry)]

    def one(pair: tuple[Any, Any]) -> str:
        entry, record = pair
        owner = needed(world, who, member(entry, "recipientId", str))
        if not isinstance(record, dict):
            raise Refusal(Kind.INVALID, detail="no_identifier", facts={"field": "records"})
        rows = table(world, OTM, member(entry, "tableId", str), owner[ROW_ID])
        return CREATED if rows.upsert(rows.key(record), record) else UPDATED

    return carried_out(world, entries, one, lambda pair: text_in(pair[0], "recipientId")).show(world)


def _records(entry: Any) -> list[Any]:
    """The records of an entry; one that is none, to be refused, where it has no list of them."""
    records = entry.get("records")
    return records if isinstance(records, list) else [None]


def _achieve(world: World, task: str, given: Any) -> Result:
    who = person(world)

    def one(entry: Any) -> str:
        recipient = needed(world, who, member(entry, "recipientId", str))
        achieved = event(world, member(entry, "eventId", str))
        context = entry.get("context_parameters")
        if context is not None:
            data = member(entry, "context_parameters", dict)
            contexts.validated(
                world, {key: value for key, value in data.items() if key != "name"}, member(data, "name", str)
            )
        achieve(world, recipient[ROW_ID], achieved)
        return UPDATED

    return carried_out(world, given, one, lambda entry: text_in(entry, "recipientId")).show(world)


WORKS: Mapping[str, Callable[[World, str, Any], Result | None]] = {
    "upsert_people": lambda world, task, given: upsert_people(world, given),
    "delete_people": _delete_people,
    "upsert_rows": _upsert_rows,
    "achieve": _achieve,
    "stage": lambda world, task, given: {"campaignId": campaigns.stage(world, given)},
    "edit": lambda world, task, given: {"campaignId": campaigns.edit(world, given)},
    "publish": lambda world, task, given: {"campaignId": campaigns.publish(world, given)},
    "export": exporting.export,
}
