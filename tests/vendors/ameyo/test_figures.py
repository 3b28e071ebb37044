"""The figures that Ameyo's documents give, as literals: the contract says the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.figures import stated

CALLBACKS = "vendor.json#/paging/app_server/parameters"
FIGURES: dict[str, Any] = {
    "vendor.json#/paging/monitoring/parameters/limit/schema/default": 100,
    "vendor.json#/paging/monitoring/parameters/offset/schema/default": 0,
    "vendor.json#/paging/configuration/parameters/limit/schema": {
        "type": "integer",
        "minimum": 1,
        "maximum": 10,
        "default": 2,
    },
    f"{CALLBACKS}/offset/required": True,
    f"{CALLBACKS}/limit/required": True,
    "schemas/upload.json#/$defs/form/required": ["file", "user_id", "header_mapping"],
    "schemas/presence.json#/$defs/session/properties/channel_details/properties/channel_type/enum": ["VOICE", "CHAT"],
    "schemas/upload.json#/$defs/accepted/items/properties/data/properties/task_id/type": "integer",
    "contact_upload_tasks/create.json#/method": "POST",
    "monitoring/find.json#/parameters/user-name/in": "query",
}


@pytest.mark.parametrize("place, figure", FIGURES.items())
def test_the_contract_says_what_the_documents_say(place: str, figure: Any) -> None:
    assert stated("ameyo", place) == figure
