"""What Facebook adds of its own: the page that must be connected, its limits, tags and types of messages."""

from __future__ import annotations

from typing import Any

from emulator.kit import Kind, Refusal, World
from emulator.vendors.amio.references import Object, broken, traits

DISCONNECTED = "disconnected"
THROTTLED = "facebook_throttled"


def reach(channel: Object, world: World) -> None:
    """Refuses with `upstream` when the channel's platform needs a page and the page is disconnected."""
    if traits(channel, world).get("needs_page") and world.rows(DISCONNECTED).row(channel["id"]) is not None:
        raise Refusal(Kind.UPSTREAM, detail="disconnected", facts={"id": channel["id"]})


def reach_settings(channel: Object, world: World) -> None:
    """Refuses with `upstream` when Facebook cannot be reached, or has had enough of settings for a while."""
    reach(channel, world)
    if world.rows(THROTTLED).row(channel["id"]) is not None:
        raise Refusal(Kind.UPSTREAM, detail="rate_limited", facts={"id": channel["id"]})


def connect(channel: Object, world: World) -> None:
    """The page answers again."""
    world.rows(DISCONNECTED).drop(channel["id"])


def disconnect(channel: Object, world: World) -> None:
    """The page answers no more."""
    if world.rows(DISCONNECTED).row(channel["id"]) is None:
        world.rows(DISCONNECTED).add({"id": channel["id"], "since": world.clock.stamp()})


def throttle(channel: Object, until: float, world: World) -> None:
    """Facebook takes no settings for this channel until then (epoch seconds)."""
    world.rows(THROTTLED).drop(channel["id"])
    world.rows(THROTTLED).add({"id": channel["id"], "since": world.clock.stamp()}, expires=until)


def tagged(metadata: dict[str, Any]) -> dict[str, Any]:
    """The metadata with its tag in lower case."""
    tag = metadata.get("tag")
    return {**metadata, "tag": tag.lower()} if isinstance(tag, str) else metadata


def purpose(metadata: dict[str, Any], contact: Object, world: World) -> dict[str, str]:
    """What Facebook is told of the message's purpose: a tag (in its present spelling), or else a type. Refuses unknown tags, and both."""
    tag, kind = metadata.get("tag"), metadata.get("type")
    tags = world.table("message_tags")
    if tag is not None and tag not in tags:
        raise broken(("metadata", "tag"), "enum", tag, list(tags))
    if tag is not None and kind is not None:
        raise broken(("metadata", "type"), "excludes", kind, "tag")
    usual = world.table("message_purpose")
    if not contact.get("accepted", True):
        return {"tag": usual["tag_before_opt_in"]}
    return {"tag": tags[tag]} if tag is not None else {"type": kind or usual["type"]}
