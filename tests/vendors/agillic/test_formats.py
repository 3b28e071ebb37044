"""Dates in an instance's formats."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.vendors.agillic.dates import Formats, pattern, rfc3339

FORMATS = Formats("dd.MM.yyyy", "dd.MM.yyyy HH:mm:ss", "Europe/Copenhagen")


@pytest.mark.parametrize(
    "text, written",
    [
        ("yy-M-d", "24-3-7"),
        ("d/M/y", "7/3/2024"),
        ("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", "2024-03-07T08:09:05.120Z"),
        ("HH 'o''clock' yyyy MM dd", "08 o'clock 2024 03 07"),
    ],
)
def test_patterns_are_those_of_java(text: str, written: str) -> None:
    when = datetime(2024, 3, 7, 8, 9, 5, 120000)  # noqa: DTZ001
    assert pattern(text).write(when) == written
    read = pattern(text).read(written)
    assert read is not None
    assert read.date() == when.date()


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(lambda when: when.replace(microsecond=0)))  # noqa: DTZ001
def test_what_is_written_is_read_again(when: datetime) -> None:
    text = pattern("dd.MM.yyyy HH:mm:ss").write(when)
    assert pattern("dd.MM.yyyy HH:mm:ss").read(text) == when
    kept = FORMATS.moment(text)
    assert kept is not None
    if 4 <= when.hour < 23:  # hours that every day has once
        assert FORMATS.show_moment(kept) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31.02.2024",
        "1.2.2024",
        "01.02.24",
        "01-02-2024",
        "01.02.2024 ",
        "٠١.٠٢.٢٠٢٤",
        "00.01.2024",
        "01.01.0000",
        "01.01.9999",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert FORMATS.day(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "2024-13-01",
        "2024-01-01T25:00:00Z",
        "2024-01-01T00:00",
        "2024-1-1",
        "2024-01-01T00:00:00+99:99",
        "20240101",
        "2024-W01-1",
    ],
)
def test_what_is_not_of_rfc_3339_is_none(text: str) -> None:
    assert rfc3339(text) is None


def test_fractions_of_any_length_are_read() -> None:
    assert rfc3339("2024-01-01T00:00:00.123456789Z") == datetime(2024, 1, 1, 0, 0, 0, 123456, tzinfo=UTC)


def test_a_row_that_somebody_wrote_by_hand_is_shown_as_it_is() -> None:
    assert FORMATS.show_day("soon") == "soon"
    assert FORMATS.show_moment("later") == "later"
