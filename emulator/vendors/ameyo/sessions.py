"""Logging in to the 4.x server and out of it."""

from __future__ import annotations

from typing import Any

from emulator.kit import Ask, Kind, Outcome, Principal, Refusal, World
from emulator.vendors.ameyo import scope
from emulator.vendors.ameyo.api_credentials import CREDENTIALS
from emulator.vendors.ameyo.numbering import app_server_id
from emulator.vendors.ameyo.open_sessions import of_user, opened


def login(ask: Ask, world: World) -> Outcome:
    """Opens a session. A user who has as many as allowed needs force, where the policy lets it help; the oldest end then."""
    body = ask.body
    user = world.rows("users").get(body["userId"])
    if user is None:
        raise scope.missing("user", body["userId"])
    if user["password"] != body["token"]:
        raise Refusal(Kind.UNAUTHENTICATED, detail="wrong", facts={"principal": user["id"]})
    _make_room(user, body.get("forceLogin", _default("forceLogin", world)), world)
    session = app_server_id(world, "session", user["id"])
    now = world.clock.now()
    row = opened(session, user) | {"session_of": user["id"]}
    world.rows(CREDENTIALS).add(row, expires=now + world.settings["session_idle_seconds"])
    world.rows("users").put(user | {"last_login": world.clock.stamp()})
    return Outcome(data=_shown(user, session, int(now * 1000), ask))


def logout(ask: Ask, world: World) -> Outcome:
    """Ends the session that the call bears."""
    if isinstance(ask.principal, Principal):
        world.rows(CREDENTIALS).drop(ask.principal.data["id"])
    return Outcome(data=world.table("done")["removed"].encode())


def _default(member: str, world: World) -> Any:
    """What a login says that does not say it."""
    return world.contract.definitions["app_server.login"]["properties"][member]["default"]


def _make_room(user: dict[str, Any], force: bool, world: World) -> None:
    open_sessions = of_user(world, user["id"])
    surplus = len(open_sessions) - user["maxAllowedLogins"] + 1
    if surplus <= 0:
        return
    facts = {"user": user["id"], "sessions": len(open_sessions)}
    if user["loginPolicy"] == world.table("login_policies")["never"]:
        raise Refusal(Kind.CONFLICT, detail="limit", facts=facts)
    if not force:
        raise Refusal(Kind.CONFLICT, detail="default", facts=facts)
    for ident in open_sessions[:surplus]:
        world.rows(CREDENTIALS).drop(ident)


def _shown(user: dict[str, Any], session: str, at: int, ask: Ask) -> dict[str, Any]:
    return {
        "userId": user["id"],
        "terminalInfo": ask.body.get("terminalInfo", ask.call.address),
        "sessionId": session,
        "loginTime": at,
        "userType": user["userType"],
        "lastLoginInfo": user.get("last_login"),
        "publicIp": ask.call.address,
        "clientType": None,
        "clientVersion": None,
        "browserInfo": ask.call.headers.get("user-agent"),
        "authenticationPolicy": None,
        "userName": user["userName"],
        "rootUser": False,
    }
