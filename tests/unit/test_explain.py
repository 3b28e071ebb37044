"""Why a call was answered as it was, in lines."""

from __future__ import annotations

from typing import Any

from emulator.explain import explain
from emulator.testing.client import Emulator
from emulator.wire import Call, Kind, Refusal, Violation
from emulator.world.journal import Entry, Journal


def why(toys: Emulator, refusal: Refusal) -> list[str]:
    fields: dict[str, Any] = {"at": 0.0, "vendor": "toy", "operation": "toy.notes.create", "principal": "me"}
    fields |= {"status": 422, "reply_headers": {}, "reply_body": b"", "call": Call("POST", "/notes")}
    entry = Journal().write(Entry(**fields, refusal=refusal))
    lines: list[str] = explain(entry, toys.assembly.engines["toy"])["why"]
    return lines


def test_a_rule_is_told_with_its_place_in_the_contract(toys: Emulator) -> None:
    broken = Violation(("text",), "minLength", "", 1, said="'' is too short", pointer="toy/schemas/note.json#/text")
    told = "body text: '' is too short (rule minLength, toy/schemas/note.json#/text)"
    assert why(toys, Refusal(Kind.INVALID, [broken]))[0] == told


def test_a_secret_that_broke_a_rule_is_not_told(toys: Emulator) -> None:
    broken = Violation(("password",), "minLength", "hush", 8, said="'hush' is too short", pointer="toy/x.json#/a")
    told = why(toys, Refusal(Kind.INVALID, [broken]))
    assert told[0] == "body password: minLength (rule minLength, toy/x.json#/a)"


def test_a_full_window_is_told_with_its_count_and_end(toys: Emulator) -> None:
    full = {"limit": "minute", "taken": 100, "calls": 100, "resets_in": 30.0}
    assert "100 of 100 calls were taken; the window ends in 30.0 s" in why(toys, Refusal(Kind.THROTTLED, facts=full))[0]


def test_facts_that_are_no_window_s_are_told_as_they_are(toys: Emulator) -> None:
    assert why(toys, Refusal(Kind.THROTTLED, facts={"calls": 5}))[0] == "calls: 5"
