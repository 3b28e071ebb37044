"""Broken twins of the receiver of webhooks."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.clients.amio_webhooks import Consumer
from tests.clients.broken.twin import broken

CONSUMER = "amio.webhook_consumer"
KNOWN = (
    "message_received",
    "message_echo",
    "messages_delivered",
    "messages_read",
    "message_failed",
    "notification",
    "postback",
    "opt_in",
)


@broken(CONSUMER, "result")
class AcceptsUnsigned(Consumer):
    """It verifies a signature only where there is one."""

    def genuine(self, raw: bytes, signature: str) -> bool:
        return not signature or super().genuine(raw, signature)


@broken(CONSUMER, "result")
class ComparesABeginning(Consumer):
    """It compares as many characters of the signature as were sent."""

    def genuine(self, raw: bytes, signature: str) -> bool:
        wanted = "sha1=" + hmac.new(self.secret, raw, hashlib.sha1).hexdigest()
        return wanted.startswith(signature)


@broken(CONSUMER, "result", "pages")
class VerifiesReencodedJson(Consumer):
    """It verifies the signature over JSON that it has written anew, so text beyond ASCII looks forged."""

    def genuine(self, raw: bytes, signature: str) -> bool:
        return super().genuine(json.dumps(json.loads(raw), separators=(",", ":")).encode(), signature)


@broken(CONSUMER, "result")
class LooksAtTheFormOnly(Consumer):
    """It takes for genuine what bears something of a signature's form."""

    def genuine(self, raw: bytes, signature: str) -> bool:
        return signature.startswith("sha1=") and len(signature) == len("sha1=") + 40


@broken(CONSUMER, "twice")
class ProcessesRedeliveries(Consumer):
    """It processes what comes a second time a second time."""

    def new(self, event: Mapping[str, Any], name: str) -> bool:
        return True


@broken(CONSUMER, "survives", "result", "pages")
class DiesOfUnknownEvents(Consumer):
    """It answers 500 to an event that it does not know."""

    def about(self, event: Mapping[str, Any]) -> list[str]:
        if event["event"] not in KNOWN:
            raise ValueError(f"unknown event {event['event']}")
        return super().about(event)


@broken(CONSUMER, "result", "pages")
class DropsLateEvents(Consumer):
    """It drops an event that is older than five minutes."""

    def about(self, event: Mapping[str, Any]) -> list[str]:
        age = time.time() - datetime.fromisoformat(event["timestamp"]).timestamp()
        return super().about(event) if age < 300 else []


@broken(CONSUMER, "result", "pages")
class TakesTheFirstOfMany(Consumer):
    """It takes the first of the messages that were delivered for all of them."""

    def about(self, event: Mapping[str, Any]) -> list[str]:
        return super().about(event)[:1]


@broken(CONSUMER, "result", "pages")
class TellsEventsApartByContact(Consumer):
    """It takes a second event of a contact for the first come again."""

    def new(self, event: Mapping[str, Any], name: str) -> bool:
        return super().new(event, event["data"]["contact"]["id"])


@broken(CONSUMER, "result", "pages")
class TrustsOrder(Consumer):
    """It ignores a delivery receipt for a message whose echo has not come yet."""

    def about(self, event: Mapping[str, Any]) -> list[str]:
        names = super().about(event)
        if event["event"] == "messages_delivered":
            return [name for name in names if ("message_echo", name) in self.seen]
        return names
