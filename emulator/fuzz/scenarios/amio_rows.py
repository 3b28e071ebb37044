"""Channels, contacts and messages of Amio, written straight into a sandbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from emulator.fuzz.scenarios.common import Json, text
from emulator.world.clock import stamp

if TYPE_CHECKING:
    from emulator.testing.client import Box

VENDOR = "amio"
CHANNEL, OTHER_CHANNEL = "7391051513856000001", "7391051513856000017"
CONTACTS, MESSAGES = 7392501065318400001, 7393501065318400001  # where ids begin that are not huge
MINUTE = 60.0
PLATFORMS: Mapping[str, Json] = {
    "amio_chat": {},
    "facebook_messenger": {
        "facebook_page": {"id": "1045", "name": "Shop", "category": "Company", "access_token": "page-token"}
    },
    "mobile": {
        "provider": {
            "type": "messagebird",
            "sender_id": "SHOP",
            "access_token": "bird-token",
            "status_webhook_url": "https://api.example.com/status",
            "receive_webhook_url": "https://api.example.com/receive",
        }
    },
    "whatsapp": {"whatsapp_business_account": {"phone_number": "442079460000"}},
}
"""What a channel has besides its type, by platform."""
PROFILE: Json = {
    "gender": "female",
    "locale": "cs_CZ",
    "time_zone": "+01:00",
    "photo_url": "https://cdn.example.com/people/1.jpg",
}
CONTENTS: Sequence[Json] = (
    {"type": "text"},
    {"type": "image", "payload": {"url": "https://cdn.example.com/1.png"}},
    {"type": "text", "quick_reply": {"payload": "YES"}},
    {"type": "location", "payload": {"latitude": 50.08, "longitude": 14.42}},
    {"type": "structure", "payload": {"title": "Ten", "text": None, "buttons": []}},
)
"""What messages hold, in turn; a text without a payload has the row's own."""


def channel(box: Box, platform: str, ident: str = CHANNEL) -> str:
    """A channel; answers its id."""
    row = {"id": ident, "type": platform, "name": f"Our {platform}", "mode": "production", "webhook": None}
    box.state(VENDOR).rows("channels").add({**row, **PLATFORMS[platform]})
    return ident


def contact(box: Box, channel_id: str, number: int, ident: int, odd: Sequence[str] = ()) -> str:
    """A contact with what its channel's platform knows; answers its id. Of Facebook's every third has no profile, and one half of one."""
    world = box.state(VENDOR)
    platform = (world.rows("channels").get(channel_id) or {})["type"]
    traits = world.table("platforms")[platform]
    row: Json = {"id": str(ident), "channel_id": channel_id, "private": traits["get_only"], "profile": {}}
    row["name"] = text(odd, number, f"Contact {number}")
    if "phone_number" in traits["named_by"]:
        row["phone_number"] = f"4207{number:08d}"
    elif platform == "facebook_messenger":
        row["profile"] = dict(list(PROFILE.items())[: 2 * (number % 3)])
    world.rows("contacts").add(row)
    return str(ident)


def message(box: Box, contact_id: str, number: int, ident: int, at: float, odd: Sequence[str] = (), **more: Any) -> str:
    """A message with a contact, newer than those before; answers its id. Half are sent, half received, of every content in turn."""
    world = box.state(VENDOR)
    them = world.rows("contacts").get(contact_id) or {}
    place = world.rows("channels").get(them["channel_id"]) or {}
    view = {key: them[key] for key in ("id", *world.table("platforms")[place["type"]]["message_contact"])}
    sent = number % 2 == 0
    content = CONTENTS[number % len(CONTENTS)]
    row: Json = {
        "id": str(ident),
        "channel_id": place["id"],
        "contact_id": contact_id,
        "state": "accepted" if sent else "received",
        "direction": "sent" if sent else "received",
        "sent": stamp(at),
        "delivered": stamp(at, millis=False) if number % 3 else None,
        "read": stamp(at) if number % 6 == 1 else None,
        "channel": {"id": place["id"], "type": place["type"]},
        "contact": view,
        "content": {**content, "payload": content.get("payload", text(odd, number, f"Message {number}"))},
        **({"metadata": {"order": number}} if number % 4 == 0 else {}),
        **more,
    }
    if place["type"] == "whatsapp" and sent:
        row["message_template"] = {"id": "welcome"}
        del row["content"]
    world.rows("messages").add(row)
    return str(ident)
