"""Browsers: only websites that the organization lists may call, and preflights are answered."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.vendors.amilia.client import Amilia

LISTED, STRANGER = "https://www.forest-explorers.test", "https://evil.example"


def preflight(api: Amilia, origin: str, method: str = "GET", headers: str = "authorization") -> requests.Response:
    """What a browser asks before a call with a token."""
    asks = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return requests.options(api.url("org/programs"), headers=asks, timeout=10)


def browser_gets(api: Amilia, origin: str, path: str = "org/programs") -> Any:
    """What a page of that origin is allowed to read by the rules that browsers follow; None if nothing."""
    asked = preflight(api, origin)
    allowed = {name.strip().lower() for name in asked.headers.get("Access-Control-Allow-Headers", "").split(",")}
    if (
        not asked.ok
        or asked.headers.get("Access-Control-Allow-Origin") not in (origin, "*")
        or "authorization" not in allowed
    ):
        return None
    reply = api.session.get(api.url(path), headers={"Origin": origin}, timeout=10)
    return reply.json() if reply.headers.get("Access-Control-Allow-Origin") in (origin, "*") else None


def test_a_page_of_a_listed_website_reads_the_answer(api: Amilia) -> None:
    assert browser_gets(api, LISTED)["Items"]


def test_a_page_of_any_other_website_does_not(api: Amilia) -> None:
    assert browser_gets(api, STRANGER) is None


def test_a_page_of_a_listed_website_reads_errors_too(api: Amilia) -> None:
    assert browser_gets(api, LISTED, "org/programs/1")["Message"] == "Program 1 was not found."
    reply = requests.get(api.url("org/programs"), headers={"Origin": LISTED}, timeout=10)
    assert (reply.status_code, reply.headers["Access-Control-Allow-Origin"]) == (401, LISTED)


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_preflight_needs_no_credentials(method: str, api: Amilia) -> None:
    reply = preflight(
        api, LISTED, method, "authorization, content-type, x-amilia-origin, x-amilia-apikey, x-amilia-apisecret"
    )
    assert (reply.status_code, reply.content) == (204, b"")
    assert method in reply.headers["Access-Control-Allow-Methods"].split(", ")
    assert reply.headers["Vary"] == "Origin"


def test_the_list_is_a_setting(sandbox: Any, api: Amilia) -> None:
    sandbox.settings.update({"amilia": {"authorized_websites": [f"{STRANGER}/"]}})
    assert browser_gets(api, STRANGER)["Items"]
    assert browser_gets(api, LISTED) is None


def test_a_caller_that_is_no_browser_is_told_nothing(api: Amilia) -> None:
    reply = api.ask("GET", "org/programs")
    assert not [name for name in reply.headers if name.lower().startswith("access-control")]
