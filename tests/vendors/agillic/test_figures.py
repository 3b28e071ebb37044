"""The figures that Agillic's documents give, as literals: the contract says the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.figures import stated

PAGING, EXPORT = "vendor.json#/paging/documents", "schemas/export.json#/$defs/request"
FIGURES: dict[str, Any] = {
    "vendor.json#/figures/token_life/value": "PT2H",
    "vendor.json#/figures/number_digits/value": 15,
    "vendor.json#/figures/number_decimals/value": 6,
    "vendor.json#/figures/export_window/value": "PT4H",
    "vendor.json#/figures/export_age/value": "P7D",
    "vendor.json#/figures/export_life/value": "PT15M",
    "vendor.json#/figures/export_queue/value": 10,
    "vendor.json#/max_body/bytes": 20 * 1024 * 1024,
    "vendor.json#/limits/concurrent/calls": 20,
    "vendor.json#/limits/daily/calls/values/staging": 5000,
    "vendor.json#/limits/daily/calls/values/production/times": 5,
    f"{PAGING}/idle": "PT5M",
    f"{PAGING}/life": "PT30M",
    f"{PAGING}/parameters/pageSize/schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 1000},
    f"{PAGING}/parameters/pageStart/schema/default": 1,
    f"{EXPORT}/properties/fileType/enum": [
        *("TRANSACTIONAL_EMAIL", "SMS", "INBOUND_SMS", "EVENT", "LINK", "PROMOTION", "PUSH_NOTIFICATION", "PAGE"),
        *("QUESTIONNAIRE", "FACEBOOK_CA", "GOOGLE_CM", "TRACKING"),
    ],
}


@pytest.mark.parametrize("place, figure", FIGURES.items())
def test_the_contract_says_what_the_documents_say(place: str, figure: Any) -> None:
    assert stated("agillic", place) == figure
