"""Demo rows move with the calendar."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.world.clock import moment
from emulator.world.fixture import WEEK, moved, weeks_between

AS_OF = "2026-01-05T09:00:00Z"


@pytest.mark.parametrize(
    "text, later",
    [
        ("2026-01-05", "2026-01-19"),
        ("2026-12-30T23:59:59Z", "2027-01-13T23:59:59Z"),
        ("2026-01-05T09:00:00.123+02:00", "2026-01-19T09:00:00.123+02:00"),
        ("2026-01-05T09:00", "2026-01-19T09:00"),
        ("2026-01-05 09:00:00", "2026-01-19 09:00:00"),
        ("2026-01-05T09:00:00+0200", "2026-01-19T09:00:00+0200"),
    ],
)
def test_dates_and_date_times_move_by_whole_weeks_however_they_are_written(text: str, later: str) -> None:
    assert moved(text, 2) == later


@pytest.mark.parametrize(
    "text",
    [
        "2026-13-05",
        "2026-02-30",
        "9999-12-31",
        "2026-01-05x",
        "on 2026-01-05",
        "20260105",
        "",
        "2026-1-5",
        "0000-00-00",
    ],
)
def test_other_texts_stay(text: str) -> None:
    assert moved(text, 2) == text


def test_what_stands_under_a_fixed_key_stays() -> None:
    rows = {
        "a": [{"birthday": "2000-01-01", "joined": "2026-01-05", "n": 5, "x": None}],
        "birthday": {"d": "2026-01-05"},
    }
    assert moved(rows, 1, frozenset({"birthday"})) == {
        "a": [{"birthday": "2000-01-01", "joined": "2026-01-12", "n": 5, "x": None}],
        "birthday": {"d": "2026-01-05"},
    }


@given(st.integers(0, 5_000_000_000))
def test_the_fixtures_present_falls_in_the_week_before_the_worlds_start(start: int) -> None:
    present = moment(AS_OF) + weeks_between(AS_OF, start) * WEEK
    assert present <= start < present + WEEK


@given(st.dates(date(1980, 1, 1), date(2100, 1, 1)), st.integers(-500, 500))
def test_a_weekday_stays_a_weekday(day: date, weeks: int) -> None:
    assert date.fromisoformat(moved(day.isoformat(), weeks)).weekday() == day.weekday()
