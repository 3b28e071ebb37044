"""How many calls: in a stretch of virtual time, and at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from emulator.parts.limits import FREE, Charge, Concurrent, Window, counted
from emulator.wire import Anonymous, Call, Principal, Refusal
from emulator.world.clock import moment, stamp
from emulator.world.world import World

ANN = Principal("ann")
CALL = Call("GET", "/", address="10.0.0.1")
HEADERS = {"limit_header": "X-Limit", "remaining_header": "X-Left", "reset_header": "X-Reset"}


def window(calls: Any = 2, per: str = "PT1M", **more: Any) -> Window:
    return Window("w", calls, per, **more)


def charge(limit: Any, world: World, who: Any = ANN, call: Call = CALL) -> Charge:
    made: Charge = limit.charge(who, call, world)
    return made


def refusal(made: Charge) -> Refusal:
    assert made.refusal is not None
    return made.refusal


def ends(limit: Window, world: World) -> str:
    """When the window of the next call ends."""
    return stamp(float(charge(limit, world).headers["X-Reset"]), millis=False)


def test_so_many_calls_are_free_and_the_next_is_refused_with_the_figures(world: World) -> None:
    limit = window(**HEADERS)
    assert [charge(limit, world).headers["X-Left"] for _ in range(2)] == ["1", "0"]
    made = charge(limit, world)
    assert made.headers["X-Left"] == "0"
    assert dict(refusal(made).facts) == {
        "limit": "w",
        "calls": 2,
        "taken": 2,
        "per": "PT1M",
        "resets_at": world.clock.now() + 60,
        "resets_in": 60.0,
    }


def test_refused_calls_are_not_counted(world: World) -> None:
    limit = window(1)
    for _ in range(5):
        made = charge(limit, world)
    assert refusal(made).facts["taken"] == 1


def test_a_window_opens_with_the_first_call_and_ends_on_the_virtual_clock(world: World) -> None:
    limit = window(1)
    charge(limit, world)
    world.clock.set(world.clock.now() + 59.999)
    assert charge(limit, world).refusal is not None
    world.clock.set(world.clock.now() + 0.001)
    assert charge(limit, world).refusal is None


@pytest.mark.parametrize(
    "now, per, zone, end",
    [
        ("2026-01-05T12:34:56Z", "PT1H", "UTC", "2026-01-05T13:00:00Z"),
        ("2026-01-05T12:00:00Z", "PT15M", "UTC", "2026-01-05T12:15:00Z"),
        ("2026-01-05T12:34:56Z", "P1D", "UTC", "2026-01-06T00:00:00Z"),
        ("2026-01-05T00:30:00Z", "P1D", "America/New_York", "2026-01-05T05:00:00Z"),
        ("2026-03-08T06:30:00Z", "P1D", "America/New_York", "2026-03-09T04:00:00Z"),
        ("2026-11-01T05:30:00Z", "P1D", "America/New_York", "2026-11-02T05:00:00Z"),
        ("2026-11-01T06:30:00Z", "P1D", "America/New_York", "2026-11-02T05:00:00Z"),
        ("2026-03-29T00:30:00Z", "P1D", "Europe/Copenhagen", "2026-03-29T22:00:00Z"),
    ],
)
def test_an_aligned_window_ends_on_the_hour_or_at_midnight_of_its_zone(
    world: World, now: str, per: str, zone: str, end: str
) -> None:
    world.clock.set(moment(now))
    assert ends(window(per=per, opens="aligned", zone=zone, **HEADERS), world) == end


@pytest.mark.parametrize(
    "reset_as, value", [("epoch", "1767614460"), ("seconds", "60"), ("http_date", "Mon, 05 Jan 2026 12:01:00 GMT")]
)
def test_the_end_is_told_in_three_ways(world: World, reset_as: str, value: str) -> None:
    assert charge(window(reset_as=reset_as, **HEADERS), world).headers["X-Reset"] == value


def test_the_end_is_never_told_too_early(world: World) -> None:
    world.clock.set(world.clock.now() + 0.25)
    limit = window(1, reset_as="seconds", retry_after=True, **HEADERS)
    assert charge(limit, world).headers["X-Reset"] == "60"
    world.clock.set(world.clock.now() + 59.9)
    assert charge(limit, world).headers["Retry-After"] == "1"


def test_only_refusals_say_when_to_come_again(world: World) -> None:
    limit = window(1, retry_after=True)
    assert "Retry-After" not in charge(limit, world).headers
    assert charge(limit, world).headers["Retry-After"] == "60"


@pytest.mark.parametrize("calls", [None, 0])
def test_no_figure_counts_nothing_and_says_nothing(world: World, calls: Any) -> None:
    assert charge(window(calls, **HEADERS), world) is FREE
    assert charge(Concurrent("c", calls), world) is FREE
    assert len(world.rows("windows")) == 0


def test_a_figure_may_be_a_setting(world: World) -> None:
    world.sandbox.change_settings({"toy": {"calls": 1}})
    limit = window({"setting": "calls"})
    assert [charge(limit, world).refusal is None for _ in range(2)] == [True, False]


def test_each_is_counted_by_itself(world: World) -> None:
    limit = window(1)
    assert charge(limit, world).refusal is None
    assert charge(limit, world, Principal("bob")).refusal is None
    assert charge(limit, world).refusal is not None


@pytest.mark.parametrize(
    "by, who, key",
    [
        ("principal", ANN, "ann"),
        ("principal", Anonymous(), None),
        ("address", Anonymous(), "10.0.0.1"),
        ("everyone", ANN, "everyone"),
    ],
)
def test_a_call_is_counted_under_somebodys_name(by: str, who: Any, key: Any) -> None:
    assert counted(by, who, CALL) == key


def test_nobody_known_is_not_counted_by_principal(world: World) -> None:
    assert charge(window(1), world, Anonymous()) is FREE


def test_calls_at_once_count_until_they_are_let_go(world: World) -> None:
    limit = Concurrent("c", 2)
    held = [charge(limit, world) for _ in range(2)]
    assert refusal(charge(limit, world)).facts == {"limit": "c", "at_once": 2}
    assert held[0].release is not None
    held[0].release()
    assert charge(limit, world).refusal is None


def test_many_threads_never_hold_more_than_may_be_held(world: World) -> None:
    limit, gate = Concurrent("c", 5), threading.Barrier(16)
    made: list[Charge] = []

    def enter() -> None:
        gate.wait()
        made.append(charge(limit, world))

    threads = [threading.Thread(target=enter) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(each.refusal is None for each in made) == 5
