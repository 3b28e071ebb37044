"""The monitoring tables: filters, order, pages."""

from __future__ import annotations

import pytest

from emulator.testing.client import Box
from tests.vendors.ameyo.client import Api, code

CENTER = "/v4/cc-list/1/monitoring"
AGENTS = f"{CENTER}/user-session-information"


def test_a_page_says_how_many_there_are(api: Api) -> None:
    body = api.get(AGENTS, limit=5, offset=3).json()
    assert (body["http_code"], body["method"], len(body["response"])) == (200, "GET", 5)
    assert body["metadata"] == {"total": 13, "count": 5, "offset": 3, "limit": 5}
    assert set(body["response"][0]) == {"data"}


def test_pages_of_every_size_meet_each_agent_once(api: Api) -> None:
    everyone = [row["interaction_id"] for row in api.agents()]
    for size in range(1, len(everyone) + 2):
        pages = [api.agents(limit=size, offset=start) for start in range(0, len(everyone), size)]
        assert [row["interaction_id"] for page in pages for row in page] == everyone


def test_beyond_the_end_there_is_an_empty_page(api: Api) -> None:
    body = api.get(AGENTS, offset=500).json()
    assert (body["response"], body["metadata"]["count"], body["metadata"]["total"]) == ([], 0, 13)


def test_the_usual_page_is_of_a_hundred(api: Api) -> None:
    assert api.get(AGENTS).json()["metadata"]["limit"] == 100


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": "ten"},
        {"offset": -1},
        {"campaign_ids": "x"},
        {"sort_by": "shoe_size"},
        {"sort_by": "user_id:up"},
        {"sort_by": "channel_details"},
    ],
)
def test_a_question_that_makes_no_sense_is_a_bad_request(api: Api, query: dict[str, object]) -> None:
    assert code(api.get(AGENTS, **query)) == (400, "CONF-1001")


def test_an_unknown_table_is_a_bad_request(api: Api) -> None:
    assert code(api.get(f"{CENTER}/agent-information")) == (400, "CONF-1001")


def test_two_keys_sort_the_second_within_the_first(api: Api) -> None:
    rows = api.agents(sort_by=["campaign_id:desc", "user_id"])
    keys = [(-row["campaign_id"], row["user_id"]) for row in rows]
    assert keys == sorted(keys)
    assert rows == api.agents(sort_by="campaign_id:desc,user_id:asc")


def test_rows_without_a_value_come_last_in_both_directions(api: Api) -> None:
    for direction in ("asc", "desc"):
        numbers = [row["queue_id"] for row in api.agents(sort_by=f"queue_id:{direction}")]
        there = [n for n in numbers if n is not None]
        assert numbers[len(there) :] == [None] * (len(numbers) - len(there))
        assert there == sorted(there, reverse=direction == "desc")


@pytest.mark.parametrize(
    "query, users",
    [
        ({"campaign_ids": "132"}, "asha gita hugo"),
        ({"user_ids": ["ben", "dev"]}, "ben dev"),
        ({"user_ids": "ben,dev"}, "ben dev"),
        ({"user_name": "RAO"}, "asha asha"),
        ({"status": "ready"}, "asha asha hugo ines lata"),
        ({"status": ["RINGING", "hungup"]}, "dev farid"),
        ({"queue_ids": [21, 23]}, "asha ben farid ines jaya"),
        ({"user_types": "Professional Agent"}, "hugo"),
        ({"session_ids": "d741-6904fad1-ses-ben-be7Qx-4102"}, "ben"),
        ({"call_ids": "d741-6904fad1-vcall-6"}, "chitra"),
        ({"chat_ids": "d741-6904fad1-chat-3"}, "gita"),
        ({"user_ids": "asha", "campaign_ids": 131}, "asha"),
        ({"user_ids": "asha", "status": "connected"}, ""),
        ({"user_ids": "asha", "campaign_ids": 131, "call_ids": "", "user_name": ""}, "asha"),
    ],
)
def test_filters_are_combined_and_their_values_are_alternatives(api: Api, query: dict[str, object], users: str) -> None:
    assert sorted(row["user_id"] for row in api.agents(**query)) == users.split()


def test_what_is_unknown_in_a_query_is_passed_over(sandbox: Box, api: Api) -> None:
    assert len(api.agents(cc_id=6, colour="red")) == 13
    assert sandbox.journal.calls()[-1]["remarks"]


def test_each_contact_centre_has_its_own(admin: Api) -> None:
    rows = admin.get("/v4/cc-list/6/monitoring/user-session-information").json()["response"]
    assert [row["data"]["user_id"] for row in rows] == ["agent7"]


def test_the_table_of_agents_at_work_has_the_same_agents(api: Api) -> None:
    rows = [
        item["data"] for item in api.get(f"{CENTER}/user-runtime-information", sort_by="user_name").json()["response"]
    ]
    assert len(rows) == 13
    jaya = next(row for row in rows if row["user_id"] == "jaya")
    assert (jaya["on_call"], jaya["customer_status"], jaya["masked_phone"]) == (True, "connected", "XXXXXX0109")


def test_chats_have_a_table(api: Api) -> None:
    rows = [item["data"] for item in api.get(f"{CENTER}/chat-information").json()["response"]]
    assert [(row["user_id"], row["channel_details"]["channel_type"], row["waiting"]) for row in rows] == [
        ("gita", "CHAT", False),
        (None, "CHAT", True),
    ]


def test_customers_who_wait_have_a_table(api: Api) -> None:
    rows = [item["data"] for item in api.get(f"{CENTER}/customer-information").json()["response"]]
    assert {row["customer_details"]["name"] for row in rows} == {"Tom Webb", "Rosa Díaz", "Will Okoro"}
    assert all(row["waiting"] for row in rows)


def test_the_data_engine_is_reached_by_each_of_its_addresses(api: Api) -> None:
    addresses = ["/v4", "", "/data-engine/v4", "/data-engine"]
    totals = [
        api.get(f"{address}/cc-list/1/monitoring/user-session-information").json()["metadata"]["total"]
        for address in addresses
    ]
    assert totals == [13] * 4
