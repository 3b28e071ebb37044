"""Staff members and when they are available."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.days import days
from emulator.vendors.amilia.lens import Json, Lens, number, through
from emulator.vendors.amilia.pages import listed
from emulator.vendors.amilia.shapes.offers import staff_summary


def find(ask: Ask, world: World) -> Outcome:
    """The staff members."""
    return listed(through(ask, world).all("staff"), staff_summary)


def availabilities(ask: Ask, world: World) -> Outcome:
    """When each is available."""
    lens = through(ask, world)
    return _available(lens.all("availabilities"), ask, lens)


def member_availabilities(ask: Ask, world: World) -> Outcome:
    """When one is available."""
    lens = through(ask, world)
    member = lens.own("staff", ask.path["id"], "Staff member")
    return _available(lens.all("availabilities", StaffId=number(member)), ask, lens)


def _available(rows: Sequence[Json], ask: Ask, lens: Lens) -> Outcome:
    """Those that hold on any of the days asked about."""
    within = days(ask, lens)
    wanted = [row for row in rows if within.meet(date.fromisoformat(row["From"]), date.fromisoformat(row["To"]))]
    known = [row for row in wanted if lens.find("staff", row["StaffId"]) is not None]
    return listed(known, lambda row: _shown(row, lens))


def _shown(row: Json, lens: Lens) -> Json:
    member = lens.find("staff", row["StaffId"])
    assert member is not None  # rows without one are left out above
    return {"Staff": staff_summary(member), "Availability": {"Id": number(row), "AvailableDays": row["Days"]}}
