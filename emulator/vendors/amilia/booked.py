"""What is booked: locations and private lessons, as calls ask about them."""

from __future__ import annotations

from emulator.kit import Ask
from emulator.vendors.amilia.days import days
from emulator.vendors.amilia.lens import Json, Lens, by_id
from emulator.vendors.amilia.shapes import places


def booked(ask: Ask, lens: Lens) -> list[Json]:
    """What begins on the days of the call, by id; cancelled ones where they are asked for."""
    within = days(ask, lens)
    rows = [*lens.all("bookings")]
    rows += [booking for row in lens.all("occurrences") if (booking := places.from_occurrence(row, lens)) is not None]
    return sorted(
        (
            row
            for row in rows
            if (not row["IsCancelled"] or ask.query["showCancelled"]) and within.hold(lens.wall(row["Start"]).date())
        ),
        key=by_id,
    )


def lessons_of(persons: set[int], ask: Ask, lens: Lens) -> list[Json]:
    """The private lessons that these persons booked, over or not as the call asks."""
    return [
        row
        for row in lens.all("bookings")
        if row.get("PrivateLessonId") is not None
        and row["PersonId"] in persons
        and not row["IsCancelled"]
        and (ask.query["showEnded"] or lens.wall(row["End"]) >= lens.now)
    ]
