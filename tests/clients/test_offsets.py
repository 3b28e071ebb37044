"""A live list read by offset, as rows come and go before every page."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.clients.offsets import Page, overlapping

CHANGES = st.lists(st.tuples(st.sampled_from(["arrive", "leave"]), st.integers(0, 30)), max_size=3)


@given(st.integers(0, 25), st.integers(2, 8), st.lists(CHANGES, max_size=6))
def test_what_was_there_throughout_is_seen_once(size: int, most: int, script: list[list[tuple[str, int]]]) -> None:
    rows = [{"id": number} for number in range(size)]
    there = {row["id"] for row in rows}
    fresh, changes = iter(range(1000, 2000)), iter(script)

    def page(offset: int) -> Page:
        for what, where in next(changes, []):
            if what == "arrive":
                rows.insert(min(where, len(rows)), {"id": next(fresh)})
            elif rows:
                there.discard(rows.pop(where % len(rows))["id"])
        return Page(rows[offset : offset + most], len(rows))

    seen = [row["id"] for row in overlapping(page, key=lambda row: row["id"])]
    assert len(seen) == len(set(seen))
    assert there <= set(seen)


def test_a_page_that_is_shorter_than_it_might_be_is_not_the_last() -> None:
    rows: list[dict[str, Any]] = [{"id": number} for number in range(9)]
    seen = overlapping(
        lambda offset: Page(rows[offset : offset + 2 + offset % 3], len(rows)), key=lambda row: row["id"]
    )
    assert [row["id"] for row in seen] == list(range(9))
