"""Strategies that starting worlds are made of: how many rows there are, and what is odd about some. They shrink towards few and plain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hypothesis import strategies as st

from emulator.fuzz.scenarios.common import page_sizes

FEW, MANY, MOST = 30, 250, 450
"""Every number up to the first is drawn; up to the second each that is one more than a multiple of 5, and so of 50 and of 100; beyond, only
what is next to whole pages, and nothing beyond the last unless rows are cheap: larger worlds cost seconds."""
STEP = 5
OFTEN, USUALLY = (
    10,
    4,
)  # how often a number next to whole pages stands in the table, and how often all that are not large


def amounts(operation: str, parameter: str, *, most: int = MOST, large: int = 1) -> st.SearchStrategy[int]:
    """How many rows a list has: any number, but often one next to one or two whole pages, and seldom a large one.

    Where rows are cheap there may be more than usual: so many at `most`, with the weight `large`.
    """
    return st.sampled_from(table(page_sizes(operation, parameter), most, large))


def table(sizes: Iterable[int], most: int = MOST, large: int = 1) -> list[int]:
    """The numbers that are drawn for pages of these sizes, each as often as it should be; less is simpler, but for one row, with which
    more can happen than with none.
    """
    edges = {pages * size + more for size in sizes for pages in (1, 2) for more in (-1, 0, 1)}
    near = [edge for edge in edges if edge <= MANY]
    far = [edge for edge in edges if MANY < edge <= most]
    usual = [*range(FEW + 1), *range(FEW + 1, MANY + 2, STEP), *near * OFTEN]
    return sorted([*usual * USUALLY, *far * large], key=lambda rows: (rows != 1, rows))


def odd(names: Sequence[str]) -> st.SearchStrategy[list[str]]:
    """What is odd about the rows, in turn: nothing, one thing, or two."""
    return st.lists(st.sampled_from(list(names)), max_size=2, unique=True)
