"""One working call of every operation, on the demo world."""

from __future__ import annotations

from typing import Any

import requests

from tests.vendors.amilia.client import Amilia
from tests.vendors.amilia.matrix import protected

IDS = {
    "programs": 2001,
    "activities": 3001,
    "occurrences": 6001,
    "accounts": 4001,
    "persons": 5001,
    "locations": 1003,
    "memberships": 801,
    "multipasses": 851,
    "merchandise": 901,
    "access_configurations": 1201,
    "staff": 1101,
    "webhooks": 1,
    "tags": 301,
    "registrations": "SUB-7001",
}
MONTREAL = {"type": "Radius", "coordinates": "45.5,-73.6", "radius": 10}
HOOK = {
    "Context": "Registration",
    "Action": "Create",
    "Name": "hook",
    "Url": "http://127.0.0.1:9/hook",
    "Version": "V1",
}
QUERY: dict[str, dict[str, Any]] = {"partner.locations": MONTREAL}


def path_of(name: str, language: str = "en", organization: str = "8008", ids: dict[str, Any] | None = None) -> str:
    """An operation's path with its placeholders filled."""
    contract = protected()[name]
    path: str = contract["path"]
    for parameter in contract["parameters"]:
        if parameter["in"] == "path":
            known = {**IDS, **(ids or {})}.get(parameter.get("refers_to", ""), "FE-5002")
            words = {"language": language, "orgIdentifier": organization, "rewriteUrl": organization}
            path = path.replace("{" + parameter["name"] + "}", str(words.get(parameter["name"], known)))
    return path


def make(name: str, caller: Amilia, query: dict[str, Any] | None = None, **filled: Any) -> requests.Response:
    """Makes the call."""
    body = HOOK if name == "webhooks.create" else None
    words = {**QUERY.get(name, {}), **(query or {})}
    url = caller.base_url + path_of(name, **filled)
    return caller.session.request(protected()[name]["method"], url, params=words, json=body, timeout=10)


def subscribe(caller: Amilia, url: str, context: str, action: str, **more: Any) -> dict[str, Any]:
    """A webhook subscription."""
    body = {"Context": context, "Action": action, "Name": f"{context} {action}", "Url": url, **more}
    reply = caller.ask("POST", "org/webhooks", body=body)
    assert reply.status_code == 200, reply.text
    made: dict[str, Any] = reply.json()
    return made
