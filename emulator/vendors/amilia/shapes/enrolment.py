"""Registrations, waiting lists and attendance as they are shown."""

from __future__ import annotations

from typing import Any

from emulator.vendors.amilia.lens import Json, Lens, by_id, number
from emulator.vendors.amilia.shapes.offers import activity_summary, place, staff_summary
from emulator.vendors.amilia.shapes.people import owner_of, summary
from emulator.vendors.amilia.shapes.registration import NOWHERE, drop_in_date

NOBODY: Json = {"id": "0", "FirstName": "", "LastName": ""}


def payload(row: Json, lens: Lens) -> Json:
    """A registration as lists and webhooks carry it."""
    found = lens.find("activities", row["ActivityId"]) or NOWHERE
    person = lens.find("persons", row["PersonId"]) or NOBODY
    leader = lens.find("staff", row.get("StaffId"))
    when = drop_in_date(row, lens)
    return {
        "RegistrationId": row["id"],
        **hierarchy(found, lens),
        "Group": lens.name("groups", row.get("GroupId")),
        "DropIn": None if when is None else {"OccurrenceId": row["OccurrenceId"], "OccurrenceDate": when},
        "DateCreated": lens.moment(row["DateCreated"]),
        "Person": summary(person),
        "AccountOwner": account_owner(person, lens),
        "Staff": None if leader is None else staff_summary(leader),
        "IsCancelled": row["IsCancelled"],
    }


def webhook_payload(row: Json, lens: Lens) -> Json:
    """The webhook's edition, with the invoice item."""
    return {**payload(row, lens), "InvoiceItem": {"Id": row.get("InvoiceItemId") or 0}}


def hierarchy(activity: Json, lens: Lens) -> Json:
    """Program, category, subcategory and activity by id and name; a level that is not there is 0 without a name."""
    stands = place(activity, lens)
    levels = {
        level: {"Id": stands[f"{level}Id"], "Name": stands[f"{level}Name"] or ""}
        for level in ("Program", "Category", "SubCategory")
    }
    return {**levels, "Activity": {"Id": number(activity), "Name": lens.say(activity["Name"])}}


def account_owner(person: Json, lens: Lens) -> Json:
    """Whose account a person is in."""
    owner = owner_of(person.get("AccountId"), lens) or person
    return {"AccountId": person.get("AccountId", 0), "AccountOwnerPersonId": number(owner)}


def waiting(activity: Json, lens: Lens) -> list[Json]:
    """Who waits for an activity, the first to come first."""
    rows = sorted((row.data for row in lens.world.rows("waiting").where(ActivityId=number(activity))), key=by_id)
    return [summary(person) for row in rows if (person := lens.find("persons", row["PersonId"])) is not None]


def wait_list(activity: Json, lens: Lens) -> Json:
    """An activity with its waiting list."""
    return {"WaitList": waiting(activity, lens), **activity_summary(activity, lens)}


def wait_list_payload(row: Json, lens: Lens) -> Json:
    """A place on a waiting list, as webhooks carry it."""
    found = lens.find("activities", row["ActivityId"]) or NOWHERE
    person = lens.find("persons", row["PersonId"]) or NOBODY
    return {"Id": number(row), **hierarchy(found, lens), "Person": summary(person)}


def participants(occurrence: Json, lens: Lens) -> list[Json]:
    """Who takes part in an occurrence: those registered for the whole activity, and those who drop in; each once."""
    rows = lens.world.rows("registrations").where(ActivityId=occurrence["ActivityId"], IsCancelled=False)
    mine = [row.data for row in rows if row.data.get("OccurrenceId") in (None, number(occurrence))]
    first: dict[Any, Json] = {}
    for row in sorted(mine, key=by_id):
        first.setdefault(row["PersonId"], row)
    people = [(person, row) for ident, row in first.items() if (person := lens.find("persons", ident)) is not None]
    return [
        _participant(person, row, occurrence, lens) for person, row in sorted(people, key=lambda pair: by_id(pair[0]))
    ]


def _participant(person: Json, row: Json, occurrence: Json, lens: Lens) -> Json:
    marks = lens.world.rows("attendances")
    marked = marks.where(OccurrenceId=number(occurrence), PersonId=number(person)).first()
    group = lens.name("groups", row.get("GroupId"))
    status = "None" if marked is None else marked.data["Status"]
    return {
        "Id": number(person),
        "AccountId": person["AccountId"],
        "FirstName": person["FirstName"],
        "LastName": person["LastName"],
        "Gender": person["Gender"],
        "DateOfBirth": person["DateOfBirth"],
        "PictureUrl": person.get("PictureUrl"),
        "GroupId": group and group["Id"],
        "GroupName": group and group["Name"],
        "OccurrenceId": number(occurrence),
        "AttendanceId": lens.world.table("attendance")[status],
        "OrgId": person["OrganizationId"],
        "Status": status,
    }
