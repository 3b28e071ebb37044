"""What a supervisor sees: agents in campaigns, chats and waiting customers, as rows of the monitoring tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from emulator.kit import World, fixed, moment
from emulator.vendors.ameyo.phone import masked

Data = Mapping[str, Any]
NOBODY: Data = {}
CHAT, VOICE = "CHAT", "VOICE"
FROM_SECONDS, TO_SECONDS = 20, 60  # the bounds in the names of two fields


@fixed
class Sight:
    """One row of a table, and the facts about it by which it can be filtered."""

    row: Data
    facts: Data


@fixed
class Scene:
    """An agent, a call or chat, or both, with where they are."""

    agent: Data
    user: Data
    interaction: Data
    campaign: Data
    queue: Data

    @property
    def channel(self) -> str:
        return str(self.interaction.get("channel", VOICE))


def agents(world: World, center: int) -> Iterator[Sight]:
    """`user-session-information`: every agent in every campaign."""
    for scene in _agents(world, center):
        yield Sight(_session(scene, world), _facts(scene, world))


def work(world: World, center: int) -> Iterator[Sight]:
    """`user-runtime-information`: the same agents, with what they are at."""
    for scene in _agents(world, center):
        yield Sight(_runtime(scene, world), _facts(scene, world))


def chats(world: World, center: int) -> Iterator[Sight]:
    """`chat-information`: every chat, served or not."""
    for scene in _interactions(world, center):
        if scene.channel == CHAT:
            yield Sight(_session(scene, world), _facts(scene, world))


def customers(world: World, center: int) -> Iterator[Sight]:
    """`customer-information`: every customer whom nobody serves yet."""
    for scene in _interactions(world, center):
        if _waits(scene, world):
            yield Sight(_session(scene, world), _facts(scene, world))


TABLES: Mapping[str, Callable[[World, int], Iterator[Sight]]] = {
    "agents": agents,
    "work": work,
    "chats": chats,
    "customers": customers,
}


def _agents(world: World, center: int) -> Iterator[Scene]:
    for row in world.rows("agents").all():
        agent = row.data
        campaign = world.rows("campaigns").get(str(agent["campaign_id"])) or NOBODY
        if campaign.get("contact_center_id") == center:
            yield _scene(
                world, agent, _one(world, "interactions", agent.get("interaction")), campaign, agent.get("queue_id")
            )


def _interactions(world: World, center: int) -> Iterator[Scene]:
    for row in world.rows("interactions").all():
        held = row.data
        campaign = world.rows("campaigns").get(str(held["campaign_id"])) or NOBODY
        if campaign.get("contact_center_id") == center:
            yield _scene(world, _one(world, "agents", held.get("agent")), held, campaign, held.get("queue_id"))


def _scene(world: World, agent: Data, interaction: Data, campaign: Data, queue: Any) -> Scene:
    return Scene(agent, _one(world, "users", agent.get("user_id")), interaction, campaign, _one(world, "queues", queue))


def _one(world: World, collection: str, ident: Any) -> Data:
    return (world.rows(collection).get(str(ident)) or NOBODY) if ident is not None else NOBODY


def _facts(scene: Scene, world: World) -> Data:
    ident = scene.interaction.get("id")
    chat = scene.channel == CHAT
    return {
        "campaign_id": int(scene.campaign["id"]),
        "queue_id": _number(scene.queue),
        "user_id": scene.agent.get("user_id"),
        "user_name": scene.user.get("userName"),
        "user_type": scene.user.get("userType"),
        "user_status": _status(scene, world),
        "customer_status": _customer_status(scene, world),
        "session_id": scene.agent.get("session_id"),
        "call_id": None if chat else ident,
        "chat_id": ident if chat else None,
    }


def _session(scene: Scene, world: World) -> Data:
    customer = scene.interaction.get("customer") or NOBODY
    agent = scene.agent
    return {
        "contact_center_id": scene.campaign["contact_center_id"],
        "user_id": agent.get("user_id"),
        "user_name": scene.user.get("userName", agent.get("user_id")),
        "user_status": _status(scene, world),
        "user_status_duration": _duration(agent.get("since"), world),
        "service_info": {"instance_id": None, "sip_trunk_id": None, "grpc_callback_url": None},
        "campaign_id": int(scene.campaign["id"]),
        "campaign_name": scene.campaign["name"],
        "queue_id": _number(scene.queue),
        "queue_name": scene.queue.get("name"),
        "interaction_id": agent.get("id") or scene.interaction["id"],
        "channel_details": {"channel_type": scene.channel, "addition_details": {}},
        "customer_status": _customer_status(scene, world),
        "customer_status_duration": _duration(scene.interaction.get("since"), world),
        "customer_details": {
            "id": customer.get("id"),
            "name": customer.get("name"),
            "phone_info": _phone_info(customer),
            "crt_object_id": scene.interaction.get("crt_object_id"),
            "addition_details": {},
        },
        "waiting": _waits(scene, world),
    }


def _runtime(scene: Scene, world: World) -> Data:
    agent, held = scene.agent, scene.interaction
    customer = held.get("customer") or NOBODY
    statuses = world.table("agent_statuses")
    waited = world.clock.now() - moment(held["since"]) if _waits(scene, world) else 0.0
    names = world.contract.definitions["presence.runtime"]["properties"]
    return dict.fromkeys(names) | {
        "user_id": agent["user_id"],
        "user_name": scene.user.get("userName", agent["user_id"]),
        "user_session_id": agent.get("session_id"),
        "crt_object_id": held.get("crt_object_id"),
        "call_context_info": {},
        "campaign_id": int(scene.campaign["id"]),
        "status": _status(scene, world),
        "status_duration": _duration(agent.get("since"), world),
        "customer_phone": customer.get("phone"),
        "customer_status": _customer_status(scene, world),
        "customer_status_duration": _duration(held.get("since"), world),
        "customer_status_duration_in_date": held.get("since"),
        "ready_break_time": agent.get("since"),
        "user_sip_extension": agent.get("extension"),
        "queue_working": scene.queue.get("name"),
        "queue_working_id": _number(scene.queue),
        "customer_call_queue": scene.queue.get("name") if held else None,
        "call_type": held.get("channel"),
        "masked_phone": masked(customer["phone"]) if customer.get("phone") else None,
        "user_phone": agent.get("extension"),
        "phone_info": _phone_info(customer),
        "available_to_take_calls": _status(scene, world) == statuses["ready"],
        "on_call": _status(scene, world) in (statuses["on_call"], statuses["hold"]),
        "waiting20_to60": FROM_SECONDS <= waited <= TO_SECONDS,
        "waiting_gt60": waited > TO_SECONDS,
        "unique_id": agent["id"],
        "campaign_connected": True,
    }


def _number(row: Data) -> int | None:
    return int(row["id"]) if row else None


def _status(scene: Scene, world: World) -> str | None:
    return world.table("agent_statuses")[scene.agent["status"]] if scene.agent else None


def _customer_status(scene: Scene, world: World) -> str | None:
    return world.table("customer_statuses")[scene.interaction["status"]] if scene.interaction else None


def _waits(scene: Scene, world: World) -> bool:
    return scene.interaction.get("status") in ("queued", "ringing")


def _phone_info(customer: Data) -> Data:
    phone = customer.get("phone")
    return {"phone": phone, "display_phone": masked(phone) if phone else None, "unique_identifier": None}


def _duration(since: str | None, world: World) -> str | None:
    """When a status began, or, if the setting says so, how long it has lasted."""
    if since is None or world.settings["duration_form"] == "timestamp":
        return since
    minutes, seconds = divmod(max(0, int(round(world.clock.now() - moment(since), 3))), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}"
