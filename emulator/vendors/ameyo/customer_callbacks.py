"""Calls that agents have promised to customers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Ask, Outcome, World, moment
from emulator.vendors.ameyo import scope

CALLBACKS = "customer_callbacks"


def find(ask: Ask, world: World) -> Outcome:
    """Those of a campaign, in the order in which they were promised."""
    campaign = scope.campaign(ask, world, ask.query["campaignId"])
    return Outcome(items=world.rows(CALLBACKS).where(campaign_id=int(campaign["id"])), show=_shown)


def delete(ask: Ask, world: World) -> Outcome:
    """Takes one back."""
    row = world.rows(CALLBACKS).get(ask.path["customerCallbackId"])
    if row is None:
        raise scope.missing("callback", ask.path["customerCallbackId"])
    scope.campaign(ask, world, row["campaign_id"])
    world.rows(CALLBACKS).drop(row["id"])
    return Outcome(data=world.table("done")["removed"].encode())


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "customerCallbackId": row["id"],
        "campaignId": row["campaign_id"],
        "phone": row["phone"],
        "callbackTime": _millis(row["due"]),
        "dateAdded": _millis(row["added"]),
    }


def _millis(text: str) -> int:
    return round(moment(text) * 1000)
