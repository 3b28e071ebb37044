"""Which activities, occurrences and keywords a call is shown."""

from __future__ import annotations

from collections.abc import Iterable

from emulator.kit import Ask, World
from emulator.vendors.amilia.days import Days
from emulator.vendors.amilia.lens import Json, Lens, by_id, number
from emulator.vendors.amilia.shapes import offers, places

NOT_HELD = ("Skipped", "Cancelled", "Replaced")


def open_to(rows: Iterable[Json], ask: Ask) -> list[Json]:
    """Activities, hidden and cancelled ones where they are asked for."""
    shown = {"Normal"}
    shown |= {"Hidden"} if ask.query.get("showHidden") else set()
    shown |= {"Cancelled"} if ask.query.get("showCancelled") else set()
    return [row for row in rows if row["Status"] in shown]


def timetable(activity: Json, edited: bool, within: Days, lens: Lens) -> list[Json]:
    """The occurrences of an activity on these days; those that were skipped, cancelled or replaced where edits are asked for."""
    return [
        row
        for row in offers.occurrences(activity, lens)
        if (edited or row["State"] not in NOT_HELD)
        and row["State"] != "Archived"
        and within.hold(lens.wall(row["Start"]).date())
    ]


def bearing(rows: Iterable[Json], ask: Ask, world: World) -> list[Json]:
    """Locations or activities that bear the keyword of the call, or one below it where that is asked for; all without one."""
    keyword = ask.query.get("keywordId")
    if keyword is None:
        return list(rows)
    wanted = {keyword, *(_below(keyword, world) if ask.query["showChildrenKeywords"] else ())}
    return [row for row in rows if wanted & set(row.get("KeywordIds", ()))]


def _below(keyword: int, world: World) -> set[int]:
    found: set[int] = set()
    level = {keyword}
    while level:
        rows = (row.data for above in level for row in world.rows("keywords").where(ParentId=above))
        level = {number(row) for row in rows} - found
        found |= level
    return found


def sold(activity: Json, lens: Lens) -> bool:
    """Whether an activity is on sale to the public: neither it nor its program hidden or gone."""
    program = lens.find("programs", activity["ProgramId"])
    return activity["Status"] == "Normal" and bool(program and program["IsVisible"] and not program["IsArchived"])


def everywhere(collection: str, world: World) -> list[Json]:
    """The rows of all organizations, by id."""
    return sorted((row.data for row in world.rows(collection).all()), key=by_id)


def held_at(location: Json, ask: Ask, lens: Lens) -> list[Json]:
    """The activities at a location, and at those below it where that is asked for."""
    there = {number(location)}
    if ask.query["showChildrenActivities"]:
        there |= set(places.descendants(number(location), lens))
    rows = [row for row in lens.all("activities") if row.get("LocationId") in there]
    return bearing(open_to(rows, ask), ask, lens.world)
