"""Who calls Amilia: issued tokens, keys with scopes, visitors; and what each may do at the organization that the path names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from emulator.kit import Anonymous, Bearer, Call, KeyPair, Principal, World, fixed
from emulator.vendors.amilia.lens import organization_called
from emulator.vendors.amilia.tokens import end_of

USER, PARTNER, VISITOR = "user", "partner", "visitor"
USERS, KEYS = "basic", "key"  # the schemes by whose names the credentials are kept


@fixed
class IssuedToken(Bearer):
    """A token from the authenticate call. It names a user; the user's rights are looked up, for the organization in the path."""

    def identify(self, call: Call, world: World) -> Principal | Anonymous:
        """The user, with its roles at that organization."""
        who = super().identify(call, world)
        if isinstance(who, Anonymous):
            return Anonymous("expired") if who.why == "wrong" and self._over(call, world) else who
        user = world.rows("credentials").get(f"{USERS}:{who.data['username']}") or {}
        roles = {USER, *_granted(user.get("rights", {}), call, world)}
        if world.settings["organization_tokens_on_partner_calls"] and len(roles) > 1:
            roles.add(PARTNER)
        return replace(who, roles=frozenset(roles))

    def _over(self, call: Call, world: World) -> bool:
        """Whether the token was one of ours; then it says itself when it ended, though its row is long gone."""
        ends = end_of((self.presented(call) or "").removeprefix(f"{self.name}:"), world)
        return ends is not None and ends <= world.clock.now()


@fixed
class ScopedKey(KeyPair):
    """A key and its secret, instead of a token. It belongs to one organization, and its scopes are a setting."""

    def identify(self, call: Call, world: World) -> Principal | Anonymous:
        """The key, with a role for each scope."""
        who = super().identify(call, world)
        if isinstance(who, Anonymous):
            return who
        scopes = [f"scope_{scope}" for scope in world.settings["api_key_scopes"]]
        rights = dict.fromkeys(who.data.get("rights", {}), scopes)
        return replace(who, roles=frozenset(_granted(rights, call, world)))


@fixed
class Visitor:
    """Nobody in particular: let in where the setting opens the catalogue, if no credential is shown at all."""

    name: str

    def presented(self, call: Call) -> str | None:
        """A visitor bears nothing."""
        return None

    def identify(self, call: Call, world: World) -> Principal | Anonymous:
        """The visitor, or nobody."""
        bears = "authorization" in call.headers or any(name.startswith("x-amilia-api") for name in call.headers)
        if bears or not world.settings["anonymous_catalogue"]:
            return Anonymous("missing")
        return Principal(VISITOR, frozenset({VISITOR}))


def _granted(rights: Mapping[str, list[str]], call: Call, world: World) -> set[str]:
    """The roles that rights by organization give for a call.

    Where no organization is named, those of any count. At one that does not exist there is nothing to protect, so that
    the answer is that it does not exist.
    """
    named = _named(call.path)
    if named is None:
        return {role for roles in rights.values() for role in roles}
    organization = organization_called(named, world)
    if organization is None:
        return set(world.contract.roles) - {VISITOR}
    return set(rights.get(organization["id"], ()))


def _named(path: str) -> str | None:
    """The organization that a path names: `/api/v3/en/org/8008/…`, `/PublicApi/forest-explorers/en/…`."""
    parts = path.split("/")[1:]
    words = [part.lower() for part in parts]
    if len(parts) > 4 and words[3] == "org":
        return unquote(parts[4])
    return unquote(parts[1]) if len(parts) > 3 and words[0] == "publicapi" and words[2] != "authentication" else None


def enrol(world: World, credentials: Mapping[str, str]) -> None:
    """Writes the users and the key of a sandbox, and the organization they belong to where the world has none."""
    number = credentials["organization_id"]
    if world.rows("organizations").get(number) is None:
        world.rows("organizations").add(
            {"id": number, "Slug": credentials["organization"], **world.table("organization")}
        )
    for name, user in world.table("users").items():
        row: dict[str, Any] = {
            "principal": user["id"],
            "password": credentials["password"],
            "rights": {number: user["roles"]},
        }
        world.rows("credentials").put({"id": f"{USERS}:{credentials[name]}", "username": credentials[name], **row})
    key = {"principal": credentials["api_key"], "secret": credentials["api_secret"], "rights": {number: []}}
    world.rows("credentials").put({"id": f"{KEYS}:{credentials['api_key']}", **key})
