"""Who is registered for what."""

from __future__ import annotations

from collections.abc import Iterable

from emulator.vendors.amilia.lens import Json, Lens, by_id, number


def registered(activities: Iterable[Json], status: str, lens: Lens) -> list[Json]:
    """The persons with a registration of that status for any of the activities, each once, by id."""
    found: dict[str, Json] = {}
    for activity in activities:
        for row in lens.world.rows("registrations").where(ActivityId=number(activity)):
            taken = row.data
            if status == "All" or taken["IsCancelled"] == (status == "Cancelled"):
                person = lens.find("persons", taken["PersonId"])
                if person is not None:
                    found[person["id"]] = person
    return sorted(found.values(), key=by_id)


def running(registrations: Iterable[Json], ended: bool, lens: Lens) -> list[Json]:
    """Registrations whose program runs or is to come; those of programs that have ended where they are asked for."""
    return [row for row in registrations if ended or not _over(row, lens)]


def _over(registration: Json, lens: Lens) -> bool:
    activity = lens.find("activities", registration["ActivityId"])
    program = activity and lens.find("programs", activity["ProgramId"])
    return program is not None and lens.wall(program["End"]).date() < lens.today
