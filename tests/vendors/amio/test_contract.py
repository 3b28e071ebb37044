"""Facts of the contract that stand in two places say the same in both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from emulator import data
from emulator.contract.load import load
from emulator.contract.model import Contract


@pytest.fixture(scope="module")
def contract() -> Contract:
    """Amio's contract."""
    return load(data.folder("contracts") / "amio")


def patterns(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            yield value["pattern"]
        for inner in value.values():
            yield from patterns(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from patterns(inner)


def test_there_are_thirteen_operations(contract: Contract) -> None:
    assert len(contract.operations) == 13


def test_the_patterns_that_have_a_wording_are_patterns_of_the_schemas(contract: Contract) -> None:
    assert set(contract.tables["patterns"]) <= set(patterns(dict(contract.definitions)))


def test_every_platform_has_traits_a_form_to_create_and_a_form_to_send(contract: Contract) -> None:
    kinds = set(contract.definitions["channel.type"]["enum"])
    assert set(contract.tables["platforms"]) == kinds
    for name in ("amio.channels.create", "amio.channels.update", "amio.messages.send"):
        assert kinds <= set(contract.operations[name].variants)


def test_platforms_send_events_and_report_failures_that_there_are(contract: Contract) -> None:
    for traits in contract.tables["platforms"].values():
        assert set(traits["events"]) <= set(contract.events)
        assert {str(code) for code in traits["failures"]} <= set(contract.tables["failures"])


def test_platforms_that_have_settings_or_notifications_have_forms_for_them(contract: Contract) -> None:
    for kind, traits in contract.tables["platforms"].items():
        assert (kind in contract.operations["amio.settings.update"].variants) == bool(traits.get("settings"))
        assert (kind in contract.operations["amio.notifications.send"].variants) == bool(traits.get("notifications"))


def test_every_status_has_its_phrase(contract: Contract) -> None:
    assert {str(refusal.status) for refusal in contract.refusals.values()} == set(contract.tables["phrases"])
