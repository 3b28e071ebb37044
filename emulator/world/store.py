"""Where a world keeps what changes: rows in collections, numbers, and what expires when. The one module that knows how it is kept.

Rows are immutable bytes. A fresh or restored store shares its collections with where they came from, and a collection is
copied (its tables of pointers, never its rows) when it is first written to, so reset and snapshot do not depend on size.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from emulator.wire import Row, packed
from emulator.world.rows import Rows
from emulator.world.rubbish import RUBBISH
from emulator.world.table import FEW, NO_TABLE, Key, Table, hashable

RowKey = tuple[str, str]


class Collection:
    """The rows of one kind. Each is a JSON object with a text `id`; it is copied in and copied out."""

    __slots__ = ("_name", "_store")

    def __init__(self, store: Store, name: str) -> None:
        self._store, self._name = store, name

    def add(self, row: Mapping[str, Any], expires: float | None = None) -> Row:
        """A new row, which lives until `expires` (epoch seconds) if that is given. Raises KeyError if the id is taken."""
        if self.row(row["id"]) is not None:
            raise KeyError(f"{self._name} has a row {row['id']!r} already")
        return self._store.put(self._name, row["id"], packed(row), row, expires)

    def put(self, row: Mapping[str, Any]) -> Row:
        """The row, new or in the place of the one with its id; then it keeps that one's place and expiry."""
        old = self.row(row["id"])
        return self._store.put(self._name, row["id"], packed(row), row, old.expires if old else None)

    def row(self, ident: str) -> Row | None:
        """The row that is alive under this id."""
        row = self._store.table(self._name).by_id.get(ident)
        if row is not None and row.expires is not None and row.expires <= self._store.now():
            return None
        return row

    def get(self, ident: str) -> dict[str, Any] | None:
        """The row's object, a fresh copy."""
        row = self.row(ident)
        return None if row is None else row.data

    def lapsed(self, ident: str) -> Row | None:
        """A row that has expired and was not swept away yet."""
        row = self._store.table(self._name).by_id.get(ident)
        return row if row is not None and row.expires is not None and row.expires <= self._store.now() else None

    def drop(self, ident: str) -> bool:
        """Removes a row; false if there is none."""
        return self._store.remove(self._name, ident) is not None

    def touch(self, ident: str, expires: float) -> None:
        """Moves the end of a row's life. Raises KeyError if it is not alive."""
        row = self.row(ident)
        if row is None:
            raise KeyError(ident)
        self._store.put(self._name, ident, row.raw, None, expires)

    def all(self) -> Rows:
        """Every living row, in order of insertion."""
        self._store.sweep(self._name)
        table = self._store.table(self._name)
        return Rows(table.order)

    def where(self, **fields: Any) -> Rows:
        """The living rows whose fields have these values, in order of insertion. An index is made when first asked for."""
        self._store.sweep(self._name)
        names = tuple(sorted(fields))
        index = self._store.table(self._name).index(names)
        return Rows(index.get(tuple([hashable(fields[name]) for name in names])) or [])

    def groups(self, *fields: str) -> Mapping[Key, Sequence[Row]]:
        """The living rows by the values of some fields, each group in order of insertion."""
        self._store.sweep(self._name)
        return self._store.table(self._name).index(tuple(sorted(fields)))

    def ranked(self, field: str) -> Iterator[Row]:
        """The living rows that have a number in a field, the least first; of equal ones, the older first."""
        self._store.sweep(self._name)
        return (row for _, _, row in self._store.table(self._name).ranked(field))

    def climbs(self) -> bool:
        """Whether each living row's id is a number, and greater than that of the row before it. Only rows that are new are looked at."""
        self._store.sweep(self._name)
        return self._store.table(self._name).climbs()

    def __len__(self) -> int:
        return len(self.all())


class Store:
    """One world's state, in memory. Not thread-safe: the world's lock stands before it.

    `kept` is given, at each commit, the rows and counters that changed since the one before (a row that is gone as None).

    `now` is the world's time, by which rows expire. `watch` is told of each row written or removed in a watched collection.
    """

    __slots__ = (
        "_base",
        "_dirty",
        "_dirty_numbers",
        "_expiries",
        "_numbers",
        "_tables",
        "_undo",
        "_undo_numbers",
        "_worth_sweeping",
        "kept",
        "now",
        "watch",
    )

    def __init__(self, now: Callable[[], float], base: Snapshot | None = None) -> None:
        self.now = now
        self.watch: Callable[[str, str, Row | None], None] | None = None
        self._undo: dict[tuple[str, str], Row | None] = {}
        self._undo_numbers: dict[str, float | None] = {}
        self._base: Mapping[str, Table] = {}
        self._tables: dict[str, Table] = {}
        self._numbers: dict[str, float] = {}
        self._expiries: list[tuple[float, str, str]] = []
        self._worth_sweeping = FEW
        self.kept: Callable[[Mapping[RowKey, Row | None], Mapping[str, float]], None] | None = None
        self._dirty: dict[RowKey, None] = {}  # an empty dict takes a third of an empty set's room
        self._dirty_numbers: dict[str, None] = {}
        if base is not None:
            self.restore(base)

    def collection(self, name: str) -> Collection:
        """The collection of this name; an unknown one is empty."""
        return Collection(self, name)

    def names(self) -> list[str]:
        """The collections that hold something."""
        return sorted(name for name in {*self._base, *self._tables} if self.table(name).by_id)

    def number(self, name: str, default: float = 0) -> float:
        """A counter's value."""
        return self._numbers.get(name, default)

    def set_number(self, name: str, value: float) -> None:
        """Sets a counter."""
        self._undo_numbers.setdefault(name, self._numbers.get(name))
        self._numbers[name] = value
        if self.kept is not None:
            self._dirty_numbers[name] = None

    def numbers(self) -> dict[str, float]:
        """Every counter."""
        return dict(self._numbers)

    # -- turns: what an act wrote is kept whole or not at all

    def mark(self) -> None:
        """From here on, changes can be undone."""
        if self._undo:
            self._undo.clear()
        if self._undo_numbers:
            self._undo_numbers.clear()

    def undo(self) -> None:
        """Takes back every change since the mark."""
        for (name, ident), row in list(self._undo.items()):
            written = self.table(name).by_id.get(ident)
            if row is not None and written is not None and written.seq != row.seq:  # it was dropped, and another added
                self._replace(name, ident, None, None)
            self._replace(name, ident, row, None)
        for name, old in self._undo_numbers.items():
            if old is None:
                self._numbers.pop(name, None)
            else:
                self._numbers[name] = old
        self.mark()

    def commit(self) -> None:
        """What was written since the mark stays."""
        self.mark()
        if self.kept is not None and (self._dirty or self._dirty_numbers):
            rows = {(name, ident): self.table(name).by_id.get(ident) for name, ident in self._dirty}
            self.kept(rows, {name: self._numbers.get(name, 0) for name in self._dirty_numbers})
            self._dirty, self._dirty_numbers = {}, {}

    def differences(self, base: Snapshot) -> tuple[dict[RowKey, Row | None], dict[str, float]]:
        """The rows and counters that are not as a snapshot has them."""
        rows: dict[RowKey, Row | None] = {}
        tables = base.tables
        for name in {*tables, *self._base, *self._tables}:
            mine, its = self.table(name), tables.get(name) or NO_TABLE
            if mine is not its:
                its.settle()
                rows |= {(name, ident): None for ident in its.by_id if ident not in mine.by_id}
                rows |= {(name, ident): row for ident, row in mine.by_id.items() if its.by_id.get(ident) is not row}
        return rows, {name: value for name, value in self._numbers.items() if base.numbers.get(name) != value}

    def overlay(self, rows: Iterable[tuple[str, str, Row | None]], numbers: Mapping[str, float]) -> None:
        """Applies differences."""
        for name, ident, row in rows:
            if row is not None or ident in self.table(name).by_id:
                self._replace(name, ident, row, None)
        self._numbers.update(numbers)
        self.mark()

    # -- snapshots share what they hold with the store

    def snapshot(self) -> Snapshot:
        """What the store holds now. Costs a little for each collection, nothing for the rows."""
        for table in self._tables.values():
            table.shared = True
        if not self._base:
            self._base, self._tables = self._tables, {}
        return Snapshot(self._base, dict(self._tables), dict(self._numbers), tuple(self._expiries))

    def restore(self, snapshot: Snapshot) -> None:
        """Puts back what a snapshot holds. What was there is freed later, so this does not depend on how much it was."""
        RUBBISH.take(part for table in self._tables.values() if not table.shared for part in table.parts())
        self._base, self._tables = snapshot.base, dict(snapshot.own)
        self._numbers = dict(snapshot.numbers)
        self._expiries = list(snapshot.expiries)
        self.mark()

    # -- what Collection stands on

    def table(self, name: str) -> Table:
        """A collection's pointers, to read."""
        table = self._tables.get(name) or self._base.get(name) or NO_TABLE
        if table.late is not None:
            table.settle()
        return table

    def put(self, name: str, ident: str, raw: bytes, data: Mapping[str, Any] | None, expires: float | None) -> Row:
        """A row, new or in the place of the one with this id; `data` is what `raw` says, if that is at hand."""
        new = Row(ident, raw, 0, expires)
        self._undo.setdefault((name, ident), self.table(name).by_id.get(ident))
        self._replace(name, ident, new, data)
        return new

    def fill(self, name: str, rows: Iterable[Mapping[str, Any]], expires: Mapping[str, float]) -> None:
        """Puts rows of different ids in the place of a whole collection, at once; `expires` gives some an end. Not to be undone."""
        table = self._tables[name] = Table()
        table.fill(rows, expires)
        self._expiries += [(row.expires, name, row.id) for row in table.order if row.expires is not None]
        heapq.heapify(self._expiries)

    def remove(self, name: str, ident: str) -> Row | None:
        """Takes a row away, and answers it; None if there is none."""
        old = self.table(name).by_id.get(ident)
        if old is not None:
            self._undo.setdefault((name, ident), old)
            self._replace(name, ident, None, None)
        return old

    def sweep(self, name: str = "") -> None:
        """Removes what has expired."""
        if not self._expiries or self._expiries[0][0] > self.now():
            return
        now = self.now()
        while self._expiries and self._expiries[0][0] <= now:
            _, collection, ident = heapq.heappop(self._expiries)
            row = self.table(collection).by_id.get(ident)
            if row is not None and row.expires is not None and row.expires <= now:
                self._replace(collection, ident, None, None)

    def expiring(self) -> list[tuple[float, str, str]]:
        """What will expire: when, of which collection, which id."""
        alive = {
            (row.expires, name, ident)
            for _, name, ident in self._expiries
            if (row := self.table(name).by_id.get(ident))
        }
        return sorted((expires, name, ident) for expires, name, ident in alive if expires is not None)

    def _replace(self, name: str, ident: str, new: Row | None, data: Mapping[str, Any] | None) -> None:
        table = self.table(name)
        if table.shared:
            table = self._tables[name] = table.copy()
        table.replace(ident, new, data)
        if new is not None and new.expires is not None:
            heapq.heappush(self._expiries, (new.expires, name, ident))
            if len(self._expiries) > self._worth_sweeping:  # rows that are touched again and again leave entries behind
                self._expiries = self.expiring()
                self._worth_sweeping = max(FEW, 2 * len(self._expiries))
        if self.kept is not None:
            self._dirty[name, ident] = None
        if self.watch is not None:
            self.watch(name, ident, new)


class Snapshot:
    """What a store held at a moment: tables that nobody writes to any more, those it began with (`base`) and its `own` over them."""

    __slots__ = ("base", "expiries", "numbers", "own")

    def __init__(
        self,
        base: Mapping[str, Table],
        own: Mapping[str, Table],
        numbers: Mapping[str, float],
        expiries: tuple[tuple[float, str, str], ...],
    ) -> None:
        self.base, self.own, self.numbers, self.expiries = base, own, numbers, expiries

    @property
    def tables(self) -> dict[str, Table]:
        """All of them by name."""
        return {**self.base, **self.own}
