"""Contacts: the people at the other end of a channel. They come into being by writing, or by being written to."""

from __future__ import annotations

from typing import Any

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amio import cascade
from emulator.vendors.amio.references import channel_in_path, contact_in_path

SHOWN = ("id", "name", "phone_number", "user_ref")


def find(ask: Ask, world: World) -> Outcome:
    """The channel's contacts, oldest first."""
    channel = channel_in_path(ask, world)
    return Outcome(items=world.rows("contacts").where(channel_id=channel["id"]), show=_listed)


def read(ask: Ask, world: World) -> Outcome:
    """One contact, with what lists leave out."""
    return Outcome(data=world.rows("contacts").row(contact_in_path(ask, world)["id"]), show=_shown)


def delete(ask: Ask, world: World) -> Outcome:
    """The contact is gone, with the conversation, its messages and files."""
    cascade.forget_contact(contact_in_path(ask, world)["id"], world)
    return Outcome()


def _shown(contact: dict[str, Any]) -> dict[str, Any]:
    known = {key: contact[key] for key in SHOWN if key in contact}
    return {**known, **contact.get("profile", {})}


def _listed(contact: dict[str, Any]) -> dict[str, Any]:
    private = contact.get("private", ())
    return {key: value for key, value in _shown(contact).items() if key not in private}
