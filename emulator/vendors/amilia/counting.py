"""Calls a second for one client address, which behind a proxy stands in a header."""

from __future__ import annotations

from dataclasses import replace

from emulator.kit import Anonymous, Call, Charge, Principal, Window, World, fixed


@fixed
class ClientWindow(Window):
    """A window counted by address; `forwarded` names the header whose first entry is the client, where the setting says so."""

    forwarded: str = ""

    def charge(self, who: Principal | Anonymous, call: Call, world: World) -> Charge:
        """Counts a call for the client that it came from."""
        if world.settings["client_address"] == "forwarded":
            client = call.headers.get(self.forwarded.lower(), "").partition(",")[0].strip()
            if client:
                call = replace(call, address=client)
        return super().charge(who, call, world)
