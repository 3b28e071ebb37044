"""The figures that Amilia's documents give, as literals: the contract says the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.figures import stated

PAGES = "vendor.json#/paging/pages"
FIGURES: dict[str, Any] = {
    "vendor.json#/figures/token_lifetime/value": "P365D",
    "vendor.json#/settings/calls_per_second/default": 100,
    "vendor.json#/limits/per_second/per": "PT1S",
    f"{PAGES}/parameters/page/schema/default": 1,
    f"{PAGES}/parameters/perPage/schema/default": 200,
    f"{PAGES}/wrapper/properties/Paging/required": ["TotalCount", "Next"],
    "accounts/find.json#/parameters/showArchived/schema/default": False,
    "schemas/webhook.json#/$defs/action/enum": ["Create", "Update", "Delete"],
}


def test_a_delivery_is_tried_again_for_72_hours() -> None:
    assert stated("amilia", "vendor.json#/webhooks/subscription/retry") == ["PT1H"] * 72


@pytest.mark.parametrize("place, figure", FIGURES.items())
def test_the_contract_says_what_the_documents_say(place: str, figure: Any) -> None:
    assert stated("amilia", place) == figure
