"""A schedule put into words."""

from __future__ import annotations

from emulator.vendors.amilia.lens import Json, Lens


def summary(occurrences: list[Json], lens: Lens) -> list[str]:
    """One phrase for each time of day: `Tuesday 19:00-20:00`, `Monday, Wednesday 12:00-13:00`."""
    names = lens.world.table("weekdays")[lens.language]
    weekdays: dict[tuple[str, str], set[int]] = {}
    for row in occurrences:
        if row["State"] == "Normal":
            start, end = lens.wall(row["Start"]), lens.wall(row["End"])
            weekdays.setdefault((f"{start:%H:%M}", f"{end:%H:%M}"), set()).add(start.weekday())
    return [
        f"{', '.join(names[day] for day in sorted(days))} {start}-{end}"
        for (start, end), days in sorted(weekdays.items())
    ]
