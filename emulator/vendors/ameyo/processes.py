"""The processes of a contact centre."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Ask, Outcome, World
from emulator.vendors.ameyo import scope, sorting


def find(ask: Ask, world: World) -> Outcome:
    """Those whose name begins as asked, sorted as asked."""
    center = ask.path["contactCenterId"]
    scope.contact_center(ask, world, center)
    keys = sorting.keys(ask.query.get("sort_by", "").split(","), sorting.scalars(world, "configuration.process"))
    found = [_shown(row.data) for row in world.rows("processes").where(contact_center_id=center)]
    named = [process for process in found if process["processName"].startswith(ask.query.get("processName", ""))]
    return Outcome(items=sorting.ordered(named, keys))


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "processId": int(row["id"]),
        "processName": row["name"],
        "contactCenterId": row["contact_center_id"],
        "processType": row["processType"],
        "description": row["description"],
        "dialingStateLevel": row["dialingStateLevel"],
        "dateAdded": row["dateAdded"],
        "dateModified": row["dateModified"],
    }
