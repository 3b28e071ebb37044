"""Amio with requests: contacts and conversations are read to their ends, and a message is sent once, come what may."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import requests

from tests.clients.offsets import Page, Row, overlapping
from tests.clients.patience import GaveUp, Refused, Unknown, pauses

TIMEOUT = (5, 30)  # seconds to connect, and between two bytes
BROKEN = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
    requests.JSONDecodeError,
)


class Amio:
    """One organisation's account. Methods raise Refused where Amio says no, and GaveUp where trouble does not end."""

    def __init__(self, base_url: str, token: str, *, page_size: int = 100) -> None:
        self.base_url, self.page_size = base_url, page_size
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def close(self) -> None:
        """Lets the connections go."""
        self.session.close()

    def contacts(self, channel_id: str) -> Iterator[Row]:
        """Every contact of a channel."""
        return self.listing(f"/v1/channels/{channel_id}/contacts")

    def messages(self, channel_id: str, contact_id: str) -> Iterator[Row]:
        """Every message with a contact, newest first."""
        return self.listing(f"/v1/channels/{channel_id}/contacts/{contact_id}/messages")

    def send(self, channel_id: str, contact_id: str, text: str) -> str:
        """Sends a text once and answers the message's id.

        A message bears a reference in its metadata. If the reply is lost, the conversation tells whether the message is there.
        """
        reference = uuid4().hex
        wish = {
            "channel": {"id": channel_id},
            "contact": {"id": contact_id},
            "content": {"type": "text", "payload": text},
            "metadata": {"reference": reference},
        }
        for pause in pauses():
            try:
                return str(self.post("/v1/messages", wish).json()["id"])
            except Unknown:
                time.sleep(pause)
                found = self.find(channel_id, contact_id, text, reference)
                if found is not None:
                    return found
        raise GaveUp(f"the message to {contact_id} could not be sent")

    def find(self, channel_id: str, contact_id: str, text: str, reference: str) -> str | None:
        """The id of the message that bears a reference, or None.

        A listing may leave metadata out: while a message of the same words has none, it is read again, up to three times.
        """
        for pause in pauses(3):
            doubtful = False
            for message in self.messages(channel_id, contact_id):
                metadata = message.get("metadata")
                if metadata is not None and metadata.get("reference") == reference:
                    return str(message["id"])
                words = (message.get("content") or {}).get("payload", text)
                doubtful = doubtful or (metadata is None and words == text and message.get("direction") != "received")
            if not doubtful:
                return None
            time.sleep(pause)
        return None

    def listing(self, path: str) -> Iterator[Row]:
        """Every row of a list."""
        return overlapping(lambda offset: self.page(path, offset), key=lambda row: row["id"])

    def page(self, path: str, offset: int) -> Page:
        """The rows from an offset on."""
        reply = self.get(path, max=self.page_size, offset=offset)
        return Page(reply.json(), int(reply.headers["X-Total-Count"]))

    def get(self, path: str, **query: Any) -> requests.Response:
        """Reads, as often as it takes."""
        for pause in pauses():
            try:
                return self.once("GET", path, params=query)
            except Unknown:
                time.sleep(pause)
        raise GaveUp(f"GET {path} was tried in vain")

    def post(self, path: str, body: Any) -> requests.Response:
        """Writes. Raises Unknown where nobody can tell whether it was done."""
        return self.once("POST", path, json=body)

    def once(self, method: str, path: str, **options: Any) -> requests.Response:
        """A call that is carried out at most once: again only where Amio refused it for too many calls, which it then has not done.

        Raises Unknown where there was no reply, or none that says whether it was done.
        """
        for pause in pauses():
            try:
                reply = self.session.request(method, self.base_url + path, timeout=TIMEOUT, **options)
                if reply.ok:
                    reply.json()
                    return reply
            except BROKEN as error:
                raise Unknown(f"{method} {path}: {error}") from error
            if reply.status_code >= 500:
                raise Unknown(f"{method} {path}: {reply.status_code}")
            if reply.status_code != 429:
                raise Refused(reply.status_code, reply.text)
            time.sleep(self.until_reset(reply, pause))
        raise GaveUp(f"{method} {path}: too many calls, again and again")

    def until_reset(self, reply: requests.Response, pause: float) -> float:
        """How long to wait after a 429: to the end of the hour that is used up; a little where it was the connections at one time."""
        if reply.headers.get("X-RateLimit-Remaining") != "0":
            return pause
        return max(0.0, int(reply.headers["X-RateLimit-Reset"]) - time.time()) + 1
