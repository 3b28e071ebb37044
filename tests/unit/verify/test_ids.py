"""Which member of a reply is an id of what, by nothing but the contract."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.contract.model import Operation
from emulator.verify.ids import Id, Ids
from tests.unit.contract.samples import contract, operation, parameter

SHOP = parameter("shop_id", {}, "path", refers_to="shops")
TOY = parameter("id", {}, "path", refers_to="toys")
MAKER = parameter("makerId", {}, "query", refers_to="makers")
LIST = operation("GET", "/shops/{shop_id}/toys", name="list", parameters=(SHOP, MAKER))
READ = operation("GET", "/shops/{shop}/toys/{id}", name="read", parameters=(TOY,))
TAGGED = operation("GET", "/labels/{id}", name="tagged", parameters=(parameter("id", {}, "path", refers_to="labels"),))
FLAT = operation("GET", "/all/toys", name="flat")


def learned(value: Any, of: Operation = LIST, path: dict[str, str] | None = None) -> Ids:
    ids = Ids(contract(LIST, READ, TAGGED, FLAT))
    ids.learn(of, {"shop_id": "7"} if path is None else path, value)
    return ids


@pytest.mark.parametrize(
    "value",
    [
        [{"id": 3}],
        {"items": [{"ID": 3}], "total": 9},
        [{"id": "3", "parts": [{"id": "4"}]}],
        [{"name": "3"}],
        ["3"],
        [3],
    ],
)
def test_an_item_of_a_list_is_called_by_what_the_path_goes_on_with(value: Any) -> None:
    assert learned(value).of("toys") == [Id("3", {"shops": "7"}, listed=True)]


def test_a_member_that_is_called_as_a_parameter_is_an_id_of_what_that_refers_to() -> None:
    ids = learned([{"id": 3, "MakerId": 5}, {"id": 4, "maker": {"id": 6}}])
    assert [one.value for one in ids.of("makers")] == ["5", "6"]
    assert ids.of("toys")[0] == Id("3", {"shops": "7", "makers": "5"}, listed=True)


def test_a_list_within_an_item_has_ids_of_what_its_name_says() -> None:
    assert [one.value for one in learned([{"Labels": [{"id": 8}, {"id": 9}]}]).of("labels")] == ["8", "9"]


def test_a_list_elsewhere_of_the_same_name_is_less_sure() -> None:
    ids = learned([{"id": 3}], FLAT, {})
    assert ids.of("toys") == [Id("3")]
    ids.learn(LIST, {"shop_id": "7"}, [{"id": 4}])
    assert [one.value for one in ids.of("toys")] == ["4", "3"]


@pytest.mark.parametrize("value", [None, 7, "x", [None], [{"id": None}], [{"id": {"a": 1}}], [[1]], [True]])
def test_what_is_no_id_is_none(value: Any) -> None:
    assert learned(value).of("toys") == []
