import pytest

from emulator.readers import words


@pytest.mark.parametrize(
    "length, told",
    [(5400, "1 hour 30 minutes"), (86400, "1 day"), (0.5, "0.5 seconds"), (0, "at once"), (172801, "2 days 1 second")],
)
def test_durations(length, told):
    assert words.duration(length) == told


@pytest.mark.parametrize(
    "value, told",
    [
        (20_971_520, "20,971,520"),
        ({"setting": "plan", "values": {"free": 10, "paid": {"setting": "own"}}},
         "10 where setting `plan` is free; setting `own` where setting `plan` is paid"),
        ({"setting": "recipients", "times": 5}, "5 times setting `recipients`"),
    ],
)  # fmt: skip
def test_figures(value, told):
    assert words.figure(value) == told
