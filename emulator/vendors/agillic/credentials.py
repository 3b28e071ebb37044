"""Developer keys and what is known of them: how a sandbox's keys are enrolled, and how a call names the key it comes with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl

from emulator.kit import Call, World

CREDENTIALS = "credentials"
KEY = "basic"
TOKEN = "oauth"
_PAIRS = (("client_id", "client_secret", "public_api"), ("app_client_id", "app_client_secret", "app_api"))
_LONGEST = 64 * 1024  # a form with a key in it is short


def enrol(world: World, credentials: Mapping[str, str]) -> None:
    """Makes the keys of a sandbox known, each with its scope."""
    for key, secret, role in _PAIRS:
        ident = credentials[key]
        row = {"id": f"{KEY}:{ident}", "principal": ident, "roles": [role], "password": credentials[secret]}
        world.rows(CREDENTIALS).put(row)


def named(call: Call) -> Iterable[str]:
    """The key in the query or the form of a call to the token endpoint or the consent page."""
    if "/oauth2/" not in call.path:
        return
    form = call.body.decode(errors="replace") if len(call.body) <= _LONGEST else ""
    for text in (form, call.query):
        for name, value in parse_qsl(text):
            if name == "client_id" and value:
                yield f"{KEY}:{value}"
