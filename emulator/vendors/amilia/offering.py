"""The organization changes what it offers: programs, activities, occurrences."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.booking import wall_clock
from emulator.vendors.amilia.enrolling import cancel
from emulator.vendors.amilia.hooks import announce
from emulator.vendors.amilia.households import home
from emulator.vendors.amilia.lens import Json, Lens, anywhere, number
from emulator.vendors.amilia.numbers import unused
from emulator.vendors.amilia.refusing import impossible
from emulator.vendors.amilia.shapes import offers


def program_saved(ask: Ask, world: World) -> Outcome:
    """A program, new or changed."""
    ident = ask.body.get("program_id")
    if ident is None:
        lens = home(world)
        midnight = datetime.combine(lens.today, datetime.min.time())
        row = _new_program(midnight, lens)
    else:
        row, lens = anywhere("programs", ident, "Program", world)
    row["Name"] = ask.body["name"]
    row |= {
        key: wall_clock(ask.body[name]).isoformat()
        for name, key in (("start", "Start"), ("end", "End"))
        if name in ask.body
    }
    row["IsVisible"] = ask.body.get("visible", row["IsVisible"])
    if row["End"] < row["Start"]:
        raise impossible("it ends before it begins")
    world.rows("programs").put(row)
    shown = offers.program(row, lens)
    told = {key: shown[key] for key in ("Id", "Name", "Url")}
    told |= {"Online": shown["IsVisible"], "StartDate": shown["Start"], "ExpirationDate": shown["End"]}
    announce("Program", "Create" if ident is None else "Update", told, lens)
    return Outcome(data={"program_id": number(row)})


def program_archived(ask: Ask, world: World) -> Outcome:
    """A program is archived, which webhooks call deleted."""
    row, lens = anywhere("programs", ask.body["program_id"], "Program", world)
    if row["IsArchived"]:
        raise impossible("the program is archived already")
    world.rows("programs").put({**row, "IsArchived": True})
    announce("Program", "Delete", {"Id": number(row)}, lens)
    return Outcome(data={"program_id": number(row)})


def activity_saved(ask: Ask, world: World) -> Outcome:
    """An activity, new or changed; given occurrences replace those that have not begun."""
    program, lens = anywhere("programs", ask.body["program_id"], "Program", world)
    ident = ask.body.get("activity_id")
    row = _new_activity(lens) if ident is None else lens.own("activities", ident, "Activity")
    location = ask.body.get("location_id", row["LocationId"])
    if location is not None:
        lens.own("locations", location, "Location")
    row |= {"Name": ask.body["name"], "ProgramId": number(program), "LocationId": location}
    same = {"price": "Price", "max_attendance": "MaxAttendance", "status": "Status"}
    row |= {key: ask.body[name] for name, key in same.items() if name in ask.body}
    world.rows("activities").put(row)
    rescheduled = "occurrences" in ask.body and ident is not None
    made = [_occurrence(row, given, lens) for given in _replaced(row, ask, lens)]
    announce("Activity", "Create" if ident is None else "Update", offers.webhook_activity(row, lens, rescheduled), lens)
    return Outcome(data={"activity_id": number(row), "occurrence_ids": made})


def activity_removed(ask: Ask, world: World) -> Outcome:
    """An activity goes, with its occurrences; who was registered is cancelled first."""
    row, lens = anywhere("activities", ask.body["activity_id"], "Activity", world)
    for registration in lens.all("registrations", ActivityId=number(row), IsCancelled=False):
        cancel(registration, lens)
    announce("Activity", "Delete", {"Id": row["id"]}, lens)
    for collection in ("occurrences", "waiting"):
        for found in lens.all(collection, ActivityId=number(row)):
            world.rows(collection).drop(found["id"])
    world.rows("activities").put({**row, "Status": "Cancelled"})
    return Outcome(data={"activity_id": number(row)})


def occurrence_moved(ask: Ask, world: World) -> Outcome:
    """One occurrence takes place at another time, not at all, or as planned."""
    row, lens = anywhere("occurrences", ask.body["occurrence_id"], "Occurrence", world)
    activity = lens.find("activities", row["ActivityId"])
    row["State"] = ask.body["state"]
    row |= {
        key: wall_clock(ask.body[name]).isoformat()
        for name, key in (("start", "Start"), ("end", "End"))
        if name in ask.body
    }
    if row["End"] <= row["Start"]:
        raise impossible("it ends before it begins")
    world.rows("occurrences").put(row)
    if activity is not None:
        announce("Activity", "Update", offers.webhook_activity(activity, lens, rescheduled=True), lens)
    return Outcome(data={"occurrence_id": number(row)})


def _replaced(row: Json, ask: Ask, lens: Lens) -> list[Json]:
    """The occurrences given, once those that they replace are gone."""
    given: list[Json] = ask.body.get("occurrences", [])
    if given:
        for found in offers.occurrences(row, lens):
            if lens.wall(found["Start"]) >= lens.now:
                lens.world.rows("occurrences").drop(found["id"])
    return given


def _occurrence(activity: Json, given: Json, lens: Lens) -> int:
    start, end = wall_clock(given["start"]), wall_clock(given["end"])
    if end <= start:
        raise impossible("an occurrence ends before it begins")
    row = {
        "id": str(unused("occurrences", lens.world)),
        "OrganizationId": lens.id,
        "ActivityId": number(activity),
        "Start": start.isoformat(),
        "End": end.isoformat(),
        "State": "Normal",
        "LocationId": activity["LocationId"],
        "StaffIds": activity.get("StaffIds", []),
        "DropInMaxAttendance": 0,
    }
    lens.world.rows("occurrences").add(row)
    return number(row)


def _new_program(midnight: datetime, lens: Lens) -> Json:
    """A visible program that begins today and lasts a season, unless it is said otherwise."""
    return {
        "id": str(unused("programs", lens.world)),
        "OrganizationId": lens.id,
        "Start": midnight.isoformat(),
        "End": (midnight + timedelta(seconds=lens.world.figure("season"))).isoformat(),
        "PictureUrl": None,
        "IsArchived": False,
        "IsVisible": True,
        "IsPasswordProtected": False,
    }


def _new_activity(lens: Lens) -> Json:
    plain: dict[str, Any] = dict.fromkeys(
        ("Description", "Age", "Category", "SubCategory", "LocationId", "MaxAttendance")
    )
    return {
        "id": str(unused("activities", lens.world)),
        "OrganizationId": lens.id,
        **plain,
        "Price": 0.0,
        "DropInPrice": 0.0,
        "HasSessionEnabled": True,
        "HasDropInEnabled": False,
        "HasWaitListEnabled": True,
        "Status": "Normal",
        "StaffIds": [],
    }
