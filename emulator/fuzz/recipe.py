"""Strategies made of a function that draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class _Recipe:
    """The function, with a short representation: hypothesis writes out what a strategy was made of, and a contract is a megabyte."""

    def __init__(self, name: str, make: Callable[[Any], Any]) -> None:
        self.name, self.make = name, make

    def __repr__(self) -> str:
        return self.name


@st.composite
def _followed(draw: Any, recipe: _Recipe) -> Any:
    return recipe.make(draw)


def drawing(name: str, make: Callable[[Any], T]) -> st.SearchStrategy[T]:
    """What `make(draw)` makes. `name` is how the strategy is shown."""
    return _followed(_Recipe(name, make))
