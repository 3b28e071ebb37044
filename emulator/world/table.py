"""The pointers of one collection: its rows by id, in order, by the values of fields, and by a number; what it is that stores share."""

from __future__ import annotations

import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import orjson

from emulator.wire import NOTHING, Row, packed
from emulator.world.rows import at, place

Key = tuple[Any, ...]
Index = dict[Key, list[Row]]
Ranked = tuple[float, int, Row]  # a number, and the row's place, which tells rows of equal numbers apart
FEW = 64
_SETTLING = threading.Lock()


class Table:
    """Rows and the orders they are looked up by. An index or a rank is made when first asked for, and kept in step from then on."""

    __slots__ = ("by_id", "climbing", "indexes", "late", "order", "ranks", "shared", "top")

    def __init__(self) -> None:
        self.by_id: dict[str, Row] = {}
        self.order: list[Row] = []
        self.indexes: dict[tuple[str, ...], Index] = {}
        self.ranks: dict[str, list[Ranked]] = {}
        self.top = 0
        self.climbing = 0
        """So many rows, from the first on, are known to have each a greater number for its id than the one before."""
        self.shared = False
        self.late: Callable[[], Iterable[Mapping[str, Any]]] | None = None
        """Gives the rows, if nobody has looked at them yet."""

    @classmethod
    def later(cls, rows: Callable[[], Iterable[Mapping[str, Any]]]) -> Table:
        """Rows that are made when they are first looked at; nobody writes to this table."""
        table = cls()
        table.late, table.shared = rows, True
        return table

    def settle(self) -> None:
        """Makes the rows, if they are still to be made. Worlds of several threads may share the table."""
        with _SETTLING:
            if self.late is not None:
                self.fill(self.late(), NOTHING)
                self.late = None

    def fill(self, rows: Iterable[Mapping[str, Any]], expires: Mapping[str, float]) -> None:
        """Puts in rows of different ids, where there were none; `expires` gives some an end."""
        self.order = [Row(row["id"], packed(row), seq, expires.get(row["id"])) for seq, row in enumerate(rows, 1)]
        self.by_id = {row.id: row for row in self.order}
        self.top = len(self.order)

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

    def copy(self) -> Table:
        """The same rows by pointers of its own."""
        other = Table()
        other.by_id, other.order, other.top = self.by_id.copy(), self.order.copy(), self.top
        other.climbing = self.climbing
        other.indexes = {
            fields: {key: rows.copy() for key, rows in index.items()} for fields, index in self.indexes.items()
        }
        other.ranks = {field: ranked.copy() for field, ranked in self.ranks.items()}
        return other

    # -- looked up; an order is no change to the rows, so a shared table takes it too, bound anew: another world may be copying it

    def index(self, names: tuple[str, ...]) -> Index:
        """The rows by the values of these fields."""
        found = self.indexes.get(names)
        if found is None:
            found = {}
            for row in self.order:
                found.setdefault(key(row.data, names), []).append(row)
            if self is not NO_TABLE:
                self.indexes = {**self.indexes, names: found}
        return found

    def ranked(self, field: str) -> list[Ranked]:
        """The rows that have a number in this field, the least first; of equal ones, the older first."""
        found = self.ranks.get(field)
        if found is None:
            found = sorted((rank, row.seq, row) for row in self.order if (rank := row.data.get(field)) is not None)
            if self is not NO_TABLE:
                self.ranks = {**self.ranks, field: found}
        return found

    def climbs(self) -> bool:
        """Whether each id is a number, and greater than that of the row before it. Only rows that are new are looked at."""
        start = self.climbing
        before = int(self.order[start - 1].id) if start else -1
        for row in self.order[start:] if start else self.order:
            if not (row.id.isascii() and row.id.isdigit()) or int(row.id) <= before:
                return False
            before, start = int(row.id), start + 1
        self.climbing = start
        return True

    # -- written, if it is not shared

    def replace(self, ident: str, new: Row | None, data: Mapping[str, Any] | None) -> None:
        """A row in the place of the one with this id, or of none; None takes that away. `data` is what the new one says, if at hand."""
        old = self.by_id.get(ident)
        if old is not None and new is not None:
            new.seq = old.seq
            self.order[at(self.order, old)] = self.by_id[ident] = new
            self._reindex(old, new, data)
        elif old is not None:
            self._unindex(old)
            gone = at(self.order, old)
            del self.order[gone], self.by_id[ident]
            self.climbing -= gone < self.climbing
        elif new is not None:
            self._insert(new, data)

    def _insert(self, row: Row, data: Mapping[str, Any] | None) -> None:
        if not row.seq:
            row.seq = self.top + 1
        self.top = max(self.top, row.seq)
        self.by_id[row.id] = row
        if not place(self.order, row):
            self.climbing = 0
        for names, index in self.indexes.items():
            place(index.setdefault(key(data or row.data, names), []), row)
        for field, ranks in self.ranks.items():
            _rank(ranks, (data or row.data).get(field), row)

    def _unindex(self, row: Row) -> None:
        if self.indexes or self.ranks:
            data = row.data
            for names, index in self.indexes.items():
                _take_out(index, key(data, names), row)
            for field, ranks in self.ranks.items():
                _unrank(ranks, data.get(field), row)

    def _reindex(self, old: Row, new: Row, data: Mapping[str, Any] | None) -> None:
        if not (self.indexes or self.ranks):
            return
        before, after = old.data, data or new.data
        for names, index in self.indexes.items():
            was, now = key(before, names), key(after, names)
            if was == now:
                index[now][at(index[now], old)] = new
            else:
                _take_out(index, was, old)
                place(index.setdefault(now, []), new)
        for field, ranks in self.ranks.items():
            _unrank(ranks, before.get(field), old)
            _rank(ranks, after.get(field), new)


NO_TABLE = Table()
"""What a store has under a name that nothing was ever written to."""
NO_TABLE.shared = True


def key(data: Mapping[str, Any], names: tuple[str, ...]) -> Key:
    """What a row with these fields stands under in an index."""
    return tuple([hashable(data.get(name)) for name in names])


def hashable(value: Any) -> Any:
    """Index keys tell true from 1, which Python's equality does not."""
    if type(value) is str or type(value) is int:
        return value
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _take_out(index: Index, under: Key, row: Row) -> None:
    del index[under][at(index[under], row)]
    if not index[under]:
        del index[under]


def _rank(ranks: list[Ranked], number: float | None, row: Row) -> None:
    if number is not None:
        insort(ranks, (number, row.seq, row))


def _unrank(ranks: list[Ranked], number: float | None, row: Row) -> None:
    if number is not None:
        del ranks[bisect_left(ranks, (number, row.seq))]
