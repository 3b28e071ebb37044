"""Locations and their reservations as they are shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from emulator.vendors.amilia.lens import Json, Lens, number
from emulator.vendors.amilia.shapes.offers import activity_summary
from emulator.vendors.amilia.shapes.people import full_name


def ancestors(row: Json, lens: Lens) -> list[Json]:
    """Every location above one, the nearest first."""
    found: list[Json] = []
    above = lens.find("locations", row.get("ParentId"))
    while above is not None and above not in found and above["id"] != row["id"]:
        found.append(above)
        above = lens.find("locations", above.get("ParentId"))
    return found


def descendants(ident: int, lens: Lens, seen: frozenset[int] = frozenset()) -> Iterator[int]:
    """The numbers of every location below one."""
    for row in lens.world.rows("locations").where(ParentId=ident):
        below = number(row.data)
        if below not in seen:
            yield below
            yield from descendants(below, lens, seen | {ident, below})


def location(row: Json, lens: Lens) -> Json:
    """A location with its place in the tree."""
    above = ancestors(row, lens)
    names = [lens.say(found["Name"]) for found in (*reversed(above), row)]
    return {
        "OrganizationSlug": lens.organization["Slug"],
        "Id": number(row),
        "Name": lens.say(row["Name"]),
        "FullName": " - ".join(names),
        "Description": lens.say(row.get("Description")),
        "Telephone": row.get("Telephone"),
        "TelephoneExtension": row.get("TelephoneExtension"),
        "ParentId": row.get("ParentId"),
        "TopParentId": number(above[-1]) if above else None,
        "AncestorIds": [number(found) for found in reversed(above)],
        "Address": row["Address"],
        "Keywords": lens.names("keywords", row.get("KeywordIds", ())),
        "OpeningHours": row.get("OpeningHours", []),
    }


def from_occurrence(row: Json, lens: Lens) -> Json | None:
    """An occurrence as the booking that it is of its location; nothing if it has none."""
    held = lens.find("activities", row["ActivityId"])
    if held is None or row.get("LocationId") is None:
        return None
    prefix = lens.world.table("prefixes")["activity"]
    return {
        "id": f"{prefix}{row['id']}",
        "OrganizationId": row["OrganizationId"],
        "Title": held["Name"],
        "Start": row["Start"],
        "End": row["End"],
        "AllDay": False,
        "IsCancelled": row["State"] not in ("Normal", "Moved") or held["Status"] == "Cancelled",
        "LocationId": row["LocationId"],
        "ActivityId": row["ActivityId"],
        "StaffId": next(iter(row.get("StaffIds", ())), None),
    }


def reservation(row: Json, lens: Lens) -> Json:
    """A booking of any type."""
    prefix = row["id"].partition("-")[0] + "-"
    kind = lens.world.table("reservation_types").get(prefix, "FacilityBooking")
    title = lens.say(row["Title"])
    held = lens.find("activities", row.get("ActivityId"))
    return {
        "ReservationId": row["id"],
        "Title": title,
        "Type": kind,
        "Start": lens.moment(row["Start"]),
        "End": lens.moment(row["End"]),
        "AllDay": row["AllDay"],
        "IsCancelled": row["IsCancelled"],
        "Location": _location(row, lens),
        "BookingType": _booking_type(row, lens),
        "AdminBooking": {"Name": title} if kind == "AdminBooking" else None,
        "Activity": None if held is None else activity_summary(held, lens),
        "Client": _named("persons", row.get("PersonId"), lens),
        "Staff": _named("staff", row.get("StaffId"), lens),
    }


def _location(row: Json, lens: Lens) -> Json | None:
    found = lens.find("locations", row.get("LocationId"))
    return found and {"Id": number(found), "Name": lens.say(found["Name"]), "Address": found["Address"]}


def _booking_type(row: Json, lens: Lens) -> Json | None:
    found = lens.find("booking_types", row.get("BookingTypeId"))
    return found and {"Id": number(found), "Name": lens.say(found["Name"]), "Color": found["Color"]}


def _named(collection: str, ident: Any, lens: Lens) -> Json | None:
    found = lens.find(collection, ident)
    return found and {"Name": full_name(found)}
