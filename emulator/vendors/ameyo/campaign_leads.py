"""The lead lists that a campaign dials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Ask, Outcome, World
from emulator.vendors.ameyo import scope


def find(ask: Ask, world: World) -> Outcome:
    """All of a campaign's, each with the agents that work on it."""
    campaign = scope.campaign_of_path(ask, world)
    rows = world.rows("campaign_leads").where(campaign_id=int(campaign["id"]))
    code = ask.operation.success
    return Outcome(items=[{"http_code": code, "error_data": None, "data": _shown(row.data, world)} for row in rows])


def _shown(row: Mapping[str, Any], world: World) -> dict[str, Any]:
    number = int(row["id"])
    mappings = [
        {"id": int(m.id), "campaignLeadId": number, "campaignUserId": m.data["campaign_user_id"]}
        for m in world.rows("lead_users").where(campaign_lead_id=number)
    ]
    own = {name: row[name] for name in world.table("new_rows")["campaign_lead"]}
    return {
        **own,
        "id": number,
        "campaignContextId": row["campaign_id"],
        "leadId": row["lead_id"],
        "campaignLeadUserMappings": mappings,
        "dateAdded": _with_offset(row["dateAdded"]),
        "dateModified": _with_offset(row["dateModified"]),
        "ref": number,
        "version": row["version"],
    }


def _with_offset(stamp: str) -> str:
    """Here times are written with `+00:00`."""
    return stamp.removesuffix("Z") + "+00:00" if stamp.endswith("Z") else stamp
