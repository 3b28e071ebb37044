"""Changes to a reply that a careful client bears."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.contract.mutate import EXTRA, MUTATIONS, NOVEL, mutated
from emulator.contract.schema import Schema
from emulator.world import faults

NOTE = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "colour": {"enum": ["red"]},
        "more": {"anyOf": [{"$ref": "#/$defs/t.more"}, {"type": "null"}]},
    },
}
DEFINITIONS = {
    "t.more": {"type": "object", "required": ["n"], "properties": {"n": {"type": ["integer", "null"]}, "o": {}}},
    "t.base": {"type": "object", "required": ["a"], "properties": {"a": {}, "b": {}}},
}
BODY = {"id": "1", "colour": "red", "more": {"n": 1, "o": 2}}


def after(kind: str, value: Any = BODY, raw: Any = NOTE) -> Any:
    return orjson.loads(mutated(orjson.dumps(value), Schema(raw, DEFINITIONS, ""), [kind]))


def test_extra_fields_appear_in_every_object() -> None:
    changed = after("extra-field")
    assert EXTRA in changed
    assert EXTRA in changed["more"]


def test_only_optional_fields_are_dropped() -> None:
    assert after("drop-optional") == {"id": "1"}


def test_only_what_may_be_null_becomes_null() -> None:
    assert after("null-nullable") == {"id": "1", "colour": "red", "more": None}
    assert after("null-nullable", {"id": "1"}) == {"id": "1"}


def test_an_enumerated_text_gets_a_new_member() -> None:
    assert after("new-enum-value")["colour"] == NOVEL


def test_keys_come_in_another_order() -> None:
    changed = after("reorder-keys")
    assert changed == BODY
    assert list(changed) == ["more", "colour", "id"]


def test_what_references_and_branches_say_counts() -> None:
    raw = {"items": {"allOf": [{"$ref": "#/$defs/t.base"}, {"required": ["b"]}]}}
    assert after("drop-optional", [{"a": 1, "b": 2, "c": 3}], raw) == [{"a": 1, "b": 2, "c": 3}]


def test_what_is_no_json_or_has_no_schema_stays() -> None:
    assert mutated(b"PK\x00", Schema(NOTE, {}, ""), ["extra-field"]) == b"PK\x00"
    assert mutated(b'{"a":1}', None, ["extra-field"]) == b'{"a":1}'


def test_faults_know_exactly_these_changes() -> None:
    assert set(MUTATIONS) == set(faults.MUTATIONS)


@pytest.mark.parametrize("kind", ["drop-optional", "null-nullable", "reorder-keys"])
@given(data=st.data())
def test_lawful_changes_stay_within_the_contract(kind: str, data: st.DataObject) -> None:
    more = st.none() | st.fixed_dictionaries({"n": st.none() | st.integers()}, optional={"o": st.booleans()})
    value = data.draw(st.fixed_dictionaries({"id": st.text()}, optional={"colour": st.just("red"), "more": more}))
    changed = after(kind, value)
    assert Schema(NOTE, DEFINITIONS, "").explain(changed) == []
