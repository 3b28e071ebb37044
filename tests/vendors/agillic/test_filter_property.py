"""Compiled filters against a naive evaluation that shares nothing with them but the grammar of the documentation."""

from __future__ import annotations

import fnmatch
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from emulator.vendors.agillic.dates import Formats
from emulator.vendors.agillic.filters import Compiler
from emulator.vendors.agillic.rsql import parse
from tests.vendors.agillic.examples import CONTRACT

FORMATS = Formats("dd.MM.yyyy", "dd.MM.yyyy HH:mm:ss", "Europe/Copenhagen")
ZONE = ZoneInfo("Europe/Copenhagen")
TYPES = {"NAME": "STRING", "AGE": "NUMBER", "MEMBER": "BOOLEAN", "BORN": "DATE", "SEEN": "TIMESTAMP"}
OPERATORS = {**CONTRACT.tables["filter_operators"], **CONTRACT.tables["filter_aliases"]}
WRITTEN = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "in": "=in="}
Tree = Any

names = st.text("abAB*?' é", min_size=1, max_size=4)
ages = st.decimals(-50, 50, places=1).map(lambda n: format(n, "f"))
days = st.dates(datetime(2016, 12, 25).date(), datetime(2017, 1, 5).date())  # noqa: DTZ001
moments = st.datetimes(datetime(2017, 3, 25), datetime(2017, 3, 28)).map(lambda d: d.replace(microsecond=0, tzinfo=UTC))  # noqa: DTZ001
VALUES = {"NAME": names, "AGE": ages, "MEMBER": st.sampled_from(["true", "false"]), "BORN": days, "SEEN": moments}
people = st.fixed_dictionaries({}, optional=VALUES)


def comparisons() -> st.SearchStrategy[Tree]:
    def of(field: str) -> st.SearchStrategy[Tree]:
        ordered = ["eq", "ne", "in"] if field == "MEMBER" else list(WRITTEN)
        single = st.tuples(
            st.just(field), st.sampled_from([o for o in ordered if o != "in"]), VALUES[field].map(lambda v: [v])
        )
        return single | st.tuples(st.just(field), st.just("in"), st.lists(VALUES[field], min_size=1, max_size=3))

    return st.sampled_from(list(TYPES)).flatmap(of)


trees = st.recursive(
    comparisons(),
    lambda inner: st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3)),
    max_leaves=8,
)


def written(tree: Tree, style: int) -> str:
    """The tree as somebody would write it; `style` picks among the ways that mean the same."""
    if len(tree) == 2:
        joint = {"and": [" and ", ";"], "or": [" or ", ","]}[tree[0]][style % 2]
        return joint.join(f"({written(part, style)})" for part in tree[1])
    field, operator, values = tree
    texts = [argument(value, style) for value in values]
    listed = f"({[',', ' or '][style % 2].join(texts)})" if operator == "in" else texts[0]
    return f"{field}{WRITTEN[operator]}{listed}"


def argument(value: Any, style: int) -> str:
    if isinstance(value, datetime):
        return (
            value.strftime("%Y-%m-%dT%H:%M:%SZ")
            if style % 2
            else (value + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S+02:00")
        )
    if not isinstance(value, str):
        return str(value.strftime("%d.%m.%Y" if style % 2 else "%Y-%m-%d"))
    quote = "\"'"[style % 2]
    return quote + value.replace(quote, "\\" + quote) + quote


def naive(tree: Tree, person: dict[str, Any]) -> bool:
    """What the documentation says, evaluated afresh for every recipient."""
    if len(tree) == 2:
        return (all if tree[0] == "and" else any)([naive(part, person) for part in tree[1]])
    field, operator, values = tree
    if field not in person:
        return bool(operator == "ne")
    have, wanted = comparable(field, person[field]), [comparable(field, value) for value in values]
    if operator == "eq" and TYPES[field] == "STRING":
        return fnmatch.fnmatchcase(person[field], values[0].replace("[", "[[]"))
    return {
        "eq": have == wanted[0],
        "ne": have != wanted[0],
        "in": have in wanted,
        "lt": have < wanted[0],
        "le": have <= wanted[0],
        "gt": have > wanted[0],
        "ge": have >= wanted[0],
    }[operator]


def comparable(field: str, value: Any) -> Any:
    return Decimal(value) if TYPES[field] == "NUMBER" else value


def kept(person: dict[str, Any]) -> dict[str, str]:
    """The recipient's row."""
    return {
        name: value
        if isinstance(value, str)
        else value.strftime("%Y-%m-%dT%H:%M:%SZ")
        if isinstance(value, datetime)
        else value.isoformat()
        for name, value in person.items()
    }


@given(tree=trees, crowd=st.lists(people, max_size=6), style=st.integers(0, 1))
def test_a_compiled_filter_agrees_with_a_naive_one(tree: Tree, crowd: list[dict[str, Any]], style: int) -> None:
    predicate = Compiler(TYPES, FORMATS, {}).compiled(parse(written(tree, style), OPERATORS, 50))
    assert [predicate(kept(person)) for person in crowd] == [naive(tree, person) for person in crowd]
