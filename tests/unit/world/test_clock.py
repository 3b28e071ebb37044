"""One clock, which runs, stands still and is moved."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.world import clock as module
from emulator.world.clock import Clock, moment, stamp

START = 1_700_000_000.0


class Machine:
    """The machine's time, in a test's hand."""

    def __init__(self) -> None:
        self.real = 100.0

    def time(self) -> float:
        return START

    def monotonic(self) -> float:
        return self.real


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine()
    monkeypatch.setattr(module, "time", made)
    return made


def test_a_running_clock_goes_with_the_machine(machine: Machine) -> None:
    clock = Clock()
    machine.real += 2.5
    assert clock.now() == START + 2.5


def test_a_frozen_clock_stands_still_until_it_is_moved(machine: Machine) -> None:
    clock = Clock(mode="frozen")
    machine.real += 60
    assert clock.now() == START
    clock.set(START + 10)
    assert clock.now() == START + 10


def test_a_clock_that_is_frozen_and_let_go_continues_from_where_it_stood(machine: Machine) -> None:
    clock = Clock()
    machine.real += 5
    clock.set(mode="frozen")
    machine.real += 100
    clock.set(mode="running")
    machine.real += 1
    assert clock.now() == START + 6


def test_a_rate_counts_from_now_on(machine: Machine) -> None:
    clock = Clock()
    machine.real += 10
    clock.set(rate=60)
    machine.real += 10
    assert clock.now() == START + 10 + 600
    assert clock.rate == 60


def test_time_until_a_moment_is_real_time(machine: Machine) -> None:
    clock = Clock(rate=10)
    assert clock.until(START + 100) == 10
    assert clock.until(START) == 0
    clock.set(mode="frozen")
    assert clock.until(START + 1) is None
    assert clock.until(START) == 0


@pytest.mark.parametrize("now", [-1.0, module.LATEST + 1, float("inf"), float("nan")])
def test_times_beyond_reach_are_refused_and_change_nothing(machine: Machine, now: float) -> None:
    clock = Clock()
    with pytest.raises(ValueError, match="1970 to 9000"):
        clock.set(now)
    assert clock.now() == START


@pytest.mark.parametrize("rate", [0, -1, 1_000_001, float("nan")])
def test_rates_beyond_reach_are_refused_and_change_nothing(machine: Machine, rate: float) -> None:
    clock = Clock()
    with pytest.raises(ValueError, match="rate"):
        clock.set(START + 5, "frozen", rate)
    assert (clock.now(), clock.mode, clock.rate) == (START, "running", 1.0)


def test_a_clock_goes_out_and_comes_in_again(machine: Machine) -> None:
    clock = Clock(START + 0.25, "frozen", 3)
    again = Clock.load(clock.dump())
    assert again.dump() == clock.dump() == {"now": "2023-11-14T22:13:20.250Z", "mode": "frozen", "rate": 3}


def test_nothing_said_is_the_usual_clock(machine: Machine) -> None:
    assert Clock.load({}).dump() == {"now": stamp(START), "mode": "running", "rate": 1.0}


@pytest.mark.parametrize("dumped", [{"mode": "stopped"}, {"now": "noon"}, {"now": 5}, {"rate": "fast"}, {"rate": 0}])
def test_a_description_of_no_clock_is_refused(dumped: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        Clock.load(dumped)


@pytest.mark.parametrize(
    "text, epoch",
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01", 0),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-01T00:00:01.5", 1.5),
        ("2024-05-06T07:08:09.123Z", 1714979289.123),
    ],
)
def test_moments_are_read_and_without_an_offset_are_utc(text: str, epoch: float) -> None:
    assert moment(text) == epoch


def test_stamps_are_rounded_to_milliseconds_and_never_to_a_sixtieth_second() -> None:
    assert stamp(0.9996) == "1970-01-01T00:00:01.000Z"
    assert stamp(59.9999) == "1970-01-01T00:01:00.000Z"
    assert stamp(1.5, millis=False) == "1970-01-01T00:00:01Z"


def test_a_clock_tells_the_time_in_three_ways() -> None:
    clock = Clock(START, "frozen")
    assert clock.utc().timestamp() == clock.now() == START
    assert clock.stamp(millis=False) == "2023-11-14T22:13:20Z"
