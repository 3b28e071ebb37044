"""The hunt: a good client passes, a broken one is found, and its failure is made small."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from emulator.fuzz.clients import Callee
from emulator.fuzz.hunt import SELDOM, Trouble, hunt
from emulator.fuzz.trial import Trial
from emulator.fuzz.verdict import Failure, Verdict
from emulator.fuzz.weather import Weather
from tests.unit.fuzz.jobs import ENDLESS, GOOD, IMPATIENT, LISTING, ONE_PAGE, Unsteady, weather


def verdict(client: Callee, examples: int = 40, **wish: Any) -> Verdict:
    with Trial(LISTING, client, quiet=True) as trial:
        return hunt(trial, examples=examples, **wish)


def failures(told: Verdict) -> dict[str, Failure]:
    return {trait.name: trait.failure for trait in told.failed if trait.failure is not None}


def test_a_good_client_passes_and_what_it_did_not_meet_is_said() -> None:
    told = verdict(GOOD)
    assert {trait.name: trait.state for trait in told.traits} == {
        **dict.fromkeys(
            ("survives", "result", "pages", "twice", "waits", "gives_up", "lawful", "secrets", "bounded"), "pass"
        ),
        **dict.fromkeys(("unsafe", "renews"), "not exercised"),
    }
    assert (told.examples, told.failed, set(told.events) > {"throttle", "lose", "mutate"}) == (40, (), True)


def test_a_bug_that_needs_no_weather_is_shown_under_clear_skies() -> None:
    found = failures(verdict(ONE_PAGE))["pages"]
    assert found.weather == weather(11)
    assert found.story[0] == "1 are missing."


def test_a_bug_that_needs_one_event_is_shown_with_it_alone() -> None:
    found = failures(verdict(IMPATIENT))
    assert found["pages"].weather == weather(1, (1, "throttle"))
    assert found["gives_up"].weather.start == {"contacts": 0}


def test_a_client_that_never_ends_is_found_and_left_behind() -> None:
    assert set(failures(verdict(ENDLESS, examples=5))) == {"bounded"}


def test_the_same_seed_gives_the_same_verdict() -> None:
    def but_time(told: Verdict) -> Verdict:
        traits = [replace(t, failure=t.failure and replace(t.failure, seconds=0)) for t in told.traits]
        return replace(told, seconds=0, traits=tuple(traits))

    one, two = (but_time(verdict(IMPATIENT, examples=15, seed=5)) for _ in range(2))
    assert one == two
    assert one != but_time(verdict(IMPATIENT, examples=15, seed=6))


def test_weathers_that_broke_a_client_before_come_first() -> None:
    found = failures(verdict(IMPATIENT, examples=1, known=[weather(2, (1, "throttle"))]))
    assert (found["pages"].weather, found["pages"].examples) == (weather(2, (1, "throttle")), 1)


def test_a_known_weather_that_the_scenario_cannot_make_any_more_is_passed_over() -> None:
    assert not verdict(GOOD, examples=1, known=[Weather({"contacts": "many"})]).failed


def test_only_what_is_wanted_is_judged() -> None:
    told = verdict(IMPATIENT, wanted={"lawful", "secrets"})
    assert ([trait.name for trait in told.traits], told.failed) == (["lawful", "secrets"], ())


def test_a_client_that_does_not_do_the_same_each_time_is_told_of() -> None:
    found = failures(verdict(Callee("unsteady", Unsteady())))["pages"]
    assert found.story[1] == SELDOM


def test_nothing_is_printed_whatever_a_client_prints(capfd: pytest.CaptureFixture[str]) -> None:
    def noisy(target: Any, inputs: Any) -> Any:
        print("reading")
        return ONE_PAGE.adapter(target, inputs)

    verdict(Callee("noisy", noisy), examples=20)
    assert capfd.readouterr() == ("", "")


def breaking(box: Any, start: Any, notes: Any) -> Any:
    raise LookupError("a bug of the scenario's")


def test_what_is_not_the_clients_fault_ends_the_hunt() -> None:
    with Trial(replace(LISTING, begin=breaking), GOOD) as trial, pytest.raises(Trouble, match="scenario's"):
        hunt(trial, examples=5)
