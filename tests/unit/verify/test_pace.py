"""A share of each window and no more; short ones are waited for."""

from __future__ import annotations

import pytest

from emulator.verify.pace import Pace, Spent, Window


class Hours:
    """A clock that moves only when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def pace(share: float, *windows: Window) -> tuple[Pace, Hours]:
    hours = Hours()
    return Pace(windows, share, lambda: hours.now, hours.sleep), hours


def test_in_any_stretch_of_a_short_window_no_more_than_the_share_is_taken() -> None:
    asked, hours = pace(0.5, Window("second", 10, 1.0))
    times = []
    for _ in range(23):
        asked.take()
        times.append(hours.now)
    assert all(later - earlier >= 1.0 for earlier, later in zip(times, times[5:], strict=False))
    assert hours.now == 4.0


def test_a_long_window_ends_the_calls() -> None:
    asked, hours = pace(0.5, Window("second", 10, 1.0), Window("day", 8, 86400.0))
    for _ in range(4):
        asked.take()
    with pytest.raises(Spent, match=r"the share of 0.5 is used up: 4 of 8 calls in P1D \(limit day\)"):
        asked.take()
    assert hours.now == 0.0


def test_a_share_of_less_than_one_call_is_none() -> None:
    asked, _ = pace(0.01, Window("second", 10, 1.0))
    with pytest.raises(Spent, match="0 of 10 calls"):
        asked.take()


def test_what_the_server_says_is_left_is_heeded() -> None:
    asked, hours = pace(0.25, Window("minute", 100, 60.0), Window("hour", 100, 3600.0))
    asked.heed("hour", 100, 75)
    with pytest.raises(Spent, match="74 of 100 calls are left"):
        asked.heed("hour", 100, 74)
    asked.heed("minute", 100, 10)
    assert hours.now == 60.0
