"""The session of the 4.x server: an id in a header, which lives as long as it is used."""

from __future__ import annotations

from emulator.kit import Anonymous, Call, Principal, World, fixed, known
from emulator.vendors.ameyo.api_credentials import CREDENTIALS


@fixed
class Session:
    """A session id in a header; each use moves its end, if it has one."""

    name: str
    header: str

    def presented(self, call: Call) -> str | None:
        text = call.headers.get(self.header.lower(), "").strip()
        return f"{self.name}:{text}" if text else None

    def identify(self, call: Call, world: World) -> Principal | Anonymous:
        ident = self.presented(call)
        who = known(ident, world)
        row = world.rows(CREDENTIALS).row(ident) if ident is not None else None
        if row is not None and row.expires is not None:
            world.rows(CREDENTIALS).touch(row.id, world.clock.now() + world.settings["session_idle_seconds"])
        return who
