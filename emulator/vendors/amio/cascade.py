"""What goes with a contact or a channel when it is deleted."""

from __future__ import annotations

from emulator.kit import World

OF_CONTACT = ("messages", "files", "notifications")
OF_CHANNEL = ("settings", "disconnected", "facebook_throttled")


def forget_contact(contact_id: str, world: World) -> None:
    """The contact, the conversation, its messages and the files in them."""
    for name in OF_CONTACT:
        rows = world.rows(name)
        for row in list(rows.where(contact_id=contact_id)):
            rows.drop(row.id)
    world.rows("typing").drop(contact_id)
    world.rows("contacts").drop(contact_id)


def forget_channel(channel_id: str, world: World) -> None:
    """The channel, its contacts with all that is theirs, and its settings."""
    for row in list(world.rows("contacts").where(channel_id=channel_id)):
        forget_contact(row.id, world)
    for name in OF_CHANNEL:
        world.rows(name).drop(channel_id)
    world.rows("channels").drop(channel_id)
