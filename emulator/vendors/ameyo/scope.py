"""What a path names, from the contact centre down, and whether the caller may go there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Ask, Kind, Principal, Refusal, World

Found = dict[str, Any]


def missing(resource: str, ident: Any) -> Refusal:
    """The refusal for something that the call names and that does not exist."""
    return Refusal(Kind.MISSING, facts={"resource": resource, "id": str(ident)})


def bound_to(ask: Ask) -> str | None:
    """The contact centre that the caller's credential is good for; None: for every one."""
    bound = ask.principal.data.get("contact_center") if isinstance(ask.principal, Principal) else None
    return None if bound is None else str(bound)


def contact_center(ask: Ask, world: World, number: int) -> Found:
    """The contact centre, if the caller's credential is good for it."""
    bound = bound_to(ask)
    if bound is not None and bound != str(number):
        raise Refusal(Kind.FORBIDDEN, facts={"contact_center": str(number), "credential_for": bound})
    return _row(world, "contact_centers", number)


def process(ask: Ask, world: World, center: int, number: int) -> Found:
    """A process of a contact centre."""
    contact_center(ask, world, center)
    return _within(_row(world, "processes", number), "contact_center_id", center)


def lead_list(ask: Ask, world: World) -> Found:
    """The lead list that an upload's path names."""
    process(ask, world, ask.path["ccId"], ask.path["processId"])
    return _within(_row(world, "leads", ask.path["leadId"]), "process_id", ask.path["processId"])


def campaign_of_path(ask: Ask, world: World) -> Found:
    """The campaign that a configuration path names."""
    process(ask, world, ask.path["contactCenterId"], ask.path["processId"])
    return _within(_row(world, "campaigns", ask.path["campaignId"]), "process_id", ask.path["processId"])


def campaign(ask: Ask, world: World, number: int) -> Found:
    """A campaign of a contact centre that is open to the caller."""
    found = _row(world, "campaigns", number)
    contact_center(ask, world, found["contact_center_id"])
    return found


def campaign_lead(world: World, campaign_id: int, lead_id: int) -> Found:
    """The place of a lead list within a campaign."""
    row = world.rows("campaign_leads").where(campaign_id=campaign_id, lead_id=lead_id).first()
    if row is None:
        raise missing("campaign lead", lead_id)
    return row.data


def _row(world: World, collection: str, number: int) -> Found:
    row = world.rows(collection).get(str(number))
    if row is None:
        raise missing(collection, number)
    return row


def _within(row: Mapping[str, Any], field: str, number: int) -> Found:
    if row[field] != number:
        raise missing(field, row["id"])
    return dict(row)
