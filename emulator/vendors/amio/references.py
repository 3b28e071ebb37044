"""Finds the channels and contacts that a call names: in its path (or it is not found), or in its body (or it is not valid)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Ask, Kind, Refusal, Violation, World

Object = dict[str, Any]


def channel_in_path(ask: Ask, world: World) -> Object:
    """The channel that the path names. Refuses with `missing`."""
    return existing("channel", ask.path["channel_id"], world)


def contact_in_path(ask: Ask, world: World) -> Object:
    """The contact that the path names, which must be one of the channel's. Refuses with `missing`."""
    channel = channel_in_path(ask, world)
    ident = ask.path["contact_id"]
    contact = world.rows("contacts").get(ident)
    if contact is None or contact["channel_id"] != channel["id"]:
        raise Refusal(Kind.MISSING, detail="thing", facts={"resource": "contact", "id": ident})
    return contact


def existing(noun: str, ident: str, world: World) -> Object:
    """The channel, contact or message of this id. Refuses with `missing`."""
    found = world.rows(f"{noun}s").get(ident)
    if found is None:
        raise Refusal(Kind.MISSING, detail="thing", facts={"resource": noun, "id": ident})
    return found


def channel_in_body(ask: Ask, world: World) -> Object:
    """The channel that the body names. Refuses with `invalid`."""
    ident = ask.body["channel"]["id"]
    channel = world.rows("channels").get(ident)
    if channel is None:
        raise unknown(("channel", "id"), "channel", ident)
    return channel


def contact_in_body(ask: Ask, channel: Object, world: World) -> Object:
    """The contact that the body names by id, on this channel. Refuses with `invalid`."""
    ident = ask.body["contact"]["id"]
    contact = world.rows("contacts").get(ident)
    if contact is None or contact["channel_id"] != channel["id"]:
        raise unknown(("contact", "id"), "contact", ident)
    return contact


def unknown(at: tuple[str, ...], noun: str, value: Any) -> Refusal:
    """The refusal of a reference in the body that leads nowhere."""
    return broken(at, "exists", value, noun)


def broken(at: tuple[str, ...], keyword: str, value: Any, expected: Any = None) -> Refusal:
    """The refusal of one value that breaks one rule."""
    return Refusal(Kind.INVALID, [Violation(at=at, keyword=keyword, value=value, expected=expected)])


def traits(channel: Mapping[str, Any], world: World) -> Mapping[str, Any]:
    """What the channel's platform can do."""
    found: Mapping[str, Any] = world.table("platforms")[channel["type"]]
    return found


def strangers(ask: Ask, world: World, variant: str = "known") -> None:
    """Refuses properties that no document names, if the world is set so; else only remarks upon them."""
    if world.settings["unknown_properties"] == "refuse":
        ask.require(variant)
        return
    for violation in ask.operation.variants[variant].explain(ask.body):
        ask.remark(f"property {violation.place!r} is not documented")
