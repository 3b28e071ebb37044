"""Numbers for new rows."""

from __future__ import annotations

from emulator.kit import World
from emulator.vendors.amilia.lens import number


def unused(collection: str, world: World) -> int:
    """A number that no row of the collection has or had: the one after the highest, and never the same twice."""
    rows = world.rows(collection)
    highest = max((number(row.data) for row in rows.all()), default=int(world.figure("numbers_begin")))
    found = world.ids.next(f"amilia.{collection}", highest + 1)
    while found <= highest:
        found = world.ids.next(f"amilia.{collection}")
    return found
