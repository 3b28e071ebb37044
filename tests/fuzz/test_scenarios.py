"""Every scenario: its worlds are within the contract, a good client passes, and its oracle sees through a client that lies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.contract.schema import Schema
from emulator.fuzz import scenarios, starts, traits
from emulator.fuzz.clients import Callee
from emulator.fuzz.scenario import Run, Scenario
from emulator.fuzz.scenarios.common import HUGE_IDS, LARGEST, begun, coming, contract, leaving, spaced
from emulator.fuzz.trial import Trial
from emulator.fuzz.weather import Event, Weather
from tests.clients.adapters import GOOD, Adapter, Inputs, Target
from tests.fuzz.support import share
from tests.vendors.amio.client import signature

ALL = {scenario.name: scenario for scenario in scenarios.all()}
NOBODY = {"personData": {"EMAIL": "nobody@example.test"}}
LISTS: Mapping[str, tuple[dict[str, Any], Any]] = {
    "agillic.export_recipients": ({"recipients": 3, "filter": None, "odd": []}, "nobody@example.test"),
    "agillic.long_job": ({"recipients": 3, "minutes": 0, "odd": []}, NOBODY),
    "ameyo.agents": ({"agents": 3, "in_two_campaigns": True, "odd": []}, "nobody_1"),
    "amilia.list_persons": ({"persons": 3, "organization": "by number", "odd": []}, 1),
    "amilia.program_activities": ({"activities": 3, "odd": []}, 1),
    "amio.list_contacts": ({"contacts": 3, "platform": "mobile", "odd": []}, "1"),
    "amio.message_history": ({"messages": 3, "platform": "whatsapp", "odd": []}, "1"),
}
"""The scenarios whose result is a list of what there is: a world of three, and an item that is in none."""
STARTS: Mapping[str, dict[str, Any]] = {
    **{name: start for name, (start, _) in LISTS.items()},
    "agillic.upsert_recipients": {
        "writes": ["text", "cleared by null", "wrong date"],
        "more": 0,
        "existing": 3,
        "odd": [],
    },
    "ameyo.upload_contacts": {
        "rows": ["new", "known", "bad phone"],
        "columns": "plain",
        "update_duplicate": False,
        "odd": [],
    },
    "amio.send_once": {"messages": 2, "contacts": 1, "odd": [], "sent_before": True},
    "amio.webhook_consumer": {"deliveries": [{"event": "message_echo", "comes": "once"}], "odd": []},
}
"""A small world of every scenario."""
LIES: Mapping[str, Callable[[list[Any], Any], list[Any]]] = {
    "pages": lambda found, strange: found[:-1],
    "twice": lambda found, strange: [*found, found[0]],
    "result": lambda found, strange: [*found, strange],
}
"""What a lie does to a list, by the trait that it breaks."""


def told(run: Run) -> dict[str, str]:
    """What was found, by trait: the first of each."""
    return {trait: found[0].told for trait, found in traits.judge(run).items() if found}


@contextmanager
def run_of(name: str, client: Adapter, start: dict[str, Any], *events: Event) -> Iterator[Run]:
    """One run of a client."""
    with Trial(ALL[name], Callee(name, client)) as trial, trial.run(Weather(start, events)) as run:
        yield run


def lying(name: str, lie: Callable[[Any], Any]) -> Adapter:
    """A client that does its job and tells something else."""
    return lambda target, inputs: lie(GOOD[name](target, inputs))


@pytest.mark.parametrize("scenario", ALL.values(), ids=ALL)
def test_in_every_starting_world_a_good_client_has_nothing_to_answer_for(scenario: Scenario) -> None:
    with Trial(scenario, Callee(scenario.name, GOOD[scenario.name])) as trial:

        @share(12)
        @given(scenario.start())
        def holds(start: dict[str, Any]) -> None:
            with trial.run(Weather(start)) as run:
                assert [entry.facts for entry in run.entries if "contract_breach" in entry.facts] == []
                assert Schema(scenario.inputs, {}, "").explain(run.inputs) == []
                assert Schema(scenario.result, {}, "").explain(run.result) == []
                assert told(run) == {}
                assert len(run.entries) <= scenario.calls(start)

        holds()


@pytest.mark.parametrize("trait", LIES)
@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_lacks_one_doubles_one_or_makes_one_up_is_found(name: str, trait: str) -> None:
    start, strange = LISTS[name]
    with run_of(name, lying(name, lambda found: LIES[trait](found, strange)), start) as run:
        assert list(told(run)) == [trait]


@pytest.mark.parametrize("name", [name for name, scenario in ALL.items() if scenario.change])
def test_who_comes_and_goes_may_be_in_the_list_and_who_stays_must(name: str) -> None:
    scenario, (start, _) = ALL[name], LISTS[name]
    events = [Event(scenario.operations[0], 1, kind, 2) for kind in scenario.changes for _ in range(2)]
    with run_of(name, GOOD[name], start, *events) as run:
        assert told(run) == {}
        run.notes["there"].append(run.notes["other"][0])
        assert told(run).keys() <= {"pages"}
        run.notes["there"][:], run.notes["other"][:] = [], []
        assert "result" in told(run) or not run.result


@pytest.mark.parametrize("name", ALL)
def test_a_result_of_another_shape_is_none(name: str) -> None:
    with run_of(name, lambda target, inputs: "done", STARTS[name]) as run:
        assert "not as asked for" in told(run)["result"]


@pytest.mark.parametrize("scenario", ALL.values(), ids=ALL)
def test_starts_are_json_and_calls_are_bounded_by_them(scenario: Scenario) -> None:
    @share(10)
    @given(scenario.start())
    def holds(start: dict[str, Any]) -> None:
        assert json.loads(json.dumps(start)) == start
        assert scenario.calls(start) >= 0

    holds()


@pytest.mark.parametrize("sizes, most", [((10, 100), 450), ((200, 2000), 450), ((1000, 1000), 2001)])
def test_worlds_reach_a_second_page_of_every_size_that_is_within_reach(sizes: tuple[int, int], most: int) -> None:
    table = starts.table(sizes, most)
    assert {size + more for size in sizes if size < most for more in (-1, 0, 1)} <= set(table)
    assert table == [1] * table.count(1) + [rows for rows in sorted(table) if rows != 1]
    assert (0 in table, table[-1] <= most) == (True, True)


@share(2)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 3)), max_size=12), st.integers(0, 9), st.booleans())
def test_rows_come_and_go_at_every_place_and_never_meet(changes: list[Any], count: int, huge: bool) -> None:
    notes: dict[str, Any] = {}
    begun(notes, spaced(notes, [HUGE_IDS] if huge else [], count, usual=5000))
    for comes, how_many in changes:
        assert len(coming(notes, how_many)) == how_many if comes else len(leaving(notes, how_many)) <= how_many
    met = [*notes["there"], *notes["other"]]
    assert len(set(met)) == len(met)
    assert all(0 < ident <= LARGEST for ident in met)


def test_an_unknown_scenario_is_told_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"no scenario is called amio\.fly; there are .*amio\.list_contacts"):
        scenarios.load("amio.fly")
    assert len(scenarios.all()) == 11


# -- amio.send_once

SEND = "amio.send_once"
TWO = STARTS[SEND]


def test_messages_are_sent_once_each_and_told_in_their_order() -> None:
    with run_of(SEND, lying(SEND, lambda ids: ids[::-1]), TWO) as run:
        assert "belongs" in told(run)["result"]
    with run_of(SEND, lambda target, inputs: [GOOD[SEND](target, inputs) for _ in range(2)][1], TWO) as run:
        assert "was sent 2 times, not once" in told(run)["twice"]
    with run_of(SEND, lambda target, inputs: [], TWO) as run:
        assert "was sent never, not once" in told(run)["result"]


def test_who_gives_up_a_message_that_may_have_been_sent_is_right() -> None:
    def timid(target: Target, inputs: Inputs) -> Any:
        raise RuntimeError("who knows")

    with run_of(SEND, lambda t, i: (GOOD[SEND](t, i), timid(t, i)), TWO, Event("amio.messages.send", 1, "lose")) as run:
        assert not run.scenario.knowable(run)
        assert "gives_up" not in told(run)
    with run_of(
        SEND, lambda t, i: (GOOD[SEND](t, i), timid(t, i)), TWO, Event("amio.messages.send", 1, "throttle")
    ) as run:
        assert "gives_up" in told(run)


# -- amio.webhook_consumer

HOOKS = "amio.webhook_consumer"


def deliveries(*pairs: tuple[str, str]) -> dict[str, Any]:
    """A start: events, and how each comes."""
    return {"deliveries": [{"event": event, "comes": how} for event, how in pairs], "odd": []}


class Naive:
    """A receiver that lacks something."""

    def __init__(self, target: Target, inputs: Inputs, *, forgets: str) -> None:
        self.good, self.forgets = GOOD[HOOKS](target, inputs), forgets

    @property
    def processed(self) -> list[str]:
        return self.good.processed  # type: ignore[no-any-return]

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        if self.forgets == "to verify":
            self.good.genuine = lambda raw, signature: True
        if self.forgets == "what it had":
            self.good.seen.clear()
        if self.forgets == "to answer":
            raise RuntimeError("no")
        return self.good(environ, start)


@pytest.mark.parametrize(
    "forgets, event, how, trait, words",
    [
        ("to verify", "message_received", "signed with another secret", "result", "was taken for genuine"),
        ("to verify", "messages_delivered", "with its body written anew", "result", "was taken for genuine"),
        ("what it had", "message_echo", "twice", "twice", "was processed 2 times"),
        ("what it had", "message_failed", "again later", "twice", "was processed 2 times"),
        ("to answer", "message_received", "once", "result", "answered 500 7 times, until it was discarded"),
        ("to answer", "a_kind_of_tomorrow", "once", "survives", "was answered 500"),
        ("to answer", "message_received", "with unknown fields", "survives", "was not processed"),
    ],
)
def test_a_receiver_that_forgets_something_is_found(forgets: str, event: str, how: str, trait: str, words: str) -> None:
    def client(target: Target, inputs: Inputs) -> Naive:
        return Naive(target, inputs, forgets=forgets)

    with run_of(HOOKS, client, deliveries((event, how), ("message_received", "once"))) as run:
        assert words in " ".join(finding.told for finding in traits.judge(run)[trait] or ())


@pytest.mark.parametrize("name, event", contract("amio").events.items())
def test_what_a_receiver_is_sent_is_an_event_of_the_contract(name: str, event: Any) -> None:
    with run_of(HOOKS, GOOD[HOOKS], deliveries((name, "once"))) as run:
        [sent] = run.inputs["deliveries"]
        assert event.schema.explain(json.loads(sent["body"])) == []
        assert sent["headers"]["X-Hub-Signature"] == signature(run.inputs["secret"], sent["body"].encode())


def test_a_command_that_answers_with_the_ids_is_judged_by_them() -> None:
    with run_of(HOOKS, lambda target, inputs: ["1"], deliveries(("message_received", "once"))) as run:
        assert "which no event was about" in traits.judge(run)["result"][1].told  # type: ignore[index]


# -- agillic.upsert_recipients, agillic.long_job

UPSERT, LONG = "agillic.upsert_recipients", "agillic.long_job"


def altered(change: Callable[[dict[str, Any]], Any]) -> Adapter:
    """A client that writes other fields than it was given."""

    def client(target: Target, inputs: Inputs) -> Any:
        recipients = [{**one, "fields": dict(one["fields"])} for one in inputs["recipients"]]
        for one in recipients:
            change(one["fields"])
        return GOOD[UPSERT](target, {"recipients": recipients})

    return client


@pytest.mark.parametrize(
    "client, words",
    [
        (lying(UPSERT, lambda failed: []), "Refused, and not among the failures"),
        (lying(UPSERT, lambda failed: [*failed, "person0@example.test"]), "Among the failures, and not refused"),
        (lambda target, inputs: ["person2@example.test"], 'has CITY "Århus & Co", not "Ribe"'),
        (altered(lambda fields: fields.pop("CITY", None)), 'has CITY "Århus & Co", not "Ribe"'),
        (altered(lambda fields: fields.update(CITY=fields.get("CITY") or "-")), 'has CITY "-", not null'),
    ],
)
def test_what_the_world_holds_and_what_was_refused_are_looked_at(client: Adapter, words: str) -> None:
    with run_of(UPSERT, client, STARTS[UPSERT]) as run:
        assert words in told(run)["result"]


def test_a_token_for_each_call_is_too_many() -> None:
    def forgetful(target: Target, inputs: Inputs) -> Any:
        return [GOOD[LONG](target, {"recipient_ids": [ident]})[0] for ident in inputs["recipient_ids"]]

    start = {"recipients": 12, "minutes": 10, "odd": []}
    with run_of(LONG, forgetful, start) as run:
        assert any("asked for 12 tokens" in finding.told for finding in traits.judge(run)["renews"] or ())
    with run_of(LONG, GOOD[LONG], {**start, "recipients": 40}) as run:
        assert sum(entry.status == 401 for entry in run.entries) >= 3
        assert told(run) == {}


def test_a_recipient_that_lost_a_field_is_not_as_the_api_gave_it() -> None:
    def poorer(found: list[dict[str, Any]]) -> Any:
        return [{"personData": {"EMAIL": one["personData"]["EMAIL"]}} for one in found]

    with run_of(LONG, lying(LONG, poorer), LISTS[LONG][0]) as run:
        assert "is not as the API gave it" in told(run)["result"]


# -- ameyo.upload_contacts

UPLOAD = "ameyo.upload_contacts"
ROWS = STARTS[UPLOAD]


@pytest.mark.parametrize(
    "lie, words",
    [
        (lambda done: {**done, "errors": done["errors"][:1]}, "In the error file, and not among the errors"),
        (lambda done: {**done, "errors": [*done["errors"], {"phone": "1"}]}, "Among the errors more often"),
        (lambda done: {**done, "task_id": 7}, "There is no upload task 7"),
    ],
)
def test_the_errors_are_those_of_the_error_file(lie: Callable[[Any], Any], words: str) -> None:
    with run_of(UPLOAD, lying(UPLOAD, lie), ROWS) as run:
        assert words in told(run)["result"]


def test_an_upload_made_twice_is_found_unless_it_updates() -> None:
    def twice(target: Target, inputs: Inputs) -> Any:
        return [GOOD[UPLOAD](target, inputs) for _ in range(2)][1]

    with run_of(UPLOAD, twice, ROWS) as run:
        assert "though the lead list has it as it was given" in told(run)["result"]
    with run_of(UPLOAD, twice, {**ROWS, "update_duplicate": True}) as run:
        assert "result" not in told(run)


def test_the_lead_list_holds_what_was_given() -> None:
    def shouting(target: Target, inputs: Inputs) -> Any:
        return GOOD[UPLOAD](
            target, {**inputs, "rows": [{k: v.upper() for k, v in row.items()} for row in inputs["rows"]]}
        )

    with run_of(UPLOAD, shouting, ROWS) as run:
        assert 'has name "PERSON 0", not "Person 0"' in told(run)["result"]
