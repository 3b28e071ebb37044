"""The figures that Amio's documents give, as literals: the contract says the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.figures import stated

LIMITS, LISTING, HOOK = "vendor.json#/limits", "vendor.json#/paging/listing/parameters", "vendor.json#/webhooks/channel"
FIGURES: dict[str, Any] = {
    f"{LIMITS}/hourly/calls/values/free": 1000,
    f"{LIMITS}/hourly/calls/values/developer": 2000,
    f"{LIMITS}/hourly/per": "PT1H",
    f"{LIMITS}/hourly/limit_header": "X-RateLimit-Limit",
    f"{LIMITS}/hourly/reset_as": "epoch",
    f"{LIMITS}/simultaneous/calls/values/free": 3,
    f"{LIMITS}/simultaneous/calls/values/developer": 10,
    f"{LISTING}/max/schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 10},
    f"{LISTING}/offset/schema/default": 0,
    f"{HOOK}/timeout": "PT60S",
    f"{HOOK}/retry": [f"PT{minutes}M" for minutes in (1, 5, 20, 60, 180, 480)],
    f"{HOOK}/signature/header": "X-Hub-Signature",
    f"{HOOK}/signature/algorithm": "sha1",
    f"{HOOK}/signature/prefix": "sha1=",
    "vendor.json#/refusals/invalid/status": 422,
    "vendor.json#/figures/messaging_window/value": "PT24H",
    "vendor.json#/hosts/0": "api.amio.io",
    "vendor.json#/headers/Cache-Control/value": "no-cache",
    "vendor.json#/auth/token/query": "access_token",
    "schemas/contact.json#/$defs/listed/properties/gender/enum": ["male", "female"],
    "schemas/contact.json#/$defs/contact/properties/gender/enum": ["male", "female"],
    "schemas/message_wish.json#/$defs/new/required": ["channel", "contact"],
    "schemas/message_wish.json#/$defs/facebook_messenger/properties/metadata/properties/platform_metadata/maxLength": 1000,
    "schemas/error.json#/$defs/error/required": ["timestamp", "status", "errors"],
    "events/messages_read.json#/schema/properties/data/required": ["channel", "contact", "last_read_timestamp"],
    "vendor.json#/paging/listing/headers/X-Total-Count/schema/type": "integer",
}


@pytest.mark.parametrize("place, figure", FIGURES.items())
def test_the_contract_says_what_the_documents_say(place: str, figure: Any) -> None:
    assert stated("amio", place) == figure
