"""Values that nobody changes, and the date as HTTP writes it."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, field
from email.utils import formatdate
from functools import cached_property
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.wire import fixed, http_date


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


@given(st.integers(0, 10**11))
def test_the_date_is_written_as_the_standard_library_writes_it(moment: int) -> None:
    assert http_date(moment) == formatdate(moment, usegmt=True)
