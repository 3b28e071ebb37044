"""Activities of an organization, their occurrences, participants and waiting lists."""

from __future__ import annotations

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.catalogue import sold, timetable
from emulator.vendors.amilia.days import days
from emulator.vendors.amilia.lens import Json, number, through
from emulator.vendors.amilia.pages import listed
from emulator.vendors.amilia.participants import registered
from emulator.vendors.amilia.shapes import enrolment, offers, people


def find(ask: Ask, world: World) -> Outcome:
    """What is on sale; what is over where that is asked for."""
    lens = through(ask, world)
    within, past = days(ask, lens), ask.query["showPastActivities"]

    def wanted(row: Json) -> bool:
        first, last = (lens.wall(text).date() for text in offers.period(row, lens))
        return (past or last >= lens.today) and within.meet(first, last)

    rows = [row for row in lens.all("activities") if sold(row, lens) and wanted(row)]
    return listed(rows, lambda row: offers.activity(row, lens))


def read(ask: Ask, world: World) -> Outcome:
    """One activity, hidden or not."""
    lens = through(ask, world)
    row = lens.own("activities", ask.path["id"], "Activity")
    return Outcome(data=offers.activity(row, lens, show_taxes=ask.query["showTaxes"]))


def occurrences(ask: Ask, world: World) -> Outcome:
    """Its occurrences."""
    lens = through(ask, world)
    row = lens.own("activities", ask.path["id"], "Activity")
    rows = timetable(row, ask.query["showEdited"], days(ask, lens), lens)
    return listed(rows, lambda found: offers.occurrence(found, lens))


def persons(ask: Ask, world: World) -> Outcome:
    """Who is registered for it."""
    lens = through(ask, world)
    row = lens.own("activities", ask.path["id"], "Activity")
    extras = people.Extras.of(ask.query)
    return listed(registered([row], ask.query["status"], lens), lambda found: people.person(found, lens, extras))


def waitlist(ask: Ask, world: World) -> Outcome:
    """The activity with who waits for it; the paging parameters cut that list."""
    lens = through(ask, world)
    shown = enrolment.wait_list(lens.own("activities", ask.path["id"], "Activity"), lens)
    start = (ask.query["page"] - 1) * ask.query["perPage"]
    return Outcome(data={**shown, "WaitList": shown["WaitList"][start : start + ask.query["perPage"]]})


def waitlists(ask: Ask, world: World) -> Outcome:
    """Every activity for which somebody waits."""
    lens = through(ask, world)
    waiting = {row["ActivityId"] for row in lens.all("waiting")}
    rows = [row for row in lens.all("activities") if number(row) in waiting]
    return listed(rows, lambda row: enrolment.wait_list(row, lens))
