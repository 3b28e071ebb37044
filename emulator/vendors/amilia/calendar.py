"""Events of an organization, for calendars."""

from __future__ import annotations

from emulator.kit import Anonymous, Ask, Kind, Outcome, Refusal, World
from emulator.vendors.amilia.days import days
from emulator.vendors.amilia.lens import Json, Lens, number, through
from emulator.vendors.amilia.pages import listed
from emulator.vendors.amilia.shapes import enrolment, offers

VISITOR = "visitor"


def find(ask: Ask, world: World) -> Outcome:
    """The occurrences of active programs on these days, by id; with participants for those who may see them."""
    lens = through(ask, world)
    with_people = ask.query["showParticipants"]
    if with_people:
        _may_see_people(ask, world)
    within = days(ask, lens)
    states = {"Normal", "Moved"}
    states |= {"Skipped"} if ask.query["showSkipped"] else set()
    states |= {"Cancelled"} if ask.query["showCanceled"] else set()
    held = {number(row): row for row in _active(ask, lens)}
    rows = [
        row
        for row in lens.all("occurrences")
        if row["ActivityId"] in held and row["State"] in states and within.hold(lens.wall(row["Start"]).date())
    ]
    return listed(rows, lambda row: _event(row, held[row["ActivityId"]], with_people, lens))


def _may_see_people(ask: Ask, world: World) -> None:
    """Raises Refusal for whoever is not authorised for the organization: participants are people."""
    who = ask.principal
    if isinstance(who, Anonymous) or VISITOR in who.roles:
        raise Refusal(Kind.UNAUTHENTICATED, detail="missing")
    if not who.roles & set(world.table("participants_access")):
        raise Refusal(Kind.FORBIDDEN, detail="role", facts={"roles": sorted(who.roles)})


def _active(ask: Ask, lens: Lens) -> list[Json]:
    """The activities of programs that are neither archived nor over; hidden and cancelled ones where they are asked for."""
    hidden = ask.query["showHidden"]
    programs = {
        number(row)
        for row in lens.all("programs")
        if not row["IsArchived"] and (row["IsVisible"] or hidden) and lens.wall(row["End"]).date() >= lens.today
    }
    statuses = {"Normal"} | ({"Hidden"} if hidden else set()) | ({"Cancelled"} if ask.query["showCanceled"] else set())
    wanted = ask.query.get("programId")
    return [
        row
        for row in lens.all("activities")
        if row["ProgramId"] in programs and row["Status"] in statuses and wanted in (None, row["ProgramId"])
    ]


def _event(row: Json, activity: Json, with_people: bool, lens: Lens) -> Json:
    return {
        **offers.occurrence(row, lens),
        "AllDay": row.get("AllDay", False),
        "Activity": offers.activity_summary(activity, lens),
        "Participants": enrolment.participants(row, lens) if with_people else None,
    }
