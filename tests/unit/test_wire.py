"""Values that nobody changes."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, field
from functools import cached_property
from typing import Any

import pytest

from emulator.wire import fixed


@fixed
class Point:
    x: int
    y: Any = None
    hidden: str = field(default="", repr=False)


@fixed
class Place(Point):
    name: str = ""

    def moved(self) -> str:
        return f"{super().__repr__()} moved"


@fixed
class Lazy:
    x: int

    @cached_property
    def double(self) -> int:
        return self.x * 2


@dataclass(frozen=True)
class Plain:
    x: int
    y: Any = None


def test_fixed_values_compare_hash_and_show_as_dataclasses_do() -> None:
    assert Point(1) == Point(1, None)
    assert Point(1) != Point(2)
    assert Point(1) != Plain(1)
    assert Point(1) != Place(1)
    assert len({Point(1), Point(1), Point(1, "z")}) == 2
    assert repr(Point(1, "z", "secret")) == repr(Plain(1, "z")).replace("Plain", "Point")
    with pytest.raises(TypeError, match="unhashable"):
        hash(Point([]))


def test_one_that_builds_upon_another_may_call_it() -> None:
    assert Place(1, name="here").moved() == "Place(x=1, y=None, name='here') moved"


def test_one_that_keeps_something_keeps_it() -> None:
    lazy = Lazy(2)
    assert (lazy.double, vars(lazy)) == (4, {"x": 2, "double": 4})


def test_plain_ones_have_slots_so_that_nothing_is_added() -> None:
    with pytest.raises((AttributeError, FrozenInstanceError)):
        Point(1).z = 3  # type: ignore[attr-defined]
