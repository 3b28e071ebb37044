"""OAuth 2.0: tokens for a key and its secret, and the flow in which a person approves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus, urlencode

from emulator.kit import Ask, Kind, Outcome, Refusal, World, same, user_and_password
from emulator.vendors.agillic.credentials import CREDENTIALS, KEY, TOKEN

CODES, REFRESH = "authorization_codes", "refresh_tokens"
CLIENT, CODE, RENEW = "client_credentials", "authorization_code", "refresh_token"


def token(ask: Ask, world: World) -> Outcome:
    """A new access token; those that were handed out before stay good for their time."""
    form = ask.body
    grant = form["grant_type"]
    allowed = (CLIENT, CODE, RENEW) if world.settings["three_legged"] else (CLIENT,)
    if grant not in allowed:
        raise Refusal(
            Kind.INVALID, detail="unsupported_grant_type", facts={"grant_type": grant, "served": list(allowed)}
        )
    client = _client(ask, world)
    if grant == CLIENT:
        return _issued(world, client, renewable=False)
    if grant == CODE:
        _spend(world, CODES, form.get("code", ""), client, redirect_uri=form.get("redirect_uri", ""))
    else:
        _spend(world, REFRESH, form.get("refresh_token", ""), client)
    return _issued(world, client, renewable=True)


def authorize(ask: Ask, world: World) -> Outcome:
    """The page on which a person approves what an application wants."""
    _served(world)
    _known(world, ask.query["client_id"])
    fields = {name: ask.query[name] for name in ("client_id", "redirect_uri", "state") if name in ask.query}
    return Outcome(data=_page(ask.query["client_id"], fields).encode())


def consent(ask: Ask, world: World) -> Outcome:
    """Sends the person back to the application, with a code or with a refusal."""
    _served(world)
    form = ask.body
    _known(world, form["client_id"])
    answer = {"error": "access_denied"}
    if form["decision"] == "approve":
        answer = {"code": world.ids.token(int(world.figure("token_length")))}
        row = {"id": answer["code"], "client_id": form["client_id"], "redirect_uri": form["redirect_uri"]}
        world.rows(CODES).add(row, expires=world.clock.now() + world.figure("code_life"))
    if "state" in form:
        answer["state"] = form["state"]
    address, _, fragment = form["redirect_uri"].partition("#")
    joint = "&" if "?" in address else "?"
    location = _printable(f"{address}{joint}{urlencode(answer)}" + (f"#{fragment}" if fragment else ""))
    return Outcome(status=302, headers={"Location": location})


def _client(ask: Ask, world: World) -> Mapping[str, Any]:
    """The key that asks, known by its secret, from HTTP Basic or from the form. Raises `unauthenticated`."""
    pair = user_and_password(ask.call)
    if pair is not None:
        key, secret = unquote_plus(pair[0]), unquote_plus(pair[1])
    else:
        key, secret = ask.body.get("client_id", ""), ask.body.get("client_secret", "")
    row = world.rows(CREDENTIALS).get(f"{KEY}:{key}")
    if row is None or not same(str(row.get("password", "")), secret):
        raise Refusal(
            Kind.UNAUTHENTICATED,
            detail="invalid_client",
            facts={"client_id": key, "why": "wrong" if row else "unknown"},
        )
    return row


def _issued(world: World, client: Mapping[str, Any], *, renewable: bool) -> Outcome:
    life, now, length = int(world.figure("token_life")), world.clock.now(), int(world.figure("token_length"))
    access = world.ids.token(length)
    row = {"id": f"{TOKEN}:{access}", "principal": client["principal"], "roles": client["roles"], "issued": now}
    world.rows(CREDENTIALS).add(row, expires=now + life)
    data = {"token_type": "bearer", "access_token": access, "expires_in": life}
    if renewable:
        data["refresh_token"] = world.ids.token(length)
        kept = {"id": data["refresh_token"], "client_id": client["principal"]}
        world.rows(REFRESH).add(kept, expires=now + world.figure("refresh_life"))
    return Outcome(data=data)


def _spend(world: World, collection: str, ident: str, client: Mapping[str, Any], **also: str) -> None:
    """Uses up a code or a refresh token that was handed to this client. Raises `invalid`."""
    rows = world.rows(collection)
    kept = rows.get(ident)
    expected = {"client_id": client["principal"], **also}
    if kept is None or any(kept.get(name) != value for name, value in expected.items()):
        raise Refusal(
            Kind.INVALID,
            detail="invalid_grant",
            facts={"why": "unknown" if kept is None else "another client's or address's"},
        )
    rows.drop(ident)


def _served(world: World) -> None:
    if not world.settings["three_legged"]:
        raise Refusal(
            Kind.MISSING, facts={"resource": "the three-legged flow", "why": "the setting three_legged is off"}
        )


def _known(world: World, key: str) -> None:
    if world.rows(CREDENTIALS).row(f"{KEY}:{key}") is None:
        raise Refusal(Kind.INVALID, detail="unknown_client", facts={"client_id": key})


def _printable(location: str) -> str:
    """A header's value: whatever is not plain text is percent-encoded."""
    return "".join(c if "!" <= c <= "~" else "".join(f"%{byte:02X}" for byte in c.encode()) for c in location)


def _page(application: str, fields: Mapping[str, str]) -> str:
    from html import escape  # knows every entity there is, and is slow to import

    hidden = (f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items())
    return _PAGE.format(application=escape(application), fields="\n".join(hidden))


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Access to your Agillic instance</title></head>
<body><main><h1>Access to your Agillic instance</h1>
<p>The application <b>{application}</b> wants to call the API in your name.</p>
<form method="post" action="authorize">
{fields}
<button name="decision" value="approve">Approve</button>
<button name="decision" value="deny">Deny</button>
</form></main></body></html>
"""
