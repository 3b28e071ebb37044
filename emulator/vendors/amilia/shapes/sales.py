"""Memberships, multipasses, merchandise, donations, private lessons and the books as they are shown."""

from __future__ import annotations

from emulator.vendors.amilia.lens import Json, Lens, number
from emulator.vendors.amilia.shapes.enrolment import NOBODY
from emulator.vendors.amilia.shapes.offers import taxes
from emulator.vendors.amilia.shapes.people import summary


def membership(row: Json, lens: Lens) -> Json:
    """A type of membership."""
    code = lens.find("ledger_codes", row.get("LedgerCodeId"))
    several = row["MembershipType"] == "MultiPerson"
    return {
        "Id": number(row),
        "OrganizationId": row["OrganizationId"],
        "Name": lens.say(row["Name"]),
        "Description": lens.say(row.get("Description")),
        "Price": row["Price"],
        "Position": row.get("Position", 0),
        "IsArchived": row["IsArchived"],
        "IsVisible": row["IsVisible"],
        "DateCreated": lens.moment(row["DateCreated"]),
        "MembershipType": row["MembershipType"],
        "LedgerCode": {"Id": number(code) if code else 0, "Name": code["Title"] if code else ""},
        "Tags": lens.names("tags", row.get("TagIds", ())),
        "MultiPersonMembership": {"MaxPersons": row["MaxPersons"]} if several else None,
    }


def dates(row: Json, lens: Lens) -> Json:
    """When a membership or a pass was bought, and from when to when it holds."""
    return {
        "PurchasedDate": lens.moment(row["PurchasedDate"]),
        "EffectiveDate": lens.moment(row["EffectiveDate"]),
        "ExpirationDate": lens.perhaps(row["ExpirationDate"]),
    }


def tokens(row: Json, lens: Lens) -> Json:
    """What is left on a pass."""
    card = lens.find("multipasses", row["MultipassId"])
    unlimited = bool(card and card["HasUnlimitedPasses"])
    return {**dates(row, lens), "TokensLeft": row["TokensLeft"], "HasUnlimitedTokens": unlimited}


def multipass(row: Json, lens: Lens) -> Json:
    """A card of passes, with how many were sold."""
    sold = lens.world.rows("multipass_purchases").where(MultipassId=number(row))
    plain = (
        "ActivityIds",
        "PrivateLessonIds",
        "Price",
        "Passes",
        "HasUnlimitedPasses",
        "IsFamilyPass",
        "Status",
        "IsArchived",
    )
    return {
        "Id": number(row),
        "Name": lens.say(row["Name"]),
        "Description": lens.say(row.get("Description")),
        **{key: row[key] for key in plain},
        "EffectiveDate": lens.perhaps(row.get("EffectiveDate")),
        "ExpirationDate": lens.perhaps(row.get("ExpirationDate")),
        **{key: row.get(key) for key in ("StartTrigger", "EndTrigger", "ValidityPeriod")},
        "MembershipRequired": lens.name("memberships", row.get("MembershipRequiredId")),
        "NumberSold": len(sold),
    }


def merchandise(row: Json, lens: Lens) -> Json:
    """A thing for sale."""
    return {
        "Id": number(row),
        "Image": row["Image"],
        "Name": lens.say(row["Name"]),
        "Description": lens.say(row["Description"]),
        "Availability": "Available" if row["Quantity"] > 0 else "SoldOut",
        "Price": row["Price"],
        "Quantity": row["Quantity"],
        "Visibility": row["Visibility"],
        "Taxes": taxes(row, lens),
    }


def donation(row: Json, lens: Lens) -> Json:
    """A donation made."""
    campaign = lens.name("donations", row["DonationId"])
    return {
        "InvoiceItemId": row["InvoiceItemId"],
        "PurchasedDateUtc": lens.moment(row["PurchasedDate"]),
        "Donation": campaign or {"Id": row["DonationId"], "Name": ""},
        "Person": summary(lens.find("persons", row["PersonId"]) or NOBODY),
    }


def private_lesson(row: Json, lens: Lens) -> Json:
    """An offer of private lessons."""
    return {
        "Id": number(row),
        "Name": lens.say(row["Name"]),
        "Description": lens.say(row["Description"]),
        "Price": row["Price"],
        "State": row["State"],
        "Duration": row["Duration"],
    }


def lesson_booked(row: Json, lens: Lens) -> Json:
    """A private lesson booked."""
    return {
        "Person": {"Id": row["PersonId"]},
        "Staff": {"Id": row["StaffId"]},
        "Occurrence": {"StartTime": lens.moment(row["Start"]), "EndTime": lens.moment(row["End"])},
        "DateCreated": lens.moment(row["DateCreated"]),
    }


def ledger_code(row: Json, lens: Lens) -> Json:
    """A ledger code."""
    plain = ("Description", "LedgerType", "IsArchived", "IsSystemGenerated", "Code")
    return {**{key: row[key] for key in plain}, "Id": number(row), "Title": row["Title"]}


def journal_entry(row: Json, lens: Lens) -> Json:
    """One posting."""
    code = lens.find("ledger_codes", row["LedgerCodeId"])
    return {
        "Id": number(row),
        "EffectiveDate": lens.moment(row["EffectiveDate"]),
        "LedgerEntry": {
            "Id": row["LedgerCodeId"],
            "Code": code["Code"] if code else "",
            "Title": code["Title"] if code else "",
        },
        "Amount": row["Amount"],
        "PostingType": row["PostingType"],
        **{name: _reference(row.get(f"{name}Id")) for name in ("InvoiceItem", "Invoice", "Payment", "Account")},
        "IsCorrection": row["IsCorrection"],
        "GroupType": row["GroupType"],
        "Details": [],
    }


def _reference(ident: int | None) -> Json | None:
    return None if ident is None else {"Id": ident}
