"""Settings of a channel: whose pages may open a chat; Facebook's start button, menu and inputs."""

from __future__ import annotations

from emulator.kit import Ask, Kind, Outcome, Refusal, World
from emulator.vendors.amio import facebook, preferences
from emulator.vendors.amio.references import Object, channel_in_path, strangers, traits


def read(ask: Ask, world: World) -> Outcome:
    """What is set. On Amio Chat the whitelist is null until it is; on Facebook what is not set is left out."""
    channel = _channel_with_settings(ask, world)
    return Outcome(data=_shown(channel, preferences.kept(channel, world), world))


def update(ask: Ask, world: World) -> Outcome:
    """Sets what has a value, deletes what is null, and answers all there is then."""
    channel = _channel_with_settings(ask, world)
    known = f"known_{channel['type']}"
    strangers(ask, world, known)
    ask.require(channel["type"])
    names = world.contract.definitions[f"settings.{known}"]["properties"]
    changed = preferences.kept(channel, world) | {name: value for name, value in ask.body.items() if name in names}
    current = {name: value for name, value in changed.items() if value is not None}
    if traits(channel, world).get("needs_page"):
        preferences.hold_together(current, world)
        if world.settings["facebook_trailing_slash"]:
            current = {name: preferences.slashed(value, name) for name, value in current.items()}
    world.rows("settings").put({"id": channel["id"], **current})
    return Outcome(data=_shown(channel, current, world))


def _channel_with_settings(ask: Ask, world: World) -> Object:
    channel = channel_in_path(ask, world)
    if not traits(channel, world).get("settings"):
        raise Refusal(Kind.UNPROCESSABLE, detail="no_settings", facts={"type": channel["type"]})
    facebook.reach_settings(channel, world)
    return channel


def _shown(channel: Object, current: Object, world: World) -> Object:
    """What is set, and what the platform shows although it is not."""
    return {**traits(channel, world).get("unset_settings", {}), **current}
