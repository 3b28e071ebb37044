"""People book locations and private lessons, cancel, and show their cards at doors."""

from __future__ import annotations

from datetime import datetime, timedelta

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.hooks import announce
from emulator.vendors.amilia.lens import Json, Lens, anywhere, number
from emulator.vendors.amilia.numbers import unused
from emulator.vendors.amilia.refusing import impossible
from emulator.vendors.amilia.selling import post
from emulator.vendors.amilia.shapes import doors, people, places


def location_booked(ask: Ask, world: World) -> Outcome:
    """A booking of a location that is free at that time."""
    location, lens = anywhere("locations", ask.body["location_id"], "Location", world)
    person = lens.own("persons", ask.body["person_id"], "Person")
    start, end = wall_clock(ask.body["start"]), wall_clock(ask.body["end"])
    if end <= start:
        raise impossible("it ends before it begins")
    _refuse_taken(number(location), start, end, lens)
    row = _book("facility_booking", location, start, end, lens) | {
        "Title": ask.body.get("title") or people.full_name(person),
        "PersonId": number(person),
        "InvoiceItemId": post(person, "bookings", ask.body.get("price", 0.0), "Sale", lens),
    }
    world.rows("bookings").add(row)
    announce("FacilityBooking", "Create", places.reservation(row, lens), lens)
    return Outcome(data={"reservation_id": row["id"]})


def booking_cancelled(ask: Ask, world: World) -> Outcome:
    """A booking is cancelled; the location is free again."""
    row, lens = anywhere("bookings", ask.body["reservation_id"], "Reservation", world)
    if row["IsCancelled"]:
        raise impossible("the booking is cancelled already")
    world.rows("bookings").put({**row, "IsCancelled": True})
    if row["id"].startswith(world.table("prefixes")["facility_booking"]):
        announce("FacilityBooking", "Delete", {"Id": row["id"]}, lens)
    return Outcome(data={"reservation_id": row["id"]})


def private_lesson_booked(ask: Ask, world: World) -> Outcome:
    """A private lesson of the offer's length, with a staff member."""
    offer, lens = anywhere("private_lessons", ask.body["private_lesson_id"], "Private lesson", world)
    person = lens.own("persons", ask.body["person_id"], "Person")
    teacher = lens.own("staff", ask.body["staff_id"], "Staff member")
    if offer["IsArchived"]:
        raise impossible("the lesson is no longer offered")
    start = wall_clock(ask.body["start"])
    row = _book("private_lesson", None, start, start + timedelta(minutes=offer["Duration"]), lens) | {
        "Title": offer["Name"],
        "PersonId": number(person),
        "StaffId": number(teacher),
        "PrivateLessonId": number(offer),
        "DateCreated": lens.stamp(),
        "InvoiceItemId": post(person, "store", offer["Price"], "Sale", lens),
    }
    world.rows("bookings").add(row)
    return Outcome(data={"reservation_id": row["id"]})


def person_scanned(ask: Ask, world: World) -> Outcome:
    """A card is read: the door notes whose it is, the membership that lets the person in, and what is on there now."""
    door, lens = anywhere("access_configurations", ask.body["configuration_id"], "Access configuration", world)
    person = lens.own("persons", ask.body["person_id"], "Person")
    bought = _membership(person, lens)
    expired = (
        bought is not None and bought["ExpirationDate"] is not None and lens.wall(bought["ExpirationDate"]) < lens.now
    )
    held = next((row for row in lens.all("occurrences", LocationId=door["LocationId"]) if _is_on(row, lens)), None)
    row = {
        "id": str(unused("access_scans", world)),
        "OrganizationId": lens.id,
        "ConfigurationId": number(door),
        "ScanDate": lens.stamp(),
        "PersonId": number(person),
        "Note": ask.body.get("note"),
        "Warning": world.table("scan")["ExpiredWarning"] if expired else None,
        "MembershipPurchaseId": bought and number(bought),
        "OccurrenceId": held and number(held),
    }
    world.rows("access_scans").add(row)
    return Outcome(data={"scan_id": number(row), "warning": doors.scan(row, lens)["Warning"]})


def wall_clock(text: str) -> datetime:
    """A time on the organization's wall clock. Raises Refusal for one that no calendar has."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise impossible(f"{text!r} is not a time of the calendar") from None


def _book(kind: str, location: Json | None, start: datetime, end: datetime, lens: Lens) -> Json:
    return {
        "id": f"{lens.world.table('prefixes')[kind]}{unused('bookings', lens.world)}",
        "OrganizationId": lens.id,
        "Start": start.isoformat(),
        "End": end.isoformat(),
        "AllDay": False,
        "IsCancelled": False,
        "LocationId": location and number(location),
        "BookingTypeId": None,
        "PersonId": None,
        "StaffId": None,
    }


def _refuse_taken(location: int, start: datetime, end: datetime, lens: Lens) -> None:
    rows = lens.all("bookings", LocationId=location, IsCancelled=False)
    held = (places.from_occurrence(row, lens) for row in lens.all("occurrences", LocationId=location))
    for row in (*rows, *(booking for booking in held if booking is not None and not booking["IsCancelled"])):
        if lens.wall(row["Start"]) < end and start < lens.wall(row["End"]):
            raise impossible(f"the location is taken by {row['id']}")


def _membership(person: Json, lens: Lens) -> Json | None:
    """The membership that holds longest, or held last."""
    held = [row for row in lens.all("membership_purchases", IsCancelled=False) if number(person) in row["PersonIds"]]
    return max(held, key=lambda row: row["ExpirationDate"] or "9", default=None)


def _is_on(row: Json, lens: Lens) -> bool:
    return row["State"] in ("Normal", "Moved") and lens.wall(row["Start"]) <= lens.now < lens.wall(row["End"])
