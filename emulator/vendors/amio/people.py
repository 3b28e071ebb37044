"""How contacts come into being, and how a message's recipient is found among them."""

from __future__ import annotations

from typing import Any

from emulator.kit import Ask, World
from emulator.vendors.amio import numbers
from emulator.vendors.amio.references import Object, broken, contact_in_body, traits, unknown


def new_contact(channel: Object, world: World, *, name: str = "", **known: Any) -> Object:
    """A new contact of the channel, called by its name, else as the platform calls strangers, else by its id."""
    platform = traits(channel, world)
    ident = world.ids.snowflake()
    names = [name, *(known.get(key, "") for key in platform["named_by"]), ident]
    contact = {
        "id": ident,
        "channel_id": channel["id"],
        "name": next(filter(None, names)),
        "profile": {},
        "private": platform["get_only"],
        "last_active": None,
        **known,
    }
    world.rows("contacts").add(contact)
    return contact


def by_number(channel: Object, number: str, world: World) -> Object | None:
    """The channel's contact of this number."""
    row = world.rows("contacts").where(channel_id=channel["id"], phone_number=number).first()
    return row.data if row else None


def by_user_ref(channel: Object, user_ref: str, world: World) -> Object | None:
    """The channel's contact known by this reference."""
    row = world.rows("contacts").where(channel_id=channel["id"], user_ref=user_ref).first()
    return row.data if row else None


def recipient(ask: Ask, channel: Object, world: World) -> tuple[Object, Object]:
    """The contact that a message is for, made if its number is new, and how replies speak of it. Refuses with `invalid`."""
    platform, says = traits(channel, world), ask.body["contact"]
    shown = set(platform["message_contact"])
    if "id" in says:
        contact = contact_in_body(ask, channel, world)
    elif "phone_number" in says:
        contact = _by_number(ask, channel, world)
        shown.add("phone_number")
    else:
        found = by_user_ref(channel, says["user_ref"], world)
        if found is None:
            raise unknown(("contact", "user_ref"), "contact", says["user_ref"])
        contact = found
        shown.add("user_ref")
    return contact, {"id": contact["id"], **{key: contact[key] for key in sorted(shown) if key in contact}}


def _by_number(ask: Ask, channel: Object, world: World) -> Object:
    platform, says = traits(channel, world), ask.body["contact"]
    at = ("contact", "phone_number")
    number = numbers.digits(says["phone_number"], at)
    if platform.get("user_known_at_once") and not numbers.has_user(number, world):
        raise broken(at, "no_user", says["phone_number"])
    contact = by_number(channel, number, world)
    if platform.get("templates_first") and "message_template" not in ask.body and not (contact or {}).get("templated"):
        raise broken(at, "templates_first", says["phone_number"])
    if contact is not None:
        return contact
    name = " ".join(filter(None, (says.get("first_name"), says.get("last_name"))))
    agreed = {"accepted": False} if platform.get("user_known_at_once") else {}
    return new_contact(channel, world, name=name, phone_number=number, **agreed)
