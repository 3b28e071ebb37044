"""A lazy view of the rows of a collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import overload

from emulator.wire import Row


class Rows(Sequence[Row]):
    """Rows in order of insertion, or the other way: a lazy view. Counting and slicing cost the same whatever the size."""

    __slots__ = ("_backwards", "_by_id", "_ids")

    def __init__(self, ids: Sequence[str], by_id: Mapping[str, Row], backwards: bool = False) -> None:
        self._ids, self._by_id, self._backwards = ids, by_id, backwards

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        size = len(self._ids)
        if isinstance(at, slice):
            start, stop, step = at.indices(size)
            if step != 1:
                return [self[i] for i in range(start, stop, step)]
            by_id = self._by_id
            if self._backwards:
                return [by_id[ident] for ident in reversed(self._ids[size - max(start, stop) : size - start])]
            return [by_id[ident] for ident in self._ids[start:stop]]
        return self._by_id[self._ids[-1 - at if self._backwards else at]]

    def __iter__(self) -> Iterator[Row]:
        by_id = self._by_id
        return iter([by_id[ident] for ident in (reversed(self._ids) if self._backwards else self._ids)])

    def newest_first(self) -> Rows:
        """The same the other way round."""
        return Rows(self._ids, self._by_id, not self._backwards)

    def first(self) -> Row | None:
        """The first row, if there is one."""
        return self[0] if len(self._ids) else None
