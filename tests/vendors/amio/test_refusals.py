"""Every operation refuses in each way that its contract promises, for a real reason."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from emulator.testing.client import Box, Handle
from tests.vendors.amio.client import Api, errors

OPERATIONS: dict[str, tuple[str, str, Any]] = {
    "channels.find": ("GET", "/channels", None),
    "channels.create": ("POST", "/channels", {"type": "amio_chat", "name": "Chat"}),
    "channels.read": ("GET", "/channels/{channel}", None),
    "channels.update": ("PATCH", "/channels/{channel}", {}),
    "channels.delete": ("DELETE", "/channels/{channel}", None),
    "contacts.find": ("GET", "/channels/{channel}/contacts", None),
    "contacts.read": ("GET", "/channels/{channel}/contacts/{contact}", None),
    "contacts.delete": ("DELETE", "/channels/{channel}/contacts/{contact}", None),
    "messages.find": ("GET", "/channels/{channel}/contacts/{contact}/messages", None),
    "messages.send": ("POST", "/messages", {}),
    "notifications.send": ("POST", "/notifications", {}),
    "settings.read": ("GET", "/channels/{channel}/settings", None),
    "settings.update": ("PATCH", "/channels/{channel}/settings", {}),
}
WITH_BODY = [name for name, (_, _, body) in OPERATIONS.items() if body is not None]
LISTS = [name for name in OPERATIONS if name.endswith(".find")]
IN_A_CHANNEL = [name for name, (_, path, _) in OPERATIONS.items() if "{channel}" in path]
OF_A_CONTACT = [name for name, (_, path, _) in OPERATIONS.items() if "{contact}" in path]


def call(api: Api, name: str, channel: str = "1", contact: str = "1", **more: Any) -> requests.Response:
    method, path, body = OPERATIONS[name]
    more = {"json": body, **more} if body is not None and "data" not in more else more
    return api.call(method, path.format(channel=channel, contact=contact), **more)


@pytest.mark.parametrize("name", OPERATIONS)
def test_without_a_token_nothing_is_done(amio: Handle, name: str) -> None:
    nobody = Api(amio.base_url, "nobody")
    assert call(nobody, name).status_code == 401
    nobody.session.close()


@pytest.mark.parametrize("name", OPERATIONS)
def test_beyond_the_hours_calls_nothing_is_done(api: Api, sandbox: Box, name: str) -> None:
    sandbox.settings.update({"amio": {"plan": "custom", "custom_calls": 1}})
    assert api.get("/channels").status_code == 200
    assert call(api, name).status_code == 429


@pytest.mark.parametrize("name", WITH_BODY)
def test_a_body_that_is_no_json_is_not_understood(api: Api, name: str) -> None:
    assert call(api, name, channel=api.demo_channel("amio_chat"), data="{").status_code == 400


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "query",
    [
        {"max": 0},
        {"max": 101},
        {"max": -1},
        {"max": "ten"},
        {"max": ""},
        {"max": "1.5"},
        {"offset": -1},
        {"offset": "x"},
    ],
)
def test_a_page_that_cannot_be_cut_is_not_valid(api: Api, name: str, query: dict[str, Any]) -> None:
    reply = call(api, name, channel="7391051513856000001", contact="1", params=query)
    assert reply.status_code == 422
    assert [(e["field"], e["rejected_value"]) for e in errors(reply)] == list(query.items())


@pytest.mark.parametrize("name", IN_A_CHANNEL)
@pytest.mark.parametrize("ident", ["123", "%2F", "..;", "ž", "9" * 300])
def test_an_unknown_channel_is_not_found(api: Api, name: str, ident: str) -> None:
    reply = call(api, name, channel=ident)
    assert reply.status_code == 404
    assert errors(reply)[0]["message"].startswith("Cannot find channel with id ")


@pytest.mark.parametrize("name", OF_A_CONTACT)
def test_an_unknown_contact_is_not_found(api: Api, name: str) -> None:
    reply = call(api, name, channel=api.demo_channel("amio_chat"), contact="123")
    assert reply.status_code == 404
    assert errors(reply) == [{"message": "Cannot find contact with id 123."}]


@pytest.mark.parametrize("name", OF_A_CONTACT)
def test_a_contact_of_another_channel_is_not_found(api: Api, name: str) -> None:
    elsewhere = api.get(f"/channels/{api.demo_channel('viber')}/contacts").json()[0]["id"]
    assert call(api, name, channel=api.demo_channel("amio_chat"), contact=elsewhere).status_code == 404


@pytest.mark.parametrize("name", ["settings.read", "settings.update"])
def test_a_platform_without_settings_says_so(api: Api, name: str) -> None:
    reply = call(api, name, channel=api.demo_channel("telegram"))
    assert reply.status_code == 422
    assert errors(reply) == [{"message": "Settings are not supported on channel type telegram."}]


@pytest.mark.parametrize("name", ["settings.read", "settings.update"])
def test_settings_of_a_disconnected_page_fail_upstream(api: Api, sandbox: Box, name: str) -> None:
    channel = api.demo_channel("facebook_messenger")
    sandbox.stimuli.amio.page_disconnected(channel_id=channel)
    reply = call(api, name, channel=channel)
    assert reply.status_code == 502
    assert reply.json()["status"] == {"code": "502", "message": "Bad Gateway"}
