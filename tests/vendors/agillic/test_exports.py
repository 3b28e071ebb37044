"""Exports of activity, and exported files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from emulator.testing.client import Box
from tests.vendors.agillic.conftest import Api
from tests.vendors.agillic.examples import rfc3339


def window(sandbox: Box, hours: float = 2, ago: float = 0, kind: str = "EVENT") -> dict[str, Any]:
    end = sandbox.clock.utc() - timedelta(hours=ago) + timedelta(seconds=1)
    return {"fileType": kind, "from": rfc3339(end - timedelta(hours=hours)), "to": rfc3339(end)}


def start(api: Api, body: dict[str, Any]) -> str:
    reply = api.post("/export/activity/:execute", json=body)
    assert reply.status_code == 200, reply.text
    return str(reply.json()["taskId"])


def test_an_export_tells_what_happened_in_its_window(sandbox: Box, api: Api) -> None:
    for event in ("welcome", "order_placed"):
        api.post(f"/recipients/jane@example.com/events/{event}/:achieveEvent")
    sandbox.stimuli.agillic.activity_recorded(
        recipientId="jane@example.com", fileType="PAGE", fields={"PAGE_NAME": "summer"}
    )
    ident = start(api, window(sandbox))
    assert api.get(f"/export/activity/task/{ident}").json() == {"taskId": ident, "status": "completed"}
    shown = api.get(f"/export/activity/{ident}").json()
    assert [row["EVENT_NAME"] for row in shown["content"]] == ["welcome", "order_placed"]
    assert shown["content"][0]["RECIPIENT_ID"] == "jane@example.com"
    other = start(api, window(sandbox, kind="PAGE"))
    assert [row["PAGE_NAME"] for row in api.get(f"/export/activity/{other}").json()["content"]] == ["summer"]


def test_rows_come_in_pages(sandbox: Box, api: Api) -> None:
    for _ in range(5):
        sandbox.stimuli.agillic.activity_recorded(recipientId="jane@example.com", fileType="TRACKING")
    ident = start(api, window(sandbox, kind="TRACKING"))
    shown = api.get(f"/export/activity/{ident}?pageStart=3&pageSize=2").json()
    assert (len(shown["content"]), shown["page"]["totalElements"]) == (2, 5)
    assert {link["rel"]: link["href"] for link in shown["links"]}["next"].endswith(
        f"pageStart=5&pageSize=2&documentId={ident}"
    )
    assert len(api.get({link["rel"]: link["href"] for link in shown["links"]}["next"]).json()["content"]) == 1
    assert api.get(f"/export/activity/{ident}?pageStart=6").status_code == 404
    assert api.get(f"/export/activity/{ident}?pageStart=0").status_code == 400


def test_results_expire_a_quarter_of_an_hour_after_completion(sandbox: Box, api: Api) -> None:
    ident = start(api, window(sandbox))
    sandbox.clock.advance("14m")
    assert api.get(f"/export/activity/{ident}").status_code == 200
    sandbox.clock.advance("1m")
    assert api.get(f"/export/activity/{ident}").status_code == 404
    assert api.get(f"/export/activity/task/{ident}").status_code == 404


def test_rows_are_not_read_before_the_export_is_done(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"agillic": {"task_delay": 60}})
    ident = start(api, window(sandbox))
    assert api.get(f"/export/activity/task/{ident}").json()["status"] == "processing"
    assert api.get(f"/export/activity/{ident}").status_code == 409
    sandbox.clock.advance("61s")
    assert api.get(f"/export/activity/{ident}").status_code == 200


@pytest.mark.parametrize(
    "hours, ago, status", [(4, 0, 200), (4.1, 0, 400), (0, 0, 400), (-1, 0, 400), (1, 166, 200), (1, 168, 400)]
)
def test_a_window_is_short_and_not_too_old(hours: float, ago: float, status: int, sandbox: Box, api: Api) -> None:
    assert api.post("/export/activity/:execute", json=window(sandbox, hours, ago)).status_code == status


@pytest.mark.parametrize(
    "change", [{"fileType": "EMAIL"}, {"from": "yesterday"}, {"to": "2026-13-01T00:00:00Z"}, {"to": None}]
)
def test_a_bad_type_or_date_is_400(change: dict[str, Any], sandbox: Box, api: Api) -> None:
    assert api.post("/export/activity/:execute", json={**window(sandbox), **change}).status_code == 400


def test_at_most_ten_exports_wait(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"agillic": {"task_delay": 60}})
    for _ in range(10):
        start(api, window(sandbox))
    reply = api.post("/export/activity/:execute", json=window(sandbox))
    assert (reply.status_code, reply.content) == (429, b"")
    sandbox.clock.advance("61s")
    start(api, window(sandbox))


def test_files_are_listed_read_and_deleted(sandbox: Box, api: Api) -> None:
    sandbox.stimuli.agillic.file_exported(path="daily/stores.csv", content="ID\nÅ1\n")
    assert api.get("/export/files/list").json() == [
        {"name": "daily", "isFolder": True},
        {"name": "readme.txt", "isFolder": False},
    ]
    assert len(api.get("/export/files/list?folder=/daily/").json()) == 3
    reply = api.get("/export/files/download", params={"file": "daily/stores.csv"})
    assert (reply.headers["Content-Type"], reply.content.decode()) == ("application/octet-stream", "ID\nÅ1\n")
    assert api.delete("/export/files/delete?file=daily/stores.csv").status_code == 200
    assert api.delete("/export/files/delete?file=daily").status_code == 200
    assert api.get("/export/files/list").json() == [{"name": "readme.txt", "isFolder": False}]


def test_what_is_not_there_or_not_named(api: Api) -> None:
    assert api.get("/export/files/list?folder=none").status_code == 404
    for method, path in (("GET", "download"), ("DELETE", "delete")):
        assert api.request(method, f"/export/files/{path}?file=none.csv").status_code == 404
        assert api.request(method, f"/export/files/{path}").status_code == 400
    assert api.delete("/export/files/delete?file=/").status_code == 404


def test_files_above_a_gigabyte_are_not_handed_out(sandbox: Box, api: Api) -> None:
    sandbox.stimuli.agillic.file_exported(path="huge.csv", content="x", size=(1 << 30) + 1)
    reply = api.get("/export/files/download?file=huge.csv")
    assert (reply.status_code, reply.content) == (413, b"")
