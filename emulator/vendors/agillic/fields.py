"""The fields of an instance's person data: those that every instance has, and those that the world's rows define."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from emulator.kit import Kind, Refusal, World, fixed
from emulator.vendors.agillic.values import BadValue, Types, text_of, types

AGILLIC_ID = "AGILLIC_ID"
CREATED = "CREATED"
UPDATED = "LAST_UPDATED"
ROW_ID = "id"


@fixed
class Field:
    """A field: its type, whether its values are unique, and whether the server sets it."""

    name: str
    type: str
    unique: bool = False
    system: bool = False


@fixed
class Person:
    """What person data is in one instance: its fields, the one that identifies recipients, and the rules of their values."""

    fields: Mapping[str, Field]
    identifier: str
    types: Types
    strict: bool

    def field(self, name: str) -> Field | None:
        """The field of this name. Raises `invalid` where unknown names are refused; None where they are ignored."""
        found = self.fields.get(name)
        if found is None and self.strict:
            raise Refusal(Kind.INVALID, detail="unknown_field", facts={"field": name})
        return found

    def keep(self, field: Field, value: Any) -> str:
        """A value as it is kept. Raises `invalid`."""
        try:
            return self.types.keep(field.type, value)
        except BadValue:
            raise Refusal(
                Kind.INVALID, detail="bad_value", facts={"field": field.name, "type": field.type, "actual": value}
            ) from None

    @property
    def show(self) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
        """Turns a recipient's row into what the API shows; the same function as long as fields and formats are the same."""
        kinds = tuple((field.name, field.type) for field in self.fields.values() if field.type in ("DATE", "TIMESTAMP"))
        return _view(kinds, self.types)

    def value(self, row: Mapping[str, Any], name: str) -> str:
        """One field of a row as it is shown; empty if the row has none."""
        kept = row.get(ROW_ID if name == AGILLIC_ID else name)
        return "" if kept is None else self.types.show(self.fields[name].type, text_of(kept))

    def selectors(self) -> dict[str, str]:
        """The types of the fields, by which filters compare."""
        return {field.name: field.type for field in self.fields.values()}


def person(world: World) -> Person:
    """The person data of this world's instance."""
    rows = [row.data for row in world.rows("person_fields").all() if row.id != ROW_ID]
    system = world.table("person_fields")
    fields = {raw["id"]: _field(raw) for raw in (*system, *rows)}
    marked = [raw["id"] for raw in rows if raw.get("identifier")] or [
        raw["id"] for raw in system if raw.get("identifier")
    ]
    return Person(fields, marked[0], types(world), world.settings["unknown_fields"] == "refuse")


def _field(raw: Mapping[str, Any]) -> Field:
    return Field(raw["id"], raw.get("type", "STRING"), bool(raw.get("unique")), bool(raw.get("system")))


@lru_cache(maxsize=32)
def _view(kinds: tuple[tuple[str, str], ...], rules: Types) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    dated = dict(kinds)

    def show(row: Mapping[str, Any]) -> dict[str, Any]:
        shown = {AGILLIC_ID: row[ROW_ID]}
        for name, kept in row.items():
            if name in dated:
                shown[name] = rules.show(dated[name], str(kept))
            elif name != ROW_ID:
                shown[name] = kept if isinstance(kept, str) else text_of(kept)
        return {"personData": shown}

    return show
