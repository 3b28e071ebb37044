"""Batches and tasks."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug import Request, Response
from werkzeug.serving import make_server

from emulator.testing.client import Box
from tests.vendors.agillic.conftest import Api

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def person(email: str, **fields: Any) -> dict[str, Any]:
    return {"personData": {"EMAIL": email, **fields}}


def test_every_entry_is_carried_out_whatever_became_of_the_ones_before(api: Api) -> None:
    batch = [
        person("a@example.com"),
        person("b@example.com", AGE="old"),
        {"personData": {}},
        {},
        person("jane@example.com", CUSTOMER_ID="10002"),
        person("jane@example.com", CITY="Ribe"),
    ]
    reply = api.post("/recipients/:batch", json=batch)
    assert (reply.status_code, reply.json()) == (200, {"created": 1, "updated": 1, "warnings": 0, "errors": 4})
    assert api.get("/recipients/jane@example.com").json()["personData"]["CITY"] == "Ribe"
    assert api.get("/recipients/b@example.com").status_code == 404


def test_entries_are_carried_out_in_order(api: Api) -> None:
    reply = api.post(
        "/recipients/:batch", json=[person("a@example.com", CITY="One"), person("a@example.com", CITY="Two")]
    )
    assert reply.json() == {"created": 1, "updated": 1, "warnings": 0, "errors": 0}
    assert api.get("/recipients/a@example.com").json()["personData"]["CITY"] == "Two"


def test_what_went_wrong_can_be_listed(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"agillic": {"bulk_details": "lists"}})
    told = api.post("/recipients/:batch", json=[person("a@example.com"), person("b@example.com", AGE="old")]).json()
    assert told == {
        "created": 1,
        "updated": 0,
        "warnings": [],
        "errors": [{"index": 1, "id": "b@example.com", "message": "The value of AGE is no NUMBER"}],
    }


def test_a_batch_has_at_most_a_thousand_entries(api: Api) -> None:
    entries = [person(f"n{number}@example.com") for number in range(1001)]
    assert api.post("/recipients/:batch", json=entries).status_code == 400
    assert api.get("/recipients/n0@example.com").status_code == 404
    assert api.post("/recipients/:batch", json=entries[:1000]).json()["created"] == 1000
    assert api.post("/recipients/:batch", json=[]).json() == {"created": 0, "updated": 0, "warnings": 0, "errors": 0}


@pytest.mark.parametrize("body", [{}, [1], ["a@example.com"], [None]])
def test_what_is_no_batch_is_400_and_nothing_is_done(body: Any, api: Api) -> None:
    assert api.post("/recipients/:batch", json=body).status_code == 400


def test_a_batch_of_recipients_has_at_most_five_megabytes(api: Api) -> None:
    big = [person("a@example.com", CITY="x" * (5 * 1024 * 1024))]
    reply = api.post("/recipients/:batch", json=big)
    assert (reply.status_code, reply.content) == (413, b"")


def test_a_task_tells_how_it_is_getting_on(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"agillic": {"task_delay": 10}})
    reply = api.post("/recipients/v2/:upsert", json={"data": [person("a@example.com"), {}]})
    assert reply.status_code == 202
    where = f"/recipients/v2/task/{reply.json()['taskId']}"
    assert api.get(where).json()["status"] == "processing"
    assert api.get("/recipients/a@example.com").status_code == 404
    sandbox.clock.advance("11s")
    assert api.get(where).json() == {
        **reply.json(),
        "status": "completed",
        "details": {"result": {"created": 1, "updated": 0, "warnings": 0, "errors": 1}},
    }
    assert api.get("/recipients/a@example.com").status_code == 200
    assert api.get(f"/recipients/v2/task/{UNKNOWN}").status_code == 404


def test_recipients_rows_and_events_are_changed_by_tasks(api: Api) -> None:
    rows = {
        "data": [
            {"recipientId": "jane@example.com", "tableId": "PURCHASES", "records": [{"ID": "9"}, {}, 7]},
            {"recipientId": "jane@example.com", "tableId": "NONE", "records": [{}]},
            {},
        ]
    }
    events = {
        "data": [
            {
                "recipientId": "jane@example.com",
                "eventId": "welcome",
                "context_parameters": {"name": "editor", "SUBJECT_LINE": "x"},
            },
            {"recipientId": "jane@example.com", "eventId": "welcome", "context_parameters": {"name": "editor"}},
            {"eventId": 1},
        ]
    }
    calls = {
        "/recipients/v2/oneToManyTables/:upsert": rows,
        "/recipients/v2/events/:achieve": events,
        "/recipients/v2/:delete": {"recipientIds": ["mads@example.com", "nobody@example.com"]},
    }
    results = []
    for path, body in calls.items():
        ident = api.post(path, json=body).json()["taskId"]
        results.append(api.get(f"/recipients/v2/task/{ident}").json()["details"]["result"])
    assert [(r["created"], r["updated"], r["errors"]) for r in results] == [(1, 0, 4), (0, 1, 2), (0, 1, 1)]
    assert api.get("/recipients/mads@example.com").status_code == 404
    assert api.get("/recipients/jane@example.com/events/welcome").json()["achieved"] is True


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[bytes]]]:
    heard: list[bytes] = []

    @Request.application
    def listen(request: Request) -> Response:
        heard.append(request.get_data())
        return Response("")

    server = make_server("127.0.0.1", 0, listen)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/hook", heard
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_caller_is_told_when_a_task_has_ended(sandbox: Box, api: Api, receiver: tuple[str, list[bytes]]) -> None:
    url, heard = receiver
    sandbox.settings.update({"agillic": {"task_delay": 5}})
    callback = {"configuration": {"callback": {"on": "every", "url": url}}}
    ident = api.post("/recipients/v2/:upsert", json={**callback, "data": [person("a@example.com")]}).json()["taskId"]
    assert sandbox.deliver() == []
    sandbox.clock.advance("6s")
    sandbox.deliver()
    assert json.loads(heard[0]) == api.get(f"/recipients/v2/task/{ident}").json()


@pytest.mark.parametrize(
    "on, name, told",
    [
        ("success", "newsletter.html", True),
        ("failure", "newsletter.html", False),
        ("success", "none.html", False),
        ("failure", "none.html", True),
    ],
)
def test_the_caller_chooses_what_to_be_told(
    on: str, name: str, told: bool, sandbox: Box, api: Api, receiver: tuple[str, list[bytes]]
) -> None:
    details = {"name": "May", "subject": "May", "templateName": name, "targetGroupName": "VIP", "blockGroups": []}
    api.post(
        "/messages/v2/campaign/email/:stage",
        json={"configuration": {"callback": {"on": on, "url": receiver[0]}}, "details": details},
    )
    sandbox.deliver()
    assert [json.loads(text)["status"] for text in receiver[1]] == (
        ["completed" if name == "newsletter.html" else "failed"] if told else []
    )


@pytest.mark.parametrize(
    "callback",
    [
        {"on": "never", "url": "http://x.test/"},
        {"on": "every"},
        {"on": "every", "url": "ftp://x.test/"},
        {"on": "every", "url": "here"},
    ],
)
def test_a_callback_needs_a_condition_and_an_address(callback: dict[str, str], api: Api) -> None:
    assert (
        api.post(
            "/recipients/v2/:delete", json={"configuration": {"callback": callback}, "recipientIds": []}
        ).status_code
        == 400
    )
