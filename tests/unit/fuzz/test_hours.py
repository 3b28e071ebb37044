"""Virtual time: what a client's threads see of it, and that nobody else sees anything."""

from __future__ import annotations

import asyncio
import queue
import selectors
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any

import pytest

from emulator.fuzz.hours import IGNORED, Hours, Life, Stopped, living
from emulator.world.clock import Clock

BEGIN = 1772442000.0  # 2026-03-02T09:00:00Z
DAY = 86400.0


@pytest.fixture
def hours() -> Iterator[Hours]:
    with Hours() as patched:
        yield patched


def born() -> Life:
    clock = Clock(BEGIN, "frozen")
    return Life(clock, lambda by: clock.set(clock.now() + by), most=30 * DAY)


def lived(hours: Hours, job: Callable[[], Any]) -> Any:
    """What a job answers that lives by virtual time."""
    one = born()
    with hours.calendar(one), living(one):
        return job()


def test_sleeping_takes_no_time_and_moves_every_clock(hours: Hours) -> None:
    def job() -> tuple[float, ...]:
        before = time.time(), monotonic(), time.perf_counter(), time.time_ns(), time.monotonic_ns()
        sleep(3600)
        after = time.time(), monotonic(), time.perf_counter(), time.time_ns(), time.monotonic_ns()
        return tuple(late - early for early, late in zip(before, after, strict=True))

    assert lived(hours, job) == (3600, 3600, 3600, 3600 * 10**9, 3600 * 10**9)


def test_the_calendar_follows_too(hours: Hours) -> None:
    pytest.importorskip("time_machine")
    assert lived(hours, lambda: (sleep(DAY), datetime.now(UTC))[1]) == datetime(2026, 3, 3, 9, tzinfo=UTC)


def test_without_time_machine_all_but_the_calendar_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "time_machine", None)
    with Hours() as hours:
        virtual, real = lived(hours, lambda: (sleep(DAY), time.time(), datetime.now(UTC).timestamp())[1:])
    assert (virtual, real > BEGIN + 2 * DAY) == (BEGIN + DAY, True)


def test_a_module_that_is_imported_on_the_way_follows_the_next_life_too() -> None:
    names: dict[str, Any] = {}
    with Hours() as hours:
        lived(hours, lambda: exec("from time import sleep", names))
    with Hours() as hours:
        assert lived(hours, lambda: (names["sleep"](DAY), time.time())[1]) == BEGIN + DAY


def test_no_sleep_is_shorter_than_nothing(hours: Hours) -> None:
    with pytest.raises(ValueError, match="non-negative"):
        lived(hours, lambda: sleep(-1))


def test_afterwards_everything_is_as_it_was() -> None:
    def patched() -> tuple[object, ...]:
        return time.time, time.sleep, sleep, threading.Thread.start, threading.Condition.wait, selectors.DefaultSelector

    def breaks() -> None:
        assert not set(before) & set(patched())
        raise RuntimeError

    before = patched()
    with pytest.raises(RuntimeError), Hours() as hours:
        lived(hours, breaks)
    assert (patched(), time.time() > BEGIN + DAY) == (before, True)


def test_the_monotonic_clock_goes_on_from_one_life_to_the_next(hours: Hours) -> None:
    first = lived(hours, lambda: (sleep(100), monotonic())[1])
    assert lived(hours, monotonic) >= first


def test_threads_inherit_it_and_others_do_not(hours: Hours) -> None:
    real: list[float] = []
    bystander = threading.Thread(target=lambda: real.append(time.time()))

    def job() -> list[float]:
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda seconds: (sleep(seconds), time.time())[1], [10.0, 20.0]))

    assert max(lived(hours, job)) == BEGIN + 30
    bystander.start()
    bystander.join()
    assert real[0] > BEGIN + DAY


def test_waiting_for_others_ends_in_virtual_time(hours: Hours) -> None:
    def job() -> float:
        with pytest.raises(queue.Empty):
            queue.Queue[int]().get(timeout=500)
        assert not threading.Event().wait(100)
        return time.time()

    assert lived(hours, job) == pytest.approx(BEGIN + 600)


def test_an_event_that_comes_ends_the_wait_for_it(hours: Hours) -> None:
    def job() -> bool:
        event = threading.Event()
        threading.Thread(target=event.set).start()
        return event.wait(3600)

    assert lived(hours, job)


def test_asyncio_sleeps_in_virtual_time_and_in_the_right_order(hours: Hours) -> None:
    async def one(seconds: float, order: list[float]) -> None:
        await asyncio.sleep(seconds)
        order.append(seconds)

    async def all_three() -> tuple[list[float], float]:
        order: list[float] = []
        began = monotonic()
        await asyncio.gather(*(one(seconds, order) for seconds in (300, 0.5, 20)))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(1000), 100)
        return order, monotonic() - began

    order, took = lived(hours, lambda: asyncio.run(all_three()))
    assert (order, took) == ([0.5, 20, 300], pytest.approx(400, abs=0.01))


def test_whoever_waits_for_a_month_is_stopped(hours: Hours) -> None:
    with pytest.raises(Stopped, match="more than 30 days"):
        lived(hours, lambda: sleep(31 * DAY))


def test_whoever_catches_what_stops_him_is_left_standing(hours: Hours) -> None:
    ended = born()
    ended.end("that is all")

    def deaf() -> None:
        for _ in range(2 * IGNORED):
            try:
                ended.go_on()
            except Stopped:
                continue

    thread = threading.Thread(target=deaf, daemon=True)
    thread.start()
    thread.join(0.2)
    assert thread.is_alive()
