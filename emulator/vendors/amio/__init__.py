"""Amio: one API over chat, mail and phone platforms; channels, their contacts, and the messages between them."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.kit import Vendor, World
from emulator.vendors.amio.envelope import AmioEnvelope

ORGANISATION = "organisation"


def enrol(world: World, credentials: Mapping[str, str]) -> None:
    """The organisation's one access token."""
    world.rows("credentials").add({"id": f"token:{credentials['token']}", "principal": ORGANISATION, "roles": []})


VENDOR = Vendor(envelope=AmioEnvelope(), enrol=enrol)
