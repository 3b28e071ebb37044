"""Which websites may call from a browser, and what a browser is told about it."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.kit import Call, World


def cors(call: Call, world: World) -> Mapping[str, str]:
    """The headers for a listed origin; for any other only that the answer depends on it, which makes a browser refuse."""
    origin = call.headers.get("origin", "")
    listed = {site.rstrip("/").lower() for site in world.settings["authorized_websites"]}
    if origin.lower() not in listed:
        return {"Vary": "Origin"}
    headers = {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
    if call.method == "OPTIONS":
        allowed = world.table("browsers")
        headers["Access-Control-Allow-Methods"] = ", ".join(allowed["methods"])
        headers["Access-Control-Allow-Headers"] = ", ".join(allowed["headers"])
    return headers
