"""The story of one request, in process: its order, its undoing, and what happens when we are the ones who fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from emulator.engine import LONGEST_KNOWN, Answer, encoded
from emulator.testing.client import Emulator
from emulator.wire import Call, Encoded, Refusal
from emulator.world.sandbox import Sandbox
from emulator.world.world import World
from tests import toy

NOTE = b'{"id": "new", "text": "hi"}'
ERRATIC = """
from emulator.kit import Kind, Outcome, Refusal
def create(ask, world):
    world.rows("notes").add(ask.body)
    world.store.set_number("written", 1)
    world.emit("noted", {"note": "1"}, url="http://127.0.0.1:1/")
    told = {"raise": ZeroDivisionError("oops"), "gone": Refusal(Kind.GONE), "conflict": Refusal(Kind.CONFLICT)}
    if ask.body["text"] in told:
        raise told[ask.body["text"]]
    return Outcome(status=299 if ask.body["text"] == "odd" else 201, data=ask.body, location="/notes/x")
def find(ask, world):
    return Outcome(items=world.rows("notes").all())
def read(ask, world):
    raise Refusal(Kind.MISSING, detail=ask.path["note_id"])
"""
SULKY = toy.INIT.replace(
    'return Reply(promised.status, {"problem": str(refusal)})',
    """
        if refusal.detail == "nothing": return Reply(promised.status, None)
        if refusal.detail == "other": return Reply(418, {"problem": "x"})
        if refusal.detail == "raise": raise RuntimeError("sulking")
        if refusal.detail == "set": return Reply(promised.status, {"problem": "x", "set": {1}})
        return Reply(promised.status, {"problem": str(refusal)})""",
)
Caller = Callable[..., Answer]


@pytest.fixture(scope="module")
def erratic(tmp_path_factory: pytest.TempPathFactory) -> Emulator:
    return toy.emulator(tmp_path_factory.mktemp("erratic"), notes=ERRATIC, __init__=SULKY)


@pytest.fixture
def broken(erratic: Emulator) -> Sandbox:
    return erratic.sandboxes.create({})


@pytest.fixture
def erring(erratic: Emulator, broken: Sandbox) -> Caller:
    world = broken.worlds["toy"]

    def make(method: str, path: str, text: str = "") -> Answer:
        headers = {"authorization": f"Bearer {world.credentials['token']}", "content-type": "application/json"}
        body = orjson.dumps({"id": "new", "text": text}) if text else b""
        return erratic.assembly.engines["toy"].handle(Call(method, path, "", headers, body), world)

    return make


def told(answer: Answer) -> Any:
    assert isinstance(answer.body, bytes)
    return orjson.loads(answer.body)


# -- the order


def test_a_call_that_is_found_known_counted_and_understood_is_done(call: Caller) -> None:
    answer = call("POST", "/notes", NOTE)
    assert (answer.status, told(answer)) == (201, {"id": "new", "text": "hi"})
    assert answer.headers["Location"] == "http://localhost/notes/new"
    assert answer.headers["Content-Type"] == "application/json"


def test_authentication_comes_before_validation(call: Caller) -> None:
    assert call("POST", "/notes", b"{", token="nope").status == 401


def test_a_path_that_is_none_is_said_before_anybody_is_asked_who_he_is(call: Caller) -> None:
    assert call("GET", "/nothing", token="").status == 404
    assert call("DELETE", "/notes", token="").status == 405


def test_a_method_that_a_path_does_not_have_is_told_those_it_has(call: Caller) -> None:
    assert call("DELETE", "/notes").headers["Allow"] == "GET, POST"


def test_counting_comes_before_authentication_and_covers_paths_that_are_none(call: Caller, sandbox: Sandbox) -> None:
    sandbox.change_settings({"toy": {"calls": 2}})
    assert call("GET", "/nothing").headers["X-Left"] == "1"
    assert call("GET", "/notes").headers["X-Left"] == "0"
    assert call("GET", "/nothing").status == 429


def test_calls_are_not_counted_when_limits_are_off(call: Caller, sandbox: Sandbox) -> None:
    sandbox.change_settings({"limits": "off", "toy": {"calls": 1}})
    answers = [call("GET", "/notes") for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert "X-Left" not in answers[0].headers


def test_what_asks_for_nobody_answers_anybody(call: Caller) -> None:
    assert told(call("GET", "/motto", token="")) == "write it down"
    assert told(call("GET", "/motto", token="nope")) == "write it down"


@pytest.mark.parametrize("token, why", [("", "missing"), ("nope", "wrong")])
def test_a_refusal_says_why_somebody_is_not_known(call: Caller, sandbox: Sandbox, token: str, why: str) -> None:
    call("GET", "/notes", token=token)
    refusal = sandbox.journal.entries()[-1].refusal
    assert refusal is not None
    assert (refusal.detail, refusal.facts["schemes"]) == (why, ["token"])


def test_every_call_is_in_the_journal_with_what_it_came_to(call: Caller, sandbox: Sandbox) -> None:
    call("POST", "/notes", NOTE)
    call("POST", "/notes", NOTE)
    call("GET", "/notes", query="colour=red")
    entries = sandbox.journal.entries()
    assert [(entry.operation, entry.status) for entry in entries] == [
        ("toy.notes.create", 201),
        ("toy.notes.create", 409),
        ("toy.notes.find", 200),
    ]
    assert entries[0].principal == "me"
    assert entries[1].refusal is not None
    assert entries[2].remarks == ("unknown query parameter 'colour'",)


# -- nothing is half done


def test_a_long_line_is_understood_each_time_and_not_kept(toys: Emulator, world: World) -> None:
    engine = toys.assembly.engines["toy"]
    kept = engine._lines.cache_info().currsize
    for number in range(3):
        engine.operation(Call("GET", "/notes", f"tag={number}" + "x" * LONGEST_KNOWN))
    assert engine._lines.cache_info().currsize == kept


def test_a_refusal_undoes_every_write(erring: Caller, broken: Sandbox) -> None:
    world = broken.worlds["toy"]
    assert erring("POST", "/notes", "conflict").status == 409
    assert (world.rows("notes").get("new"), world.store.number("written"), len(world.outbox.rows)) == (None, 0, 0)


def test_a_bug_undoes_every_write_too(erring: Caller, broken: Sandbox) -> None:
    world = broken.worlds["toy"]
    assert erring("POST", "/notes", "raise").status == 500
    assert (world.rows("notes").get("new"), world.store.number("written"), len(world.outbox.rows)) == (None, 0, 0)


def test_a_refusal_is_still_counted(call: Caller, sandbox: Sandbox) -> None:
    call("POST", "/notes", b"{}")
    assert call("GET", "/notes").headers["X-Left"] == "98"


# -- our own failures


def breach(answer: Answer) -> str:
    assert answer.status == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert isinstance(answer.body, bytes)
    assert not any(trace in answer.body for trace in (b"Traceback", b".py"))
    return str(told(answer)["detail"])


def test_an_unexpected_exception_is_a_problem_without_a_traceback_which_the_journal_has(
    erring: Caller, broken: Sandbox
) -> None:
    assert breach(erring("POST", "/notes", "raise")) == "ZeroDivisionError: oops"
    assert "Traceback" in broken.journal.entries()[-1].facts["trace"]


def test_a_refusal_that_is_not_promised_is_a_problem(erring: Caller) -> None:
    assert "refuses with gone, which its contract does not have" in breach(erring("POST", "/notes", "gone"))


def test_a_status_that_is_not_promised_is_a_problem(erring: Caller) -> None:
    assert "answers 299" in breach(erring("POST", "/notes", "odd"))


@pytest.mark.parametrize("how", ["nothing", "other", "raise", "set"])
def test_an_envelope_that_fails_to_refuse_is_a_problem(erring: Caller, how: str) -> None:
    breach(erring("GET", f"/notes/{how}"))


def test_whatever_goes_wrong_the_call_is_let_go(erring: Caller, broken: Sandbox) -> None:
    for path in ("raise", "set", "nothing"):
        answer = erring("GET", f"/notes/{path}")
        assert answer.finished is not None
        answer.finished()
    assert broken.worlds["toy"].in_flight._counts == {}


def test_a_payload_outside_its_contract_leaves_nothing(call: Caller, world: World) -> None:
    answer = call("POST", "/notes", b'{"id": "b", "text": "break"}')
    assert "outside its contract" in breach(answer)
    assert world.rows("notes").get("b") is None


# -- planned faults, in process


def plan(sandbox: Sandbox, when: str = "before", **do: Any) -> None:
    sandbox.faults.add({"do": do, "when": when})


@pytest.mark.parametrize("when, there", [("before", False), ("after", True)])
def test_a_planned_refusal_wears_the_vendors_shape_and_the_effect_is_there_only_after(
    call: Caller, sandbox: Sandbox, world: World, when: str, there: bool
) -> None:
    plan(sandbox, when, refuse="throttled")
    answer = call("POST", "/notes", NOTE)
    assert (answer.status, told(answer)) == (429, {"problem": "throttled"})
    assert (world.rows("notes").get("new") is not None) is there


def test_any_kind_the_vendor_has_can_be_planned_for_any_operation(call: Caller, sandbox: Sandbox) -> None:
    plan(sandbox, refuse="conflict")
    assert call("GET", "/notes").status == 409


def test_a_kind_that_the_vendor_does_not_have_is_a_problem(call: Caller, sandbox: Sandbox) -> None:
    plan(sandbox, refuse="gone")
    assert "refuses with gone" in breach(call("GET", "/notes"))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("body, media", [("tea", b"tea"), ({"a": 1}, b'{"a":1}'), (None, b"")])
def test_a_planned_status_is_answered_as_it_is(
    call: Caller, sandbox: Sandbox, when: str, body: Any, media: bytes
) -> None:
    plan(sandbox, when, status=418, **({} if body is None else {"body": body}))
    answer = call("GET", "/notes")
    assert (answer.status, answer.body) == (418, media)


def test_a_planned_refusal_after_a_real_one_takes_its_place(call: Caller, sandbox: Sandbox) -> None:
    plan(sandbox, "after", refuse="throttled")
    assert call("GET", "/notes/none").status == 429


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("do", [{"delay": 0.5}, {"drip": 100}])
def test_a_slow_reply_is_the_real_one(call: Caller, sandbox: Sandbox, when: str, do: Any) -> None:
    plan(sandbox, when, **do)
    answer = call("GET", "/notes")
    assert (answer.status, len(told(answer)["notes"])) == (200, 2)
    assert answer.wire is not None
    assert (answer.wire.delay, answer.wire.drip) == (do.get("delay", 0.0), do.get("drip"))


@pytest.mark.parametrize("when, there", [("before", False), ("after", True)])
def test_a_broken_connection_leaves_the_effect_only_after(
    call: Caller, sandbox: Sandbox, world: World, when: str, there: bool
) -> None:
    plan(sandbox, when, connection="reset")
    answer = call("POST", "/notes", NOTE)
    assert answer.wire is not None
    assert answer.wire.connection == "reset"
    assert (world.rows("notes").get("new") is not None) is there


def test_a_reply_cut_after_the_effect_is_the_real_one(call: Caller, sandbox: Sandbox) -> None:
    plan(sandbox, "after", connection="truncate")
    assert len(told(call("GET", "/notes"))["notes"]) == 2


def test_a_mutation_changes_the_reply_and_nothing_else(call: Caller, sandbox: Sandbox, world: World) -> None:
    plan(sandbox, mutate="extra-field")
    assert "x_emulator_extra" in told(call("POST", "/notes", NOTE))
    assert world.rows("notes").get("new") == {"id": "new", "text": "hi"}


def test_a_refusal_is_not_mutated(call: Caller, sandbox: Sandbox) -> None:
    plan(sandbox, mutate="extra-field")
    assert set(told(call("GET", "/notes/none"))) == {"problem"}


def test_the_journal_says_which_fault_it_was(call: Caller, sandbox: Sandbox) -> None:
    plan(sandbox, "after", delay=1)
    call("GET", "/notes")
    assert sandbox.journal.entries()[-1].fault == "fault 1: after the effect, delay 1"


def test_a_call_that_is_not_allowed_is_not_struck(call: Caller, sandbox: Sandbox) -> None:
    plan(sandbox, status=503)
    assert call("GET", "/notes", token="nope").status == 401
    assert call("GET", "/nothing").status == 404
    assert sandbox.faults.all()[0].seen == 0


# -- guesses and stimuli


def test_a_guess_is_not_served_where_only_documents_count(call: Caller, world: World) -> None:
    world.only_documented = True
    answer = call("GET", "/notes/n1")
    assert (answer.status, told(answer)["detail"]) == (
        501,
        "toy.notes.read is inferred, not documented: there must be a way",
    )
    assert call("GET", "/notes").status == 200


def test_a_stimulus_is_held_against_its_schema(toys: Emulator, world: World) -> None:
    with pytest.raises(Refusal, match="text"):
        toys.assembly.engines["toy"].stimulate("scribble", {}, world)
    with pytest.raises(KeyError):
        toys.assembly.engines["toy"].stimulate("sleep", {}, world)


def test_a_stimulus_that_fails_leaves_nothing(tmp_path: Path) -> None:
    failing = toy.STIMULI.replace("    return Outcome(data=row)", "    raise ZeroDivisionError")
    emulator = toy.emulator(tmp_path, stimuli=failing)
    world = emulator.sandboxes.default.worlds["toy"]
    with pytest.raises(ZeroDivisionError):
        emulator.assembly.engines["toy"].stimulate("scribble", {"text": "x"}, world)
    assert len(world.rows("notes")) == 5


@pytest.mark.parametrize(
    "body, written", [(None, b""), (b"x", b"x"), ({"a": Encoded(b"[1]")}, b'{"a":[1]}'), ([1.5], b"[1.5]")]
)
def test_a_body_is_written_as_what_it_is(body: Any, written: bytes) -> None:
    assert encoded(body) == written
