"""What each platform adds to a channel: its own object, made from what the client says and completed with what only the platform knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from emulator.kit import World
from emulator.vendors.amio import facebook, numbers
from emulator.vendors.amio.references import Object

Wish = Mapping[str, Any]
Part = Callable[[Wish, Object, Object, World], Object]
"""(what the client says, what there was, the channel, the world) -> the platform's object as it is from now on."""


def furnish(channel: Object, wish: Wish, world: World) -> None:
    """Brings the channel's platform object, if its platform has one, up to what the client wishes."""
    if channel["type"] not in _PARTS:
        return
    name, part = _PARTS[channel["type"]]
    channel[name] = part(wish.get(name) or {}, channel.get(name, {}), channel, world)


def _page(says: Wish, was: Object, channel: Object, world: World) -> Object:
    if says:
        facebook.connect(channel, world)
    read = {"name": channel["name"], **world.table("platform_defaults")["facebook_page"]}
    page = {**read, **was, **_picked(says, "id", "access_token")}
    return {key: page[key] for key in ("id", "name", "category", "access_token")}


def _messagebird(says: Wish, was: Object, channel: Object, world: World) -> Object:
    provider = {**was, **_picked(says, "type", "sender_id", "access_token", "signing_key")}
    if not was:
        span = world.table("provider_number")
        facts = {"channel_id": channel["id"], "number": world.ids.integer(span["low"], span["high"])}
        provider |= {name: form.format_map(facts) for name, form in world.table("provider_urls").items()}
    return provider


def _mailgun(says: Wish, was: Object, channel: Object, world: World) -> Object:
    provider = {**was, **_picked(says, "type", "access_token")}
    sender = says.get("sender") or (says.get("default_attributes") or {}).get("from")
    if sender is not None:
        provider["sender"] = _picked(sender, "email", "name")
    return provider


def _agent(says: Wish, was: Object, channel: Object, world: World) -> Object:
    return {**world.table("platform_defaults")["rbm"], **was, **_picked(says, "agent_name", "agent_state", "region")}


def _telegram(says: Wish, was: Object, channel: Object, world: World) -> Object:
    username = world.table("telegram_username")["form"].format_map({"id": channel["id"]})
    return {"name": channel["name"], "username": username, **was, **_picked(says, "access_token")}


def _viber(says: Wish, was: Object, channel: Object, world: World) -> Object:
    return {"name": channel["name"], **was, **_picked(says, "access_token")}


def _sender(says: Wish, was: Object, channel: Object, world: World) -> Object:
    defaults = world.table("platform_defaults")["viber_business_messages"]
    return {**defaults, **was, **_picked(says, "sender_id", "default_message_ttl"), "mode": channel["mode"]}


def _account(says: Wish, was: Object, channel: Object, world: World) -> Object:
    if "phone_number" not in says:
        return was
    return {"phone_number": numbers.digits(says["phone_number"], ("whatsapp_business_account", "phone_number"))}


def _picked(says: Wish, *names: str) -> Object:
    """What may be set; the rest is the platform's to say."""
    return {name: says[name] for name in names if name in says}


_PARTS: dict[str, tuple[str, Part]] = {
    "email": ("provider", _mailgun),
    "facebook_messenger": ("facebook_page", _page),
    "mobile": ("provider", _messagebird),
    "rbm": ("rbm", _agent),
    "telegram": ("telegram", _telegram),
    "viber": ("viber", _viber),
    "viber_business_messages": ("viber_business_messages", _sender),
    "whatsapp": ("whatsapp_business_account", _account),
}
