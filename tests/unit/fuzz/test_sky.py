"""Each kind of event, as the client of a call sees it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests

from emulator.fuzz.clients import Callee
from emulator.fuzz.scenario import Run, Target
from emulator.fuzz.scenarios import load
from emulator.fuzz.trial import Trial
from emulator.fuzz.weather import Event, Weather
from tests.unit.fuzz.jobs import LISTING, asked, weather


def tries(target: Target, inputs: Mapping[str, Any]) -> list[Any]:
    """What three calls in a row come to, a second apart."""
    seen: list[Any] = []
    for _ in range(3):
        began = time.monotonic()
        try:
            reply = asked(target, inputs)
            took = time.monotonic() - began
            seen.append("late" if took > 1 else reply.status_code if reply.status_code != 200 else len(reply.json()))
        except (requests.RequestException, ValueError) as error:
            seen.append(type(error).__name__)
        time.sleep(1)
    return seen


@pytest.fixture(scope="module")
def trial() -> Iterator[Trial]:
    with Trial(LISTING, Callee("tries", tries)) as made:
        yield made


def ran(trial: Trial, sky: Weather) -> Run:
    with trial.run(sky) as run:
        return run


@pytest.mark.parametrize(
    "event, seen",
    [
        ((2, "fail", 503), [3, 503, 3]),
        ((2, "lose"), [3, "ConnectionError", 3]),
        ((2, "reset"), [3, "ConnectionError", 3]),
        ((2, "slow", 5), [3, "late", 3]),
        ((2, "slow", 45), [3, "ReadTimeout", 3]),
        ((2, "cut"), [3, "ChunkedEncodingError", 3]),
        ((2, "garble"), [3, "ChunkedEncodingError", 3]),
        ((2, "arrive", 2), [3, 5, 5]),
        ((1, "throttle"), [429, 429, 429]),
        ((2, "mutate", "extra-field"), [3, 3, 3]),
    ],
)
def test_an_event_befalls_its_call_and_no_other(trial: Trial, event: tuple[Any, ...], seen: list[Any]) -> None:
    run = ran(trial, weather(3, event))
    assert (run.result, [(h.event.kind, h.call) for h in run.happened]) == (seen, [(event[1], event[0])])


def test_a_throttled_client_is_told_the_truth(trial: Trial) -> None:
    first = ran(trial, weather(3, (1, "throttle"))).entries[0]
    assert first.refusal is not None
    assert int(first.reply_headers["X-RateLimit-Reset"]) == pytest.approx(first.refusal.facts["resets_at"], abs=1)
    assert (first.reply_headers["X-RateLimit-Remaining"], first.fault) == ("0", "")


def test_two_events_for_one_call_befall_two(trial: Trial) -> None:
    run = ran(trial, weather(3, (1, "fail", 500), (1, "reset")))
    assert (run.result, [h.call for h in run.happened]) == ([500, "ConnectionError", 3], [1, 2])


def test_an_event_that_never_came_did_not_happen(trial: Trial) -> None:
    assert ran(trial, weather(3, (4, "lose"))).happened == ()


def test_a_mutated_reply_is_as_the_contract_allows(trial: Trial) -> None:
    run = ran(trial, weather(1, (1, "mutate", "extra-field")))
    assert b"x_emulator_extra" in run.entries[0].reply_body
    assert b"x_emulator_extra" not in run.entries[1].reply_body


LIST = "agillic.recipients.find"


def read_in_pages(target: Target, inputs: Mapping[str, Any]) -> list[int]:
    """How three pages of a document, asked for with one token, are answered."""
    pair = target.credentials["client_id"], target.credentials["client_secret"]
    form = {"grant_type": "client_credentials"}
    token = requests.post(f"{target.base_url}/oauth2/token", data=form, auth=pair, timeout=9).json()["access_token"]
    query: dict[str, Any] = {"objectResponse": "true", "pageSize": 1}
    seen = []
    for start in (1, 2, 3):
        headers = {"Authorization": f"Bearer {token}"}
        reply = requests.get(f"{target.base_url}/recipients", {**query, "pageStart": start}, headers=headers, timeout=9)
        query["documentId"] = query.get("documentId") or reply.json()["page"]["documentId"]
        seen.append(reply.status_code)
    return seen


@pytest.mark.parametrize(
    "event, seen, call",
    [
        (Event(LIST, 2, "expire"), [200, 401, 401], 3),
        (Event(LIST, 1, "stale"), [200, 404, 404], 3),  # the first call names no document yet
        (Event(LIST, 2, "throttle"), [200, 429, 200], 3),  # nobody tells when the day's window ends: refused once
    ],
)
def test_what_was_issued_ends_when_it_is_used(event: Event, seen: list[int], call: int) -> None:
    start = {"recipients": 3, "filter": None, "odd": []}
    with Trial(load("agillic.export_recipients"), Callee("pages", read_in_pages)) as trial:
        run = ran(trial, Weather(start, (event,)))
    assert (run.result, [happened.call for happened in run.happened]) == (seen, [call])
