"""What goes wrong is told in one shape."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.testing.client import Box
from emulator.world.clock import moment
from tests.vendors.amio.client import Api, errors


def test_an_error_has_a_moment_a_status_and_at_least_one_entry(api: Api, sandbox: Box) -> None:
    error = api.get("/channels/123").json()
    assert list(error) == ["timestamp", "status", "errors"]
    assert abs(moment(error["timestamp"]) - sandbox.clock.now()) < 60
    assert error["errors"]


def test_the_status_code_is_text_unless_the_world_is_set_to_numbers(api: Api, sandbox: Box) -> None:
    assert api.get("/channels/123").json()["status"]["code"] == "404"
    sandbox.settings.update({"amio": {"status_code_type": "number"}})
    assert api.get("/channels/123").json()["status"]["code"] == 404


def test_a_wrong_method_is_told_with_method_and_resource(api: Api) -> None:
    reply = api.call("DELETE", "/messages")
    assert reply.status_code == 405
    assert errors(reply) == [{"message": "Method DELETE is not allowed for resource /messages."}]


def test_no_endpoint_takes_a_put(api: Api) -> None:
    for path in ("/channels", "/messages", "/notifications", f"/channels/{api.demo_channel('amio_chat')}/settings"):
        assert api.call("PUT", path, json={}).status_code == 405


def test_a_message_cannot_be_read_by_its_location(api: Api) -> None:
    location = api.send(api.demo_channel("mobile"), {"phone_number": "+12025550123"}).headers["Location"]
    assert api.session.get(location, timeout=30).status_code == 404


@pytest.mark.parametrize("body", ["{", "{'type': 'x'}", "", "\x00", '{"a": NaN}'])
def test_what_is_no_json_is_not_understood(api: Api, body: str) -> None:
    reply = api.call("POST", "/channels", data=body)
    assert reply.status_code == 400
    assert reply.json()["status"] == {"code": "400", "message": "Bad Request"}


def test_json_that_is_nested_beyond_measure_is_not_understood(api: Api) -> None:
    deep = "[" * 300 + "]" * 300
    assert api.call("POST", "/channels", data=f'{{"type": "amio_chat", "name": {deep}}}').status_code == 400


@pytest.mark.parametrize("body", [[], "text", 5, True, None])
def test_json_that_is_no_object_is_not_valid(api: Api, body: Any) -> None:
    assert api.call("POST", "/messages", json=body, data="null" if body is None else None).status_code == 422


def test_json_is_read_whatever_it_is_called(api: Api) -> None:
    body = '{"type": "amio_chat", "name": "Plain"}'
    assert api.call("POST", "/channels", data=body, headers={"Content-Type": "text/plain"}).status_code == 201


def test_every_violation_has_an_entry_with_field_value_and_message(api: Api) -> None:
    reply = api.post("/channels", {"type": "mobile", "name": 7, "webhook": {"url": "example.com"}})
    assert errors(reply) == [
        {"field": "name", "rejected_value": 7, "message": "Property 'name' must be string."},
        {
            "field": "webhook.url",
            "rejected_value": "example.com",
            "message": "Property 'url' must be a valid URL. Current value is \"example.com\"",
        },
    ]


def test_a_missing_property_is_told_like_a_null_one(api: Api) -> None:
    missing = {"field": "name", "rejected_value": None, "message": "Property 'name' cannot be null."}
    assert errors(api.post("/channels", {"type": "amio_chat"})) == [missing]
    assert errors(api.post("/channels", {"type": "amio_chat", "name": None})) == [missing]


def test_a_value_outside_a_list_is_told_with_the_list(api: Api) -> None:
    reply = api.post("/channels", {"type": "mobile", "name": "SMS", "mode": "amio", "provider": {}})
    assert {
        "field": "mode",
        "rejected_value": "amio",
        "message": "Property 'mode' with value 'amio' does not match any allowed value: production, test.",
    } in errors(reply)


def test_a_wrong_constant_is_told_with_the_right_one(api: Api) -> None:
    body = {"type": "mobile", "name": "SMS", "provider": {"type": "twilio", "sender_id": "a", "access_token": "b"}}
    assert errors(api.post("/channels", body)) == [
        {
            "field": "provider.type",
            "rejected_value": "twilio",
            "message": "Property 'type' must have value 'messagebird'.",
        }
    ]


def test_a_huge_number_in_the_query_is_given_back_as_text(api: Api) -> None:
    reply = api.get("/channels", max=10**30)
    assert errors(reply)[0]["rejected_value"] == str(10**30)


def test_an_item_of_a_list_is_told_with_its_place(api: Api) -> None:
    reply = api.patch(f"/channels/{api.demo_channel('amio_chat')}/settings", {"domains_whitelist": ["https://a.b", 5]})
    assert errors(reply) == [
        {
            "field": "domains_whitelist[1]",
            "rejected_value": 5,
            "message": "Property 'domains_whitelist[1]' must be string.",
        }
    ]


def test_a_planned_refusal_wears_the_vendors_shape(api: Api, sandbox: Box) -> None:
    sandbox.faults.add(vendor="amio", refuse="forbidden", times=1)
    reply = api.get("/channels")
    assert reply.status_code == 403
    assert errors(reply) == [{"message": "Access to the resource is forbidden."}]


def test_a_planned_refusal_may_lack_the_facts_of_a_real_one(api: Api, sandbox: Box) -> None:
    sandbox.faults.add(vendor="amio", refuse="missing", times=1)
    reply = api.get("/channels")
    assert (reply.status_code, len(errors(reply))) == (404, 1)


def test_a_path_outside_the_version_is_named_whole(api: Api) -> None:
    reply = api.session.get(f"{api.base_url}/v2/channels", timeout=30)
    assert errors(reply) == [{"message": "Cannot find resource /v2/channels."}]
