"""Discovery: what fields, tables, variables and groups an instance has."""

from __future__ import annotations

from typing import Any

from emulator.kit import Ask, Kind, Outcome, Refusal, World
from emulator.vendors.agillic.addresses import named
from emulator.vendors.agillic.fields import person
from emulator.vendors.agillic.global_data import find as _variables
from emulator.vendors.agillic.tables import GDT, IDENTIFIER, OTM, definition, definitions

HISTORICAL = "historical_tables"


def person_data(ask: Ask, world: World) -> Outcome:
    """The fields of person data; the one that identifies recipients is marked."""
    who = person(world)
    fields = [{"name": field.name, "type": field.type} for field in who.fields.values()]
    return Outcome(
        data=[{**field, "identifier": True} if field["name"] == who.identifier else field for field in fields]
    )


def one_to_many(ask: Ask, world: World) -> Outcome:
    """The names of the one-to-many tables."""
    return Outcome(data=[raw["id"] for raw in definitions(world, OTM)])


def one_to_many_table(ask: Ask, world: World) -> Outcome:
    """The fields of a one-to-many table."""
    return Outcome(data=_described(definition(world, OTM, named(ask, "tableId"))))


def historical(ask: Ask, world: World) -> Outcome:
    """The names of the historical tables."""
    return Outcome(data=[row.id for row in world.rows(HISTORICAL).all()])


def historical_table(ask: Ask, world: World) -> Outcome:
    """The fields of a historical table."""
    name = named(ask, "tableId")
    raw = world.rows(HISTORICAL).get(name)
    if raw is None:
        raise Refusal(Kind.MISSING, facts={"resource": HISTORICAL, "id": name})
    return Outcome(data=_described(raw))


def global_data(ask: Ask, world: World) -> Outcome:
    """The variables that the filter lets through."""
    return _variables(ask, world)


def global_tables(ask: Ask, world: World) -> Outcome:
    """The names of the global data tables."""
    return Outcome(data=[raw["id"] for raw in definitions(world, GDT)])


def global_table(ask: Ask, world: World) -> Outcome:
    """The fields of a global data table, with their indexes."""
    raw = definition(world, GDT, named(ask, "tableId"))
    described = _described(raw)
    for field, column in zip(described["fields"], raw.get("fields", ()), strict=True):
        index = column.get("index") or ("UNIQUE" if field["identifier"] else "NO_INDEX")
        field |= {"index": index, "description": column.get("description", "")}
    return Outcome(data={**described, "description": raw.get("description", "")})


def target_groups(ask: Ask, world: World) -> Outcome:
    """Every target group."""
    rows = [row.data for row in world.rows("target_groups").all()]
    return Outcome(
        data=[
            {
                "name": group["id"],
                "description": group.get("description", ""),
                "static": bool(group.get("static")),
                "global": bool(group.get("global")),
            }
            for group in rows
        ]
    )


def _described(raw: dict[str, Any]) -> dict[str, Any]:
    columns = raw.get("fields", ())
    marked = any(column.get("identifier") for column in columns)
    fields = [
        {
            "name": column["name"],
            "identifier": bool(column.get("identifier")) if marked else column["name"] == IDENTIFIER,
            "type": column.get("type", "STRING"),
        }
        for column in columns
    ]
    return {"name": raw["id"], "fields": fields}
