"""Settings: PATCH sets, null deletes, and Facebook's hang together."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.testing.client import Box
from tests.vendors.amio.client import Api, errors, fields

START = {"get_started_button": {"payload": "GO"}}
ENTRY = {"type": "postback", "title": "Orders", "payload": "ORDERS"}
MENU = {"menu": [{"locale": "default", "items": [ENTRY]}]}
SILENT = {"user_inputs": [{"locale": "default", "enabled": False}]}


def nested(depth: int) -> dict[str, Any]:
    entry: dict[str, Any] = ENTRY
    for level in range(depth - 1):
        entry = {"type": "menu", "title": f"Level {level}", "payload": {"items": [entry]}}
    return {**START, "menu": [{"locale": "default", "items": [entry]}]}


@pytest.fixture
def chat(api: Api) -> str:
    """A fresh chat's settings."""
    return f"/channels/{api.new_channel('amio_chat')['id']}/settings"


@pytest.fixture
def page(api: Api) -> str:
    """A fresh page's settings."""
    return f"/channels/{api.new_channel('facebook_messenger')['id']}/settings"


def test_a_fresh_chat_has_no_whitelist(api: Api, chat: str) -> None:
    assert api.get(chat).json() == {"domains_whitelist": None}
    assert api.patch(chat, {}).json() == {"domains_whitelist": None}


def test_a_whitelist_is_set_and_deleted(api: Api, chat: str) -> None:
    wish = {"domains_whitelist": ["https://www.example.com", "http://localhost:3000", "https://a.b:8443/"]}
    assert api.patch(chat, wish).json() == api.get(chat).json() == wish
    assert api.patch(chat, {"domains_whitelist": None}).json() == {"domains_whitelist": None}


@pytest.mark.parametrize(
    "entry", ["example.com", "localhost", "ftp://a.b", "https://a.b/path", "https://a.b:port", "", None]
)
def test_a_whitelist_holds_whole_origins(api: Api, chat: str, entry: Any) -> None:
    assert fields(api.patch(chat, {"domains_whitelist": [entry]})) == ["domains_whitelist[0]"]


def test_only_whitelisted_pages_open_a_chat(api: Api, chat: str, sandbox: Box) -> None:
    channel = chat.split("/")[2]

    def may(origin: str) -> bool:
        return bool(sandbox.stimuli.amio.chat_opened(channel_id=channel, origin=origin)["accepted"])

    assert not may("https://www.example.com")
    api.patch(chat, {"domains_whitelist": ["https://www.example.com"]})
    assert may("https://www.example.com")
    assert may("https://WWW.example.com:443/")
    assert not may("http://www.example.com")
    api.patch(chat, {"domains_whitelist": []})
    assert not may("https://www.example.com")


def test_a_fresh_page_has_no_settings(api: Api, page: str) -> None:
    assert api.get(page).json() == {}


def test_a_patch_answers_everything_and_keeps_what_it_does_not_name(api: Api, page: str) -> None:
    api.patch(page, START)
    assert api.patch(page, MENU).json() == {**START, **MENU} == api.get(page).json()


def test_null_deletes_and_what_is_not_set_is_left_out(api: Api, page: str) -> None:
    api.patch(page, {**START, **MENU})
    assert api.patch(page, {"menu": None}).json() == START
    assert api.patch(page, {"get_started_button": None}).json() == {}


@pytest.mark.parametrize(
    "before, change, field",
    [
        ({}, MENU, "menu"),
        ({**START, **MENU}, {"get_started_button": None}, "menu"),
        (START, SILENT, "user_inputs"),
        ({**START, **MENU, **SILENT}, {"menu": None}, "user_inputs"),
        (START, {"menu": [{"locale": "de_DE", "items": [ENTRY]}]}, "menu"),
        ({}, {"user_inputs": [{"locale": "de_DE", "enabled": True}]}, "user_inputs"),
    ],
)
def test_settings_that_need_each_other_stay_together(
    api: Api, page: str, before: dict[str, Any], change: dict[str, Any], field: str
) -> None:
    assert api.patch(page, before).status_code == 200
    assert fields(api.patch(page, change)) == [field]
    assert api.get(page).json() == before


def test_input_that_is_allowed_needs_no_menu(api: Api, page: str) -> None:
    wish = {"user_inputs": [{"locale": "default", "enabled": True}]}
    assert api.patch(page, wish).json() == wish


@pytest.mark.parametrize("depth, status", [(1, 200), (2, 200), (3, 200), (4, 422)])
def test_a_menu_is_at_most_three_levels_deep(api: Api, page: str, depth: int, status: int) -> None:
    assert api.patch(page, nested(depth)).status_code == status


@pytest.mark.parametrize("count, status", [(3, 200), (4, 422)])
def test_a_menu_has_at_most_three_entries(api: Api, page: str, count: int, status: int) -> None:
    wish = {**START, "menu": [{"locale": "default", "items": [ENTRY] * count}]}
    assert api.patch(page, wish).status_code == status


@pytest.mark.parametrize(
    "entry",
    [
        {**ENTRY, "title": "x" * 31},
        {**ENTRY, "payload": "x" * 1001},
        {**ENTRY, "payload": None},
        {"type": "url", "title": "Shop", "payload": "nowhere"},
        {"type": "web", "title": "Shop", "payload": "https://www.example.com"},
        {"type": "menu", "title": "More", "payload": {"items": []}},
        {"type": "menu", "title": "More", "payload": "items"},
        {"title": "No type"},
        "entry",
    ],
)
def test_an_entry_of_a_menu_has_a_form(api: Api, page: str, entry: Any) -> None:
    wish = {**START, "menu": [{"locale": "default", "items": [entry]}]}
    assert all(field.startswith("menu[0].items[0]") for field in fields(api.patch(page, wish)))


@pytest.mark.parametrize(
    "wish",
    [
        {"get_started_button": {}},
        {"get_started_button": {"payload": 5}},
        {"menu": {}},
        {"menu": []},
        {"user_inputs": [{"locale": "English", "enabled": True}]},
        {"user_inputs": [{"locale": "default"}]},
        {"domains_whitelist": ["http://www.example.com"]},
        {"domains_whitelist": ["https://127.0.0.1"]},
        {"domains_whitelist": ["https://localhost"]},
        {"domains_whitelist": "https://www.example.com"},
    ],
)
def test_each_setting_has_a_form(api: Api, page: str, wish: dict[str, Any]) -> None:
    [name] = wish
    assert all(field.startswith(name) for field in fields(api.patch(page, wish)))


def test_facebook_ends_the_address_of_a_bare_host_with_a_slash(api: Api, page: str) -> None:
    entries = [{"type": "url", "title": "Shop", "payload": url} for url in ("https://a.example.com", "https://b.c/d")]
    wish = {**START, "menu": [{"locale": "default", "items": entries}], "domains_whitelist": ["https://app.amio.io"]}
    shown = api.patch(page, wish).json()
    assert shown["domains_whitelist"] == ["https://app.amio.io/"]
    urls = [entry["payload"] for entry in shown["menu"][0]["items"]]
    assert urls == ["https://a.example.com/", "https://b.c/d"]


def test_an_address_that_has_no_parts_comes_back_as_it_was(api: Api, page: str) -> None:
    wish = {**START, "menu": [{"locale": "default", "items": [{**ENTRY, "type": "url", "payload": "https://[broken"}]}]}
    assert api.patch(page, wish).json() == wish


def test_facebook_can_be_kept_from_changing_addresses(api: Api, page: str, sandbox: Box) -> None:
    sandbox.settings.update({"amio": {"facebook_trailing_slash": False}})
    wish = {"domains_whitelist": ["https://app.amio.io"]}
    assert api.patch(page, wish).json() == wish


def test_facebooks_own_limit_is_reported_for_some_minutes(api: Api, page: str, sandbox: Box) -> None:
    sandbox.stimuli.amio.facebook_throttles(channel_id=page.split("/")[2])
    reply = api.patch(page, START)
    assert (reply.status_code, errors(reply)) == (502, [{"message": "Facebook API rate limit has been reached."}])
    sandbox.clock.advance("5m")
    assert api.patch(page, START).status_code == 200
