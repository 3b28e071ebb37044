"""One-to-many tables: rows that belong to a recipient."""

from __future__ import annotations

from typing import Any

from emulator.kit import Ask, Outcome, World
from emulator.vendors.agillic.addresses import named
from emulator.vendors.agillic.batches import CREATED, UPDATED, carried_out, text_in
from emulator.vendors.agillic.fields import ROW_ID
from emulator.vendors.agillic.people import addressed
from emulator.vendors.agillic.tables import OTM, Table, definitions, keyed, table
from emulator.vendors.agillic.tasks import accepted


def find(ask: Ask, world: World) -> Outcome:
    """The names of the tables."""
    addressed(ask, world)
    return Outcome(data=[raw["id"] for raw in definitions(world, OTM)])


def read(ask: Ask, world: World) -> Outcome:
    """The recipient's rows in one table."""
    rows = _table(ask, world)
    return Outcome(data={"recordList": [rows.show(row.data) for row in rows.rows()]})


def batch_update(ask: Ask, world: World) -> Outcome:
    """Creates or updates rows by their identifier."""
    rows = _table(ask, world)

    def one(entry: Any) -> str:
        return CREATED if rows.upsert(rows.key(entry), entry) else UPDATED

    return Outcome(data=carried_out(world, ask.body, one, lambda entry: text_in(entry, rows.identifier)).show(world))


def batch_delete(ask: Ask, world: World) -> Outcome:
    """Deletes rows by their identifier."""
    rows = _table(ask, world)

    def one(entry: Any) -> str:
        rows.drop(keyed(rows, entry))
        return UPDATED

    def name(entry: Any) -> str | None:
        return entry if isinstance(entry, str) else text_in(entry, rows.identifier)

    return Outcome(data=carried_out(world, ask.body, one, name).show(world))


def truncate(ask: Ask, world: World) -> Outcome:
    """Deletes all of the recipient's rows in one table."""
    _table(ask, world).clear()
    return Outcome()


def upsert_later(ask: Ask, world: World) -> Outcome:
    """Creates or updates rows of many recipients later."""
    return accepted(world, {"do": "upsert_rows", "given": ask.body["data"]}, ask.body.get("configuration"))


def _table(ask: Ask, world: World) -> Table:
    return table(world, OTM, named(ask, "tableId"), addressed(ask, world)[ROW_ID])
