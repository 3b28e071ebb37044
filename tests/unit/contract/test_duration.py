"""Durations, as contracts and people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.contract.duration import seconds, spelled


@pytest.mark.parametrize(
    "text, length",
    [
        ("PT1H30M", 5400),
        ("P1D", 86400),
        ("P1DT1S", 86401),
        ("PT0.5S", 0.5),
        ("2h", 7200),
        ("1h30m", 5400),
        ("90s", 90),
        ("1.5s", 1.5),
    ],
)
def test_both_ways_to_write_are_understood(text: str, length: float) -> None:
    assert seconds(text) == length


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "1", "1 h", "-PT1H", "1h2d", "PT1H ", "P1Y", "P1M", "PT1.5H", "soon", "1h\n"]
)
def test_anything_else_is_refused_with_what_is_accepted(text: str) -> None:
    with pytest.raises(ValueError, match="write PT2H"):
        seconds(text)


@pytest.mark.parametrize(
    "length, text",
    [(0, "PT0S"), (60, "PT1M"), (5400, "PT1H30M"), (86400, "P1D"), (0.5, "PT0.5S"), (59.999, "PT59.999S")],
)
def test_lengths_are_spelled(length: float, text: str) -> None:
    assert spelled(length) == text


@given(st.integers(0, 10**10).map(lambda ms: ms / 1000))
def test_what_is_spelled_is_read_back(length: float) -> None:
    assert seconds(spelled(length)) == pytest.approx(length, abs=0.0006)
