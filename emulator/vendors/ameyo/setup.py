"""Campaigns, queues and lead lists as they are set up, and the recordings that calls leave."""

from __future__ import annotations

from typing import Any

from emulator.kit import World, moment
from emulator.vendors.ameyo.impossible import absent
from emulator.vendors.ameyo.numbering import fresh

Row = dict[str, Any]


def user(world: World, ident: str) -> Row:
    """A user. Raises Refusal if there is none."""
    return _row(world, "users", ident)


def campaign(world: World, number: int) -> Row:
    """A campaign. Raises Refusal if there is none."""
    return _row(world, "campaigns", str(number))


def queue(world: World, number: int | None, campaign_id: int) -> int | None:
    """The queue's number, if it is one of the campaign's; None stays None."""
    if number is not None and _row(world, "queues", str(number))["campaign_id"] != campaign_id:
        raise absent("queue", number)
    return number


def new_campaign(world: World, process: int, name: str, kind: str | None) -> int:
    """A campaign of a process; gives its number."""
    center = _row(world, "processes", str(process))["contact_center_id"]
    number = fresh(world, "campaigns")
    facts = {"name": name, "type": kind or world.table("new_rows")["campaign"]["type"], "description": ""}
    world.rows("campaigns").add(
        {"id": str(number), "contact_center_id": center, "process_id": process, **facts, **_dates(world)}
    )
    return number


def new_queue(world: World, campaign_id: int, name: str) -> int:
    """A queue of a campaign; gives its number."""
    campaign(world, campaign_id)
    number = fresh(world, "queues")
    world.rows("queues").add({"id": str(number), "campaign_id": campaign_id, "name": name})
    return number


def new_lead_list(world: World, process: int, name: str, campaign_id: int | None) -> int:
    """A lead list of a process, dialled by a campaign if one is named; gives its number."""
    _row(world, "processes", str(process))
    number = fresh(world, "leads")
    world.rows("leads").add({"id": str(number), "process_id": process, "name": name, **_dates(world)})
    if campaign_id is not None:
        if campaign(world, campaign_id)["process_id"] != process:
            raise absent("campaign", campaign_id)
        place = {"id": str(fresh(world, "campaign_leads")), "campaign_id": campaign_id, "lead_id": number}
        world.rows("campaign_leads").add(place | world.table("new_rows")["campaign_lead"] | _dates(world))
    return number


def recorded(world: World, held: Row) -> str:
    """The recording that an answered call leaves; gives its id."""
    length = max(1, round(world.clock.now() - moment(held["connected"])))
    ident = str(held["crt_object_id"])
    world.rows("recordings").put(
        {"id": ident, "call_id": held["id"], "campaign_id": held["campaign_id"], "seconds": length}
    )
    return ident


def _row(world: World, collection: str, ident: str) -> Row:
    row = world.rows(collection).get(ident)
    if row is None:
        raise absent(collection.removesuffix("es" if collection.endswith("sses") else "s"), ident)
    return row


def _dates(world: World) -> Row:
    now = world.clock.stamp()
    return {"dateAdded": now, "dateModified": now, "version": 0}
