"""What partners read of all organizations."""

from __future__ import annotations

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.area import within
from emulator.vendors.amilia.catalogue import bearing, everywhere, held_at, open_to, timetable
from emulator.vendors.amilia.days import days
from emulator.vendors.amilia.lens import Json, Lens, anywhere, by_id, number, whose
from emulator.vendors.amilia.pages import listed
from emulator.vendors.amilia.shapes import offers, places


def keywords(ask: Ask, world: World) -> Outcome:
    """The vendor's keywords; with a partner's name that partner's own."""
    partner = ask.query.get("partner")
    lens = Lens(world, ask.path["language"], {})
    rows = [
        row for row in everywhere("keywords", world) if (row.get("Partner") or "").lower() == (partner or "").lower()
    ]
    return Outcome(data=[_keyword(row, lens) for row in rows])


def _keyword(row: Json, lens: Lens) -> Json:
    shown = {"Id": number(row), "Name": lens.say(row["Name"])}
    return shown if row.get("PartnerId") is None else {**shown, "PartnerId": row["PartnerId"]}


def program_activities(ask: Ask, world: World) -> Outcome:
    """The activities of a program; its organization is the program's."""
    program, lens = anywhere("programs", ask.path["id"], "Program", world, ask.path["language"])
    rows = open_to(lens.all("activities", ProgramId=number(program)), ask)
    extras = {"show_occurrences": ask.query["showOccurrences"], "show_taxes": ask.query["showTaxes"]}
    return listed(rows, lambda row: offers.activity(row, lens, **extras))


def locations(ask: Ask, world: World) -> Outcome:
    """The locations of all organizations in an area."""
    rows = bearing(within(ask, everywhere("locations", world), world, needed=True), ask, world)
    return listed(rows, lambda row: places.location(row, whose(row, ask.path["language"], world)))


def location_activities(ask: Ask, world: World) -> Outcome:
    """What is held at a location, by id, name or date."""
    location, lens = anywhere("locations", ask.path["id"], "Location", world, ask.path["language"])
    orders = {
        "id": by_id,
        "name": lambda row: (str(lens.say(row["Name"])).casefold(), *by_id(row)),
        "date": lambda row: (offers.period(row, lens)[0], *by_id(row)),
    }
    rows = sorted(held_at(location, ask, lens), key=orders[ask.query["sortBy"]])
    return listed(rows, lambda row: offers.partner_activity(row, lens))


def activity(ask: Ask, world: World) -> Outcome:
    """One activity, without its tags."""
    row, lens = anywhere("activities", ask.path["id"], "Activity", world, ask.path["language"])
    return Outcome(data=offers.partner_activity(row, lens, show_taxes=ask.query["showTaxes"]))


def occurrences(ask: Ask, world: World) -> Outcome:
    """Its occurrences, on the days from `start` to `end`."""
    row, lens = anywhere("activities", ask.path["id"], "Activity", world, ask.path["language"])
    rows = timetable(row, ask.query["showEdited"], days(ask, lens, "start", "end"), lens)
    return listed(rows, lambda found: offers.occurrence(found, lens))
