"""Texts to members, by Amio; and what they write back."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from club.calling import Caller, Failed


class Texts(Caller):
    """Sends texts by the club's channel."""

    def __init__(self, base_url: str, token: str, **more: Any) -> None:
        super().__init__(base_url, **more)
        self.session.headers["Authorization"] = f"Bearer {token}"
        self._channel = ""

    @property
    def channel(self) -> str:
        """The number of the channel for telephones."""
        if not self._channel:
            found = self.call("GET", "/v1/channels?max=100").json()
            self._channel = next(channel["id"] for channel in found if channel["type"] == "mobile")
        return self._channel

    def send(self, phone: str, text: str) -> str:
        """Sends a text and answers its number. Raises Failed if that cannot be known: it may have been sent, or not."""
        wish = {
            "channel": {"id": self.channel},
            "contact": {"phone_number": phone},
            "content": {"type": "text", "payload": text},
        }
        return str(self.call("POST", "/v1/messages", json=wish).json()["id"])

    def said(self, phone: str) -> list[str]:
        """What was texted to a number, oldest first."""
        contacts = f"/v1/channels/{self.channel}/contacts"
        for contact in self.call("GET", f"{contacts}?max=100").json():
            if contact.get("phone_number") == phone.lstrip("+"):
                found = self.call("GET", f"{contacts}/{contact['id']}/messages?max=100").json()
                return [message["content"]["payload"] for message in reversed(found)]
        return []


def heard(secret: str, headers: dict[str, str], body: bytes) -> str:
    """The name of the event that Amio tells of. Raises Failed for what somebody else sent."""
    ours = "sha1=" + hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()
    if not hmac.compare_digest(headers.get("x-hub-signature", ""), ours):
        raise Failed("not from Amio")
    return str(json.loads(body)["event"])
