"""The contacts of one process, kept many to a row, so that half a million of them stay small.

A row of `contacts` is a leaf: `columns` names the fields, and `contacts` gives for each number its lead list, its values
in the order of `columns` (`phone1` only where it is spelled otherwise than the number) and, once the dialler or an upload
touched them, status, attempts and churns.

A book is made for one act: `load` fetches what a batch of rows is about, `save` writes back what has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from emulator.kit import World
from emulator.vendors.ameyo.numbering import fresh
from emulator.vendors.ameyo.row_rules import IDENTITY
from emulator.vendors.ameyo.whereabouts import Whereabouts

CONTACTS = "contacts"
LEAF = 1000  # contacts of a row that `save` adds


@dataclass(slots=True)
class Contact:
    """One contact: the lead list it is in, its columns, and how the dialler fared with it."""

    lead: int
    fields: dict[str, str] = field(default_factory=dict)
    status: str = ""
    attempts: int = 0
    churns: int = 0


class ContactBook:
    """What one act knows of a process's contacts. `unique` are the columns besides the number that no two share."""

    def __init__(self, world: World, process: int, unique: Iterable[str] = ()) -> None:
        self._world, self._process = world, process
        self._rows = world.rows(CONTACTS)
        self._unique = tuple(unique)
        self._numbers = Whereabouts()
        self._values = {column: Whereabouts() for column in self._unique}
        self._leaves: list[str] = []
        self._contacts: dict[str, Contact] = {}
        self._owners: dict[tuple[str, str], str] = {}
        self._home: dict[str, int] = {}
        self._changed: dict[str, Contact] = {}
        for row in self._rows.where(process_id=process):
            self._learn(row.id, row.data)

    def load(self, identities: Iterable[str], keys: Iterable[tuple[str, str]] = ()) -> None:
        """Saves, forgets what was loaded, and fetches the contacts of these numbers and the owners of these values."""
        self.save()
        self._contacts, self._owners, self._home = {}, {}, {}
        wanted: dict[int, dict[str, None]] = {}
        sought: dict[int, dict[tuple[str, str], None]] = {}
        for identity in identities:
            for place in self._numbers.find(identity):
                wanted.setdefault(place, {})[identity] = None
        for key in keys:
            for place in self._values[key[0]].find(key[1]):
                sought.setdefault(place, {})[key] = None
        for place in sorted({*wanted, *sought}):
            self._fetch(place, wanted.get(place, {}), sought.get(place, {}))

    def get(self, identity: str) -> Contact | None:
        """The contact of a number that was loaded."""
        return self._contacts.get(identity)

    def owner(self, column: str, value: str) -> str | None:
        """The number whose contact has this value in a unique column."""
        return self._owners.get((column, value))

    def put(self, identity: str, contact: Contact, before: Mapping[str, str] | None = None) -> None:
        """Keeps a contact; `before` are the columns that it had."""
        self._contacts[identity] = self._changed[identity] = contact
        for column in self._unique:
            was, now = (before or {}).get(column), contact.fields.get(column)
            if was and was != now and self._owners.get((column, was)) == identity:
                del self._owners[column, was]
            if now:
                self._owners[column, now] = identity

    def save(self) -> None:
        """Writes what has changed: known contacts in their leaves, new ones in leaves of their own."""
        known: dict[int, dict[str, Contact]] = {}
        new = {}
        for identity, contact in self._changed.items():
            place = self._home.get(identity)
            if place is None:
                new[identity] = contact
            else:
                known.setdefault(place, {})[identity] = contact
        for place, changed in known.items():
            self._rewrite(place, changed)
        rest = iter(new.items())
        while leaf := dict(islice(rest, LEAF)):
            self._add(leaf)
        self._changed = {}

    def _fetch(self, place: int, identities: Iterable[str], keys: Iterable[tuple[str, str]]) -> None:
        leaf = self._rows.get(self._leaves[place]) or {}
        contacts, columns = leaf["contacts"], leaf["columns"]
        for identity in identities:
            if identity in contacts:
                self._contacts[identity] = _unpacked(identity, contacts[identity], columns)
                self._home[identity] = place
        for column in {column for column, _ in keys}:
            held = {value: identity for identity, value in _values(leaf, column)}
            self._owners |= {(column, value): held[value] for c, value in keys if c == column and value in held}

    def _rewrite(self, place: int, changed: Mapping[str, Contact]) -> None:
        leaf = self._rows.get(self._leaves[place]) or {}
        for identity, contact in changed.items():
            leaf["contacts"][identity] = _packed(identity, contact, leaf["columns"])
            for column in self._unique:
                if value := contact.fields.get(column):
                    self._values[column].add(value, place)
        self._rows.put(leaf)

    def _add(self, contacts: Mapping[str, Contact]) -> None:
        columns: list[str] = []
        packed = {identity: _packed(identity, contact, columns) for identity, contact in contacts.items()}
        ident = str(fresh(self._world, CONTACTS))
        leaf = {"id": ident, "process_id": self._process, "columns": columns, "contacts": packed}
        self._rows.add(leaf)
        self._learn(ident, leaf)
        self._home |= dict.fromkeys(contacts, len(self._leaves) - 1)

    def _learn(self, ident: str, leaf: Mapping[str, Any]) -> None:
        """Remembers which leaf holds what."""
        place = len(self._leaves)
        self._leaves.append(ident)
        for identity in leaf["contacts"]:
            self._numbers.add(identity, place)
        for column, values in self._values.items():
            for _, value in _values(leaf, column):
                values.add(value, place)


def contacts_of(world: World, process: int) -> Iterator[tuple[str, Contact]]:
    """Every contact of a process with its number, one leaf at a time."""
    for row in world.rows(CONTACTS).where(process_id=process):
        leaf = row.data
        for identity, packed in leaf["contacts"].items():
            yield identity, _unpacked(identity, packed, leaf["columns"])


def _values(leaf: Mapping[str, Any], column: str) -> Iterator[tuple[str, str]]:
    """The numbers of a leaf whose contact has a value in a column, with that value."""
    if column in leaf["columns"]:
        at = leaf["columns"].index(column)
        for identity, packed in leaf["contacts"].items():
            if at < len(packed[1]) and packed[1][at]:
                yield identity, packed[1][at]


def _unpacked(identity: str, packed: list[Any], columns: list[str]) -> Contact:
    lead, values, *rest = packed
    fields = {column: value for column, value in zip(columns, values, strict=False) if value}
    contact = Contact(lead, {IDENTITY: identity, **fields})
    if rest:
        contact.status, contact.attempts, contact.churns = rest
    return contact


def _packed(identity: str, contact: Contact, columns: list[str]) -> list[Any]:
    """The contact without what its number says already."""
    fields = contact.fields
    for column, value in fields.items():
        if column not in columns and (column != IDENTITY or value != identity):
            columns.append(column)
    values = [fields.get(column, "") for column in columns]
    if fields.get(IDENTITY) == identity and IDENTITY in columns:
        values[columns.index(IDENTITY)] = ""
    while values and not values[-1]:
        values.pop()
    touched = [contact.status, contact.attempts, contact.churns]
    return [contact.lead, values, *(touched if any(touched) else ())]
