"""What the configuration service tells, and who works on which lead list."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.ameyo.client import Api, code

CAMPAIGN = "/cms/configuration/cc/1/process/13/campaign/131"
MAPPING = "/cms/configuration/voice/campaignLeadUserMapping"
PROCESSES = "/configuration/cc/1/process"


def change(assigned: list[str] = [], unassigned: list[str] = [], **more: Any) -> dict[str, Any]:  # noqa: B006
    return {"leadId": 17, "campaignId": 131, "assignedUserIds": assigned, "unassignedUserIds": unassigned} | more


def test_processes_come_two_at_a_time_and_their_total_is_text(api: Api) -> None:
    body = api.get(PROCESSES).json()
    assert body["metadata"] == {"total": "5", "count": 2, "offset": 0, "limit": 2}
    assert [process["processId"] for process in body["response"]] == [1, 13]


def test_a_page_of_processes_is_of_ten_at_most(api: Api) -> None:
    assert api.get(PROCESSES, limit=10).json()["metadata"]["count"] == 5
    assert code(api.get(PROCESSES, limit=11)) == (400, "CONF-1001")


def test_processes_are_found_by_the_beginning_of_their_name(api: Api) -> None:
    body = api.get(PROCESSES, processName="Outbound", sort_by="processName:desc,processId:asc").json()
    assert [process["processName"] for process in body["response"]] == ["Outbound surveys", "Outbound sales"]


def test_processes_are_not_sorted_by_what_they_do_not_have(api: Api) -> None:
    assert code(api.get(PROCESSES, sort_by="colour:asc")) == (400, "CONF-1001")


def test_here_a_missing_object_has_another_code(admin: Api) -> None:
    reply = admin.get("/configuration/cc/77/process")
    assert reply.status_code == 404
    assert (reply.json()["errorCode"], reply.json()["errorMessage"]) == ("CONF-1001", "Object doesn't exist")


def test_campaigns_are_a_bare_array(api: Api) -> None:
    campaigns = api.get("/configuration/hierarchyconfig/campaign", contactCenterId=1).json()
    assert [campaign["campaignContextId"] for campaign in campaigns] == [11, 131, 132, 141, 151]


def test_campaigns_need_their_contact_centre(api: Api, admin: Api) -> None:
    path = "/configuration/hierarchyconfig/campaign"
    assert code(api.get(path)) == (400, "CONF-1001")
    assert code(api.get(path, contactCenterId=6)) == (403, "CONF-1003")
    assert code(admin.get(path, contactCenterId=77)) == (404, "CONF-1001")


def test_the_lead_lists_of_a_campaign_stand_in_an_envelope_without_metadata(api: Api) -> None:
    body = api.get(f"{CAMPAIGN}/campaign-lead").json()
    assert set(body) == {"http_code", "method", "request_id", "response"}
    first = body["response"][0]
    assert (first["http_code"], first["error_data"], first["data"]["leadId"]) == (200, None, 17)
    assert first["data"]["dateAdded"].endswith("+00:00")


def test_both_prefixes_lead_to_the_configuration_service(api: Api) -> None:
    for path in (PROCESSES, "/configuration/cc/1/process/13/campaign/131/campaign-lead"):
        assert api.get(path).status_code == api.get(f"/cms{path}").status_code == api.get(f"{path}/").status_code == 200


def test_agents_are_assigned_and_unassigned_at_once(api: Api) -> None:
    reply = api.call("PUT", MAPPING, json=change(["asha", "dev"], ["ben"])).json()
    assert (reply["campaignLeadId"], reply["assignedCampaignUserIds"], reply["unassignedCampaignUserIds"]) == (
        71,
        [501, 504],
        [502],
    )
    found = api.get(f"{CAMPAIGN}/lead-user", leadId=17, limit=10, offset=0).json()
    assert sorted(found["assignedUserIds"]) == ["asha", "chitra", "dev"]
    assert sorted(found["unassignedUserIds"]) == ["ben", "elena", "farid", "meera"]
    mapped = api.get(f"{CAMPAIGN}/campaign-lead").json()["response"][0]["data"]["campaignLeadUserMappings"]
    assert sorted(mapping["campaignUserId"] for mapping in mapped) == [501, 503, 504]


def test_assigning_twice_changes_nothing_more(api: Api) -> None:
    for _ in range(2):
        api.call("PUT", MAPPING, json=change(["asha"]))
    assert api.get(f"{CAMPAIGN}/lead-user", leadId=17, limit=10, offset=0).json()["assignedUserIds"] == [
        "ben",
        "chitra",
        "asha",
    ]


def test_the_assigned_come_a_stretch_at_a_time(api: Api) -> None:
    found = [api.get(f"{CAMPAIGN}/lead-user", leadId=17, limit=1, offset=n).json()["assignedUserIds"] for n in range(3)]
    assert found == [["ben"], ["chitra"], []]


@pytest.mark.parametrize(
    "wrong", [{"leadId": 20}, {"campaignId": 999}, {"assignedUserIds": ["nobody"]}, {"unassignedUserIds": ["hugo"]}]
)
def test_a_change_that_names_what_is_not_there_changes_nothing(api: Api, wrong: dict[str, object]) -> None:
    assert code(api.call("PUT", MAPPING, json=change(["asha"]) | wrong)) == (404, "CONF-1001")
    assert api.get(f"{CAMPAIGN}/lead-user", leadId=17, limit=10, offset=0).json()["assignedUserIds"] == [
        "ben",
        "chitra",
    ]


@pytest.mark.parametrize("wrong", [{"unassignedUserIds": ["asha"]}, {"assignedUserIds": "asha"}, {"leadId": None}])
def test_a_change_that_contradicts_itself_is_a_bad_request(api: Api, wrong: dict[str, object]) -> None:
    assert code(api.call("PUT", MAPPING, json=change(["asha"]) | wrong)) == (400, "CONF-1001")


def test_another_contact_centres_campaign_is_out_of_reach(api: Api) -> None:
    assert code(api.call("PUT", MAPPING, json=change(campaignId=389))) == (403, "CONF-1003")


@pytest.mark.parametrize("query", [{"limit": 1, "offset": 0}, {"leadId": 17, "offset": 0}, {"leadId": 17, "limit": 1}])
def test_all_three_parameters_of_the_assigned_are_needed(api: Api, query: dict[str, int]) -> None:
    assert code(api.get(f"{CAMPAIGN}/lead-user", **query)) == (400, "CONF-1001")
    assert code(api.get(f"{CAMPAIGN}/lead-user", leadId=20, limit=1, offset=0)) == (404, "CONF-1001")


@pytest.mark.parametrize(
    "path",
    [
        "/cms/configuration/cc/1/process/14/campaign/131",
        "/cms/configuration/cc/1/process/13/campaign/999",
        "/cms/configuration/cc/1/process/61/campaign/389",
    ],
)
def test_a_campaign_is_found_only_where_it_is(api: Api, path: str) -> None:
    assert code(api.get(f"{path}/campaign-lead")) == (404, "CONF-1001")
    assert code(api.get(f"{path}/lead-user", leadId=17, limit=1, offset=0)) == (404, "CONF-1001")
