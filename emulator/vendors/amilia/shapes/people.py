"""Persons, contacts and accounts as they are shown."""

from __future__ import annotations

from datetime import date
from typing import Any

from emulator.kit import fixed
from emulator.vendors.amilia.lens import Json, Lens, by_id, number
from emulator.vendors.amilia.shapes.registration import registration


@fixed
class Extras:
    """What a call asks to see besides a person's own facts."""

    skills: bool = False
    medical: bool = False
    registrations: bool = False
    cancelled: bool = False

    @classmethod
    def of(cls, query: Any) -> Extras:
        """As the call's flags say; a call that has no such flag does not ask."""
        return cls(
            skills=query.get("showSkills", False),
            medical=query.get("showMedicalInfo", False),
            registrations=query.get("showRegistrations", False),
            cancelled=query.get("showCancelledRegistrations", False),
        )


NOTHING_MORE = Extras()


def full_name(row: Json) -> str:
    """First name, a blank, last name."""
    return f"{row['FirstName']} {row['LastName']}"


def summary(row: Json) -> Json:
    """A person in short; the work number bears its extension."""
    work, extension = row.get("TelephoneWork") or "", row.get("TelephoneWorkExtension")
    return {
        "Id": number(row),
        "FirstName": row["FirstName"],
        "LastName": row["LastName"],
        "FullName": full_name(row),
        "DateOfBirth": row.get("DateOfBirth"),
        "Email": row.get("Email") or "",
        "Telephone": row.get("Telephone") or "",
        "TelephoneMobile": row.get("TelephoneMobile") or "",
        "TelephoneWork": f"{work} x{extension}" if work and extension else work,
    }


def base(row: Json, lens: Lens) -> Json:
    """A person's own facts."""
    return {
        "Id": number(row),
        "FirstName": row["FirstName"],
        "LastName": row["LastName"],
        "FullName": full_name(row),
        "Gender": row.get("Gender", "NotSpecified"),
        "DateOfBirth": row.get("DateOfBirth"),
        "Email": row.get("Email") or "",
        "Address": row.get("Address"),
        "Telephone": row.get("Telephone"),
        "TelephoneMobile": row.get("TelephoneMobile"),
        "TelephoneWork": row.get("TelephoneWork"),
        "TelephoneWorkExtension": row.get("TelephoneWorkExtension"),
        "IsChild": is_child(row, lens),
    }


def is_child(row: Json, lens: Lens) -> bool:
    """Whether a person is not of age today; who gave no date of birth is."""
    if not row.get("DateOfBirth"):
        return False
    born, today = date.fromisoformat(row["DateOfBirth"]), lens.today
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return bool(years < lens.world.figure("of_age"))


def owner_of(account: Any, lens: Lens) -> Json | None:
    """The person who owns an account."""
    persons = lens.world.rows("persons")
    row = persons.where(AccountId=account, IsAccountOwner=True).first() or persons.where(AccountId=account).first()
    return None if row is None else row.data


def contact(row: Json, lens: Lens) -> Json:
    """A contact, for emergencies mostly."""
    return {"Relationship": row["Relationship"], "Type": row["Type"], **base(row, lens)}


def contacts(account: Any, lens: Lens) -> list[Json]:
    """The contacts that an account has entered."""
    rows = lens.world.rows("contacts").where(AccountId=account)
    return sorted((row.data for row in rows), key=by_id)


def person(row: Json, lens: Lens, extras: Extras = NOTHING_MORE) -> Json:
    """A person with account and owner; what was not asked for is null."""
    owner = owner_of(row["AccountId"], lens) or row
    return {
        "OrganizationId": row["OrganizationId"],
        "AccountId": row["AccountId"],
        "AccountOwnerId": number(owner),
        "AccountOwnerFirstName": owner["FirstName"],
        "AccountOwnerLastName": owner["LastName"],
        "AccountOwnerFullName": full_name(owner),
        "AccountOwnerEmail": owner.get("Email") or "",
        "AccountOwnerTelephoneMobile": owner.get("TelephoneMobile"),
        "IsArchived": row.get("IsArchived", False),
        "Contacts": [contact(found, lens) for found in contacts(row["AccountId"], lens)],
        "Skills": _skills(row, lens) if extras.skills else None,
        "Registrations": _registrations(row, lens, extras) if extras.registrations else None,
        "MedicalInformation": row.get("MedicalInformation") if extras.medical else None,
        "JoinDate": lens.perhaps(row.get("JoinDate")),
        "PictureUrl": row.get("PictureUrl"),
        **base(row, lens),
    }


def _skills(row: Json, lens: Lens) -> list[Json]:
    return [{"Id": skill["Id"], "Name": lens.say(skill["Name"])} for skill in row.get("Skills", ())]


def _registrations(row: Json, lens: Lens, extras: Extras) -> list[Json]:
    wanted = {} if extras.cancelled else {"IsCancelled": False}
    rows = lens.all("registrations", PersonId=number(row), **wanted)
    return [registration(found, lens) for found in rows]


def account(row: Json, lens: Lens, extras: Extras = NOTHING_MORE) -> Json:
    """An account with the persons in it."""
    persons = sorted((r.data for r in lens.world.rows("persons").where(AccountId=number(row))), key=by_id)
    held = lens.all("membership_purchases", AccountId=number(row), IsCancelled=False)
    return {
        "Id": number(row),
        "Owners": [person(found, lens, extras) for found in persons if found.get("IsAccountOwner")],
        "Members": [person(found, lens, extras) for found in persons if not found.get("IsAccountOwner")],
        "Corporate": row.get("Corporate"),
        "AccountMemberships": [shown for found in held if (shown := _membership(found, lens)) is not None],
    }


def _membership(row: Json, lens: Lens) -> Json | None:
    plan = lens.find("memberships", row["MembershipId"])
    if plan is None:
        return None
    return {
        "MembershipId": number(plan),
        "Name": lens.say(plan["Name"]),
        "EffectiveDate": lens.moment(row["EffectiveDate"]),
        "ExpirationDate": lens.perhaps(row["ExpirationDate"]),
    }
