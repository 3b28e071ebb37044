"""Agents and customers as they come and go."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.kit import Refusal
from emulator.testing.client import Box
from tests.vendors.ameyo.client import Api

ASHA = {"user_id": "asha", "campaign_id": 131}


def seen(api: Api, user: str = "asha", campaign: int = 131) -> dict[str, Any]:
    """The agent's row, or nothing."""
    return next(iter(api.agents(user_ids=user, campaign_ids=campaign)), {})


def statuses(api: Api, user: str = "asha") -> tuple[str, str | None]:
    row = seen(api, user)
    return row["user_status"], row["customer_status"]


def test_a_call_from_the_first_ring_to_the_next_customer(sandbox: Box, api: Api) -> None:
    floor = sandbox.stimuli.ameyo
    call = floor.call_arrives(campaign_id=131, queue_id=21, phone="9810000777", name="Ravi")["interaction_id"]
    assert seen(api)["customer_status"] is None
    told = []
    for step in (
        lambda: floor.agent_is_rung(interaction_id=call, user_id="asha"),
        lambda: floor.agent_answers(interaction_id=call, user_id="asha"),
        lambda: floor.agent_holds(interaction_id=call),
        lambda: floor.agent_resumes(interaction_id=call),
        lambda: floor.interaction_ends(interaction_id=call),
        lambda: floor.agent_gets_ready(**ASHA),
    ):
        step()
        told.append(statuses(api))
    assert told == [
        ("Ringing", "ringing"),
        ("On Call", "connected"),
        ("Hold", "connected"),
        ("On Call", "connected"),
        ("Wrap-up", "hungup"),
        ("Ready", None),
    ]


def test_an_agent_may_answer_straight_from_the_queue(sandbox: Box, api: Api) -> None:
    sandbox.stimuli.ameyo.agent_answers(interaction_id="d741-6904fad1-vcall-8", user_id="asha")
    details = seen(api)["customer_details"]
    assert (details["name"], details["phone_info"]["display_phone"]) == ("Tom Webb", "XXXXXX0108")


def test_a_chat_is_shown_as_one(sandbox: Box, api: Api) -> None:
    floor = sandbox.stimuli.ameyo
    chat = floor.chat_arrives(campaign_id=132, name="Ines")["interaction_id"]
    floor.agent_answers(interaction_id=chat, user_id="hugo")
    row = seen(api, "hugo", 132)
    assert (row["user_status"], row["channel_details"]["channel_type"]) == ("On Chat", "CHAT")


def test_a_status_has_lasted_since_it_began(sandbox: Box, api: Api) -> None:
    sandbox.clock.freeze()
    sandbox.stimuli.ameyo.agent_takes_break(**ASHA, reason="lunch")
    began = sandbox.clock.utc()
    sandbox.clock.advance("1h2m3s")
    assert seen(api)["user_status_duration"][:19] == began.isoformat()[:19]
    sandbox.settings.update({"ameyo": {"duration_form": "elapsed"}})
    assert seen(api)["user_status_duration"] == "01:02:03"


def test_an_agent_signs_in_and_out(sandbox: Box, api: Api) -> None:
    assert seen(api, "meera") == {}
    sandbox.stimuli.ameyo.agent_signs_in(user_id="meera", campaign_id=131, queue_id=21, extension="4107")
    assert (seen(api, "meera")["user_status"], seen(api, "meera")["queue_name"]) == ("Ready", "English")
    sandbox.stimuli.ameyo.agent_signs_out(user_id="meera", campaign_id=131)
    assert seen(api, "meera") == {}


def test_who_is_not_ready_by_default_begins_on_a_break(sandbox: Box, api: Api) -> None:
    sandbox.stimuli.ameyo.agent_signs_in(user_id="kofi", campaign_id=131)
    assert seen(api, "kofi")["user_status"] == "Break"


def test_a_customer_whose_agent_leaves_waits_again(sandbox: Box, api: Api) -> None:
    sandbox.stimuli.ameyo.agent_signs_out(user_id="ben", campaign_id=131)
    waiting = api.get("/v4/cc-list/1/monitoring/customer-information", call_ids="d741-6904fad1-vcall-5").json()[
        "response"
    ]
    assert [item["data"]["customer_status"] for item in waiting] == ["queued"]


def test_who_leaves_after_the_call_leaves_nobody_waiting(sandbox: Box, api: Api) -> None:
    sandbox.stimuli.ameyo.agent_signs_out(user_id="dev", campaign_id=131)
    assert (
        api.get("/v4/cc-list/1/monitoring/customer-information", call_ids="d741-6904fad1-vcall-4").json()["response"]
        == []
    )


def test_a_customer_who_gives_up_leaves_the_agent_ready(sandbox: Box, api: Api) -> None:
    sandbox.stimuli.ameyo.interaction_ends(interaction_id="d741-6904fad1-vcall-7")
    assert statuses(api, "farid") == ("Ready", None)


def test_waiting_grows_with_the_clock(sandbox: Box, api: Api) -> None:
    sandbox.stimuli.ameyo.agent_is_rung(interaction_id="d741-6904fad1-vcall-8", user_id="asha")

    def waited() -> tuple[bool, bool]:
        rows = api.get("/v4/cc-list/1/monitoring/user-runtime-information", user_ids="asha", campaign_ids=131).json()[
            "response"
        ]
        return rows[0]["data"]["waiting20_to60"], rows[0]["data"]["waiting_gt60"]

    assert waited() == (False, False)
    sandbox.clock.advance("30s")
    assert waited() == (True, False)
    sandbox.clock.advance("40s")
    assert waited() == (False, True)


@pytest.mark.parametrize(
    "name, body",
    [
        ("agent_signs_in", {"user_id": "asha", "campaign_id": 131}),
        ("agent_signs_in", {"user_id": "nobody", "campaign_id": 131}),
        ("agent_signs_in", {"user_id": "agent7", "campaign_id": 131}),
        ("agent_signs_in", {"user_id": "meera", "campaign_id": 999}),
        ("agent_signs_in", {"user_id": "meera", "campaign_id": 131, "queue_id": 23}),
        ("agent_gets_ready", {"user_id": "meera", "campaign_id": 131}),
        ("agent_takes_break", {"user_id": "ben", "campaign_id": 131}),
        ("agent_is_rung", {"interaction_id": "d741-6904fad1-vcall-8", "user_id": "ben"}),
        ("agent_is_rung", {"interaction_id": "d741-6904fad1-vcall-5", "user_id": "asha"}),
        ("agent_answers", {"interaction_id": "no-such-call", "user_id": "asha"}),
        ("agent_holds", {"interaction_id": "d741-6904fad1-vcall-6"}),
        ("agent_resumes", {"interaction_id": "d741-6904fad1-vcall-5"}),
        ("agent_holds", {"interaction_id": "d741-6904fad1-vcall-8"}),
        ("interaction_ends", {"interaction_id": "d741-6904fad1-vcall-4"}),
        ("lead_list_opened", {"lead_id": 999}),
        ("contact_dialled", {"process_id": 13, "phone": "9999999999", "answered": True}),
        ("contact_dialled", {"process_id": 13, "phone": "no number", "answered": True}),
        ("lead_list_added", {"process_id": 13, "name": "X", "campaign_id": 141}),
        ("upload_task_runs", {"task_id": "1"}),
    ],
)
def test_what_cannot_happen_does_not(sandbox: Box, name: str, body: dict[str, object]) -> None:
    before = sandbox.world()["vendors"]["ameyo"]
    with pytest.raises(Refusal):
        getattr(sandbox.stimuli.ameyo, name)(**body)
    assert sandbox.world()["vendors"]["ameyo"] == before


def test_a_new_campaign_with_a_queue_and_a_list_works_like_any_other(sandbox: Box, api: Api) -> None:
    floor = sandbox.stimuli.ameyo
    campaign = floor.campaign_added(process_id=13, name="Winter")["campaign_id"]
    queue = floor.queue_added(campaign_id=campaign, name="Night")["queue_id"]
    lead = floor.lead_list_added(process_id=13, name="Cold", campaign_id=campaign)["lead_id"]
    floor.agent_signs_in(user_id="meera", campaign_id=campaign, queue_id=queue)
    assert seen(api, "meera", campaign)["queue_name"] == "Night"
    assert campaign in [
        c["campaignContextId"] for c in api.get("/configuration/hierarchyconfig/campaign", contactCenterId=1).json()
    ]
    assert api.upload("customer_name,phone1\r\nA,9911000001\r\n", lead=lead).status_code == 200
    lists = api.get(f"/configuration/cc/1/process/13/campaign/{campaign}/campaign-lead").json()["response"]
    assert [item["data"]["leadId"] for item in lists] == [lead]


def test_every_stimulus_does_what_its_example_says(sandbox: Box) -> None:
    world = sandbox.state("ameyo")
    for stimulus in world.contract.stimuli.values():
        if not stimulus.hidden and stimulus.body is not None:
            getattr(sandbox.stimuli.ameyo, stimulus.name)(**stimulus.body.example)
            sandbox.reset()
