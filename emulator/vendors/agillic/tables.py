"""Tables of typed rows: one-to-many tables, whose rows belong to recipients, and global data tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Kind, Refusal, Rows, World, fixed
from emulator.vendors.agillic.values import BadValue, Types, blank, text_of, types

OTM, GDT = "otm_tables", "gdt_tables"
ROWS = {OTM: "otm_rows", GDT: "gdt_rows"}
IDENTIFIER = "ID"
_BETWEEN = "\x1f"


@fixed
class Table:
    """A table: its columns with their types, and the one that identifies its rows. A recipient's table has an `owner`."""

    world: World
    name: str
    kind: str
    columns: Mapping[str, Mapping[str, Any]]
    identifier: str
    types: Types
    owner: str = ""

    def rows(self) -> Rows:
        """The rows, of the owner's if there is one."""
        rows = self.world.rows(ROWS[self.kind])
        return rows.where(recipient=self.owner, table=self.name) if self.owner else rows.where(table=self.name)

    def find(self, key: str) -> dict[str, Any] | None:
        """The row of this key."""
        return self.world.rows(ROWS[self.kind]).get(self._id(key))

    def key(self, row: Mapping[str, Any]) -> str:
        """The identifier that a row brings. Raises `invalid` if it brings none."""
        value = row.get(self.identifier)
        if blank(value):
            raise Refusal(Kind.INVALID, detail="no_identifier", facts={"field": self.identifier})
        return self._kept(self.identifier, value)

    def create(self, row: Mapping[str, Any]) -> None:
        """A new row. Raises `invalid`, and `conflict` if its identifier is taken."""
        key = self.key(row)
        if self.find(key) is not None:
            raise Refusal(Kind.CONFLICT, detail="exists", facts={"name": f"{self.name} {key}"})
        self._write(key, {}, row)

    def upsert(self, key: str, row: Mapping[str, Any]) -> bool:
        """Creates or updates the row of this key, field by field; says whether it is new. Raises `invalid`."""
        if not blank(row.get(self.identifier)) and self._kept(self.identifier, row[self.identifier]) != key:
            raise Refusal(Kind.INVALID, detail="key_changed", facts={"field": self.identifier})
        old = self.find(key)
        self._write(key, {} if old is None else old["fields"], row)
        return old is None

    def drop(self, key: str) -> None:
        """Deletes the row of this key. Raises `missing`."""
        if not self.world.rows(ROWS[self.kind]).drop(self._id(key)):
            raise Refusal(Kind.MISSING, facts={"resource": self.name, "id": key})

    def clear(self) -> None:
        """Deletes every row."""
        rows = self.world.rows(ROWS[self.kind])
        for row in list(self.rows()):
            rows.drop(row.id)

    def show(self, row: Mapping[str, Any]) -> dict[str, str]:
        """A row as the API shows it."""
        return {name: self.types.show(self._type(name), text_of(kept)) for name, kept in row["fields"].items()}

    def selectors(self) -> dict[str, str]:
        """The columns' types, by which filters compare and sorting goes."""
        return {name: self._type(name) for name in self.columns}

    def _write(self, key: str, old: Mapping[str, Any], row: Mapping[str, Any]) -> None:
        fields = dict(old)
        for name, value in row.items():
            if name not in self.columns:
                if self.world.settings["unknown_fields"] == "refuse":
                    raise Refusal(Kind.INVALID, detail="unknown_field", facts={"field": name})
            elif blank(value):
                fields.pop(name, None)
            else:
                fields[name] = self._kept(name, value)
        fields = {self.identifier: key, **{name: kept for name, kept in fields.items() if name != self.identifier}}
        written = {"id": self._id(key), "table": self.name, "key": key, "fields": fields}
        self.world.rows(ROWS[self.kind]).put(written | ({"recipient": self.owner} if self.owner else {}))

    def _kept(self, name: str, value: Any) -> str:
        try:
            return self.types.keep(self._type(name), value)
        except BadValue:
            raise Refusal(
                Kind.INVALID, detail="bad_value", facts={"field": name, "type": self._type(name), "actual": value}
            ) from None

    def _type(self, name: str) -> str:
        return str(self.columns.get(name, {}).get("type", "STRING"))

    def _id(self, key: str) -> str:
        return _BETWEEN.join(filter(None, (self.owner, self.name, key)))


def table(world: World, kind: str, name: str, owner: str = "") -> Table:
    """The table of this name. Raises `missing`."""
    raw = definition(world, kind, name)
    columns = {column["name"]: column for column in raw.get("fields", ())}
    marked = [column for column, described in columns.items() if described.get("identifier")]
    return Table(world, name, kind, columns, marked[0] if marked else IDENTIFIER, types(world), owner)


def definition(world: World, kind: str, name: str) -> dict[str, Any]:
    """What is known of a table. Raises `missing`."""
    for raw in definitions(world, kind):
        if raw["id"] == name:
            return raw
    raise Refusal(Kind.MISSING, facts={"resource": kind, "id": name})


def definitions(world: World, kind: str) -> list[dict[str, Any]]:
    """Every table of a kind: those that every instance has, then those of this one."""
    own = [row.data for row in world.rows(kind).all()]
    system = world.table(kind) if kind == OTM else []
    return [*(raw for raw in system if raw["id"] not in {table["id"] for table in own}), *own]


def keyed(table: Table, entry: Any) -> str:
    """The key that an entry of a deletion gives: the string itself, or its identifier. Raises `invalid`."""
    return table.key({table.identifier: entry} if isinstance(entry, str) else entry)
