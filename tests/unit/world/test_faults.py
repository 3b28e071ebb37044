"""What a test plans to go wrong: refused when it makes no sense, counted exactly when it does."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from emulator.wire import Call, Kind, Refusal, Reply, Wire
from emulator.world.faults import CALM, MOST_FAULTS, Faults, Strike

CALL = Call("GET", "/a")
STATUS: Any = {"status": 503}


def struck(faults: Faults, times: int, call: Call = CALL) -> list[int]:
    """The numbers, from 1, of the calls that were hit."""
    return [n for n in range(1, times + 1) if faults.strike("v", "v.a.b", call) is not CALM]


@pytest.mark.parametrize(
    "plan, told",
    [
        ({}, "a fault is"),
        ({"do": 5}, "a fault is"),
        ({"do": STATUS, "what": 1}, "a fault is"),
        ({"do": STATUS, "match": []}, "match takes"),
        ({"do": STATUS, "match": {"status": 1}}, "match takes"),
        ({"do": STATUS, "match": {"vendor": 1}}, "are texts"),
        ({"do": STATUS, "match": {"nth": 0}}, "nth is"),
        ({"do": STATUS, "match": {"nth": True}}, "nth is"),
        ({"do": STATUS, "match": {"nth": [1]}}, "nth is"),
        ({"do": STATUS, "match": {"nth": [1, "2"]}}, "nth is"),
        ({"do": STATUS, "match": {"nth": [3, 2]}}, "nth is"),
        ({"do": STATUS, "match": {"nth": None}}, "nth is"),
        ({"do": STATUS, "times": 0}, "times is"),
        ({"do": STATUS, "times": 1.5}, "times is"),
        ({"do": STATUS, "when": "during"}, "when is"),
        ({"do": {}}, "do takes"),
        ({"do": {"status": 500, "delay": 1}}, "do takes"),
        ({"do": {"explode": True}}, "do takes"),
        ({"do": {"refuse": "sometimes"}}, "refuse takes one of not_found"),
        ({"do": {"refuse": []}}, "refuse takes one of"),
        ({"do": {"status": 99}}, "status is"),
        ({"do": {"status": 600}}, "status is"),
        ({"do": {"status": "500"}}, "status is"),
        ({"do": {"delay": -1}}, "delay is"),
        ({"do": {"delay": 3601}}, "delay is"),
        ({"do": {"delay": True}}, "delay is"),
        ({"do": {"drip": 0}}, "drip is"),
        ({"do": {"connection": "slow"}}, "connection takes one of reset"),
        ({"do": {"connection": []}}, "connection takes one of reset"),
        ({"do": {"mutate": "all"}}, "mutate takes one of extra-field"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_with_what_is_accepted(plan: Any, told: str) -> None:
    faults = Faults()
    with pytest.raises(ValueError, match=told):
        faults.add(plan)
    assert faults.all() == []


@pytest.mark.parametrize(
    "do",
    [
        {"refuse": "throttled"},
        {"status": 418, "body": "tea"},
        {"delay": 0.5},
        {"drip": 10},
        {"connection": "garbage"},
        {"mutate": "reorder-keys"},
    ],
)
def test_every_kind_of_fault_can_be_planned(do: Any) -> None:
    assert Faults().add({"do": do}).show() == {
        "id": 1,
        "match": {},
        "do": do,
        "when": "before",
        "times": None,
        "seen": 0,
        "struck": 0,
    }


@pytest.mark.parametrize(
    "nth, times, hit", [(3, None, [3]), ([2, 4], None, [2, 3, 4]), ([2, 9], 2, [2, 3]), (None, 2, [1, 2])]
)
def test_the_nth_call_is_hit_so_many_times(nth: Any, times: Any, hit: list[int]) -> None:
    faults = Faults()
    match = {} if nth is None else {"nth": nth}
    fault = faults.add({"match": match, "do": STATUS, **({"times": times} if times else {})})
    assert struck(faults, 6) == hit
    assert (fault.seen, fault.struck) == (6, len(hit))


@pytest.mark.parametrize("match", [{"vendor": "w"}, {"operation": "v.a.c"}, {"method": "POST"}, {"path": "/a/"}])
def test_a_call_that_is_not_meant_is_neither_hit_nor_counted(match: Any) -> None:
    faults = Faults()
    fault = faults.add({"match": match, "do": STATUS})
    assert struck(faults, 2) == []
    assert fault.seen == 0


def test_all_that_a_match_says_must_hold_and_a_method_may_be_of_any_case() -> None:
    faults = Faults()
    faults.add({"match": {"vendor": "v", "operation": "v.a.b", "method": "get", "path": "/a"}, "do": STATUS})
    assert struck(faults, 1) == [1]


def test_a_refusal_before_the_act_is_raised_and_marked_as_planned() -> None:
    faults = Faults()
    faults.add({"do": {"refuse": "conflict"}})
    with pytest.raises(Refusal) as caught:
        faults.strike("v", "v.a.b", CALL).before()
    assert caught.value == Refusal(Kind.CONFLICT, facts={"planned": True})


def test_what_strikes_after_lets_the_act_be_and_takes_its_reply() -> None:
    faults = Faults()
    faults.add({"do": STATUS, "when": "after"})
    strike = faults.strike("v", "v.a.b", CALL)
    assert strike.before() is None
    assert strike.after(Reply(200, {"a": 1})) == Reply(503)


def test_faults_that_hit_one_call_add_up() -> None:
    faults = Faults()
    for do in ({"delay": 1}, {"drip": 5}, {"connection": "truncate"}, {"mutate": "extra-field"}):
        faults.add({"do": do, "when": "after"})
    strike = faults.strike("v", "v.a.b", CALL)
    assert strike.after(Reply(200, {"a": 1})).wire == Wire(1.0, 5, "truncate")
    assert strike.mutations == ["extra-field"]
    assert strike.text.startswith("fault 1: after the effect, delay 1; fault 2")


def test_nothing_planned_is_calm() -> None:
    assert Faults().strike("v", "v.a.b", CALL) is CALM
    assert Strike().after(Reply(200)) == Reply(200)


def test_faults_are_taken_back_one_by_one_or_all() -> None:
    faults = Faults()
    first, _ = faults.add({"do": STATUS}), faults.add({"do": STATUS})
    assert faults.remove(first.id)
    assert not faults.remove(first.id)
    faults.clear()
    assert faults.all() == []
    assert faults.add({"do": STATUS}).id == 3


def test_there_is_an_end_to_planning() -> None:
    faults = Faults()
    for _ in range(MOST_FAULTS):
        faults.add({"do": STATUS})
    with pytest.raises(ValueError, match="at most"):
        faults.add({"do": STATUS})


def test_plans_go_out_and_come_in_with_their_counts() -> None:
    faults, other = Faults(), Faults()
    faults.add({"match": {"nth": [2, 3]}, "do": STATUS})
    struck(faults, 2)
    other.load(faults.dump())
    assert other.dump() == faults.dump()
    assert struck(other, 2) == [1]
    assert other.add({"do": STATUS}).id == 2


@pytest.mark.parametrize(
    "raw", [{"id": 1, "match": 5, "do": {}}, {"id": "x", "match": {}, "do": {"status": 500}}, {"do": {}}]
)
def test_what_is_no_plan_does_not_come_in(raw: Any) -> None:
    faults = Faults()
    kept = faults.add({"do": STATUS})
    with pytest.raises((ValueError, TypeError, KeyError)):
        faults.load([raw])
    assert faults.all() == [kept]


def test_counting_is_exact_under_many_threads() -> None:
    faults = Faults()
    fault = faults.add({"match": {"nth": [100, 299]}, "do": STATUS, "times": 150})
    hits: list[int] = []
    threads = [threading.Thread(target=lambda: hits.extend(struck(faults, 100))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (fault.seen, fault.struck, len(hits)) == (1600, 150, 150)
