"""What a reply may not do."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from emulator.contract.model import Header, RefusalPromise
from emulator.contract.promise import hold, payload, shown
from emulator.wire import MOST_KEPT, ContractBreach, Encoded, Kind, Outcome, Page, Reply, Row
from tests.unit.contract.samples import operation, promise, schema

OP = operation()
TEXT = schema({"type": "string"})
SHELL = schema({"type": "object", "required": ["items"], "additionalProperties": False, "properties": {"items": True}})


def test_a_payload_within_its_contract_becomes_bytes_once() -> None:
    assert payload(OP, promise({"type": "integer"}), Outcome(data=7)) == Encoded(b"7")


def test_a_payload_outside_its_contract_is_a_breach_that_names_place_and_pointer() -> None:
    rule = {"type": "object", "properties": {"a": {"type": "integer"}}}
    with pytest.raises(ContractBreach, match=r"a: 'x' is not of type 'integer' \(v/x.json#/schema/properties/a/type\)"):
        payload(OP, promise(rule), Outcome(data={"a": "x"}))


@pytest.mark.parametrize("data", [{1, 2}, 2**70, {1: "a"}, object()])
def test_a_payload_that_is_no_json_is_a_breach(data: Any) -> None:
    with pytest.raises(ContractBreach):
        payload(OP, promise({"type": "object"}), Outcome(data=data))


def test_each_item_of_a_page_is_held_as_it_is_shown() -> None:
    paged = promise({"type": "array"}, item=schema({"type": "object", "required": ["b"]}))
    page = Page([Row("1", b'{"a": 1}', 1), {"a": 2}])
    assert payload(OP, paged, Outcome(show=lambda row: {"b": row["a"]}), page) == Encoded(b'[{"b":1},{"b":2}]')
    with pytest.raises(ContractBreach, match="'b' is a required property"):
        payload(OP, paged, Outcome(), page)


def test_bytes_and_streams_pass_as_they_are() -> None:
    stream = iter([b"x"])
    assert payload(OP, promise({"type": "object"}), Outcome(data=b"raw")) == b"raw"
    assert payload(OP, promise({"type": "object"}), Outcome(data=stream)) is stream
    assert payload(OP, promise(), Outcome()) is None


def test_what_was_made_of_a_row_is_made_once_for_each_version() -> None:
    made: list[int] = []

    def show(row: dict[str, Any]) -> Any:
        made.append(1)
        return row["a"]

    row = Row("1", b'{"a": 1}', 1)
    assert [shown(OP, row, show, None), shown(OP, row, show, None)] == [b"1", b"1"]
    assert len(made) == 1


def test_a_row_does_not_keep_view_upon_view() -> None:
    row = Row("1", b'{"a": 1}', 1)
    for _ in range(50):
        shown(OP, row, lambda data: data["a"], None)
    assert len(row.kept) <= MOST_KEPT


def test_the_wrapper_is_held_and_the_payload_within_it_was_already() -> None:
    within = promise({"type": "string"}, shell=SHELL)
    hold(OP, within, Reply(200, {"items": Encoded(b"[1]")}))
    for body in ({"items": Encoded(b"1"), "more": 2}, {}, [Encoded(b"1")]):
        with pytest.raises(ContractBreach):
            hold(OP, within, Reply(200, body))


def test_a_missing_header_is_a_breach_unless_it_may_be_missing() -> None:
    with pytest.raises(ContractBreach, match="lacks the header X-Id"):
        hold(OP, promise(headers={"X-Id": Header(TEXT)}), Reply(200))
    hold(OP, promise(headers={"X-Id": Header(TEXT, required=False)}), Reply(200))


def test_a_header_is_held_against_its_schema() -> None:
    number = promise(headers={"X-N": Header(schema({"type": "integer", "minimum": 0}))})
    hold(OP, number, Reply(200, headers={"X-N": "7"}))
    for value in ("-1", "many", ""):
        with pytest.raises(ContractBreach, match="the header X-N"):
            hold(OP, number, Reply(200, headers={"X-N": value}))


def test_a_refusals_whole_body_is_held() -> None:
    promised = RefusalPromise(Kind.MISSING, 404, schema({"type": "object", "required": ["problem"]}))
    hold(OP, promised, Reply(404, {"problem": "x"}))
    with pytest.raises(ContractBreach, match="'problem' is a required property"):
        hold(OP, promised, Reply(404, {}))


def test_a_refusal_without_a_schema_has_no_body() -> None:
    hold(OP, RefusalPromise(Kind.MISSING, 404), Reply(404))
    with pytest.raises(ContractBreach, match="has no body"):
        hold(OP, RefusalPromise(Kind.MISSING, 404), Reply(404, {}))


def test_wordings_fill_their_gaps_from_facts() -> None:
    promised = RefusalPromise(Kind.MISSING, 404, messages={"none": {"text": "No {thing}.", "code": 7}})
    assert promised.message("none", {"thing": "note"}) == "No note."
    assert promised.code("none") == 7
    with pytest.raises(KeyError):
        promised.message("other")


def test_what_is_encoded_reads_as_json() -> None:
    assert orjson.loads(payload(OP, promise(True), Outcome(data={"é": [None, 1.5]})).text) == {"é": [None, 1.5]}
