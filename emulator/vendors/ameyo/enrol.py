"""A sandbox's own credentials: the temporary token, a registered pair, a user of the same name, and its open session."""

from __future__ import annotations

from collections.abc import Mapping

from emulator.kit import World
from emulator.vendors.ameyo import api_credentials
from emulator.vendors.ameyo.open_sessions import opened


def enrol(world: World, credentials: Mapping[str, str]) -> None:
    """Writes the rows by which a sandbox's credentials are known. They do not expire."""
    username, center = credentials["username"], credentials["cc_id"]
    administrator = world.contract.roles["administrator"]["title"]
    context = world.contract.definitions["credential.registration"]["properties"]["context"]["const"]
    api_credentials.admit_bearer(world, credentials["bearer_token"], None)
    pair = {
        "username": username,
        "password": credentials["password"],
        "context": context,
        "contextId": center,
        "userRole": administrator,
    }
    api_credentials.store(world, pair, None)
    user = {
        "id": username,
        "ccUserId": 1,
        "contactCenterId": int(center),
        "userType": administrator,
        "userName": username,
    }
    secret = {"password": credentials["password"]}
    world.rows("users").put(world.table("new_rows")["user"] | world.table("credential_owner") | user | secret)
    world.rows(api_credentials.CREDENTIALS).add(opened(credentials["session_id"], user))
