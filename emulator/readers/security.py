"""How a caller says who it is, in OpenAPI's words, from the kinds and options of a contract's schemes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.contract.model import Contract, Operation, Part
from emulator.readers.pieces import origin, told
from emulator.readers.words import spoken

Alternative = Mapping[str, Mapping[str, Any]]


def alternatives(part: Part) -> list[Alternative]:
    """The ways to use one scheme, each the OpenAPI schemes that are needed together.

    A kind of the vendor's own is described by its options: one that names no place for a credential asks for none.
    """
    options, about = part.options, _about(part)
    if part.kind == "basic":
        return [{part.name: {"type": "http", "scheme": "basic", **about}}]
    if "key_header" in options and "secret_header" in options:
        key = {"type": "apiKey", "in": "header", "name": options["key_header"], **about}
        secret = {"type": "apiKey", "in": "header", "name": options["secret_header"], **about}
        return [{part.name: key, f"{part.name}_secret": secret}]
    ways: list[Alternative] = []
    header, word = options.get("header", ""), options.get("scheme", "Bearer")
    if part.kind == "bearer" or "scheme" in options:
        if header in ("", "Authorization") and word.lower() == "bearer":
            ways.append({part.name: {"type": "http", "scheme": "bearer", **about}})
        else:
            ways.append({part.name: _in_header(header or "Authorization", about, word)})
    elif header:
        ways.append({part.name: _in_header(header, about)})
    if query := options.get("query"):
        name = f"{part.name}_in_query" if ways else part.name
        ways.append({name: {"type": "apiKey", "in": "query", "name": query, **about}})
    return ways or [{}]


def schemes(contract: Contract) -> dict[str, Any]:
    """`components.securitySchemes`."""
    found = [way for part in contract.auth.values() for way in alternatives(part)]
    return {name: dict(scheme) for way in found for name, scheme in way.items()}


def requirements(contract: Contract, operation: Operation) -> list[dict[str, list[str]]]:
    """An operation's `security`: any one of its schemes will do; none where it asks for none."""
    ways = [way for name in operation.auth for way in alternatives(contract.auth[name])]
    return [{name: [] for name in way} for way in ways]


def _in_header(header: str, about: Mapping[str, Any], word: str = "") -> dict[str, Any]:
    written = f"{about['description']}; written `{word} <credential>`" if word else about["description"]
    return {"type": "apiKey", "in": "header", "name": header, **about, "description": written}


def _about(part: Part) -> dict[str, Any]:
    description = part.title or told(part.source) or spoken(part.kind)
    return {"description": description, "x-kind": part.kind, **origin(part.source)}
