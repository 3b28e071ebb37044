"""Which agents of a campaign work on which of its lead lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from emulator.kit import Ask, Kind, Outcome, Refusal, Violation, World
from emulator.vendors.ameyo import scope
from emulator.vendors.ameyo.numbering import fresh

MAPPINGS = "lead_users"


def assign(ask: Ask, world: World) -> Outcome:
    """Assigns some agents and unassigns others, all or none."""
    body = ask.body
    campaign = scope.campaign(ask, world, body["campaignId"])
    place = scope.campaign_lead(world, int(campaign["id"]), body["leadId"])
    both = set(body["assignedUserIds"]) & set(body["unassignedUserIds"])
    if both:
        raise Refusal(
            Kind.INVALID,
            [Violation(("unassignedUserIds",), "not", sorted(both), said="names agents that are to be assigned too")],
        )
    members = _members(world, int(campaign["id"]))
    numbers = {
        name: [_member(members, user) for user in dict.fromkeys(body[name])]
        for name in ("assignedUserIds", "unassignedUserIds")
    }
    for number in numbers["assignedUserIds"]:
        _map(world, int(place["id"]), number)
    for number in numbers["unassignedUserIds"]:
        _unmap(world, int(place["id"]), number)
    return Outcome(
        data=_shown(
            place,
            body["assignedUserIds"],
            body["unassignedUserIds"],
            numbers["assignedUserIds"],
            numbers["unassignedUserIds"],
        )
    )


def find(ask: Ask, world: World) -> Outcome:
    """A stretch of the agents that are assigned, and the campaign's agents that are not."""
    campaign = scope.campaign_of_path(ask, world)
    place = scope.campaign_lead(world, int(campaign["id"]), ask.query["leadId"])
    members = _members(world, int(campaign["id"]))
    users = {number: user for user, number in members.items()}
    mapped = [row.data["campaign_user_id"] for row in world.rows(MAPPINGS).where(campaign_lead_id=int(place["id"]))]
    start, most = ask.query["offset"], ask.query["limit"]
    assigned = [number for number in mapped if number in users][start : start + most]
    others = [number for number in users if number not in mapped]
    return Outcome(data=_shown(place, [users[n] for n in assigned], [users[n] for n in others], assigned, others))


def _members(world: World, campaign: int) -> dict[str, int]:
    """The agents of a campaign: user to campaign user number."""
    return {row.data["user_id"]: int(row.id) for row in world.rows("campaign_users").where(campaign_id=campaign)}


def _member(members: Mapping[str, int], user: str) -> int:
    if user not in members:
        raise scope.missing("campaign user", user)
    return members[user]


def _map(world: World, place: int, number: int) -> None:
    rows = world.rows(MAPPINGS)
    if rows.where(campaign_lead_id=place, campaign_user_id=number).first() is None:
        rows.add({"id": str(fresh(world, MAPPINGS)), "campaign_lead_id": place, "campaign_user_id": number})


def _unmap(world: World, place: int, number: int) -> None:
    rows = world.rows(MAPPINGS)
    for row in list(rows.where(campaign_lead_id=place, campaign_user_id=number)):
        rows.drop(row.id)


def _shown(
    place: Mapping[str, Any],
    assigned: Sequence[str],
    others: Sequence[str],
    numbers: Sequence[int],
    rest: Sequence[int],
) -> dict[str, Any]:
    return {
        "campaignLeadId": int(place["id"]),
        "leadId": place["lead_id"],
        "campaignId": place["campaign_id"],
        "assignedUserIds": list(assigned),
        "unassignedUserIds": list(others),
        "assignedCampaignUserIds": list(numbers),
        "unassignedCampaignUserIds": list(rest),
    }
