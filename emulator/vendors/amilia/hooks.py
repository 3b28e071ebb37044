"""What happens is told to those who subscribed to it, until they no longer listen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import World
from emulator.vendors.amilia.lens import Json, Lens

EVENTS = {
    "Program": "program",
    "Account": "account",
    "Person": "person",
    "FacilityBooking": "facility_booking",
    "MembershipPurchased": "membership_purchased",
    "MerchandisePurchased": "merchandise_purchased",
    "MultiPassPurchased": "multi_pass_purchased",
    "DonationPurchased": "donation_purchased",
    "Activity": "activity",
    "Registration": "registration",
    "WaitListRegistration": "wait_list_registration",
}


def announce(context: str, action: str, payload: Json, lens: Lens) -> None:
    """Sends a webhook to every enabled subscription of the organization to this action in this context."""
    world = lens.world
    rows = world.rows("webhooks").where(OrganizationId=lens.id, Context=context, Action=action, Status="Enabled")
    for row in rows:
        subscription = row.data
        body = {
            "OrganizationId": lens.id,
            "Context": context,
            "Action": action,
            "Name": subscription["Name"],
            "EventTime": world.clock.utc().astimezone(lens.zone).isoformat(timespec="microseconds"),
            "Payload": payload,
        }
        secret = subscription.get("Secret") or world.settings["webhook_secret"]
        world.emit(EVENTS[context], body, url=subscription["Url"], secret=secret, lane=row.id)


def discarded(delivery: Mapping[str, Any], world: World) -> None:
    """A delivery was given up: its subscription is disabled, and what waits for it is dropped."""
    row = world.rows("webhooks").get(delivery["lane"])
    if row is not None:
        world.rows("webhooks").put({**row, "Status": "Disabled"})
        world.outbox.drop(delivery["lane"])
