"""A scenario that a user writes: the one of docs/scenarios.md, which is the file that it shows."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest
from hypothesis import given

from emulator.fuzz import named, traits
from emulator.fuzz.clients import Callee
from emulator.fuzz.trial import Trial
from emulator.fuzz.weather import Event, Weather
from tests.architecture.sources import ROOT
from tests.clients.amio import Amio
from tests.fuzz.support import share

FOLDER = ROOT / "docs" / "examples"
SCENARIO = named.scenario(str(FOLDER / "amio_channels.py"))
LEFT = Weather({"channels": 11, "name": "Shop"}, (Event("amio.channels.find", 2, "leave", 1),))


def example_client() -> Any:
    """The client of the page."""
    spec = importlib.util.spec_from_file_location("amio_channels_client", FOLDER / "amio_channels_client.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.channels


def careful(target: Any, inputs: Any) -> list[str]:
    """A client that bears with a list that lives."""
    client = Amio(target.base_url, target.credentials["token"], page_size=10)
    return [channel["id"] for channel in client.listing("/v1/channels")]


@pytest.mark.parametrize("name", ["amio_channels.py", "amio_channels_client.py"])
def test_the_page_shows_the_files_that_are_tested(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") in (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")


def test_the_bug_of_the_page_is_found() -> None:
    with Trial(SCENARIO, Callee("channels", example_client())) as trial, trial.run(LEFT) as run:
        assert [finding.trait for finding in SCENARIO.judge(run)] == ["pages"]


def test_a_careful_client_does_the_page_s_job() -> None:
    with Trial(SCENARIO, Callee("careful", careful)) as trial:

        @share(6)
        @given(SCENARIO.start())
        def holds(start: dict[str, Any]) -> None:
            with trial.run(Weather(start, LEFT.events)) as run:
                assert {trait: found for trait, found in traits.judge(run).items() if found} == {}

        holds()
