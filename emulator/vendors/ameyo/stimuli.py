"""What the outside world does: agents, customers, the dialler, and the people who set campaigns up."""

from __future__ import annotations

import base64
from typing import Any

import orjson

from emulator.kit import Ask, Outcome, World, stamp
from emulator.vendors.ameyo import api_credentials, contacts, floor, setup, upload_work
from emulator.vendors.ameyo.numbering import app_server_id

SIGNATURE = 256  # bytes, as of a key of 2048 bits


def administrator_signs_in(ask: Ask, world: World) -> Outcome:
    """Another temporary token."""
    expires = world.clock.now() + ask.body.get("lifetime_seconds", world.figure("bearer_lifetime"))
    claims = {
        "iss": "emulator",
        "sub": "administrator",
        "role": "Administrator",
        "iat": int(world.clock.now()),
        "exp": int(expires),
    }
    token = ".".join(
        (
            _text(orjson.dumps({"alg": "RS512"})),
            _text(orjson.dumps(claims)),
            _text(bytes.fromhex(world.ids.hex(2 * SIGNATURE))),
        )
    )
    api_credentials.admit_bearer(world, token, expires)
    return Outcome(data={"bearer_token": token, "expires": stamp(expires)})


def agent_signs_in(ask: Ask, world: World) -> Outcome:
    """An agent begins to work in a campaign."""
    body = ask.body
    user, campaign = setup.user(world, body["user_id"]), setup.campaign(world, body["campaign_id"])
    queue = setup.queue(world, body.get("queue_id"), body["campaign_id"])
    return _agent(floor.sign_in(world, user, campaign, queue, body.get("extension")), world)


def agent_signs_out(ask: Ask, world: World) -> Outcome:
    """An agent leaves a campaign."""
    agent = floor.agent_of(world, ask.body["user_id"], ask.body["campaign_id"])
    floor.leave(world, agent)
    return Outcome(data={"interaction_id": agent["id"]})


def agent_gets_ready(ask: Ask, world: World) -> Outcome:
    """An agent is there for the next customer."""
    return _agent(floor.idle(world, _named(ask, world), "ready"), world)


def agent_takes_break(ask: Ask, world: World) -> Outcome:
    """An agent is away."""
    return _agent(floor.idle(world, _named(ask, world), "on_break", reason=ask.body.get("reason")), world)


def agent_wraps_up(ask: Ask, world: World) -> Outcome:
    """An agent writes up the last customer."""
    return _agent(floor.idle(world, _named(ask, world), "wrap_up"), world)


def call_arrives(ask: Ask, world: World) -> Outcome:
    """A customer calls."""
    return _arrived(ask, world, "VOICE")


def chat_arrives(ask: Ask, world: World) -> Outcome:
    """A customer opens a chat."""
    return _arrived(ask, world, "CHAT")


def agent_is_rung(ask: Ask, world: World) -> Outcome:
    """A waiting customer is offered to an agent."""
    held = floor.interaction_of(world, ask.body["interaction_id"])
    return _held(floor.offer(world, held, floor.agent_of(world, ask.body["user_id"], held["campaign_id"])), world)


def agent_answers(ask: Ask, world: World) -> Outcome:
    """An agent takes a waiting customer."""
    held = floor.interaction_of(world, ask.body["interaction_id"])
    return _held(floor.connect(world, held, floor.agent_of(world, ask.body["user_id"], held["campaign_id"])), world)


def agent_holds(ask: Ask, world: World) -> Outcome:
    """An agent puts a customer on hold."""
    return _held(floor.hold(world, floor.interaction_of(world, ask.body["interaction_id"]), True), world)


def agent_resumes(ask: Ask, world: World) -> Outcome:
    """An agent takes a customer off hold."""
    return _held(floor.hold(world, floor.interaction_of(world, ask.body["interaction_id"]), False), world)


def interaction_ends(ask: Ask, world: World) -> Outcome:
    """A call or chat is over; a call that was answered leaves a recording."""
    held = floor.end(world, floor.interaction_of(world, ask.body["interaction_id"]))
    recorded = setup.recorded(world, held) if held["channel"] == floor.RECORDED and held["connected"] else None
    told = {
        "interaction_id": held["id"],
        "status": world.table("customer_statuses")[held["status"]],
        "crt_object_id": recorded,
    }
    return Outcome(data=told)


def campaign_added(ask: Ask, world: World) -> Outcome:
    """A campaign is set up."""
    return Outcome(
        data={"campaign_id": setup.new_campaign(world, ask.body["process_id"], ask.body["name"], ask.body.get("kind"))}
    )


def queue_added(ask: Ask, world: World) -> Outcome:
    """A campaign gets a queue."""
    return Outcome(data={"queue_id": setup.new_queue(world, ask.body["campaign_id"], ask.body["name"])})


def lead_list_added(ask: Ask, world: World) -> Outcome:
    """A process gets a lead list."""
    body = ask.body
    return Outcome(
        data={"lead_id": setup.new_lead_list(world, body["process_id"], body["name"], body.get("campaign_id"))}
    )


def callback_promised(ask: Ask, world: World) -> Outcome:
    """An agent promises a customer a call."""
    setup.campaign(world, ask.body["campaign_id"])
    row = {
        "id": app_server_id(world, "callback"),
        "campaign_id": ask.body["campaign_id"],
        "phone": ask.body["phone"],
        "due": stamp(world.clock.now() + ask.body.get("in_seconds", 0)),
        "added": world.clock.stamp(),
    }
    world.rows("customer_callbacks").add(row)
    return Outcome(data={"customer_callback_id": row["id"]})


def contact_dialled(ask: Ask, world: World) -> Outcome:
    """The dialler tries a contact."""
    return Outcome(data=contacts.dialled(world, ask.body["process_id"], ask.body["phone"], ask.body["answered"]))


def lead_list_opened(ask: Ask, world: World) -> Outcome:
    """A supervisor looks at the contacts of a lead list."""
    found = contacts.of_list(world, ask.body["lead_id"])
    start, most = ask.body.get("offset", 0), ask.body.get("limit", 100)
    return Outcome(
        data={"total": len(found), "contacts": [contacts.shown(world, *one) for one in found[start : start + most]]}
    )


def upload_task_runs(ask: Ask, world: World) -> Outcome:
    """An upload task does its work."""
    upload_work.run(ask.body["task_id"], world)
    return Outcome()


def _named(ask: Ask, world: World) -> dict[str, Any]:
    return floor.agent_of(world, ask.body["user_id"], ask.body["campaign_id"])


def _arrived(ask: Ask, world: World, channel: str) -> Outcome:
    body = ask.body
    setup.campaign(world, body["campaign_id"])
    queue = setup.queue(world, body.get("queue_id"), body["campaign_id"])
    customer = {"id": world.ids.next("customers", 50001), "name": body.get("name"), "phone": body.get("phone")}
    return _held(floor.arrive(world, channel, body["campaign_id"], queue, customer), world)


def _agent(agent: dict[str, Any], world: World) -> Outcome:
    held = world.rows(floor.INTERACTIONS).get(agent["interaction"]) if agent["interaction"] else None
    customer = world.table("customer_statuses")[held["status"]] if held else None
    return Outcome(
        data={
            "interaction_id": agent["id"],
            "status": world.table("agent_statuses")[agent["status"]],
            "customer_status": customer,
        }
    )


def _held(held: dict[str, Any], world: World) -> Outcome:
    return Outcome(data={"interaction_id": held["id"], "status": world.table("customer_statuses")[held["status"]]})


def _text(part: bytes) -> str:
    """A part of a token as it is written."""
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()
