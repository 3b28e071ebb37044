"""A registration, seen from the person."""

from __future__ import annotations

from emulator.vendors.amilia.lens import Json, Lens
from emulator.vendors.amilia.shapes.offers import place

NOWHERE: Json = {"id": "0", "Name": "", "ProgramId": 0}


def registration(row: Json, lens: Lens) -> Json:
    """A registration, seen from the person."""
    found = lens.find("activities", row["ActivityId"]) or NOWHERE
    group = lens.name("groups", row.get("GroupId"))
    stands = {key: value if value is not None else "" for key, value in place(found, lens).items()}
    return {
        **stands,
        "ActivityId": row["ActivityId"],
        "ActivityName": lens.say(found["Name"]),
        "GroupId": group and group["Id"],
        "GroupName": group and group["Name"],
        "DateCreated": lens.moment(row["DateCreated"]),
        "PersonId": row["PersonId"],
        "DropInOccurrenceId": row.get("OccurrenceId"),
        "DropInDate": drop_in_date(row, lens),
        "IsCancelled": row["IsCancelled"],
    }


def drop_in_date(row: Json, lens: Lens) -> str | None:
    """When the occurrence is that a drop-in is for; null for a whole activity."""
    held = lens.find("occurrences", row.get("OccurrenceId"))
    return None if held is None else lens.moment(held["Start"])
