"""Promotions: which propositions a recipient qualifies for at this moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Ask, Kind, Outcome, Refusal, World
from emulator.vendors.agillic.addresses import named
from emulator.vendors.agillic.fields import ROW_ID
from emulator.vendors.agillic.groups import GROUPS, belongs
from emulator.vendors.agillic.people import addressed
from emulator.vendors.agillic.running import record

PROMOTIONS = "promotions"


def evaluate(ask: Ask, world: World) -> Outcome:
    """One promotion's propositions."""
    recipient = addressed(ask, world)
    ident = named(ask, "promotionId")
    promotion = world.rows(PROMOTIONS).get(ident)
    if promotion is None:
        raise Refusal(Kind.MISSING, facts={"resource": "promotion", "id": ident})
    return Outcome(data=_evaluated(ask, world, recipient, promotion))


def evaluate_all(ask: Ask, world: World) -> Outcome:
    """Every promotion's propositions."""
    recipient = addressed(ask, world)
    return Outcome(data=[_evaluated(ask, world, recipient, row.data) for row in list(world.rows(PROMOTIONS).all())])


def _evaluated(ask: Ask, world: World, recipient: Mapping[str, Any], promotion: Mapping[str, Any]) -> dict[str, Any]:
    chosen = [{"fields": offer["fields"]} for offer in promotion["propositions"] if _meant(world, offer, recipient)]
    record(world, "promotion", recipient[ROW_ID], {"PROMOTION_NAME": str(promotion["id"])})
    return {"propositionList": chosen[: ask.query.get("maximumPropositions")]}


def _meant(world: World, offer: Mapping[str, Any], recipient: Mapping[str, Any]) -> bool:
    """An offer without a group is for everybody."""
    if "targetGroup" not in offer:
        return True
    group = world.rows(GROUPS).get(offer["targetGroup"])
    return group is not None and belongs(world, group, recipient)
