"""Numbers of a contract that may depend on settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def resolve(figure: Any, settings: Mapping[str, Any]) -> Any:
    """The number itself; or the setting's value, looked up in the figure's table if it has one, times its factor. None stays None."""
    if not isinstance(figure, Mapping):
        return figure
    value = settings[figure["setting"]]
    if "values" in figure:
        value = resolve(figure["values"][str(value)], settings)
    return value * figure["times"] if "times" in figure and value is not None else value
