"""Who calls: schemes that find a credential in a call and its owner in the world.

A credential is a row of the collection `credentials` whose id is `<scheme>:<key as presented>`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import parse_qsl

from emulator.wire import Anonymous, Call, Principal, Row, fixed
from emulator.world.world import CREDENTIALS, World


class Scheme(Protocol):
    """A way to say who one is."""

    def presented(self, call: Call) -> str | None:
        """The id that the call's credential has in `credentials`, or None if it bears none of this scheme."""

    def identify(self, call: Call, world: World) -> Principal | Anonymous:
        """Whose credential it is. Never refuses."""


@fixed
class Bearer:
    """A token in a header after a scheme word, or in a query parameter; the header goes first."""

    name: str
    header: str = "Authorization"
    scheme: str = "Bearer"
    query: str = ""

    def presented(self, call: Call) -> str | None:
        token = _after(self.scheme, call.headers.get(self.header.lower(), ""))
        if not token and self.query and call.query:
            token = dict(reversed(parse_qsl(call.query))).get(self.query, "").strip()
        return f"{self.name}:{token}" if token else None

    def identify(self, call: Call, world: World) -> Principal | Anonymous:
        return known(self.presented(call), world)


@fixed
class Basic:
    """User and password in the Authorization header; `password` of the credential's row is compared in constant time."""

    name: str

    def presented(self, call: Call) -> str | None:
        pair = user_and_password(call)
        return None if pair is None else f"{self.name}:{pair[0]}"

    def identify(self, call: Call, world: World) -> Principal | Anonymous:
        pair = user_and_password(call)
        if pair is None:
            return Anonymous(
                "wrong" if call.headers.get("authorization", "").lower().startswith("basic") else "missing"
            )
        return known(f"{self.name}:{pair[0]}", world, password=pair[1])


@fixed
class KeyPair:
    """A key in one header and its secret in another."""

    name: str
    key_header: str
    secret_header: str

    def presented(self, call: Call) -> str | None:
        key = call.headers.get(self.key_header.lower())
        return f"{self.name}:{key}" if key else None

    def identify(self, call: Call, world: World) -> Principal | Anonymous:
        return known(self.presented(call), world, secret=call.headers.get(self.secret_header.lower(), ""))


def known(ident: str | None, world: World, **proof: str) -> Principal | Anonymous:
    """The owner of a credential's row; `proof` are fields of the row that the caller must know."""
    if ident is None:
        return Anonymous("missing")
    credentials = world.rows(CREDENTIALS)
    row = credentials.row(ident)
    if row is None:
        lapsed = credentials.lapsed(ident)
        return Anonymous("wrong") if lapsed is None else Anonymous("expired", _age(lapsed, world))
    owner: Principal = row.kept.get(Principal) or row.keep(Principal, _owner(row.data))
    for field, given in proof.items():
        if field not in owner.data or not same(str(owner.data[field]), given):
            return Anonymous("wrong", {"principal": owner.id})
    return owner


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, found out in a time that does not tell how much of them is."""
    import hmac  # brings OpenSSL with it

    return hmac.compare_digest(one.encode(), other.encode())


def user_and_password(call: Call) -> tuple[str, str] | None:
    """What the Authorization header of the Basic scheme says, or None if it says nothing that can be read."""
    word, _, text = call.headers.get("authorization", "").partition(" ")
    if word.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None


@lru_cache
def _after(scheme: str, text: str) -> str:
    """The token after the scheme word, or after none where the scheme has none."""
    word, _, token = text.partition(" ")
    return token.strip() if word.lower() == scheme.lower() or not scheme else ""


def _owner(data: Mapping[str, Any]) -> Principal:
    return Principal(data["principal"], frozenset(data.get("roles", ())), data)


def _age(row: Row, world: World) -> dict[str, float]:
    return {"expired_seconds_ago": round(world.clock.now() - (row.expires or 0), 3)}


SCHEMES: dict[str, type] = {"bearer": Bearer, "basic": Basic, "key_pair": KeyPair}
