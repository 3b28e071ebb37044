"""Numbers and names for new rows."""

from __future__ import annotations

from emulator.kit import World


def fresh(world: World, collection: str) -> int:
    """The next number that no row of a collection has."""
    rows = world.rows(collection)
    number = world.ids.next(collection)
    while rows.row(str(number)) is not None:
        number = world.ids.next(collection)
    return number


def app_server_id(world: World, shape: str, user: str = "") -> str:
    """An id as the 4.x server makes them: `d741-6904fad1-vcall-11`."""
    form = str(world.table("app_server")[shape])
    return form.format(
        time=f"{int(world.clock.now()):x}",
        user=user,
        random=world.ids.token(8),
        number=world.ids.next("app_server", 1000),
    )
