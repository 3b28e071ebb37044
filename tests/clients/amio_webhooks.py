"""A receiver of Amio's webhooks as a WSGI application: what is forged is refused, and what comes twice counts once."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Environ = dict[str, Any]
Start = Callable[[str, list[tuple[str, str]]], object]


class Consumer:
    """Answers deliveries. `processed` are the ids of the messages that the events were about, in the order in which they came."""

    def __init__(self, secret: str) -> None:
        self.secret = secret.encode()
        self.processed: list[str] = []
        self.seen: set[tuple[str, str]] = (
            set()
        )  # a service would keep it in its database, in one transaction with the effect

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        status = self.receive(self.body(environ), environ.get("HTTP_X_HUB_SIGNATURE", ""))
        start(status, [("Content-Length", "0")])
        return [b""]

    def body(self, environ: Environ) -> bytes:
        """The body as it came, byte for byte: that is what was signed."""
        raw: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        return raw

    def receive(self, raw: bytes, signature: str) -> str:
        """The status to answer. Anything but 2xx brings the delivery back."""
        if not self.genuine(raw, signature):
            return "401 Unauthorized"
        event = json.loads(raw)
        for name in self.about(event):
            if self.new(event, name):
                self.process(name)
        return "204 No Content"

    def genuine(self, raw: bytes, signature: str) -> bool:
        """Whether whoever sent it knows the channel's secret."""
        wanted = "sha1=" + hmac.new(self.secret, raw, hashlib.sha1).hexdigest()
        return hmac.compare_digest(wanted.encode(), signature.encode("latin-1", "replace"))

    def about(self, event: Mapping[str, Any]) -> list[str]:
        """The ids of the messages that an event is about; none for events about no message, and for those that we do not know."""
        data = event.get("data") or {}
        match event.get("event"):
            case "message_received" | "message_echo":
                return [data["id"]]
            case "messages_delivered":
                return [message["id"] for message in data["messages"]]
            case "message_failed":
                return [data["message"]["id"]]
            case _:
                return []

    def new(self, event: Mapping[str, Any], name: str) -> bool:
        """Whether it has not been processed before. An event has no id of its own: what happened and to which message tells it."""
        known = (event["event"], name)
        if known in self.seen:
            return False
        self.seen.add(known)
        return True

    def process(self, name: str) -> None:
        """What a service would do with it."""
        self.processed.append(name)
