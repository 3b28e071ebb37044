"""Channels: the ways to reach people, each on one platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amio import cascade, platforms
from emulator.vendors.amio.references import Object, channel_in_path, strangers


def find(ask: Ask, world: World) -> Outcome:
    """The organisation's channels, oldest first."""
    return Outcome(items=world.rows("channels").all())


def create(ask: Ask, world: World) -> Outcome:
    """A new channel. What its platform needs must be there."""
    strangers(ask, world)
    ask.require(ask.body["type"])
    wish = ask.body
    channel: Object = {
        "id": world.ids.snowflake(),
        "type": wish["type"],
        "name": wish["name"],
        "mode": _mode(wish["type"], wish, world) or world.table("channel_defaults")["mode"],
        "webhook": None,
    }
    _set_webhook(channel, wish, world)
    platforms.furnish(channel, wish, world)
    row = world.rows("channels").add(channel)
    return Outcome(data=row, location=f"{ask.operation.path}/{channel['id']}")


def read(ask: Ask, world: World) -> Outcome:
    """One channel."""
    return Outcome(data=world.rows("channels").row(channel_in_path(ask, world)["id"]))


def update(ask: Ask, world: World) -> Outcome:
    """The channel with what was sent changed. Its platform stays; what the platform alone knows is passed over."""
    channel = channel_in_path(ask, world)
    strangers(ask, world)
    ask.require(channel["type"])
    wish = ask.body
    channel["name"] = wish.get("name", channel["name"])
    if "mode" in wish and wish["mode"] is None:
        channel["mode"] = world.table("channel_defaults")["mode"]
    else:
        channel["mode"] = _mode(channel["type"], wish, world) or channel["mode"]
    _set_webhook(channel, wish, world)
    platforms.furnish(channel, wish, world)
    return Outcome(data=world.rows("channels").put(channel))


def delete(ask: Ask, world: World) -> Outcome:
    """The channel is gone, and all that was in it."""
    cascade.forget_channel(channel_in_path(ask, world)["id"], world)
    return Outcome()


def _mode(kind: str, wish: Mapping[str, Any], world: World) -> str | None:
    """The mode that is asked for; on some platforms their own object may say it where the channel does not."""
    inner = wish.get(kind, {}) if world.table("platforms")[kind].get("mode_inside") else {}
    mode: str | None = wish.get("mode") or inner.get("mode")
    return mode


def _set_webhook(channel: Object, wish: Mapping[str, Any], world: World) -> None:
    """Sets, moves or removes the webhook; one that is moved keeps its id and secret."""
    if "webhook" not in wish:
        return
    says, was = wish["webhook"], channel["webhook"]
    if says is None:
        channel["webhook"] = None
        return
    if was is None:
        secret = world.settings["webhook_secret"] or world.ids.token(world.figure("webhook_secret_length"))
        usual = world.table("channel_defaults")["ssl_verification"]
        was = {"id": _webhook_id(channel, world), "url": says["url"], "secret": secret, "ssl_verification": usual}
    verify = says.get("ssl_verification", was["ssl_verification"])
    channel["webhook"] = {**was, "url": says["url"], "ssl_verification": verify in (True, "true")}


def _webhook_id(channel: Object, world: World) -> str:
    """The id after the channel's, if both are made together; else the next there is."""
    drawn = world.ids.snowflake()
    return drawn if world.rows("channels").row(channel["id"]) else str(int(channel["id"]) + 1)
