"""Campaigns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from emulator.testing.client import Box
from tests.vendors.agillic.conftest import Api

V1, V2 = "/messages/v1/campaign/email", "/messages/v2/campaign/email"


def details(**changes: Any) -> dict[str, Any]:
    variants = [
        {"name": "vip", "targetGroupName": "VIP", "fields": {"headline": "For you"}},
        {"name": "default", "fields": {"headline": "For all"}},
    ]
    message = {"name": "teaser", "messageTemplate": "article", "blockId": "article", "variants": variants}
    groups = [{"blockGroupId": "main", "messages": [message]}]
    return {
        "name": "May",
        "subject": "Sweet May",
        "templateName": "newsletter.html",
        "targetGroupName": "VIP",
        "blockGroups": groups,
        **changes,
    }


def staged(api: Api, **changes: Any) -> str:
    return str(api.post(f"{V1}/:stage", json=details(**changes)).json()["data"]["campaignId"])


def tried(api: Api, ident: str, who: str = "jane@example.com", send: str = "false") -> Any:
    return api.post(f"{V1}/:test", json={"campaignId": ident, "viewAsRecipientId": who, "sendMessage": send})


def history(api: Api, who: str) -> list[str]:
    return [entry["communicationId"] for entry in api.post(f"/recipients/{who}/:listCommunicationHistory").json()]


def test_a_campaign_is_staged_tried_out_edited_and_published(api: Api) -> None:
    ident = staged(api)
    assert ident.startswith("#")
    seen = tried(api, ident).json()
    assert seen["success"] is True
    assert seen["data"]["subject"] == "Sweet May"
    assert "For all" in seen["data"]["content"]
    assert "For you" in tried(api, ident, "ruby@example.com").json()["data"]["content"]
    edit = {
        "campaignId": ident,
        "subject": "Sweeter",
        "blockGroups": [
            {"messages": [{"name": "teaser", "variants": [{"name": "d", "fields": {"headline": "News"}}]}]}
        ],
    }
    assert api.post(f"{V1}/:edit", json=edit).status_code == 200
    seen = tried(api, ident).json()["data"]
    assert (seen["subject"], "News" in seen["content"]) == ("Sweeter", True)
    assert api.post(f"{V1}/:publish", json={"campaignId": ident}).status_code == 200
    assert history(api, "ruby@example.com")[-1] == "May"
    assert "May" not in history(api, "jane@example.com")


def test_a_published_campaign_is_closed(api: Api) -> None:
    ident = staged(api)
    api.post(f"{V1}/:publish", json={"campaignId": ident})
    assert api.post(f"{V1}/:publish", json={"campaignId": ident}).status_code == 409
    assert api.post(f"{V1}/:edit", json={"campaignId": ident, "subject": "x"}).status_code == 409


def test_a_scheduled_campaign_waits_for_its_time(sandbox: Box, api: Api) -> None:
    tomorrow = (sandbox.clock.utc() + timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S")
    ident = staged(api, schedule=tomorrow, limitToTargetGroupName="VIP")
    api.post(f"{V1}/:publish", json={"campaignId": ident})
    assert "May" not in history(api, "ruby@example.com")
    sandbox.clock.advance("26h")
    assert history(api, "ruby@example.com").count("May") == 1


def test_a_trial_may_be_sent(api: Api) -> None:
    ident = staged(api)
    assert tried(api, ident, send="true").status_code == 200
    assert history(api, "jane@example.com")[-1] == "May"
    assert tried(api, ident, "nobody@example.com").status_code == 400


def test_a_campaign_may_need_a_moment_before_it_can_be_tried_out(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"agillic": {"campaign_delay": 5}})
    ident = staged(api)
    assert tried(api, ident).status_code == 409
    sandbox.clock.advance("5s")
    assert tried(api, ident).status_code == 200


@pytest.mark.parametrize(
    "change, text",
    [
        ({"templateName": "none.html"}, "none.html"),
        ({"targetGroupName": "Nobody"}, "Nobody"),
        ({"limitToTargetGroupName": "Nobody"}, "Nobody"),
        ({"schedule": "2026-13-01 00:00:00"}, "2026-13-01"),
        ({"blockGroups": [{"blockGroupId": "sidebar", "messages": []}]}, "agblockgroup"),
        ({"colour": "red"}, "colour"),
        ({"subject": None}, "subject"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_message(change: dict[str, Any], text: str, api: Api) -> None:
    reply = api.post(f"{V1}/:stage", json=details(**change))
    assert reply.status_code == 400
    assert text in reply.json()["message"]


def test_fields_of_a_variant_must_not_be_empty(api: Api) -> None:
    body = details()
    body["blockGroups"][0]["messages"][0]["variants"][0]["fields"] = {}
    assert api.post(f"{V1}/:stage", json=body).status_code == 400


def test_a_name_is_used_once(api: Api) -> None:
    staged(api)
    assert api.post(f"{V1}/:stage", json=details()).status_code == 409


def test_what_is_edited_must_be_there(api: Api) -> None:
    unknown = [{"messages": [{"name": "footer", "variants": []}]}]
    assert api.post(f"{V1}/:edit", json={"campaignId": "#BaaB", "blockGroups": unknown}).status_code == 400
    for path in ("edit", "publish"):
        assert api.post(f"{V1}/:{path}", json={"campaignId": "#None"}).status_code == 404
    assert tried(api, "#None").status_code == 404


def test_the_second_version_works_by_tasks(sandbox: Box, api: Api) -> None:
    def result(path: str, body: dict[str, Any]) -> dict[str, Any]:
        reply = api.post(f"{V2}/:{path}", json=body)
        assert reply.status_code == 202
        told: dict[str, Any] = api.get(f"/messages/v2/task/{reply.json()['taskId']}").json()
        return told

    made = result("stage", {"details": details()})
    ident = made["details"]["result"]["campaignId"]
    assert made["status"] == "completed"
    assert result("edit", {"details": {"campaignId": ident, "subject": "New"}})["status"] == "completed"
    assert result("publish", {"campaignId": ident})["status"] == "completed"
    again = result("publish", {"campaignId": ident})
    assert (again["status"], again["details"]) == ("failed", {"message": "The campaign is published already"})
    sandbox.settings.update({"agillic": {"task_delay": 3}})
    assert result("publish", {"campaignId": "#BaaB"})["status"] == "running"
