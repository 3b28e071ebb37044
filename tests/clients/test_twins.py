"""The good clients and their twins under the fuzzer's own runner: in calm, and where a bug shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import pytest

from emulator.fuzz import scenarios, traits
from emulator.fuzz.clients import Callee
from emulator.fuzz.trial import Trial
from emulator.fuzz.weather import Event, Weather
from tests.clients.adapters import GOOD, Adapter, Target
from tests.clients.broken import TWINS
from tests.clients.worlds import plain

AT_ONCE = {
    "agillic.export_recipients/CapitalizesIds",
    "agillic.export_recipients/SignsInForEveryPage",
    "agillic.long_job/SignsInPerWorker",
    "agillic.long_job/TakesSecondsForMilliseconds",
    "ameyo.agents/CountsOnACustomer",
    "ameyo.agents/TakesOffsetForPage",
    "ameyo.upload_contacts/ReversesTheMapping",
    "ameyo.upload_contacts/TakesNumbersForNumbers",
    "amilia.program_activities/SendsAnUnknownParameter",
    "amio.list_contacts/PutsTokenInUrl",
    "amio.list_contacts/TakesOffsetForPage",
    "amio.message_history/CountsOnDelivery",
    "amio.send_once/KnowsOnly200",
}
"""Twins whose bug shows whatever the weather; all others look right in a small world when it is calm."""


class Stage:
    """A runner that any client of a scenario may take a turn at."""

    def __init__(self, scenario: str) -> None:
        self._trial = Trial(scenarios.load(scenario), Callee(scenario, self._play), quiet=True)

    def _play(self, target: Target, inputs: Mapping[str, Any]) -> Any:
        return self._client(target, inputs)

    def broken(self, client: Adapter, weather: Weather) -> set[str]:
        """The traits that a client breaks in a weather."""
        self._client = client
        with self._trial.run(weather) as run:
            return {trait for trait, findings in traits.judge(run).items() if findings}

    def __enter__(self) -> Self:
        self._trial.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._trial.__exit__(*error)


def test_each_scenario_has_a_client_and_broken_twins() -> None:
    assert set(GOOD) == {scenario.name for scenario in scenarios.all()} == {twin.scenario for twin in TWINS.values()}


@pytest.mark.parametrize("name", GOOD)
def test_in_calm_the_good_client_is_right_and_most_twins_seem_so(name: str) -> None:
    small, larger = Weather(plain(name, 3)), Weather(plain(name, 25))
    with Stage(name) as stage:
        assert stage.broken(GOOD[name], larger) == set()
        twins = {key: twin for key, twin in TWINS.items() if twin.scenario == name}
        wrong = {key: found for key, twin in twins.items() if (found := stage.broken(twin, small))}
    assert wrong.keys() == twins.keys() & AT_ONCE
    assert not {key: found for key, found in wrong.items() if not found & set(TWINS[key].traits)}


@pytest.mark.parametrize(
    "name, start, event",
    [
        ("amio.list_contacts/ReadsOnePage", {"contacts": 11}, None),
        ("amio.list_contacts/CountsOnTheFirstTotal", {"contacts": 21}, ("amio.contacts.find", 2, "leave", 1)),
        ("amio.list_contacts/IgnoresReset", {}, ("amio.contacts.find", 1, "throttle", None)),
        ("amio.send_once/SendsAgainBlindly", {}, ("amio.messages.send", 1, "lose", None)),
        ("agillic.long_job/CountsOnOneToken", {}, ("agillic.recipients.read", 2, "expire", None)),
        ("amilia.list_persons/WalksOnce", {"persons": 21}, ("amilia.persons.find", 2, "leave", 1)),
        ("ameyo.upload_contacts/UploadsAgainBlindly", {}, ("ameyo.contact_upload_tasks.create", 1, "lose", None)),
    ],
)
def test_a_bug_shows_where_it_matters(name: str, start: dict[str, Any], event: tuple[Any, ...] | None) -> None:
    twin = TWINS[name]
    weather = Weather({**plain(twin.scenario, 3), **start}, (Event(*event),) if event else ())
    with Stage(twin.scenario) as stage:
        assert stage.broken(twin, weather) & set(twin.traits)
        assert not stage.broken(GOOD[twin.scenario], weather)
