"""Webhooks that are to be sent, and what became of them: rows like any other, delivered by the courier when the clock says so."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import Any

from emulator.contract.model import Signature, Webhook
from emulator.wire import Row
from emulator.world.clock import stamp
from emulator.world.store import Collection, Store

COLLECTION = "outbox"
PENDING, SENDING, DELIVERED, DISCARDED, REFUSED = "pending", "sending", "delivered", "discarded", "refused"
MOST_SETTLED = 1000
SHAPE = {
    **dict.fromkeys(("id", "event", "webhook", "url", "lane", "order", "body", "state"), str),
    "verify_tls": bool,
    "headers": dict,
    "created": int | float,
    "due": int | float | None,
    "attempts": list,
}
"""What a delivery's row is made of."""


class Outbox:
    """The deliveries of one world. Every method is called under the world's lock."""

    __slots__ = ("_store", "_webhooks")

    def __init__(self, store: Store, webhooks: Mapping[str, Webhook]) -> None:
        self._store, self._webhooks = store, webhooks

    @property
    def rows(self) -> Collection:
        """The deliveries as rows."""
        return self._store.collection(COLLECTION)

    def put(
        self,
        webhook: Webhook,
        event: str,
        body: bytes,
        url: str,
        *,
        secret: str | None,
        lane: str,
        verify: bool,
        order: str,
        due: float,
    ) -> Row:
        """A new delivery of exactly these bytes, signed as its style says."""
        number = int(self._store.number("outbox.last")) + 1
        self._store.set_number("outbox.last", number)
        headers = {"Content-Type": webhook.media, **webhook.headers}
        if webhook.signature is not None and secret is not None:
            headers[webhook.signature.header] = signature(webhook.signature, secret, body)
        row = {
            "id": str(number),
            "event": event,
            "webhook": webhook.name,
            "url": url,
            "lane": lane,
            "order": order,
            "verify_tls": verify,
            "body": body.decode(),
            "headers": headers,
            "state": PENDING,
            "created": due,
            "due": due,
            "attempts": [],
        }
        return self.rows.add(row)

    def ready(self) -> Iterator[dict[str, Any]]:
        """What may be sent when its time comes: in a strict lane only the first that is not settled. Of a long lane no more is read."""
        groups = self.rows.groups("lane", "order", "state")
        found: list[Row] = []
        for (lane, order, state), rows in groups.items():
            if state != PENDING:
                continue
            if order != "strict":
                found += rows
            elif (lane, order, SENDING) not in groups:
                found.append(rows[0])
        return (row.data for row in sorted(found, key=attrgetter("seq")))

    def claim(self, ident: str) -> dict[str, Any] | None:
        """Takes a delivery in hand; None if somebody else has."""
        delivery = self.rows.get(ident)
        if delivery is None or delivery["state"] != PENDING:
            return None
        delivery["state"] = SENDING
        self.rows.put(delivery)
        return delivery

    def settle(self, ident: str, attempt: Mapping[str, Any], now: float) -> dict[str, Any] | None:
        """Notes an attempt (`status` or `error`, and `refused` where the target may not be called) and what comes next.

        Answers the delivery as it then is, or None if it was withdrawn meanwhile.
        """
        delivery = self.rows.get(ident)
        if delivery is None:
            return None
        delivery["attempts"].append({"at": stamp(now), **attempt})
        tried = len([a for a in delivery["attempts"] if not a.get("by_hand")])
        delays = self._webhooks[delivery["webhook"]].retry
        if attempt.get("refused"):
            delivery["state"], delivery["due"] = REFUSED, None
        elif 200 <= (attempt.get("status") or 0) < 300:
            delivery["state"], delivery["due"] = DELIVERED, None
        elif 0 < tried <= len(delays):
            delivery["state"], delivery["due"] = PENDING, now + delays[tried - 1]
        else:
            delivery["state"], delivery["due"] = DISCARDED, None
        self.rows.put(delivery)
        self._forget()
        return delivery

    def again(self, ident: str, now: float) -> dict[str, Any] | None:
        """Puts a delivery up for sending now, whatever became of it; None if there is none of that id."""
        delivery = self.rows.get(ident)
        if delivery is None or delivery["state"] == SENDING:
            return delivery
        delivery["state"], delivery["due"] = PENDING, now
        self.rows.put(delivery)
        return delivery

    def drop(self, lane: str) -> int:
        """Withdraws what waits in a lane; says how many they were."""
        waiting = [row.id for row in self.rows.where(state=PENDING) if row.data["lane"] == lane]
        for ident in waiting:
            self.rows.drop(ident)
        return len(waiting)

    def release(self) -> None:
        """Puts back what was in hand when the state was saved."""
        for row in self.rows.where(state=SENDING):
            self.rows.put({**row.data, "state": PENDING})

    def _forget(self) -> None:
        """Only the newest settled deliveries are kept."""
        settled = [self.rows.where(state=state) for state in (DELIVERED, DISCARDED, REFUSED)]
        if sum(map(len, settled)) > MOST_SETTLED:
            oldest = min((rows[0] for rows in settled if len(rows)), key=lambda row: row.seq)
            self.rows.drop(oldest.id)


def show(delivery: Mapping[str, Any]) -> dict[str, Any]:
    """A delivery as the control plane shows it."""
    keys = ("id", "event", "url", "lane", "state", "headers", "body", "attempts")
    due = delivery["due"]
    return {
        **{key: delivery[key] for key in keys},
        "created": stamp(delivery["created"]),
        "next_attempt": stamp(due) if due is not None else None,
    }


def signature(style: Signature, secret: str, body: bytes) -> str:
    """The value of the signature's header over exactly these bytes."""
    import hashlib  # bring OpenSSL with them, and many a run sends no webhook
    import hmac

    digest = hmac.new(secret.encode(), body, getattr(hashlib, style.algorithm)).digest()
    text = digest.hex() if style.encoding == "hex" else base64.b64encode(digest).decode()
    return style.prefix + text
