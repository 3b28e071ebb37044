"""The weathers that are drawn: fit for their scenario, mixed, fair, and simple where they can be."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import pairwise
from random import Random

import pytest
from hypothesis import find, given
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from emulator import data
from emulator.contract.load import load as contract_in
from emulator.contract.model import Contract
from emulator.fuzz import scenarios
from emulator.fuzz.hunt import dice, quiet
from emulator.fuzz.scenario import Scenario
from emulator.fuzz.skies import MOST_ROUGH, Sort, fitting_kinds, shares, skies
from emulator.fuzz.weather import KINDS, Weather
from tests.unit.fuzz.jobs import LISTING

WEATHERED = [one for one in scenarios.all() if one.operations]


@cache
def contract(vendor: str) -> Contract:
    return contract_in(data.folder("contracts") / vendor, thorough=False)


def drawn(scenario: Scenario, sort: Sort = "all", seed: int = 0, examples: int = 200) -> list[Weather]:
    """The weathers of a hunt."""
    seen: list[Weather] = []

    def look(weather: Weather) -> bool:
        seen.append(weather)
        return False

    for number, (weathers, most) in enumerate(shares(scenario, contract(scenario.vendor), sort, examples)):
        with pytest.raises(NoSuchExample):
            find(weathers, look, settings=quiet(most), random=dice(seed, number))
    return seen


@pytest.mark.parametrize("scenario", WEATHERED, ids=lambda scenario: scenario.name)
def test_each_kind_that_fits_is_met_several_times_and_clear_skies_too(scenario: Scenario) -> None:
    weathers = drawn(scenario, examples=100)
    met = Counter(event.kind for weather in weathers for event in weather.events)
    assert min(met[kind] for kind in fitting_kinds(scenario, contract(scenario.vendor))) >= 4
    assert 1 <= sum(not weather.events for weather in weathers) <= 40


def test_troubles_come_together() -> None:
    pairs = [(one, two) for weather in drawn(LISTING) for one, two in pairwise(weather.events)]
    assert sum(two.nth - one.nth in (0, 1) for one, two in pairs) > 50


@given(st.data())
def test_no_operation_has_more_rough_weather_than_a_patient_client_bears(data: st.DataObject) -> None:
    weather = data.draw(skies(LISTING, contract("amio")))
    rough = Counter(event.operation for event in weather.events if KINDS[event.kind].weather == "rough")
    assert len(weather.events) <= 6
    assert max(rough.values(), default=0) <= MOST_ROUGH


@given(st.data())
def test_a_weather_is_json(data: st.DataObject) -> None:
    weather = data.draw(skies(LISTING, contract("amio")))
    assert Weather.read(weather.show()) == weather


@pytest.mark.parametrize("sort", ["lawful", "rough"])
def test_one_sort_can_be_asked_for(sort: Sort) -> None:
    weathers = drawn(LISTING, sort, examples=50)
    assert {KINDS[event.kind].weather for weather in weathers for event in weather.events} == {sort}


def test_kinds_are_drawn_against_the_contract() -> None:
    contacts, export = (
        fitting_kinds(s, contract(s.vendor)) for s in (LISTING, scenarios.load("agillic.export_recipients"))
    )
    assert not {"leave", "expire", "stale", "refuse"} & set(
        contacts
    )  # none leaves, a token is for ever, pages are no documents
    assert {"leave", "expire", "stale"} <= set(export)
    assert not [place for place in export["expire"] if "oauth" in place.operation]


def test_a_failure_that_needs_no_weather_shrinks_to_clear_skies() -> None:
    weathers = skies(LISTING, contract("amio"))
    found = find(weathers, lambda weather: weather.start["contacts"] > 10, settings=quiet(200), random=Random(1))
    assert found.show() == {"start": {"contacts": 11}, "events": []}


def test_a_failure_that_needs_an_event_shrinks_to_that_event_at_its_earliest() -> None:
    weathers = skies(LISTING, contract("amio"))

    def needs(weather: Weather) -> bool:
        return any(event.kind == "lose" and event.nth > 1 for event in weather.events)

    (event,) = find(weathers, needs, settings=quiet(400), random=Random(1)).events
    assert (event.kind, event.nth) == ("lose", 2)
