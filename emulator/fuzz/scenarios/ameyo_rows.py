"""The contact centre of Ameyo with its process, lead list and campaigns, written straight into a sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from emulator.fuzz.scenarios.common import BARE, Json, text

if TYPE_CHECKING:
    from emulator.testing.client import Box

VENDOR = "ameyo"
OTHER_CENTER = 6
CAMPAIGNS, OTHER_CAMPAIGN = (131, 132), 611
QUEUE = 21
DATES: Json = {
    "dateAdded": "2025-11-03T08:00:00.000Z",
    "dateModified": "2025-12-15T10:30:00.000Z",
}
STATUSES = ("ready", "on_break", "wrap_up")


def center(box: Box) -> int:
    """The sandbox's own contact centre with its process, its lead list, two campaigns and a queue; another one with a campaign."""
    world, own = box.state(VENDOR), box.ameyo
    number, process, lead = int(own.cc_id), int(own.process_id), int(own.lead_id)
    for ident in (number, OTHER_CENTER):
        world.rows("contact_centers").add({"id": str(ident), "name": f"Centre {ident}"})
    kind = {"processType": "Default", "dialingStateLevel": "Default", "description": ""}
    world.rows("processes").add({"id": str(process), "contact_center_id": number, "name": "Sales", **kind, **DATES})
    world.rows("leads").add({"id": str(lead), "process_id": process, "name": "Renewals", **DATES, "version": 0})
    for campaign, where in [*((ident, number) for ident in CAMPAIGNS), (OTHER_CAMPAIGN, OTHER_CENTER)]:
        row = {"id": str(campaign), "contact_center_id": where, "process_id": process, "name": f"Campaign {campaign}"}
        world.rows("campaigns").add(
            {**row, "type": "Outbound Voice Campaign", "description": "", **DATES, "version": 0}
        )
    world.rows("queues").add({"id": str(QUEUE), "campaign_id": CAMPAIGNS[0], "name": "English"})
    return number


def agent(box: Box, user: str, number: int, campaign: int, odd: Sequence[str] = ()) -> str:
    """An agent who is signed in to a campaign; answers the interaction's id. Where rows are `bare` most that is told is null."""
    world, bare = box.state(VENDOR), BARE in odd
    if world.rows("users").row(user) is None:
        name = {"id": user, "userName": text(odd, number, f"Agent {number}"), "userType": "Agent"}
        named = {**name, "ccUserId": 1000 + number, "contactCenterId": int(box.ameyo.cc_id), "password": "secret"}
        world.rows("users").add({**world.table("new_rows")["user"], **named})
    row = {
        "id": f"{user}_{campaign}",
        "user_id": user,
        "campaign_id": campaign,
        "queue_id": QUEUE if campaign == CAMPAIGNS[0] and not bare else None,
        "status": STATUSES[number % len(STATUSES)],
        "since": None if bare else DATES["dateModified"],
        "session_id": f"d741-6904fad1-ses-{user}-{campaign}",
        "extension": None if bare else "4101",
        "interaction": None,
    }
    world.rows("agents").add(row)
    return str(row["id"])
