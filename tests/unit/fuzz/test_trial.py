"""A trial: one client, one weather, a sandbox of its own; and clients that do not end by themselves."""

from __future__ import annotations

import http.client
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from emulator.fuzz.clients import Callee
from emulator.fuzz.scenario import Run, Scenario, Target
from emulator.fuzz.trial import LONGEST, Trial
from emulator.fuzz.weather import Weather
from emulator.wire import ContractBreach
from tests.unit.fuzz.jobs import ENDLESS, FIND, GOOD, LISTING, asked, good, weather

Inputs = Mapping[str, Any]


def run(
    adapter: Callable[..., Any], sky: Weather | None = None, *, scenario: Scenario = LISTING, timeout: float = 10
) -> Run:
    with (
        Trial(scenario, Callee("client", adapter), timeout=timeout, quiet=True) as trial,
        trial.run(sky or weather()) as ran,
    ):
        return ran


@pytest.fixture(scope="module")
def trial() -> Iterator[Trial]:
    with Trial(LISTING, GOOD) as made:
        yield made


def test_a_run_tells_what_the_client_answered_and_what_it_asked(trial: Trial) -> None:
    with trial.run(weather(12)) as ran:
        assert (len(ran.result), ran.error, ran.stopped, ran.finished) == (12, "", "", True)
        assert [entry.operation for entry in ran.entries] == [FIND] * 3
        assert ran.inputs == {"channel_id": ran.inputs["channel_id"]}


def test_each_run_has_a_sandbox_to_itself_and_leaves_none_behind(trial: Trial) -> None:
    with trial.run(weather(3)) as one:
        assert one.box.name != "default"
    with trial.run(weather(2)) as other:
        assert (other.box.name != one.box.name, len(other.result)) == (True, 2)
    assert one.box.name not in [sandbox.name for sandbox in trial._emulator.sandboxes]


def test_the_same_weather_gives_the_same_run(trial: Trial) -> None:
    sky = weather(25, (1, "throttle"), (2, "lose"), (2, "slow", 45))
    told = []
    for _ in range(2):
        with trial.run(sky) as ran:
            told.append((ran.result, ran.happened, [(e.id, e.at, e.status) for e in ran.entries], ran.ended))
    assert told[0] == told[1]


def test_hours_pass_in_no_time(trial: Trial) -> None:
    began = time.perf_counter()
    with trial.run(weather(3, (1, "throttle"))) as ran:
        assert 3500 < ran.ended - ran.began < 3700
    assert time.perf_counter() - began < 30


def test_a_socket_gets_the_same_answers() -> None:
    def by_hand(target: Target, inputs: Inputs) -> int:
        url = urlsplit(target.base_url)
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=10)
        headers = {"Authorization": f"Bearer {target.credentials['token']}"}
        connection.request("GET", f"{url.path}/v1/channels/{inputs['channel_id']}/contacts", headers=headers)
        with connection.getresponse() as reply:
            rows = json.load(reply)
        connection.close()
        return len(rows)

    ran = run(by_hand)
    assert (ran.result, len(ran.entries)) == (3, 1)


def test_an_async_client_is_run_to_its_end() -> None:
    async def modern(target: Target, inputs: Inputs) -> int:
        headers = {"Authorization": f"Bearer {target.credentials['token']}"}
        async with httpx.AsyncClient(headers=headers) as client:
            return len((await client.get(f"{target.base_url}/v1/channels/{inputs['channel_id']}/contacts")).json())

    assert run(modern).result == 3


def test_whatever_sort_of_sequence_is_a_list() -> None:
    assert run(lambda target, inputs: iter(("a", "b"))).result == ["a", "b"]
    assert run(lambda target, inputs: {"ids": {7}}).result == {"ids": [7]}


def test_what_is_no_json_is_no_result() -> None:
    assert run(lambda target, inputs: object()).error == "TypeError: a result is JSON, and object is not"


def test_giving_up_is_told_without_what_differs_from_run_to_run() -> None:
    def quits(target: Target, inputs: Inputs) -> None:
        raise RuntimeError(f"no luck at {target.base_url} with {object()!r}")

    told = run(quits).error
    assert told == "RuntimeError: no luck at http://127.0.0.1:PORT/~NAME/amio with <object object at 0x…>"


def test_chance_is_the_same_in_each_run_and_nobody_elses(trial: Trial) -> None:
    random.seed(7)
    drawn = [run(lambda target, inputs: random.random()).result for _ in range(2)]
    after = random.random()
    random.seed(7)
    assert (drawn[0] == drawn[1], after) == (True, random.random())


def test_a_client_that_catches_everything_is_stopped_all_the_same() -> None:
    ran = run(ENDLESS.adapter)
    assert (ran.stopped, len(ran.entries), ran.finished) == ("it made more than 30 calls", 30, False)


def test_a_client_that_waits_for_ever_is_stopped() -> None:
    assert "30 days" in run(lambda target, inputs: time.sleep(2 * LONGEST)).stopped


def test_a_client_that_spins_is_stopped_and_the_next_one_is_not() -> None:
    waiting = iter([True])

    def spins_once(target: Target, inputs: Inputs) -> Any:
        while next(waiting, False):
            while inputs["channel_id"]:
                pass
        return good(target, inputs)

    with Trial(LISTING, Callee("spins", spins_once), timeout=0.3) as trial, trial.run(weather()) as ran:
        assert ran.stopped == "it had not ended after 0.3 s"
    with Trial(LISTING, Callee("spins", spins_once)) as trial, trial.run(weather()) as ran:
        assert len(ran.result) == 3


def test_a_client_that_serves_is_handed_to_its_scenario() -> None:
    serving = replace(LISTING, serves=True, deliver=lambda box, app, start, notes: app(start["contacts"]))
    ran = run(lambda target, inputs: lambda count: ["served"] * count, weather(2), scenario=serving)
    assert ran.result == ["served", "served"]


def test_what_a_scenario_breaks_is_not_the_clients_failure() -> None:
    def breaks(box: Any, kind: str, count: int, notes: Any) -> None:
        raise LookupError("a bug of the scenario's")

    with pytest.raises(LookupError, match="scenario's"):
        run(good, weather(3, (1, "arrive", 1)), scenario=replace(LISTING, change=breaks))


def test_what_the_emulator_breaks_is_not_the_clients_failure() -> None:
    def begins(box: Any, start: Any, notes: Any) -> Any:
        inputs = LISTING.begin(box, start, notes)
        rows = box.state("amio").rows("contacts")
        rows.put({**rows.get(notes["there"][0]), "name": 7})
        return inputs

    with pytest.raises(ContractBreach):
        run(good, scenario=replace(LISTING, begin=begins))


def test_calls_to_the_vendors_own_host_land_in_the_run() -> None:
    def knows_better(target: Target, inputs: Inputs) -> int:
        return asked(Target("https://api.amio.io", target.credentials), inputs).status_code

    ran = run(knows_better)
    assert (ran.result, len(ran.entries)) == (200, 1)
