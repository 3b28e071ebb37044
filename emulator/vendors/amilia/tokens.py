"""Tokens as they are written: JWTs under the world's own key, on the sandbox's clock."""

from __future__ import annotations

from typing import Any

from emulator.kit import World

ALGORITHM = "HS256"
KEYS = "signing_keys"


def written(claims: dict[str, Any], world: World) -> str:
    """The claims, signed."""
    import jwt  # only here, and only once somebody logs in

    keys = world.rows(KEYS)
    kept = keys.get("tokens") or keys.add({"id": "tokens", "key": world.ids.hex(64)}).data
    return jwt.encode(claims, kept["key"], algorithm=ALGORITHM)


def end_of(token: str, world: World) -> float | None:
    """When a token ends or ended, if this world signed it."""
    kept = world.rows(KEYS).get("tokens")
    if kept is None:
        return None
    import jwt

    try:
        # the machine's clock has no say: the sandbox's decides
        claims = jwt.decode(
            token, kept["key"], algorithms=[ALGORITHM], options={"verify_exp": False, "verify_iat": False}
        )
    except jwt.InvalidTokenError:
        return None
    return float(claims["exp"])
