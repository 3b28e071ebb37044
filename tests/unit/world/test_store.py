"""Rows, indexes, turns and snapshots."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from emulator.wire import Row
from emulator.world.store import Snapshot, Store
from emulator.world.table import Table

IDS = st.sampled_from(["a", "1", "2", "10", "e"])
COLOURS = st.sampled_from(["red", "blue", None, 1, True, 1.0])
SIZES = st.none() | st.integers(0, 1)
LIVES = st.none() | st.integers(1, 5)


class Naive:
    """What a store is, without a thought for speed: rows in order, each with its value and its end."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[dict[str, Any], float | None]] = {}
        self.numbers: dict[str, float] = {}

    def copy(self) -> Naive:
        other = Naive()
        other.rows, other.numbers = dict(self.rows), dict(self.numbers)
        return other

    def alive(self, now: float) -> dict[str, dict[str, Any]]:
        return {ident: row for ident, (row, end) in self.rows.items() if end is None or end > now}


class StoreAgainstNaive(RuleBasedStateMachine):
    """Whatever is done to both, both hold the same, in the same order, by every index."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.store = Store(lambda: self.now)
        self.naive = Naive()
        self.marked = Naive()
        self.kept: list[tuple[Snapshot, Naive]] = []

    @initialize(indexed=st.booleans())
    def begin(self, indexed: bool) -> None:
        if indexed:
            self.things.where(colour="red")
            self.things.where(colour="red", size=1)
            self.things.ranked("size")

    @property
    def things(self) -> Any:
        return self.store.collection("things")

    @rule(ident=IDS, colour=COLOURS, size=SIZES, life=LIVES)
    def add(self, ident: str, colour: Any, size: int | None, life: int | None) -> None:
        row = {"id": ident, "colour": colour, "size": size}
        end = None if life is None else self.now + life
        if ident in self.naive.alive(self.now):
            with pytest.raises(KeyError):
                self.things.add(row, end)
            return
        self.things.all()  # sweeps: what has expired gives up its place
        self.naive.rows.pop(ident, None)
        self.things.add(row, end)
        self.naive.rows[ident] = (row, end)

    @rule(ident=IDS, colour=COLOURS, size=SIZES)
    def put(self, ident: str, colour: Any, size: int | None) -> None:
        row = {"id": ident, "colour": colour, "size": size}
        self.things.all()
        if ident not in self.naive.alive(self.now):
            self.naive.rows.pop(ident, None)
        end = self.naive.rows.get(ident, (row, None))[1]
        self.things.put(row)
        self.naive.rows[ident] = (row, end)

    @rule(ident=IDS)
    def drop(self, ident: str) -> None:
        self.things.all()
        assert self.things.drop(ident) is (ident in self.naive.alive(self.now))
        self.naive.rows.pop(ident, None)

    @rule(ident=IDS, life=st.integers(1, 5))
    def touch(self, ident: str, life: int) -> None:
        if ident not in self.naive.alive(self.now):
            with pytest.raises(KeyError):
                self.things.touch(ident, self.now + life)
            return
        self.things.touch(ident, self.now + life)
        self.naive.rows[ident] = (self.naive.rows[ident][0], self.now + life)

    @rule(value=st.integers(0, 9))
    def count(self, value: int) -> None:
        self.store.set_number("n", value)
        self.naive.numbers["n"] = value

    @rule(by=st.integers(1, 3))
    def time_passes(self, by: int) -> None:
        self.now += by
        self.commit()  # a turn is shorter than any life

    @rule()
    def commit(self) -> None:
        self.store.commit()
        self.marked = self.naive.copy()

    @rule()
    def undo(self) -> None:
        self.store.undo()
        self.naive = self.marked.copy()

    @rule()
    def snapshot(self) -> None:
        self.commit()
        self.kept.append((self.store.snapshot(), self.naive.copy()))

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        if self.kept:
            snapshot, naive = data.draw(st.sampled_from(self.kept))
            self.store.restore(snapshot)
            self.naive = naive.copy()
            self.commit()

    @rule(data=st.data())
    def another_store_writes_to_the_same_snapshot(self, data: st.DataObject) -> None:
        if self.kept:
            snapshot, _ = data.draw(st.sampled_from(self.kept))
            other = Store(lambda: self.now, snapshot).collection("things")
            other.put({"id": "a", "colour": "mine", "size": 5})
            other.drop("1")
            other.where(size=5)

    @invariant()
    def both_hold_the_same(self) -> None:
        expected = list(self.naive.alive(self.now).values())
        shown = [row.data for row in self.things.all()]
        assert sorted(shown, key=str) == sorted(expected, key=str)
        assert [row.data for row in self.things.all().newest_first()] == shown[::-1]
        assert self.store.number("n") == self.naive.numbers.get("n", 0)

    @invariant()
    def the_order_is_that_of_insertion(self) -> None:
        assert [row.id for row in self.things.all()] == list(self.naive.alive(self.now))

    @invariant()
    def every_index_finds_what_a_scan_finds(self) -> None:
        rows = [row.data for row in self.things.all()]
        for colour in ("red", "blue", None, 1, True, 1.0):
            scanned = [row for row in rows if row["colour"] == colour and type(row["colour"]) is type(colour)]
            assert [row.data for row in self.things.where(colour=colour)] == scanned
            both = [row for row in scanned if row["size"] == 1]
            assert [row.data for row in self.things.where(size=1, colour=colour)] == both
        groups = [list(group) for group in self.things.groups("size", "colour").values()]
        assert sorted(row.id for group in groups for row in group) == sorted(row["id"] for row in rows)
        for group in groups:
            first = group[0].data
            assert group == list(self.things.where(colour=first["colour"], size=first["size"]))

    @invariant()
    def it_knows_whether_ids_climb(self) -> None:
        ids = [row.id for row in self.things.all()]
        digits = [int(ident) for ident in ids if ident.isdigit()]
        assert self.things.climbs() is (len(digits) == len(ids) and all(a < b for a, b in pairwise(digits)))

    @invariant()
    def rows_are_ranked_as_a_sort_ranks_them(self) -> None:
        numbered = [row for row in self.things.all() if row.data["size"] is not None]
        assert list(self.things.ranked("size")) == sorted(numbered, key=lambda row: row.data["size"])


TestStoreAgainstNaive = StoreAgainstNaive.TestCase


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Iterator[Store]:
    made = Store(clock)
    for name in "abc":
        made.collection("things").add({"id": name, "kind": name})
    made.commit()
    return made  # type: ignore[return-value]


def test_a_collection_is_filled_at_once(store: Store) -> None:
    things = store.collection("things")
    store.fill("things", [{"id": "x", "kind": "z"}, {"id": "y", "kind": "z"}], {"y": 5.0})
    assert ids(things.all()) == ids(things.where(kind="z")) == ["x", "y"]
    assert (things.add({"id": "z"}).seq, store.expiring()) == (3, [(5.0, "things", "y")])


def ids(rows: Any) -> list[str]:
    return [row.id for row in rows]


def test_a_row_is_copied_in_and_out(store: Store) -> None:
    given = {"id": "x", "deep": {"n": 1}}
    store.collection("things").add(given)
    given["deep"]["n"] = 2  # type: ignore[index]
    store.collection("things").get("x")["deep"]["n"] = 3  # type: ignore[index]
    assert store.collection("things").get("x") == {"id": "x", "deep": {"n": 1}}


def test_a_row_that_was_dropped_and_written_again_is_undone_to_its_old_place(store: Store) -> None:
    before = store.snapshot()
    things = store.collection("things")
    things.drop("a")
    things.add({"id": "a", "kind": "new"})
    store.undo()
    assert ids(things.all()) == ["a", "b", "c"]
    store.restore(before)
    things.drop("a")
    assert ids(things.all()) == ["b", "c"]


def test_a_row_keeps_its_place_when_it_changes(store: Store) -> None:
    store.collection("things").put({"id": "a", "kind": "z"})
    assert ids(store.collection("things").all()) == ["a", "b", "c"]


def test_a_view_is_cut_from_either_end(store: Store) -> None:
    rows = store.collection("things").all()
    assert ids(rows[1:]) == ["b", "c"]
    assert ids(rows.newest_first()[:2]) == ["c", "b"]
    assert [rows[0].id, rows[-1].id, rows.newest_first()[0].id, rows.newest_first()[-1].id] == ["a", "c", "c", "a"]


def test_an_empty_collection_has_no_first(store: Store) -> None:
    assert store.collection("none").all().first() is None
    assert len(store.collection("none").where(kind=1)) == 0


def test_a_row_lives_until_its_end_and_can_be_told_from_one_that_never_was(store: Store, clock: Clock) -> None:
    tokens = store.collection("tokens")
    tokens.add({"id": "t"}, expires=10)
    clock.now = 9.999
    assert tokens.get("t") == {"id": "t"}
    clock.now = 10
    assert tokens.row("t") is None
    lapsed = tokens.lapsed("t")
    assert lapsed is not None
    assert lapsed.expires == 10
    assert tokens.lapsed("u") is None


def test_a_row_that_is_changed_keeps_its_end_and_a_touched_one_gets_another(store: Store, clock: Clock) -> None:
    tokens = store.collection("tokens")
    tokens.add({"id": "t"}, expires=10)
    tokens.put({"id": "t", "used": 1})
    assert store.expiring() == [(10, "tokens", "t")]
    tokens.touch("t", 20)
    clock.now = 15
    assert tokens.get("t") == {"id": "t", "used": 1}
    assert store.expiring() == [(20, "tokens", "t")]


def test_what_is_touched_a_thousand_times_leaves_no_thousand_entries(store: Store) -> None:
    tokens = store.collection("tokens")
    tokens.add({"id": "t"}, expires=1)
    for end in range(2, 1000):
        tokens.touch("t", end)
    assert len(store._expiries) < 200


def test_what_expired_is_swept_and_its_id_is_free_again(store: Store, clock: Clock) -> None:
    tokens = store.collection("tokens")
    tokens.add({"id": "t", "n": 1}, expires=10)
    clock.now = 11
    tokens.add({"id": "t", "n": 2}, expires=20)
    assert [row.data for row in tokens.where(n=2)] == [{"id": "t", "n": 2}]
    assert len(tokens.where(n=1)) == 0


def test_numbers_are_undone_too(store: Store) -> None:
    store.set_number("old", 1)
    store.commit()
    store.set_number("old", 2)
    store.set_number("new", 3)
    store.undo()
    assert store.numbers() == {"old": 1}


def test_a_snapshot_shares_its_tables_whatever_their_size(store: Store) -> None:
    first, second = store.snapshot(), store.snapshot()
    assert first.tables["things"] is second.tables["things"]
    store.restore(first)
    assert store.table("things") is first.tables["things"]


def test_a_write_after_a_snapshot_copies_pointers_and_no_rows(store: Store) -> None:
    snapshot = store.snapshot()
    store.collection("things").add({"id": "d"})
    store.collection("others").add({"id": "x"})
    assert store.table("things") is not snapshot.tables["things"]
    assert store.table("things").by_id["a"] is snapshot.tables["things"].by_id["a"]
    assert "d" not in snapshot.tables["things"].by_id


def test_writing_to_one_collection_leaves_the_others_shared(store: Store) -> None:
    store.collection("others").add({"id": "x"})
    snapshot = store.snapshot()
    store.collection("others").drop("x")
    assert store.table("things") is snapshot.tables["things"]


def test_a_watcher_is_told_of_every_change_and_of_every_undoing(store: Store) -> None:
    told: list[tuple[str, bool]] = []
    store.watch = lambda _name, ident, row: told.append((ident, row is not None))
    store.collection("things").add({"id": "d"})
    store.collection("things").drop("a")
    store.undo()
    assert told == [("d", True), ("a", False), ("d", False), ("a", True)]


@pytest.mark.parametrize("row", [{}, {"id": "x", "n": {1}}])
def test_a_row_is_a_json_object_with_an_id(store: Store, row: Any) -> None:
    with pytest.raises((TypeError, KeyError)):
        store.collection("things").add(row)


def test_a_row_says_what_it_holds() -> None:
    assert repr(Row("a", b"{}", 1)) == "Row('a', b'{}')"


def test_rows_that_are_made_late_are_made_once_for_all_who_share_them(clock: Clock) -> None:
    made: list[str] = []

    def rows() -> list[dict[str, Any]]:
        made.append("things")
        return [{"id": "1", "kind": "a"}]

    begun = Snapshot({"things": Table.later(rows), "others": Table.later(rows)}, {}, {}, ())
    one, two = Store(clock, begun), Store(clock, begun)
    one.collection("mine").add({"id": "x"})
    assert made == []
    one.collection("things").put({"id": "1", "kind": "b"})
    assert (two.collection("things").get("1"), made) == ({"id": "1", "kind": "a"}, ["things"])
    assert set(one.differences(begun)[0]) == {("things", "1"), ("mine", "x")}
    assert made == ["things"] * 2
