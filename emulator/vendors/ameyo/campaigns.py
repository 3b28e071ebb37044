"""The campaigns of a contact centre."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Ask, Outcome, World
from emulator.vendors.ameyo import scope


def find(ask: Ask, world: World) -> Outcome:
    """All of them, in a bare array."""
    center = ask.query["contactCenterId"]
    scope.contact_center(ask, world, center)
    return Outcome(data=[_shown(row.data) for row in world.rows("campaigns").where(contact_center_id=center)])


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "campaignContextId": int(row["id"]),
        "campaignContextName": row["name"],
        "campaignContextType": row["type"],
        "contactCenterId": row["contact_center_id"],
        "processId": row["process_id"],
        "description": row["description"],
        "dateAdded": row["dateAdded"],
        "dateModified": row["dateModified"],
        "ref": int(row["id"]),
        "version": row["version"],
    }
