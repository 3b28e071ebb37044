"""Agents, calls and chats as they change: who is signed in where, who serves whom; no step leaves them at odds."""

from __future__ import annotations

from typing import Any

from emulator.kit import World
from emulator.vendors.ameyo.impossible import absent, conflict
from emulator.vendors.ameyo.numbering import app_server_id

AGENTS, INTERACTIONS = "agents", "interactions"
SERVING = {"VOICE": "on_call", "CHAT": "on_chat"}
RECORDED = "VOICE"

Row = dict[str, Any]


def agent_of(world: World, user: str, campaign: int) -> Row:
    """An agent who is signed in. Raises Refusal if there is none."""
    agent = world.rows(AGENTS).get(f"{user}_{campaign}")
    if agent is None:
        raise absent("agent", f"{user}_{campaign}")
    return agent


def interaction_of(world: World, ident: str) -> Row:
    """A call or chat. Raises Refusal if there is none."""
    held = world.rows(INTERACTIONS).get(ident)
    if held is None:
        raise absent("interaction", ident)
    return held


def sign_in(world: World, user: Row, campaign: Row, queue: int | None, extension: str | None) -> Row:
    """An agent begins to work in a campaign."""
    ident = f"{user['id']}_{campaign['id']}"
    if user["contactCenterId"] != campaign["contact_center_id"]:
        raise conflict("is of another contact centre", user["id"])
    if world.rows(AGENTS).row(ident) is not None:
        raise conflict("is signed in already", ident)
    agent = {
        "id": ident,
        "user_id": user["id"],
        "campaign_id": int(campaign["id"]),
        "queue_id": queue,
        "status": "ready" if user.get("defaultReady") else "on_break",
        "since": world.clock.stamp(),
        "session_id": app_server_id(world, "session", user["id"]),
        "extension": extension,
        "interaction": None,
    }
    world.rows(AGENTS).add(agent)
    return agent


def leave(world: World, agent: Row) -> None:
    """An agent signs out; a customer who was being served waits again."""
    held = _held(world, agent)
    if held is not None and held["status"] == "hungup":
        world.rows(INTERACTIONS).drop(held["id"])
    elif held is not None:
        turn(world, held, "queued", agent=None)
    world.rows(AGENTS).drop(agent["id"])


def idle(world: World, agent: Row, status: str, **more: Any) -> Row:
    """An agent who serves nobody changes status; a customer who has hung up is done with then."""
    held = _held(world, agent)
    if held is not None and held["status"] != "hungup":
        raise conflict("is serving a customer", agent["id"])
    if held is not None and status != "wrap_up":
        world.rows(INTERACTIONS).drop(held["id"])
        agent["interaction"] = None
    return turn_agent(world, agent, status, **more)


def arrive(world: World, channel: str, campaign: int, queue: int | None, customer: Row) -> Row:
    """A customer calls or opens a chat, and waits."""
    held = {
        "id": app_server_id(world, "call" if channel == RECORDED else "chat"),
        "channel": channel,
        "campaign_id": campaign,
        "queue_id": queue,
        "status": "queued",
        "since": world.clock.stamp(),
        "agent": None,
        "connected": None,
        "customer": customer,
        "crt_object_id": app_server_id(world, "recording"),
    }
    world.rows(INTERACTIONS).add(held)
    return held


def offer(world: World, held: Row, agent: Row) -> Row:
    """A waiting customer is offered to an agent who is ready."""
    if held["status"] != "queued":
        raise conflict("does not wait", held["id"])
    if agent["status"] != "ready" or agent["campaign_id"] != held["campaign_id"]:
        raise conflict("is not ready for this campaign", agent["id"])
    turn_agent(world, agent, "ringing", interaction=held["id"])
    return turn(world, held, "ringing", agent=agent["id"])


def connect(world: World, held: Row, agent: Row) -> Row:
    """An agent takes a customer, rung or straight from the queue."""
    if not (held["status"] == "ringing" and held["agent"] == agent["id"]):
        held = offer(world, held, agent)
    turn_agent(world, agent_by(world, agent["id"]), SERVING[held["channel"]])
    return turn(world, held, "connected", connected=world.clock.stamp())


def hold(world: World, held: Row, on: bool) -> Row:
    """A connected customer is put on hold, or taken off it."""
    serving = SERVING[held["channel"]]
    agent = agent_by(world, held["agent"]) if held["agent"] else {}
    if held["status"] != "connected" or agent.get("status") != (serving if on else "hold"):
        raise conflict("cannot be put on hold" if on else "is not on hold", held["id"])
    turn_agent(world, agent, "hold" if on else serving)
    return held


def end(world: World, held: Row) -> Row:
    """A call or chat is over: the agent, if there was one, writes it up."""
    if held["status"] == "hungup":
        raise conflict("is over", held["id"])
    answered = held["status"] == "connected"
    if held["agent"] is None or not answered:
        if held["agent"] is not None:
            turn_agent(world, agent_by(world, held["agent"]), "ready", interaction=None)
        world.rows(INTERACTIONS).drop(held["id"])
        return held | {"status": "hungup"}
    turn_agent(world, agent_by(world, held["agent"]), "wrap_up")
    return turn(world, held, "hungup")


def agent_by(world: World, ident: str) -> Row:
    """The agent of an id that a call or chat names."""
    agent = world.rows(AGENTS).get(ident)
    if agent is None:
        raise absent("agent", ident)
    return agent


def turn(world: World, held: Row, status: str, **more: Any) -> Row:
    """A call or chat in another status from now on."""
    changed = held | {"status": status, "since": world.clock.stamp()} | more
    world.rows(INTERACTIONS).put(changed)
    return changed


def turn_agent(world: World, agent: Row, status: str, **more: Any) -> Row:
    """An agent in another status from now on."""
    changed = agent | {"status": status, "since": world.clock.stamp()} | more
    world.rows(AGENTS).put(changed)
    return changed


def _held(world: World, agent: Row) -> Row | None:
    return world.rows(INTERACTIONS).get(agent["interaction"]) if agent["interaction"] else None
