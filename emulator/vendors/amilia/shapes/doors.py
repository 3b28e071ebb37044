"""A scan at a door as it is shown, and what the door thinks of a card."""

from __future__ import annotations

from emulator.vendors.amilia.lens import Json, Lens, number
from emulator.vendors.amilia.shapes.enrolment import NOBODY
from emulator.vendors.amilia.shapes.people import full_name


def scan(row: Json, lens: Lens) -> Json:
    """A scan with the person, the membership and the occurrence it was for."""
    words = lens.world.table("scan")
    person = lens.find("persons", row["PersonId"]) or NOBODY
    door = lens.find("access_configurations", row["ConfigurationId"]) or {}
    occurrence = lens.find("occurrences", row.get("OccurrenceId"))
    activity = lens.find("activities", occurrence["ActivityId"]) if occurrence else None
    bought = lens.find("membership_purchases", row.get("MembershipPurchaseId"))
    plan = lens.find("memberships", bought["MembershipId"]) if bought else None
    warning = row.get("Warning")
    return {
        "Id": number(row),
        "ConfigurationId": row["ConfigurationId"],
        "Status": words["Status"],
        "ScanDate": lens.wall(row["ScanDate"]).isoformat(),
        "Warning": warning or words["Warning"],
        "WarningMessage": row.get("WarningMessage"),
        "AccessControlType": words["AccessControlType"],
        "ResponsibleGenuinePersonId": None,
        "ResponsibleName": None,
        "Note": row.get("Note"),
        "PersonId": row["PersonId"],
        "GenuinePersonId": row["PersonId"],
        "MemberNumber": person.get("MemberNumber", ""),
        "PersonName": full_name(person).strip(),
        "Gender": words["Gender"][person.get("Gender", "NotSpecified")],
        "AccountId": person.get("AccountId", 0),
        "BalanceAtScan": row.get("BalanceAtScan", 0.0),
        "ActivitySegmentId": number(occurrence) if occurrence else None,
        "ActivityId": number(activity) if activity else None,
        "ActivityName": lens.say(activity["Name"]) if activity else None,
        "SubscriptionState": words["Invalid"] if warning else words["Valid"],
        "SubscriptionExpiration": lens.perhaps(bought["ExpirationDate"]) if bought else None,
        "MembershipId": number(plan) if plan else None,
        "MembershipName": lens.say(plan["Name"]) if plan else None,
        "LocationId": door.get("LocationId", 0),
    }
