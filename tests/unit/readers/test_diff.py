"""What changed, and what it means for a client: the rules, over a toy vendor."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.contract.files import Files
from emulator.contract.load import built
from emulator.contract.model import Contract
from emulator.fuzz.witnesses import Hunter
from emulator.readers.diff import Diff, as_json, as_text, diff
from emulator.readers.diff.change import ABSENT
from emulator.readers.diff.figures import ordinal
from tests.unit.readers.conftest import FILES

GONE = object()
COLOUR = "schemas/toy.json#/$defs/toy/properties/colour"


def edited(value: Any, steps: list[str], new: Any) -> Any:
    """The value with what stands at the end of the steps replaced, added or gone."""
    step, rest = steps[0], steps[1:]
    key: Any = int(step) if isinstance(value, list) else step
    copy = list(value) if isinstance(value, list) else dict(value)
    if rest:
        copy[key] = edited(copy[key], rest, new)
    elif new is GONE:
        del copy[key]
    else:
        copy[key] = new
    return copy


def toys(*edits: tuple[str, Any]) -> Contract:
    """The toy vendor with some edits: `file#/pointer` and what stands there then."""
    files: dict[str, Any] = json.loads(json.dumps(FILES))
    for place, new in edits:
        file, _, pointer = place.partition("#")
        files[file] = edited(files[file], pointer.split("/")[1:], new) if pointer else new
    return built(Files("toys", toys, {k: v for k, v in files.items() if v is not GONE}))  # type: ignore[arg-type]


def changed(*edits: tuple[str, Any], hunt: Any = None) -> Diff:
    return diff({"toys": toys()}, {"toys": toys(*edits)}, hunt)


def told(found: Diff) -> list[tuple[str, str]]:
    return [(judgement.verdict, judgement.says) for one in found.changes for judgement in one.judgements]


# -- schemas


def test_one_member_more_breaks_who_reads_it_and_helps_who_sends_it() -> None:
    found = changed((COLOUR + "/enum", ["red", "blue", "green"]))
    [one] = found.changes
    assert [j.verdict for j in one.judgements] == ["breaking", "additive"]
    assert 'items[0].colour = "green", as it never was' in one.judgements[0].says
    assert "POST /toys" in one.judgements[1].says
    assert set(one.touches) == {"toys.toys.create", "toys.toys.find", "made"}


def test_a_bound_that_tightens_refuses_what_was_accepted() -> None:
    found = changed(("schemas/toy.json#/$defs/toy/properties/name/minLength", 4))
    verdict, says = told(found)[0]
    assert verdict == "breaking"
    assert "POST /toys" in says
    assert "is refused with 400" in says


def test_the_witness_is_a_whole_call_that_only_the_old_contract_takes() -> None:
    new = toys(("schemas/toy.json#/$defs/toy/properties/name/minLength", 4))
    [one] = diff({"toys": toys()}, {"toys": new}).changes
    body = one.judgements[0].witness["body"]
    assert toys().operations["toys.toys.create"].body.schema.valid(body)
    assert not new.operations["toys.toys.create"].body.schema.valid(body)


def test_two_changes_at_once_keep_their_own_witnesses() -> None:
    found = changed(
        ("schemas/toy.json#/$defs/toy/properties/name/minLength", 1),
        ("schemas/toy.json#/$defs/toy/required", ["id", "name", "colour"]),
    )
    says = "\n".join(says for _, says in told(found))
    assert "was refused (name:" in says
    assert '"colour" is required' in says


def test_a_change_is_seen_beside_one_that_leaves_nothing_in_common() -> None:
    found = changed(
        (COLOUR + "/enum", ["red", "blue", "green"]),
        ("schemas/toy.json#/$defs/toy/properties/size", {"type": "integer"}),
        ("schemas/toy.json#/$defs/toy/required", ["id", "name", "size"]),
    )
    assert any('colour = "green", as it never was' in says for _, says in told(found))


def test_a_member_that_replies_gain_adds_and_one_that_they_lose_breaks() -> None:
    gained = changed(("schemas/error.json#/$defs/error/additionalProperties", False))
    assert gained.step == "patch"  # fewer replies than before
    closed = toys(("schemas/error.json#/$defs/error/additionalProperties", False))
    more = toys(
        ("schemas/error.json#/$defs/error/additionalProperties", False),
        ("schemas/error.json#/$defs/error/properties/hint", {"type": "string"}),
    )
    assert diff({"toys": closed}, {"toys": more}).step == "minor"
    assert diff({"toys": more}, {"toys": closed}).step == "major"


def test_a_schema_written_otherwise_is_no_difference_and_says_how_hard_it_looked() -> None:
    found = changed(("schemas/toy.json#/$defs/toy/properties/name", {"allOf": [{"type": "string", "minLength": 2}]}))
    assert found.step == "patch"
    assert all("no difference found in " in says for _, says in told(found))
    assert all(one.tried > 0 for one in found.changes)


def test_what_no_boundary_shows_is_found_by_drawing() -> None:
    pattern = "schemas/toy.json#/$defs/toy/properties/name"
    old = toys((pattern, {"type": "string", "pattern": "^(?:qed|zap)+(?!.|\\n)"}))
    new = toys((pattern, {"type": "string", "pattern": "^(?:qed)+(?!.|\\n)"}))
    assert diff({"toys": old}, {"toys": new}).step == "patch"
    drawn = diff({"toys": old}, {"toys": new}, Hunter(60))
    assert drawn.step == "major"
    assert 'name = "zap"' in told(drawn)[0][1]


def test_a_variant_more_asks_more_of_bodies() -> None:
    found = changed(("toys/create.json#/variants/hard", {"required": ["parts"]}))
    assert told(found)[0][0] == "breaking"
    assert told(changed(("toys/create.json#/variants/soft", GONE)))[0][0] == "additive"


def test_annotations_are_shown_and_change_nothing() -> None:
    found = changed((COLOUR + "/x-source/basis", "assumed"), ("schemas/toy.json#/$defs/toy/title", "A toy"))
    assert {verdict for verdict, _ in told(found)} == {"neutral"}
    assert "inferred -> assumed" in told(found)[0][1] + told(found)[1][1]


# -- operations


def test_an_operation_that_is_gone_tells_what_its_call_gets() -> None:
    assert told(changed(("toys/greet.json", GONE))) == [("breaking", "GET /hello is refused with 404 (not_found)")]


def test_an_operation_by_another_name_is_called_as_before() -> None:
    found = changed(("toys/greet.json", GONE), ("toys/welcome.json", FILES["toys/greet.json"]))
    assert [verdict for verdict, _ in told(found)] == ["neutral"]


def test_the_order_of_parameters_and_the_names_of_placeholders_are_nothing() -> None:
    assert changed(("toys/find.json#/parameters", FILES["toys/find.json"]["parameters"][::-1])).changes == ()
    other = json.loads(json.dumps(FILES["toys/file.json"]).replace('"toy"', '"it"').replace("{toy}", "{it}"))
    moved = next(one for one in changed(("toys/file.json", other)).changes if one.change.path == ("path",))
    assert moved.verdict == "neutral"


@pytest.mark.parametrize(
    "edit, verdict, says",
    [
        (("toys/create.json#/access", GONE), "additive", "anybody"),
        (("toys/create.json#/access", ["parent", "child"]), "additive", "child"),
        (("toys/create.json#/auth", None), "additive", "with no credentials"),
        (("toys/greet.json#/auth", "token"), "breaking", "with no credentials was answered and is refused"),
        (("toys/create.json#/auth", ["token", "user"]), "additive", "with user"),
        (("toys/create.json#/limits", []), "additive", "no longer counts against minute"),
        (("toys/greet.json#/limits", ["minute"]), "breaking", "counts against minute"),
        (("toys/create.json#/auth", "token"), "neutral", "held already"),
        (("toys/create.json#/body/media", "application/json"), "breaking", "x-www-form-urlencoded"),
        (("toys/create.json#/body/required", False), "additive", "without a body"),
        (("toys/file.json#/refusals/0/status", 404), "breaking", "was refused with 410"),
        (("toys/file.json#/refusals", []), "additive", "no longer refused with 410"),
        (("toys/file.json#/parameters/0/decode", "once"), "breaking", "%2F"),
        (("toys/find.json#/refusals", ["invalid", "malformed"]), "neutral", "for other reasons already"),
        (("vendor.json#/limits/minute/calls/values/free", 5), "breaking", "the 6th call in 1 minute is refused"),
        (("vendor.json#/settings/plan/default", "paid"), "additive", "the 11th call"),
        (("vendor.json#/webhooks/hook/retry", ["PT1M", "PT1M", "PT1H29M"]), "neutral", "still"),
        (("vendor.json#/limits/minute/retry_after", False), "breaking", "retry_after"),
        (("vendor.json#/refusals/invalid/headers", GONE), "breaking", "X-Field"),
        (("vendor.json#/hosts", ["api.toys.test"]), "breaking", "*.toys.test"),
        (("vendor.json#/figures/life", GONE), "neutral", "life"),
        (("vendor.json#/max_body", {"bytes": 10, "source": {}}), "breaking", "a body of 11 bytes is refused"),
        (("vendor.json#/never_heard_of", 1), "breaking", "no rule knows this fact"),
        (("events/made.json#/webhook", "other"), "breaking", "other"),
        (("events/made.json", GONE), "breaking", "made is gone"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_facts_that_are_no_schemas(edit: tuple[str, Any], verdict: str, says: str) -> None:
    found = changed(edit)
    assert found.changes[0].verdict == verdict, told(found)
    assert says in told(found)[0][1]


def test_a_vendor_that_is_gone_breaks_and_a_new_one_adds() -> None:
    assert diff({"toys": toys()}, {}).step == "major"
    assert diff({}, {"toys": toys()}).step == "minor"
    assert diff({"toys": toys()}, {"toys": toys()}).step == "none"


def _leaves(value: Any, at: str) -> list[str]:
    if isinstance(value, dict):
        return [place for key, item in value.items() for place in [f"{at}/{key}", *_leaves(item, f"{at}/{key}")]]
    return [at]


PLACES = [
    place
    for file, raw in FILES.items()
    for place in _leaves(raw, f"{file}#")
    if "~" not in place and not place.endswith("$ref") and "." not in place.partition("#")[2]
]


@settings(max_examples=60)
@given(st.sampled_from(PLACES))
def test_no_fact_goes_without_a_word(place: str) -> None:
    try:
        new = toys((place, GONE))
    except (KeyError, TypeError):  # a contract cannot do without it
        return
    assert diff({"toys": toys()}, {"toys": new}).changes


# -- what is shown


def test_the_worst_comes_first_with_place_values_and_witness() -> None:
    text = as_text(
        changed(("toys/find.json#/title", "Toys"), ("vendor.json#/paging/pages/parameters/1/schema/maximum", 7))
    )
    lines = [line.strip() for line in text.splitlines()]
    assert lines[0] == "toys: major (1 breaking, 1 neutral)"
    assert "breaking  toys/vendor.json#/paging/pages/parameters/1/schema/maximum  9 -> 7" in lines
    assert "GET /toys?most=8 was accepted and is refused with 400: 8 is greater than the maximum of 7" in lines
    assert lines[-1] == "major: 1 breaking, 0 additive, 1 neutral, in 1 vendor"


def test_data_tells_absent_from_null() -> None:
    found = changed(("toys/greet.json#/limits", GONE), ("toys/create.json#/auth", None))
    data = json.loads(json.dumps(as_json(found, "a", "b")))
    changes = {one["place"]: one for one in data["vendors"][0]["changes"]}
    assert "old" not in changes["toys/toys/create.json#/auth"]
    assert changes["toys/toys/create.json#/auth"]["new"] is None
    assert "new" not in changes["toys/toys/greet.json#/limits"]
    assert repr(ABSENT) == "(absent)"


def test_ordinals() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 21, 112, 1001)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "21st", "112th", "1,001st")
    ]
