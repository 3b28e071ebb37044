"""Draws instances of a schema until one is found that is wanted, and makes it simple: the generator behind `diff`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.errors import NoSuchExample, Unsatisfiable

from emulator.contract.schema import Schema
from emulator.fuzz.strategies import valid

EXAMPLES = 100


class Hunter:
    """Hunts in a number of drawn instances; the same ones each time."""

    def __init__(self, examples: int = EXAMPLES) -> None:
        self._settings = settings(
            max_examples=examples,
            database=None,
            deadline=None,
            derandomize=True,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )

    def __call__(self, schema: Schema, wanted: Callable[[Any], bool]) -> tuple[list[Any], int]:
        """The simplest instance found that is wanted, in a list, or none; and how many different draws were looked at."""
        drawn = 0

        def counted(value: Any) -> bool:
            nonlocal drawn
            drawn += 1
            return wanted(value)

        try:
            return [find(valid(schema), counted, settings=self._settings)], drawn
        except (NoSuchExample, Unsatisfiable):
            return [], drawn
