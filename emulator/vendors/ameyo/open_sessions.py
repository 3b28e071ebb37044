"""The sessions of the 4.x server as they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import World
from emulator.vendors.ameyo.api_credentials import CREDENTIALS, role


def opened(session: str, user: Mapping[str, Any]) -> dict[str, Any]:
    """The credential that a session is."""
    return {
        "id": f"session:{session}",
        "principal": user["id"],
        "roles": [role(user["userType"])],
        "contact_center": str(user["contactCenterId"]),
    }


def close_all(world: World, user: str) -> None:
    """Ends every session of a user."""
    for row in list(world.rows(CREDENTIALS).where(principal=user)):
        if row.id.startswith("session:"):
            world.rows(CREDENTIALS).drop(row.id)


def of_user(world: World, user: str) -> list[str]:
    """The credentials of the sessions that a user opened by logging in, the oldest first."""
    return [row.id for row in world.rows(CREDENTIALS).where(session_of=user)]
