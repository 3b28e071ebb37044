"""Global data tables: rows that belong to nobody, one by one and in batches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from emulator.kit import Ask, Kind, Outcome, Refusal, World
from emulator.vendors.agillic.addresses import named
from emulator.vendors.agillic.batches import CREATED, UPDATED, carried_out, text_in
from emulator.vendors.agillic.filters import compiled
from emulator.vendors.agillic.tables import GDT, Table, definitions, keyed, table
from emulator.vendors.agillic.values import number

Row = Mapping[str, Any]


def find(ask: Ask, world: World) -> Outcome:
    """The names of the tables."""
    return Outcome(data=[raw["id"] for raw in definitions(world, GDT)])


def read(ask: Ask, world: World) -> Outcome:
    """A table with the rows that the filter lets through."""
    found = _table(ask, world)
    return _shown(found, _filtered(ask, world, found))


def first(ask: Ask, world: World) -> Outcome:
    """So many rows, in the order of a field if one is named."""
    found = _table(ask, world)
    rows = _filtered(ask, world, found)
    field = ask.query.get("sortByField")
    if field is not None:
        kind = found.selectors().get(field)
        if kind is None:
            raise Refusal(Kind.INVALID, detail="unknown_field", facts={"field": field})
        rows = _sorted(rows, field, kind, ask.query["sortingOrder"] == "desc")
    return _shown(found, rows[: ask.path["rowNum"]])


def create(ask: Ask, world: World) -> Outcome:
    """A new row."""
    _table(ask, world).create(ask.body)
    return Outcome(status=201)


def read_record(ask: Ask, world: World) -> Outcome:
    """One row."""
    found, key = _table(ask, world), named(ask, "recordId")
    row = found.find(key)
    if row is None:
        raise Refusal(Kind.MISSING, facts={"resource": found.name, "id": key})
    return Outcome(data=found.show(row))


def update_record(ask: Ask, world: World) -> Outcome:
    """Creates or updates the row of the path."""
    found = _table(ask, world)
    new = found.upsert(found.key({found.identifier: named(ask, "recordId")}), ask.body)
    return Outcome(status=201 if new else 200)


def delete_record(ask: Ask, world: World) -> Outcome:
    """Deletes the row of the path."""
    _table(ask, world).drop(named(ask, "recordId"))
    return Outcome()


def batch_create(ask: Ask, world: World) -> Outcome:
    """Creates rows; those whose identifier is taken fail."""
    found = _table(ask, world)

    def one(entry: Any) -> str:
        found.create(entry)
        return CREATED

    return _carried_out(ask, world, found, one)


def batch_update(ask: Ask, world: World) -> Outcome:
    """Creates or updates rows by their identifier."""
    found = _table(ask, world)
    return _carried_out(ask, world, found, lambda entry: CREATED if found.upsert(found.key(entry), entry) else UPDATED)


def batch_delete(ask: Ask, world: World) -> Outcome:
    """Deletes rows by their identifier."""
    found = _table(ask, world)

    def one(entry: Any) -> str:
        found.drop(keyed(found, entry))
        return UPDATED

    return _carried_out(ask, world, found, one)


def truncate(ask: Ask, world: World) -> Outcome:
    """Deletes every row."""
    _table(ask, world).clear()
    return Outcome()


def _table(ask: Ask, world: World) -> Table:
    return table(world, GDT, named(ask, "tableId"))


def _carried_out(ask: Ask, world: World, found: Table, one: Callable[[Any], str]) -> Outcome:
    def name(entry: Any) -> str | None:
        return entry if isinstance(entry, str) else text_in(entry, found.identifier)

    return Outcome(data=carried_out(world, ask.body, one, name).show(world))


def _filtered(ask: Ask, world: World, found: Table) -> list[Row]:
    rows = [row.data for row in found.rows()]
    if "filter" not in ask.query:
        return list(rows)
    matches = compiled(world, ask.query["filter"], found.selectors())
    return [row for row in rows if matches(row["fields"])]


def _sorted(rows: list[Row], field: str, kind: str, down: bool) -> list[Row]:
    """By value; rows without one come last either way."""

    def value(row: Row) -> Any:
        kept = str(row["fields"][field])
        return (number(kept) or Decimal(0)) if kind == "NUMBER" else kept

    have = [row for row in rows if field in row["fields"]]
    return sorted(have, key=value, reverse=down) + [row for row in rows if field not in row["fields"]]


def _shown(found: Table, rows: list[Row]) -> Outcome:
    return Outcome(data={"name": found.name, "records": [found.show(row) for row in rows]})
