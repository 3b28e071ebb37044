"""The part of version 2 whose replies are known: one activity, and the activities of a tag."""

from __future__ import annotations

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.lens import Json, Lens, number, through
from emulator.vendors.amilia.shapes import offers

SLUG = "rewriteUrl"


def activity(ask: Ask, world: World) -> Outcome:
    """One activity in version 2's model."""
    lens = through(ask, world, SLUG)
    row = lens.own("activities", ask.path["id"], "Activity")
    shown = offers.activity(row, lens)
    same = (
        "Id",
        "Name",
        "Description",
        "ResponsibleName",
        "Prerequisite",
        "Note",
        "ThirdPartyUrl",
        "Url",
        "Price",
        "DropInPrice",
    )
    spots = ("Age", "MaxAttendance", "SpotsRemaining", "SpotsReserved")
    place = lens.find("locations", row.get("LocationId"))
    return Outcome(
        data={
            **{key: shown[key] for key in same},
            "ExtraInformation": shown["AdditionalInformation"],
            "IsTeam": False,
            "IsTeamRegistration": False,
            "Fee": 0.0,
            "Start": shown["StartDate"],
            "End": shown["EndDate"],
            "LegacyLocation": lens.say(place["Name"]) if place else None,
            "HashId": offers.hash_id(row),
            "Schedule": _schedule(row, place, lens),
            **{key: shown[key] for key in spots},
            "TaxCredit": 0.0,
            **_revenues(row, lens),
        }
    )


def tagged(ask: Ask, world: World) -> Outcome:
    """The activities that bear a tag, in the few fields of version 2's lists."""
    lens = through(ask, world, SLUG)
    tag = lens.own("tags", ask.path["id"], "Tag")
    rows = [row for row in lens.all("activities") if number(tag) in row.get("TagIds", ()) and row["Status"] == "Normal"]
    return Outcome(data=[_tagged(row, lens) for row in rows])


def _tagged(row: Json, lens: Lens) -> Json:
    shown = offers.activity(row, lens)
    place = lens.find("locations", row.get("LocationId"))
    same = (
        "ProgramName",
        "CategoryName",
        "SubCategoryName",
        "Name",
        "AgeSummary",
        "Description",
        "SpotsRemaining",
        "Price",
    )
    return {
        **{key: shown[key] for key in same},
        "ShortScheduleString": shown["ScheduleSummary"],
        "LegacyLocation": lens.say(place["Name"]) if place else None,
    }


def _schedule(row: Json, place: Json | None, lens: Lens) -> list[Json]:
    """One entry for each time of day at which the activity is held."""
    times: dict[tuple[str, str], list[Json]] = {}
    for found in offers.occurrences(row, lens):
        start, end = lens.wall(found["Start"]), lens.wall(found["End"])
        times.setdefault((f"{start:%H:%M:%S}", f"{end:%H:%M:%S}"), []).append(found)
    return [
        {
            "StartTime": start,
            "EndTime": end,
            "StartDate": lens.moment(held[0]["Start"]),
            "EndDate": lens.moment(held[0]["End"]),
            "RecurenceEndDate": lens.moment(held[-1]["End"]),
            "Occurences": len(held),
            "Staff": offers.staff(row.get("StaffIds"), lens),
            "Facilities": [_facility(place, lens)] if place else [],
        }
        for (start, end), held in sorted(times.items())
    ]


def _facility(place: Json, lens: Lens) -> Json:
    address = place["Address"]
    return {
        "Id": number(place),
        "Name": lens.say(place["Name"]),
        "Address": {
            "Telephone": place.get("Telephone"),
            "AddressLine1": address["Address1"],
            "AddressLine2": address["Address2"],
            **{key: address[key] for key in ("City", "ZipPostalCode", "StateProvince", "Country")},
        },
    }


def _revenues(row: Json, lens: Lens) -> Json:
    """What was taken for the activity: for the whole of it, for drop-ins, for merchandise bought with it."""
    taken = [found.data for found in lens.world.rows("registrations").where(ActivityId=number(row), IsCancelled=False)]
    drop_ins = [found for found in taken if found.get("OccurrenceId") is not None]
    goods = [found.data for found in lens.world.rows("merchandise_purchases").where(ActivityId=number(row))]
    sums = {
        "SessionRevenue": _sum([found for found in taken if found not in drop_ins], lens),
        "DropinRevenue": _sum(drop_ins, lens),
        "MerchandiseRevenue": _sum(goods, lens),
    }
    return {"RegistrationRevenue": round(sums["SessionRevenue"] + sums["DropinRevenue"], 2), **sums}


def _sum(sales: list[Json], lens: Lens) -> float:
    """What the books credit for these sales."""
    entries = lens.world.rows("journal_entries")
    amounts = [
        entry.data["Amount"]
        for sale in sales
        if sale.get("InvoiceItemId") is not None
        for entry in entries.where(InvoiceItemId=sale["InvoiceItemId"], PostingType="Credit")
    ]
    return round(float(sum(amounts)), 2)
