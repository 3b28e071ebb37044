"""Numbers that depend on settings."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.world.figures import resolve

PLANS = {"setting": "plan", "values": {"free": 10, "custom": {"setting": "calls"}, "true": 1}}


@pytest.mark.parametrize(
    "figure, settings, value",
    [
        (5, {}, 5),
        (None, {}, None),
        ({"setting": "n"}, {"n": 7}, 7),
        ({"setting": "n", "times": 5}, {"n": 7}, 35),
        ({"setting": "n", "times": 5}, {"n": None}, None),
        (PLANS, {"plan": "free"}, 10),
        (PLANS, {"plan": "custom", "calls": 3}, 3),
    ],
)
def test_a_figure_is_what_the_settings_make_it(figure: Any, settings: Any, value: Any) -> None:
    assert resolve(figure, settings) == value


def test_a_setting_without_a_value_in_the_table_is_an_error() -> None:
    with pytest.raises(KeyError):
        resolve(PLANS, {"plan": "other"})
