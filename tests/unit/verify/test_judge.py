"""What a departure says: the rule in few words, the nearest source, the value in short."""

from __future__ import annotations

from typing import Any

from emulator.contract.model import Promise
from emulator.verify.judge import Judge, Probe, Verdict
from emulator.verify.line import Seen
from emulator.wire import Call, Kind
from tests.unit.contract.samples import contract, operation, refusals, schema

SAID = {"basis": "documented", "document": "manual", "section": "Colours"}
THING = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string"},
        "colour": {"enum": ["red"], "x-source": SAID},
        "token": {"type": "string"},
    },
}
READ = operation(
    "GET",
    "/",
    replies={200: Promise(200, schema(THING), whole=schema(THING)), 204: Promise(204, None)},
    refusals=refusals(Kind.MISSING, Kind.INVALID),
)


def judged(body: bytes = b'{"id": "1"}', status: int = 200, media: str = "application/json", **probe: Any) -> Verdict:
    seen = Seen(status, {"content-type": media}, body)
    return Judge(contract(READ)).verdict(Probe("", Call("GET", "/"), READ, **probe), seen)


def told(verdict: Verdict) -> list[tuple[str, str]]:
    return [(finding.said, finding.sent) for finding in verdict.findings]


def test_what_is_as_promised_departs_in_nothing() -> None:
    assert (judged().outcome, judged().findings) == ("200", ())
    assert judged(b"", 204).findings == ()


def test_a_departure_names_place_rule_value_and_the_nearest_source() -> None:
    (finding,) = judged(b'{"id": "1", "colour": "blue"}').findings
    assert (finding.said, finding.sent) == ('colour: enum ["red"]', 'colour: "blue"')
    assert finding.place == "v/x.json#/schema/properties/colour/enum"
    assert finding.source.section == "Colours"


def test_secrets_in_a_reply_are_not_shown() -> None:
    assert told(judged(b'{"id": "1", "token": 12345}')) == [('token: type "string"', "token: [redacted]")]


def test_long_values_are_shortened() -> None:
    ((_, sent),) = told(judged(b'{"id": ["' + b"x" * 500 + b'"]}'))
    assert len(sent) < 150


def test_a_status_that_is_promised_may_still_not_be_the_one_that_is_due() -> None:
    wanted = frozenset({"missing"})
    assert told(judged(wanted=wanted)) == [("the status is 400 (missing)", '200, {"id":"1"}')]
    assert judged(wanted=wanted).outcome == "200"


def test_of_outcomes_with_one_status_the_nearest_is_taken() -> None:
    assert judged(b"", 400).outcome == "missing"
    assert told(judged(b"{}", 400)) == [("400 has no body", "{}")]


def test_a_status_that_nobody_promised_is_told_with_all_that_are() -> None:
    verdict = judged(b"", 418)
    assert verdict.outcome == ""
    assert told(verdict) == [("the status is 200 or 204 or 400 (missing) or 400 (invalid)", "418")]


def test_media_types_are_compared_by_what_they_mean() -> None:
    assert judged(media="APPLICATION/JSON").findings == ()
    assert told(judged(media="application/json;charset=latin-1"))[0][0] == "Content-Type: application/json"
