"""Broken twins of the Amio client: contacts, conversations, and sending."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import requests

from tests.clients.amio import Amio
from tests.clients.broken.twin import broken
from tests.clients.offsets import Page, Row
from tests.clients.patience import GaveUp, Unknown, pauses

CONTACTS, HISTORY, SEND = "amio.list_contacts", "amio.message_history", "amio.send_once"

# -- contacts


@broken(CONTACTS, "pages")
class ReadsOnePage(Amio):
    """It reads the first page and takes it for the list."""

    def listing(self, path: str) -> Iterator[Row]:
        yield from self.page(path, 0).rows


@broken(CONTACTS, "pages")
class ForgetsMax(Amio):
    """It counts on pages of 100 and does not ask for them, so it takes the first ten rows for a short last page."""

    def listing(self, path: str) -> Iterator[Row]:
        offset = 0
        while True:
            rows = self.get(path, offset=offset).json()
            yield from rows
            if len(rows) < 100:
                return
            offset += len(rows)


@broken(CONTACTS, "twice", "bounded")
class TakesOffsetForPage(Amio):
    """It counts the offset in pages, not in rows."""

    def listing(self, path: str) -> Iterator[Row]:
        number = 0
        while rows := self.page(path, number).rows:
            yield from rows
            number += 1


@broken(CONTACTS, "pages")
class SkipsOneRow(Amio):
    """Its next page begins one row too late."""

    def listing(self, path: str) -> Iterator[Row]:
        offset = 0
        while rows := self.page(path, offset).rows:
            yield from rows
            offset += len(rows) + 1


@broken(CONTACTS, "pages")
class CountsOnTheFirstTotal(Amio):
    """It reckons the pages from the total at the start, and reads them though contacts go away meanwhile."""

    def listing(self, path: str) -> Iterator[Row]:
        rows, total = self.page(path, 0)
        yield from rows
        for offset in range(self.page_size, total, self.page_size):
            yield from self.page(path, offset).rows


@broken(CONTACTS, "waits")
class IgnoresReset(Amio):
    """It waits a few seconds after a 429, whatever the reset header says."""

    def until_reset(self, reply: requests.Response, pause: float) -> float:
        return pause


@broken(CONTACTS, "waits")
class TakesSecondsForMilliseconds(Amio):
    """It takes the seconds until the reset for milliseconds."""

    def until_reset(self, reply: requests.Response, pause: float) -> float:
        return super().until_reset(reply, pause) / 1000


@broken(CONTACTS, "gives_up")
class GivesUpWhenThrottled(Amio):
    """It gives up at the first 429."""

    def until_reset(self, reply: requests.Response, pause: float) -> float:
        raise GaveUp("too many calls")


@broken(CONTACTS, "secrets")
class PutsTokenInUrl(Amio):
    """It sends the token as access_token in the URL."""

    def once(self, method: str, path: str, **options: Any) -> requests.Response:
        token = str(self.session.headers["Authorization"]).removeprefix("Bearer ")
        options["params"] = {**options.get("params", {}), "access_token": token}
        return super().once(method, path, **options)


@dataclass
class Contact:
    """A contact as the documents have it."""

    id: str
    name: str
    phone_number: str = ""
    gender: str = ""
    locale: str = ""
    time_zone: str = ""
    photo_url: str = ""


@broken(CONTACTS, "survives", "gives_up")
class DiesOfUnknownFields(Amio):
    """It makes an object of each contact and dies of a field that it does not know."""

    def listing(self, path: str) -> Iterator[Row]:
        for row in super().listing(path):
            yield vars(Contact(**row))


# -- conversations


@broken(HISTORY, "pages")
class TellsMessagesApartByText(Amio):
    """It takes two messages of the same words for one."""

    def messages(self, channel_id: str, contact_id: str) -> Iterator[Row]:
        by_text = {str(m.get("content", m["id"])): m for m in super().messages(channel_id, contact_id)}
        return iter(by_text.values())


@broken(HISTORY, "twice")
class TrustsOffsets(Amio):
    """It goes on from the next offset though new messages push the others down, and so reads some again."""

    def listing(self, path: str) -> Iterator[Row]:
        offset = 0
        while True:
            rows, total = self.page(path, offset)
            yield from rows
            offset += len(rows)
            if offset >= total or not rows:
                return


@broken(HISTORY, "pages")
class StopsAtWhatItKnows(Amio):
    """It takes a message that it has already seen for the end of what is new."""

    def listing(self, path: str) -> Iterator[Row]:
        seen: set[str] = set()
        offset = 0
        while rows := self.page(path, offset).rows:
            for row in rows:
                if row["id"] in seen:
                    return
                seen.add(row["id"])
                yield row
            offset += len(rows)


@broken(HISTORY, "survives", "gives_up")
class CountsOnContent(Amio):
    """It dies of a message without content, such as one that was made from a template."""

    def listing(self, path: str) -> Iterator[Row]:
        for row in super().listing(path):
            yield row | {"kind": row["content"]["type"]}


class Direction(Enum):
    """Where a message went."""

    RECEIVED = "received"
    SENT = "sent"


@broken(HISTORY, "survives", "gives_up")
class DiesOfANewDirection(Amio):
    """It dies of a direction that it does not know."""

    def listing(self, path: str) -> Iterator[Row]:
        for row in super().listing(path):
            yield row | {"direction": Direction(row["direction"])}


@broken(HISTORY, "survives", "gives_up")
class CountsOnDelivery(Amio):
    """It dies of a message that is not delivered yet: its time is null."""

    def listing(self, path: str) -> Iterator[Row]:
        for row in super().listing(path):
            yield row | {"delivered": datetime.fromisoformat(row["delivered"])}


@broken(HISTORY, "pages")
class TakesTroubleForTheEnd(Amio):
    """It takes a page that could not be read for an empty one."""

    def page(self, path: str, offset: int) -> Page:
        try:
            reply = self.once("GET", path, params={"max": self.page_size, "offset": offset})
        except Unknown:
            return Page([], 0)
        return Page(reply.json(), int(reply.headers["X-Total-Count"]))


# -- sending


@broken(SEND, "unsafe", "twice")
class SendsAgainBlindly(Amio):
    """It sends a message again when the reply is lost."""

    def find(self, channel_id: str, contact_id: str, text: str, reference: str) -> str | None:
        return None


@broken(SEND, "unsafe")
class SendsAgainAfterBadGateway(Amio):
    """It takes a 5xx for a message that was not sent, and sends it again."""

    def once(self, method: str, path: str, **options: Any) -> requests.Response:
        for pause in pauses():
            try:
                return super().once(method, path, **options)
            except Unknown as unknown:
                if unknown.__cause__ is not None:
                    raise
                time.sleep(pause)
        raise GaveUp(f"{method} {path} was tried in vain")


@broken(SEND, "result")
class FindsByText(Amio):
    """It takes an older message of the same words for the one whose reply was lost."""

    def find(self, channel_id: str, contact_id: str, text: str, reference: str) -> str | None:
        for message in self.messages(channel_id, contact_id):
            if (message.get("content") or {}).get("payload") == text:
                return str(message["id"])
        return None


@broken(SEND, "result")
class SpeaksAscii(Amio):
    """It sends only the ASCII characters of a text."""

    def send(self, channel_id: str, contact_id: str, text: str) -> str:
        return super().send(channel_id, contact_id, text.encode("ascii", "ignore").decode())


@broken(SEND, "result")
class CutsLongTexts(Amio):
    """It cuts a text after 160 characters."""

    def send(self, channel_id: str, contact_id: str, text: str) -> str:
        return super().send(channel_id, contact_id, text[:160])


@broken(SEND, "survives", "gives_up")
class KnowsOnly200(Amio):
    """It takes 201 for a failure."""

    def post(self, path: str, body: Any) -> requests.Response:
        reply = super().post(path, body)
        if reply.status_code != 200:
            raise GaveUp(f"unexpected status {reply.status_code}")
        return reply


@broken(SEND, "result", "twice")
class SendsEqualTextsOnce(Amio):
    """It remembers the texts that it sent, and takes the same words to the same contact for a repetition."""

    def __init__(self, base_url: str, token: str, *, page_size: int = 100) -> None:
        super().__init__(base_url, token, page_size=page_size)
        self.sent: dict[tuple[str, str], str] = {}

    def send(self, channel_id: str, contact_id: str, text: str) -> str:
        if (contact_id, text) not in self.sent:
            self.sent[contact_id, text] = super().send(channel_id, contact_id, text)
        return self.sent[contact_id, text]
