"""Events, flows, promotions and target groups."""

from __future__ import annotations

from emulator.testing.client import Box
from tests.vendors.agillic.conftest import Api

HISTORY = "/recipients/jane@example.com/:listCommunicationHistory"


def sent(api: Api) -> list[str]:
    return [entry["communicationId"] for entry in api.post(HISTORY).json()][3:]


def test_an_event_is_achieved_and_starts_its_flows(api: Api) -> None:
    events = {event["eventId"]: event["achieved"] for event in api.get("/recipients/jane@example.com/events").json()}
    assert events == {"send_message": False, "welcome": False, "order_placed": False, "first_visit": True}
    reply = api.post("/recipients/jane@example.com/events/send_message/:achieveEvent")
    assert (reply.status_code, reply.content) == (200, b"")
    assert api.get("/recipients/jane@example.com/events/send_message").json()["achieved"] is True
    assert sent(api) == ["personal-message"]


def test_a_flow_runs_for_its_group_after_the_call(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"agillic": {"flow_delay": 30}})
    api.post(
        "/recipients/:addToStaticTargetGroup", json={"targetGroupName": "VIP", "recipientIds": ["jane@example.com"]}
    )
    assert api.post("/flows/message/:execute").status_code == 200
    assert sent(api) == []
    assert api.get("/flows/message/queue").json() == {"status": "ACTIVE", "queuedCount": 0, "activeCount": 1}
    sandbox.clock.advance("31s")
    assert sent(api) == ["personal-message"]
    assert api.get("/flows/message/queue").json()["status"] == "IDLE"


def test_recipients_wait_in_a_queue_unless_they_time_out(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"agillic": {"flow_delay": 30}})
    for who, query in (
        ("peter@example.com", ""),
        ("jane@example.com", "?timeout=40"),
        ("jane@example.com", "?timeout=5"),
    ):
        assert api.post(f"/flows/message/recipients/{who}/queue{query}").status_code == 200
    assert api.get("/flows/message/queue").json() == {"status": "ACTIVE", "queuedCount": 2, "activeCount": 1}
    sandbox.clock.advance("31s")
    assert api.get("/flows/message/queue").json() == {"status": "ACTIVE", "queuedCount": 0, "activeCount": 1}
    sandbox.clock.advance("31s")
    assert sent(api) == ["personal-message"]


def test_a_queued_flow_sets_variables_before_and_after(sandbox: Box, api: Api) -> None:
    def rate() -> str:
        return str(api.get("/globaldata/VAT_RATE").json()["VALUE"])

    sandbox.settings.update({"agillic": {"flow_delay": 30}})
    reply = api.post(
        "/flows/cleanup/queue",
        json={"preGlobalDataUpdates": {"VAT_RATE": 19}, "postGlobalDataUpdates": {"VAT_RATE": "25"}},
    )
    assert set(reply.json()) == {"agillicQueueId"}
    assert rate() == "19"
    sandbox.clock.advance("31s")
    assert rate() == "25"
    assert api.post("/flows/cleanup/queue", json={"preGlobalDataUpdates": {"NONE": 1}}).status_code == 400
    assert api.post("/flows/cleanup/queue", json={"postGlobalDataUpdates": {"VAT_RATE": "x"}}).status_code == 400


def test_a_reset_empties_the_queue(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"agillic": {"flow_delay": 30}})
    api.post("/flows/message/recipients/jane@example.com/queue")
    assert api.delete("/flows/message/queue").status_code == 200
    sandbox.clock.advance("1m")
    assert sent(api) == []


def test_promotions_offer_what_the_recipient_qualifies_for(api: Api) -> None:
    url = "/recipients/jane@example.com/promotions/spring/:evaluatePromotion"
    assert [offer["fields"]["header"] for offer in api.post(url).json()["propositionList"]] == [
        "Spring",
        "Chocolate week",
    ]
    assert len(api.post(url, params={"maximumPropositions": 1}).json()["propositionList"]) == 1
    assert api.post(url, params={"maximumPropositions": 0}).status_code == 400
    everything = api.post("/recipients/jane@example.com/:evaluatePromotion").json()
    assert [len(result["propositionList"]) for result in everything] == [2, 0]


def test_static_groups_are_joined_and_left(api: Api) -> None:
    def mine() -> set[str]:
        return {group["name"] for group in api.get("/recipients/jane@example.com/targetGroups").json()}

    body = {"targetGroupName": "VIP", "recipientIds": ["jane@example.com"]}
    assert api.post("/recipients/:addToStaticTargetGroup", json=body).status_code == 200
    assert "VIP" in mine()
    assert api.post("/recipients/:removeFromStaticTargetGroup", json=body).status_code == 200
    assert "VIP" not in mine()


def test_who_joins_must_exist_and_the_group_must_be_static(api: Api) -> None:
    for url in ("/recipients/:addToStaticTargetGroup", "/recipients/:removeFromStaticTargetGroup"):
        assert api.post(url, json={"targetGroupName": "None", "recipientIds": ["jane@example.com"]}).status_code == 404
        assert api.post(url, json={"targetGroupName": "VIP", "recipientIds": ["nobody@example.com"]}).status_code == 404
        assert (
            api.post(url, json={"targetGroupName": "Adults", "recipientIds": ["jane@example.com"]}).status_code == 400
        )
        assert (
            api.post(url, json={"targetGroupName": "VIP", "recipientIds": ["jane@example.com"] * 101}).status_code
            == 400
        )


def test_other_groups_follow_their_condition(api: Api) -> None:
    before = api.get("/targetgroups/Chocolate%2520lovers").json()["population"]
    api.put("/recipients/jane@example.com", json={"personData": {"FAVORITE_CANDY_TYPE": "Caramel"}})
    assert api.get("/targetgroups/Chocolate%2520lovers").json()["population"] == before - 1
    assert {g["name"]: g["static"] for g in api.get("/discovery/targetgroups").json()} == {
        "Newsletter": False,
        "Adults": False,
        "VIP": True,
        "Chocolate lovers": False,
    }
