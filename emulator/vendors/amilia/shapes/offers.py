"""Programs, activities and their occurrences as they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.vendors.amilia.lens import Json, Lens, by_id, number
from emulator.vendors.amilia.shapes.schedule import summary as put_into_words

HELD = ("Normal", "Moved")
NOT_IN_WEBHOOKS = ("Keywords", "Forms", "Url", "SecretUrl", "LocationLabel", "DisplayOrder", "Occurrences", "Taxes")


def address(kind: str, lens: Lens, **gaps: Any) -> str:
    """An address in the organization's store."""
    template: str = lens.world.table("addresses")[kind]
    return template.format(language=lens.language, slug=lens.organization["Slug"], **gaps)


def program(row: Json, lens: Lens) -> Json:
    """A program."""
    return {
        "Id": number(row),
        "Name": lens.say(row["Name"]),
        "Start": lens.moment(row["Start"]),
        "End": lens.moment(row["End"]),
        "Url": address("program", lens, id=row["id"]),
        "PictureUrl": row.get("PictureUrl"),
        "IsArchived": row["IsArchived"],
        "IsVisible": row["IsVisible"],
        "IsPasswordProtected": row["IsPasswordProtected"],
    }


def place(row: Json, lens: Lens) -> Json:
    """Where an activity stands: program, category, subcategory. What it has not is 0, without a name."""
    kept = lens.find("programs", row["ProgramId"])
    shown = {"ProgramId": row["ProgramId"], "ProgramName": None if kept is None else lens.say(kept["Name"])}
    for level in ("Category", "SubCategory"):
        found = row.get(level)
        shown[f"{level}Id"] = lens.world.figure("none") if found is None else found["Id"]
        shown[f"{level}Name"] = None if found is None else lens.say(found["Name"])
    return shown


def activity_summary(row: Json, lens: Lens) -> Json:
    """An activity in short."""
    return {
        "Id": number(row),
        "Name": lens.say(row["Name"]),
        **place(row, lens),
        "Url": address("activity", lens, id=row["id"]),
        "Status": row["Status"],
    }


def occurrences(row: Mapping[str, Any], lens: Lens) -> list[Json]:
    """An activity's occurrences, by id."""
    rows = lens.world.rows("occurrences").where(ActivityId=number(row))
    return sorted((found.data for found in rows), key=by_id)


def period(row: Mapping[str, Any], lens: Lens) -> tuple[str, str]:
    """When an activity begins and ends: with its occurrences, or else with its program."""
    held = occurrences(row, lens)
    if held:
        return min(found["Start"] for found in held), max(found["End"] for found in held)
    kept = lens.find("programs", row["ProgramId"])
    return (kept["Start"], kept["End"]) if kept else (lens.stamp(), lens.stamp())


def taken(row: Json, lens: Lens) -> int:
    """How many are registered for the whole of an activity."""
    rows = lens.world.rows("registrations")
    return len(rows.where(ActivityId=number(row), OccurrenceId=None, IsCancelled=False))


def left(row: Json, lens: Lens) -> int:
    """How many more may register."""
    most = row.get("MaxAttendance")
    return int(lens.world.figure("no_limit")) if most is None else max(0, most - taken(row, lens))


def taxes(row: Json, lens: Lens) -> Json:
    """What is added to a price."""
    found = [tax for ident in row.get("TaxIds", ()) if (tax := lens.find("taxes", ident)) is not None]
    lines = [
        {"Name": lens.say(t["Name"]), "Rate": t["Rate"], "Amount": round(row["Price"] * t["Rate"], 2)} for t in found
    ]
    return {"Total": round(sum(line["Amount"] for line in lines), 2), "Taxes": lines}


def activity(row: Json, lens: Lens, show_occurrences: bool = False, show_taxes: bool = False) -> Json:
    """An activity, the organization's edition."""
    most = row.get("MaxAttendance")
    held = occurrences(row, lens)
    return {
        "Tags": lens.names("tags", row.get("TagIds", ())),
        **{key: lens.say(row.get(key)) for key in ("Description", "Prerequisite", "Note", "ThirdPartyUrl")},
        "AdditionalInformation": lens.say(row.get("AdditionalInformation")),
        "ResponsibleName": row.get("ResponsibleName"),
        "Price": row["Price"],
        "DropInPrice": row["DropInPrice"],
        "DisplayOrder": row.get("DisplayOrder", 0),
        "Age": row.get("Age"),
        "MaxAttendance": lens.world.figure("no_limit") if most is None else most,
        "SpotsRemaining": left(row, lens),
        "SpotsReserved": taken(row, lens),
        "NumberOfOccurrences": sum(found["State"] in HELD for found in held),
        **_dates(row, lens),
        "ScheduleSummary": "; ".join(put_into_words(held, lens)),
        **{key: row[key] for key in ("HasSessionEnabled", "HasDropInEnabled", "HasWaitListEnabled")},
        "AgeSummary": _ages(row.get("Age")),
        "Keywords": lens.names("keywords", row.get("KeywordIds", ())),
        "Groups": _of(row, "groups", lens),
        "OrganizationId": row["OrganizationId"],
        "RegistrationPeriods": [],
        "LocationLabel": None,
        "Forms": [{**form, "Type": _type(form["Id"], lens)} for form in _of(row, "forms", lens)],
        "SecretUrl": address("secret", lens, hash=hash_id(row)),
        "PictureUrl": row.get("PictureUrl"),
        "Schedules": [{"Locations": lens.names("locations", [row["LocationId"]])}] if row.get("LocationId") else [],
        "Occurrences": [occurrence(found, lens) for found in held] if show_occurrences else None,
        "Taxes": taxes(row, lens) if show_taxes else None,
        **activity_summary(row, lens),
    }


def partner_activity(row: Json, lens: Lens, show_taxes: bool = False) -> Json:
    """An activity, the partners' edition: without its tags."""
    shown = activity(row, lens, show_taxes=show_taxes)
    del shown["Tags"]
    return shown


def webhook_activity(row: Json, lens: Lens, rescheduled: bool) -> Json:
    """An activity as webhooks carry it."""
    shown = {key: value for key, value in activity(row, lens).items() if key not in NOT_IN_WEBHOOKS}
    shown["ScheduleSummary"] = put_into_words(occurrences(row, lens), lens)
    return {**shown, "HasScheduleChanged": rescheduled, "BillingLabel": None}


def staff_summary(row: Json) -> Json:
    """A staff member in short."""
    return {"Id": number(row), **{key: row[key] for key in ("FirstName", "LastName", "State")}}


def staff(idents: Any, lens: Lens) -> list[Json]:
    """The staff members of these ids."""
    return [staff_summary(found) for ident in idents or () if (found := lens.find("staff", ident)) is not None]


def occurrence(row: Json, lens: Lens) -> Json:
    """An occurrence, with how many dropped in."""
    held = lens.find("activities", row["ActivityId"])
    dropped = len(lens.world.rows("registrations").where(OccurrenceId=number(row), IsCancelled=False))
    most = row.get("DropInMaxAttendance", 0)
    return {
        "HasDropInEnabled": bool(held and held["HasDropInEnabled"]),
        "DropInMaxAttendance": most,
        "DropInSpotsReserved": dropped,
        "DropInSpotsRemaining": max(0, most - dropped),
        "ActivityId": row["ActivityId"],
        "Start": lens.moment(row["Start"]),
        "End": lens.moment(row["End"]),
        "State": row["State"],
        "Id": number(row),
        "Location": lens.name("locations", row.get("LocationId")),
        "Staff": staff(row.get("StaffIds"), lens),
    }


def hash_id(row: Json) -> str:
    """The id that the store's secret addresses bear instead of the number."""
    import hashlib  # brings OpenSSL with it

    return hashlib.sha256(row["id"].encode()).hexdigest()[:12]


def _dates(row: Json, lens: Lens) -> Json:
    """First and last date; where the setting says so with the server's offset, whatever the organization's zone is."""
    first, last = period(row, lens)
    if not lens.world.settings["dates_in_server_offset"]:
        return {"StartDate": lens.moment(first), "EndDate": lens.moment(last)}
    offset = lens.world.table("server_offset")["offset"]
    return {"StartDate": lens.wall(first).isoformat() + offset, "EndDate": lens.wall(last).isoformat() + offset}


def _ages(age: Json | None) -> str:
    return "" if age is None else f"{age['Min']}-{age['Max']}"


def _of(row: Json, collection: str, lens: Lens) -> list[Json]:
    found = sorted((r.data for r in lens.world.rows(collection).where(ActivityId=number(row))), key=by_id)
    return [{"Id": number(r), "Name": lens.say(r["Name"])} for r in found]


def _type(form: int, lens: Lens) -> str:
    found = lens.find("forms", form)
    return str(found["Type"]) if found else ""
