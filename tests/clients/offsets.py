"""Reading a live list by offset: each row that is there throughout, exactly once, whatever comes and goes meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.clients.patience import GaveUp

Row = dict[str, Any]
MOST_STARTS = 10


class Page(NamedTuple):
    """Rows from an offset on, and how many rows there are in all."""

    rows: list[Row]
    total: int


def overlapping(page: Callable[[int], Page], key: Callable[[Row], Any]) -> Iterator[Row]:
    """Every row, once. `page` reads from an offset on, at least two rows if there are so many; `key` tells rows apart.

    Each page begins with the last row of the page before. Where that row is not to be seen, rows before it have gone and others
    would be passed over: the list is read again from its beginning.
    """
    seen: set[Any] = set()
    for _ in range(MOST_STARTS):
        offset, last = 0, None
        while True:
            rows, total = page(offset)
            keys = [key(row) for row in rows]
            if last is not None and last not in keys:
                break
            for name, row in zip(keys, rows, strict=True):
                if name not in seen:
                    seen.add(name)
                    yield row
            if offset + len(rows) >= total:
                return
            if len(rows) < 2:
                break
            offset, last = offset + len(rows) - 1, keys[-1]
    raise GaveUp(f"the list changed under our hands {MOST_STARTS} times")
