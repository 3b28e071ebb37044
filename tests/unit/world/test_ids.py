"""Names and chances from a seed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.world.clock import Clock
from emulator.world.ids import NODE_BITS, Ids, derived, fresh
from emulator.world.store import Store


def ids(seed: Any = 1, store: Store | None = None, clock: Clock | None = None) -> Ids:
    return Ids(store or Store(lambda: 0.0), clock or Clock(1000.0, "frozen"), seed)


def drawn(source: Ids) -> list[Any]:
    return [
        source.token(8),
        source.hex(6),
        source.uuid(),
        source.integer(1, 9),
        source.choice("abc"),
        source.next("n"),
        source.snowflake(),
    ]


def test_equal_seeds_and_equal_calls_give_equal_ids() -> None:
    assert drawn(ids(7)) == drawn(ids(7))
    assert drawn(ids(7)) != drawn(ids(8))


def test_what_was_drawn_before_a_snapshot_is_drawn_again_after_it() -> None:
    store = Store(lambda: 0.0)
    source = ids(store=store)
    source.token(5)
    before = store.snapshot()
    first = drawn(source)
    store.restore(before)
    assert drawn(source) == first


def test_an_undone_turn_gives_its_numbers_back() -> None:
    store = Store(lambda: 0.0)
    source = ids(store=store)
    store.mark()
    assert source.next("n") == 1
    store.undo()
    assert source.next("n") == 1


def test_each_name_counts_for_itself_from_where_it_is_told() -> None:
    source = ids()
    assert [source.next("a"), source.next("a"), source.next("b"), source.next("c", 100)] == [1, 2, 1, 100]


@given(st.lists(st.floats(0, 4e9), min_size=2, max_size=20))
def test_snowflakes_only_go_up_wherever_the_clock_goes(moments: list[float]) -> None:
    clock = Clock(0.0, "frozen")
    source = ids(clock=clock)
    made = []
    for moment in moments:
        clock.set(moment)
        made.append(int(source.snowflake()))
    assert made == sorted(set(made))


def test_a_snowflake_tells_its_time() -> None:
    assert int(ids(clock=Clock(1_700_000_000.0, "frozen")).snowflake()) >> NODE_BITS == 1_700_000_000_000


def test_forms_are_as_asked_for() -> None:
    source = ids()
    assert len(source.token(20)) == 20
    assert set(source.hex(50)) <= set("0123456789abcdef")
    assert source.uuid()[14] == "4"
    assert all(source.integer(3, 4) in (3, 4) for _ in range(20))


def test_what_is_derived_follows_from_its_parts_and_their_bounds() -> None:
    assert derived("a", "b", length=20) == derived("a", "b", length=20)
    assert len({derived("a", "b", length=20), derived("ab", "", length=20), derived("b", "a", length=20)}) == 3


def test_a_fresh_name_is_no_other() -> None:
    assert len({fresh() for _ in range(100)}) == 100


@pytest.mark.parametrize("length", [1, 12, 40])
def test_lengths_hold(length: int) -> None:
    assert len(fresh(length)) == len(derived("x", length=length)) == length
