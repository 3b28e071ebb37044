"""Rows in order of insertion: a lazy view of them, and where one stands."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import overload

from emulator.wire import Row

_SEQ = attrgetter("seq")


class Rows(Sequence[Row]):
    """Rows in order of insertion, or the other way: a lazy view. Counting and slicing cost the same whatever the size."""

    __slots__ = ("_backwards", "_rows")

    def __init__(self, rows: list[Row], backwards: bool = False) -> None:
        self._rows, self._backwards = rows, backwards

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        if not self._backwards:
            return self._rows[at]
        if isinstance(at, int):
            return self._rows[-1 - at]
        size = len(self._rows)
        start, stop, step = at.indices(size)
        if step != 1:
            return [self[i] for i in range(start, stop, step)]
        found = self._rows[size - max(start, stop) : size - start]
        found.reverse()
        return found

    def __iter__(self) -> Iterator[Row]:
        return iter(self[:])

    def newest_first(self) -> Rows:
        """The same the other way round."""
        return Rows(self._rows, not self._backwards)

    def first(self) -> Row | None:
        """The first row, if there is one."""
        return self[0] if len(self._rows) else None


def place(rows: list[Row], row: Row) -> bool:
    """Puts a row where its number belongs. Tells whether that is the end, as it nearly always is."""
    if not rows or rows[-1].seq < row.seq:
        rows.append(row)
        return True
    rows.insert(at(rows, row), row)
    return False


def at(rows: list[Row], row: Row) -> int:
    """Where the row, or another version of it, stands among rows in order."""
    return bisect_left(rows, row.seq, key=_SEQ)
