"""The users of a contact centre, as the 4.x server keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Ask, Kind, Outcome, Refusal, Violation, World
from emulator.vendors.ameyo import floor, scope
from emulator.vendors.ameyo.numbering import fresh
from emulator.vendors.ameyo.open_sessions import close_all

FIELDS = (
    "userType",
    "userName",
    "systemUserType",
    "defaultReady",
    "contactCenterId",
    "description",
    "loginPolicy",
    "mappingUserId",
)
PASSWORD, LOGINS = "userData", "maxAllowedLogins"
LONGEST = 4


def create(ask: Ask, world: World) -> Outcome:
    """Makes a user, who may log in at once."""
    body = ask.body
    scope.contact_center(ask, world, body["contactCenterId"])
    if world.rows("users").row(body["userId"]) is not None:
        raise Refusal(Kind.CONFLICT, facts={"id": body["userId"]})
    user = {"id": body["userId"], "ccUserId": fresh(world, "user_numbers"), **world.table("new_rows")["user"]}
    world.rows("users").add(user | _given(body))
    return _done("created", body["userId"], world)


def update(ask: Ask, world: World) -> Outcome:
    """Changes what the body gives of the user that the path names, by login name or by number."""
    return _updated(ask, ask.path["userId"], world)


def update_by_body(ask: Ask, world: World) -> Outcome:
    """Changes what the body gives of the user that it names."""
    return _updated(ask, ask.body["userId"], world)


def delete(ask: Ask, world: World) -> Outcome:
    """Removes a user; its sessions end, and it works on nothing any more."""
    user = _user(ask, ask.path["userId"], world)
    ident = user["id"]
    world.rows("users").drop(ident)
    close_all(world, ident)
    for member in list(world.rows("campaign_users").where(user_id=ident)):
        for mapping in list(world.rows("lead_users").where(campaign_user_id=int(member.id))):
            world.rows("lead_users").drop(mapping.id)
        world.rows("campaign_users").drop(member.id)
    for agent in list(world.rows("agents").where(user_id=ident)):
        floor.leave(world, agent.data)
    return _done("deleted", ident, world)


def _updated(ask: Ask, ident: str, world: World) -> Outcome:
    user = _user(ask, ident, world)
    if ask.body.get("userId", user["id"]) not in (user["id"], str(user["ccUserId"])):
        raise _broken("userId", ask.body["userId"], "names another user")
    if "contactCenterId" in ask.body and ask.body["contactCenterId"] != user["contactCenterId"]:
        raise _broken("contactCenterId", ask.body["contactCenterId"], "is another contact centre")
    world.rows("users").put(user | _given(ask.body))
    return _done("updated", user["id"], world)


def _user(ask: Ask, ident: str, world: World) -> dict[str, Any]:
    """The user of this login name or number, if the caller's contact centre is the user's."""
    user = world.rows("users").get(ident)
    if user is None and ident.isascii() and ident.isdigit() and len(ident) <= LONGEST * 4:
        row = world.rows("users").where(ccUserId=int(ident)).first()
        user = row.data if row is not None else None
    if user is None:
        raise scope.missing("user", ident)
    scope.contact_center(ask, world, user["contactCenterId"])
    return user


def _given(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a body says of a user, as it is kept."""
    given = {name: body[name] for name in FIELDS if name in body}
    if PASSWORD in body:
        given["password"] = body[PASSWORD]
    if LOGINS in body:
        text = str(body[LOGINS])
        if not (text.isascii() and text.isdigit() and int(text)):
            raise _broken(LOGINS, body[LOGINS], "is no number of logins")
        given[LOGINS] = int(text)
    return given


def _done(how: str, user: str, world: World) -> Outcome:
    return Outcome(data={"status": "success", "message": world.table("done")[how], "userId": user})


def _broken(name: str, value: Any, said: str) -> Refusal:
    return Refusal(Kind.INVALID, [Violation((name,), "value", value, said=said)])
