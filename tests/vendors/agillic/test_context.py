"""Contextual data and its schemas, uploaded in three ways."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emulator.testing.client import Box
from tests.vendors.agillic.conftest import Api

ACHIEVE = "/recipients/jane@example.com/events/send_message/:achieveWithContext"
DAV = "/media/contexts"
ORDER = {
    "FIRSTNAME": "Jane",
    "BIRTHDATE": "18.06.1992",
    "MEMBER": True,
    "lines": [{"SKU": "C01", "QUANTITY": 2}, {"SKU": "C02", "QUANTITY": "3"}],
    "ORDER_TIME": "05.01.2026 10:00:00",
    "VAT_RATE": 25,
}


def achieve(api: Api, name: str = "order", **members: Any) -> int:
    return api.post(ACHIEVE, json={"context_parameters": {"name": name, **members}}).status_code


def schema(**extra: Any) -> str:
    return json.dumps({"DISCOUNT": {"data_type": "number", "required": True}, **extra})


def test_the_one_body_that_is_known_to_work(api: Api) -> None:
    assert achieve(api, "editor", SUBJECT_LINE="Hello", HEADER="News", BODY="Read on") == 200
    assert achieve(api, "editor.json", SUBJECT_LINE="Hello") == 200


def test_models_stand_flat_nested_or_as_rows(api: Api) -> None:
    assert achieve(api, **ORDER) == 200
    assert (
        achieve(
            api,
            customer={"FIRSTNAME": "Jane"},
            lines=ORDER["lines"],
            ORDER_TIME=ORDER["ORDER_TIME"],
            shops=[{"NAME": "x"}, {}],
        )
        == 200
    )


@pytest.mark.parametrize(
    "change, problem",
    [
        ({"FIRSTNAME": ""}, "required: FIRSTNAME"),
        ({"lines": []}, "required: lines"),
        ({"lines": [{"QUANTITY": 1}]}, "required: lines[0].SKU"),
        ({"lines": "C01"}, "lines is no list of objects"),
        ({"lines": [{"SKU": "C01", "QUANTITY": "many"}]}, "lines[0].QUANTITY is no number"),
        ({"lines": [{"SKU": 1, "QUANTITY": True}]}, "lines[0].SKU is no string"),
        ({"BIRTHDATE": "1992-06-18"}, "BIRTHDATE is no date"),
        ({"MEMBER": "perhaps"}, "MEMBER is no boolean"),
        ({"ORDER_TIME": "05.01.2026"}, "ORDER_TIME is no timestamp"),
        ({"ORDER_TIME": None}, "required: ORDER_TIME"),
        ({"COLOUR": "red"}, "not in the schema: COLOUR"),
        ({"lines": [{"SKU": "1", "QUANTITY": 1, "SIZE": 2}]}, "not in the schema: lines[0].SIZE"),
    ],
)
def test_data_that_does_not_follow_its_schema_is_400_and_nothing_happens(
    change: dict[str, Any], problem: str, sandbox: Box, api: Api
) -> None:
    reply = api.post(ACHIEVE, json={"context_parameters": {"name": "order", **ORDER, **change}})
    assert reply.status_code == 400
    assert problem in reply.json()["message"]
    assert api.get("/recipients/jane@example.com/events/send_message").json()["achieved"] is False


def test_a_required_model_must_be_there_and_an_optional_one_need_not(sandbox: Box, api: Api) -> None:
    model = {"fields": {"A": {"data_type": "string", "required": True}}, "type": "global_data"}
    sandbox.stimuli.agillic.context_published(name="needed", schema={"m": {**model, "required": True}})
    sandbox.stimuli.agillic.context_published(name="optional", schema={"m": model, "n": {**model, "type": "gdt"}})
    assert [achieve(api, "needed"), achieve(api, "needed", A="1"), achieve(api, "optional")] == [400, 200, 200]
    assert achieve(api, "needed", m={"A": "1", "B": "2"}) == 400


def test_the_schema_must_be_named_and_known(api: Api) -> None:
    assert api.post(ACHIEVE, json={"context_parameters": {"SUBJECT_LINE": "x"}}).status_code == 400
    assert api.post(ACHIEVE, json={"SUBJECT_LINE": "x"}).status_code == 400
    assert achieve(api, "nowhere") == 400


def test_members_outside_the_schema_can_be_ignored_instead(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"agillic": {"context_strangers": "ignore"}})
    assert achieve(api, **ORDER, COLOUR="red") == 200


def test_nothing_of_the_data_is_stored(sandbox: Box, api: Api) -> None:
    achieve(api, "editor", SUBJECT_LINE="a very secret offer")
    collections = sandbox.world()["vendors"]["agillic"]["collections"]
    assert "a very secret offer" not in json.dumps(collections)


def test_schemas_are_uploaded_over_webdav_and_used_at_once(api: Api) -> None:
    assert api.put(f"{DAV}/offer.json", data=schema()).status_code == 201
    assert api.get(f"{DAV}/offer.json").text == schema()
    assert achieve(api, "offer", DISCOUNT=10) == 200
    assert achieve(api, "offer", DISCOUNT="x") == 400


def test_webdav_lists_moves_and_deletes(api: Api) -> None:
    listed = api.request("PROPFIND", DAV, headers={"Depth": "1"})
    assert listed.status_code == 207
    assert "editor.json" in listed.text
    destination = {"Destination": f"{api.base_url}{DAV}/moved.json"}
    assert api.request("COPY", f"{DAV}/editor.json", headers=destination).status_code == 201
    assert achieve(api, "moved", SUBJECT_LINE="x") == 200
    further = {"Destination": f"{api.base_url}{DAV}/further.json"}
    assert api.request("MOVE", f"{DAV}/moved.json", headers=further).status_code == 201
    assert [achieve(api, name, SUBJECT_LINE="x") for name in ("moved", "further")] == [400, 200]
    assert api.delete(f"{DAV}/further.json").status_code == 204
    assert achieve(api, "further", SUBJECT_LINE="x") == 400
    assert (
        api.request(
            "MOVE", f"{DAV}/editor.json", headers={"Destination": f"{api.base_url}/media/elsewhere.json"}
        ).status_code
        == 403
    )
    assert api.request("MKCOL", "/media/more").status_code == 403
    assert api.get(f"{DAV}/none.json").status_code == 404


def test_webdav_asks_for_the_key_of_the_server_s_scope(api: Api, device: Api, stranger: Api) -> None:
    assert [who.request("PROPFIND", "/media/").status_code for who in (api, device, stranger)] == [207, 403, 401]


def test_existing_schemas_are_extended_but_not_changed_in_whatever_way(sandbox: Box, api: Api) -> None:
    api.put(f"{DAV}/offer.json", data=schema())
    more, other = schema(CODE={"data_type": "string"}), json.dumps({"DISCOUNT": {"data_type": "string"}})
    assert api.put(f"{DAV}/offer.json", data=more).status_code == 204
    assert api.put(f"{DAV}/offer.json", data=other).status_code == 409
    assert api.put("/assets/contexts", files={"file": ("offer.json", more)}).status_code == 200
    changed = api.put("/assets/contexts", files={"file": ("offer.json", schema())})
    assert changed.status_code == 409
    assert "offer" in changed.json()["message"]
    assert api.get(f"{DAV}/offer.json").text == more


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"A": {"data_type": "colour"}}',
        '{"A": {"type": "otm"}}',
        '{"A": {}}',
        '{"A": {"data_type": "string", "size": 3}}',
    ],
)
def test_what_is_no_schema_is_not_taken(text: str, api: Api) -> None:
    assert api.put(f"{DAV}/bad.json", data=text).status_code == 400
    assert api.get(f"{DAV}/bad.json").status_code == 404
    assert api.post("/assets/contexts", files={"file": ("bad.json", text)}).status_code == 400


def test_a_new_schema_must_be_new(api: Api) -> None:
    assert api.post("/assets/contexts", files={"file": ("offer.json", schema())}).status_code == 201
    assert api.post("/assets/contexts", files={"file": ("offer.json", schema())}).status_code == 409


def test_flows_take_contextual_data_too(api: Api) -> None:
    given = {"recipientId": "jane@example.com", "context_parameters": {"name": "editor", "SUBJECT_LINE": "x"}}
    other = {"recipientId": "peter@example.com", "contextData": {"SUBJECT_LINE": "x"}}
    url = "/flows/message/:executeWithContext"
    assert api.post(url, json={"recipients": [given]}).status_code == 200
    assert api.post(url, json={"schemaName": "editor", "recipients": [other]}).status_code == 200
    assert api.post(url, json={"recipients": [given, other]}).status_code == 400
    assert api.post(url, json={"recipients": [{**given, "recipientId": "nobody@example.com"}]}).status_code == 404
    queue = "/flows/message/recipients/jane@example.com/queueWithContext"
    assert api.post(queue, json={"context_parameters": {"name": "editor"}}).status_code == 400
