"""Where a world keeps what changes: rows in collections, numbers, and what expires when. The one module that knows how it is kept.

Rows are immutable bytes. A fresh or restored store shares its collections with where they came from, and a collection is
copied (its tables of pointers, never its rows) when it is first written to, so reset and snapshot do not depend on size.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from emulator.wire import Row, packed
from emulator.world.rows import Rows, at, place
from emulator.world.rubbish import RUBBISH

Key = tuple[Any, ...]
RowKey = tuple[str, str]
Ranked = tuple[float, int, Row]  # a number, and the row's place, which tells rows of equal numbers apart
FEW = 64


class _Table:
    """The pointers of one collection: rows by id, rows in order, rows in order for each value of an index, and rows by a number."""

    __slots__ = ("by_id", "climbing", "indexes", "order", "ranks", "shared", "top")

    def __init__(self) -> None:
        self.by_id: dict[str, Row] = {}
        self.order: list[Row] = []
        self.indexes: dict[tuple[str, ...], dict[Key, list[Row]]] = {}
        self.ranks: dict[str, list[Ranked]] = {}
        self.top = 0
        self.climbing = 0
        """So many rows, from the first on, are known to have each a greater number for its id than the one before."""
        self.shared = False

    def parts(self) -> Iterator[dict[Any, Any] | list[Any]]:
        """The containers that grow with the rows."""
        yield self.by_id
        yield self.order
        yield from self.ranks.values()
        for index in self.indexes.values():
            if len(index) < FEW:
                yield from index.values()
            else:
                yield index

    def copy(self) -> _Table:
        other = _Table()
        other.by_id, other.order, other.top = self.by_id.copy(), self.order.copy(), self.top
        other.climbing = self.climbing
        other.indexes = {
            fields: {key: rows.copy() for key, rows in index.items()} for fields, index in self.indexes.items()
        }
        other.ranks = {field: ranked.copy() for field, ranked in self.ranks.items()}
        return other


NO_TABLE = _Table()
"""What a store has under a name that nothing was ever written to."""
NO_TABLE.shared = True


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
        table = self._store.table(self._name)
        names = tuple(sorted(fields))
        index = table.indexes.get(names)
        if index is None:
            index = self._store.index(self._name, names)
        return Rows(index.get(tuple([_hashable(fields[name]) for name in names])) or [])

    def groups(self, *fields: str) -> Mapping[Key, Sequence[Row]]:
        """The living rows by the values of some fields, each group in order of insertion."""
        self._store.sweep(self._name)
        names = tuple(sorted(fields))
        return self._store.table(self._name).indexes.get(names) or self._store.index(self._name, names)

    def ranked(self, field: str) -> Iterator[Row]:
        """The living rows that have a number in a field, the least first; of equal ones, the older first."""
        self._store.sweep(self._name)
        ranks = self._store.table(self._name).ranks.get(field)
        return (row for _, _, row in (self._store.rank(self._name, field) if ranks is None else ranks))

    def climbs(self) -> bool:
        """Whether each living row's id is a number, and greater than that of the row before it. Only rows that are new are looked at."""
        self._store.sweep(self._name)
        table = self._store.table(self._name)
        order, start = table.order, table.climbing
        before = int(order[start - 1].id) if start else -1
        for row in order[start:] if start else order:
            if not (row.id.isascii() and row.id.isdigit()) or int(row.id) <= before:
                return False
            before, start = int(row.id), start + 1
        table.climbing = start
        return True

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
        self._base: Mapping[str, _Table] = {}
        self._tables: dict[str, _Table] = {}
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

    def table(self, name: str) -> _Table:
        """A collection's pointers, to read."""
        return self._tables.get(name) or self._base.get(name) or NO_TABLE

    def index(self, name: str, fields: tuple[str, ...]) -> dict[Key, list[Row]]:
        """Makes the index of a collection by some fields. It is no change to the rows, so a shared table takes it too."""
        table = self.table(name)
        if table is NO_TABLE:
            return {}
        index: dict[Key, list[Row]] = {}
        for row in table.order:
            index.setdefault(_key(row.data, fields), []).append(row)
        table.indexes = {**table.indexes, fields: index}  # bound anew: another world may be copying a shared table
        return index

    def rank(self, name: str, field: str) -> list[Ranked]:
        """Puts the rows of a collection in the order of a number. A shared table takes it too, as it takes an index."""
        table = self.table(name)
        if table is NO_TABLE:
            return []
        ranks = sorted((rank, row.seq, row) for row in table.order if (rank := row.data.get(field)) is not None)
        table.ranks = {**table.ranks, field: ranks}
        return ranks

    def put(self, name: str, ident: str, raw: bytes, data: Mapping[str, Any] | None, expires: float | None) -> Row:
        """A row, new or in the place of the one with this id; `data` is what `raw` says, if that is at hand."""
        new = Row(ident, raw, 0, expires)
        self._undo.setdefault((name, ident), self.table(name).by_id.get(ident))
        self._replace(name, ident, new, data)
        return new

    def fill(self, name: str, rows: Iterable[Mapping[str, Any]], expires: Mapping[str, float]) -> None:
        """Puts rows of different ids in the place of a whole collection, at once; `expires` gives some an end. Not to be undone."""
        table = self._tables[name] = _Table()
        table.order = [Row(row["id"], packed(row), seq, expires.get(row["id"])) for seq, row in enumerate(rows, 1)]
        table.by_id = {row.id: row for row in table.order}
        table.top = len(table.order)
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
        old = table.by_id.get(ident)
        if old is not None and new is not None:
            new.seq = old.seq
            table.order[at(table.order, old)] = table.by_id[ident] = new
            self._reindex(table, old, new, data)
        elif old is not None:
            self._unindex(table, old)
            gone = at(table.order, old)
            del table.order[gone], table.by_id[ident]
            table.climbing -= gone < table.climbing
        elif new is not None:
            self._insert(table, new, data)
        if new is not None and new.expires is not None:
            heapq.heappush(self._expiries, (new.expires, name, ident))
            if len(self._expiries) > self._worth_sweeping:  # rows that are touched again and again leave entries behind
                self._expiries = self.expiring()
                self._worth_sweeping = max(FEW, 2 * len(self._expiries))
        if self.kept is not None:
            self._dirty[name, ident] = None
        if self.watch is not None:
            self.watch(name, ident, new)

    @staticmethod
    def _insert(table: _Table, row: Row, data: Mapping[str, Any] | None) -> None:
        if not row.seq:
            row.seq = table.top + 1
        table.top = max(table.top, row.seq)
        table.by_id[row.id] = row
        if not place(table.order, row):
            table.climbing = 0
        for fields, index in table.indexes.items():
            place(index.setdefault(_key(data or row.data, fields), []), row)
        for field, ranks in table.ranks.items():
            _rank(ranks, (data or row.data).get(field), row)

    @staticmethod
    def _unindex(table: _Table, row: Row) -> None:
        if table.indexes or table.ranks:
            data = row.data
            for fields, index in table.indexes.items():
                _take_out(index, _key(data, fields), row)
            for field, ranks in table.ranks.items():
                _unrank(ranks, data.get(field), row)

    @staticmethod
    def _reindex(table: _Table, old: Row, new: Row, data: Mapping[str, Any] | None) -> None:
        if not (table.indexes or table.ranks):
            return
        before, after = old.data, data or new.data
        for fields, index in table.indexes.items():
            was, key = _key(before, fields), _key(after, fields)
            if was == key:
                index[key][at(index[key], old)] = new
            else:
                _take_out(index, was, old)
                place(index.setdefault(key, []), new)
        for field, ranks in table.ranks.items():
            _unrank(ranks, before.get(field), old)
            _rank(ranks, after.get(field), new)


class Snapshot:
    """What a store held at a moment: tables that nobody writes to any more, those it began with (`base`) and its `own` over them."""

    __slots__ = ("base", "expiries", "numbers", "own")

    def __init__(
        self,
        base: Mapping[str, _Table],
        own: Mapping[str, _Table],
        numbers: Mapping[str, float],
        expiries: tuple[tuple[float, str, str], ...],
    ) -> None:
        self.base, self.own, self.numbers, self.expiries = base, own, numbers, expiries

    @property
    def tables(self) -> dict[str, _Table]:
        """All of them by name."""
        return {**self.base, **self.own}


def _take_out(index: dict[Key, list[Row]], key: Key, row: Row) -> None:
    del index[key][at(index[key], row)]
    if not index[key]:
        del index[key]


def _rank(ranks: list[Ranked], number: float | None, row: Row) -> None:
    if number is not None:
        insort(ranks, (number, row.seq, row))


def _unrank(ranks: list[Ranked], number: float | None, row: Row) -> None:
    if number is not None:
        del ranks[bisect_left(ranks, (number, row.seq))]


def _key(data: Mapping[str, Any], fields: tuple[str, ...]) -> Key:
    return tuple(_hashable(data.get(field)) for field in fields)


def _hashable(value: Any) -> Any:
    """Index keys tell true from 1, which Python's equality does not."""
    if type(value) is str or type(value) is int:
        return value
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
