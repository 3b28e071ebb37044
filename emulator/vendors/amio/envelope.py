"""How Amio answers: a success is the thing itself; a refusal is a status, a moment and a list of what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Ask, Call, Kind, Operation, Outcome, Refusal, RefusalPromise, Reply, Violation, World

LARGEST = 2**64 - 1  # of the whole numbers that JSON text can be made of
NULLABLE = ("type", "enum", "const")


class AmioEnvelope:
    """Places payloads bare, and words refusals as the contract says."""

    def success(self, outcome: Outcome, ask: Ask, world: World) -> Reply:
        """The payload and nothing round it."""
        return Reply(outcome.status, outcome.data)

    def refusal(
        self, refusal: Refusal, promised: RefusalPromise, operation: Operation | None, call: Call, world: World
    ) -> Reply:
        """One entry for each violation; for other refusals one entry in all."""
        code = str(promised.status)
        phrase = world.table("phrases").get(code, refusal.kind.value)
        if refusal.kind is Kind.INVALID:
            errors = [_entry(violation, promised, world) for violation in refusal.violations]
        else:
            errors = [{"message": _wording(refusal, promised, call, world)}]
        body = {
            "timestamp": world.clock.stamp(),
            "status": {
                "code": code if world.settings["status_code_type"] == "string" else promised.status,
                "message": phrase,
            },
            "errors": errors or [{"message": phrase}],
        }
        return Reply(promised.status, body)


class _Gaps(dict[str, Any]):
    """The facts of a refusal; one that a planned fault does not have leaves its gap empty."""

    def __missing__(self, name: str) -> str:
        return ""


def _wording(refusal: Refusal, promised: RefusalPromise, call: Call, world: World) -> str:
    name = refusal.detail if refusal.detail in promised.messages else next(iter(promised.messages))
    facts = _Gaps({"method": call.method, "resource": _resource(call, world), **refusal.facts})
    return promised.message(name, facts)


def _resource(call: Call, world: World) -> str:
    """The path without what stands for the version: `/channels`."""
    for prefix, stands_for, _ in world.contract.aliases:
        for start in (prefix, stands_for):
            if call.path.startswith(f"{start}/"):
                return call.path[len(start) :]
    return call.path


def _entry(violation: Violation, promised: RefusalPromise, world: World) -> dict[str, Any]:
    wording = _name_of_wording(violation, promised, world)
    place = violation.place or "."
    facts = _Gaps(
        name=_property(violation),
        value=_text(violation.value),
        expected=_expected(violation.expected),
        said=_said(violation),
    )
    entry = {"field": place, "message": promised.message(wording, facts)}
    if wording == "additionalProperties":
        return entry  # the library that refuses them names no value
    value = violation.value
    too_large = isinstance(value, int) and abs(value) > LARGEST
    return {"field": place, "rejected_value": str(value) if too_large else value, "message": entry["message"]}


def _name_of_wording(violation: Violation, promised: RefusalPromise, world: World) -> str:
    if violation.value is None and violation.keyword in NULLABLE:
        return "required"
    if violation.keyword == "pattern":
        named: Mapping[str, str] = world.table("patterns")
        return named.get(str(violation.expected), "other")
    return violation.keyword if violation.keyword in promised.messages else "other"


def _property(violation: Violation) -> str:
    """The last name on the way, with the places in lists that follow it."""
    names = [index for index, step in enumerate(violation.at) if isinstance(step, str)]
    if not names:
        return violation.place or "."
    steps = violation.at[names[-1] :]
    return str(steps[0]) + "".join(f"[{step}]" for step in steps[1:])


def _expected(expected: Any) -> str:
    if isinstance(expected, list):
        return ", ".join(_text(item) for item in expected if item is not None)
    return _text(expected)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _said(violation: Violation) -> str:
    """The validator's phrase without the value that it begins with."""
    return violation.said.removeprefix(repr(violation.value)).strip() or violation.keyword
