"""Agillic with httpx: recipients are exported by pages of a document, written one by one, and read for as long as it takes."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import httpx

from tests.clients.patience import GaveUp, Refused, pauses

Recipient = dict[str, Any]
TIMEOUT = httpx.Timeout(30, connect=5)
TRUST = ssl.create_default_context()  # once: to read the certificates takes longer than a call
TRIES = 5
REFUSALS = (400, 404, 409, 413, 422)  # of one recipient; anything else that is refused is our own fault


class Expired(Exception):
    """The document whose pages we were reading is no more."""


class Agillic:
    """An instance, by the key and secret of its Public Api. Methods raise Refused where Agillic says no, and GaveUp in endless trouble.

    Every call may be made again: reads, writes by PUT, and requests for a token. A token serves all threads until it is refused.
    """

    def __init__(self, base_url: str, key: str, secret: str, *, page_size: int = 1000) -> None:
        self.base_url, self.key, self.secret, self.page_size = base_url, key, secret, page_size
        self.http = httpx.Client(timeout=TIMEOUT, verify=TRUST, headers={"Accept": "application/json"})
        self._token = ""
        self._id_field = ""
        self._lock = threading.Lock()

    def close(self) -> None:
        """Lets the connections go."""
        self.http.close()

    # -- recipients

    def export(self, filter: str | None = None) -> list[Recipient]:
        """Every recipient, or those whom the filter lets through, as they were at one moment.

        The pages are those of a document that lives five minutes after each call, thirty in all: if it expires, a new one is read.
        """
        for _ in range(TRIES):
            try:
                return list(self.document(filter))
            except Expired:
                continue
        raise GaveUp("the document expired again and again while it was read")

    def document(self, filter: str | None) -> Iterator[Recipient]:
        """The recipients of one document. Raises Expired if it does."""
        query = {"objectResponse": "true", "pageSize": str(self.page_size)}
        if filter is not None:
            query["filter"] = filter
        start: int | None = 1
        while start is not None:
            try:
                page = self.get("/recipients", query | {"pageStart": str(start)}).json()
            except Refused as refused:
                if refused.status == 404 and "documentId" in query:
                    raise Expired from refused
                raise
            yield from page["content"]
            query["documentId"] = page["page"]["documentId"]
            start = self.following(start, page)

    def following(self, start: int, page: Mapping[str, Any]) -> int | None:
        """The first item of the page after the one that starts there, counted from 1; None after the last."""
        start += len(page["content"])
        return start if page["content"] and start <= page["page"]["totalElements"] else None

    def read(self, ids: Iterable[str]) -> Iterator[Recipient]:
        """The recipients of these ids, leaving out those that do not exist."""
        for name in ids:
            try:
                yield self.get(self.path(name)).json()
            except Refused as refused:
                if refused.status != 404:
                    raise

    def upsert(self, recipients: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
        """Creates or updates recipients; answers the ids of those that were refused."""
        failed = []
        for name, fields in recipients:
            try:
                self.call("PUT", self.path(name), json={"personData": dict(fields)})
            except Refused as refused:
                if refused.status not in REFUSALS:
                    raise
                failed.append(name)
        return failed

    def id_of(self, recipient: Recipient) -> str:
        """The value of the field that names recipients."""
        return str(recipient["personData"][self.id_field()])

    def id_field(self) -> str:
        """The field that names recipients: EMAIL, unless the instance was set up otherwise."""
        for pause in pauses(3):
            if self._id_field:
                break
            fields = self.get("/discovery/persondata").json()
            self._id_field = next((field["name"] for field in fields if field.get("identifier")), "")
            if not self._id_field:
                time.sleep(pause)
        return self._id_field or "EMAIL"

    def path(self, name: str) -> str:
        """Where a recipient is. An id that would be read as something else is written as FIELD=value."""
        if "=" in name or name.startswith(":") or name in (".", ".."):
            name = f"{self.id_field()}={name}"
        return f"/recipients/{self.encoded(name)}"

    def encoded(self, segment: str) -> str:
        """A segment of a path, encoded twice as Agillic wants it: `@` is %2540."""
        return quote(quote(segment, safe=""), safe="")

    # -- calls

    def get(self, path: str, query: Mapping[str, str] | None = None) -> httpx.Response:
        """Reads."""
        return self.call("GET", path, params=query)

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """A call with a token that is good."""
        for _ in range(TRIES):
            token = self._token or self.renewed("")
            try:
                return self.tried(method, path, headers={"Authorization": f"Bearer {token}"}, **options)
            except Refused as refused:
                if refused.status != 401:
                    raise
                self.renewed(token)
        raise GaveUp(f"{method} {path}: every token is refused")

    def renewed(self, refused: str) -> str:
        """A token other than the refused one. Whoever comes first asks for it; the others have waited for the same."""
        with self._lock:
            if self._token == refused:
                self._token = self.sign_in()
            return self._token

    def sign_in(self) -> str:
        """A new token."""
        form = {"grant_type": "client_credentials", "client_id": self.key, "client_secret": self.secret}
        return str(self.tried("POST", "/oauth2/token", data=form).json()["access_token"])

    def tried(self, method: str, path: str, **options: Any) -> httpx.Response:
        """A call, made again while there is trouble.

        Too many calls get 429 and have not been done; Agillic does not say how long to wait, so each pause is twice the one before.
        """
        trouble = ""
        for pause in pauses():
            try:
                reply = self.http.request(method, self.base_url + path, **options)
                if reply.is_success:
                    if reply.content:
                        reply.json()
                    return reply
                trouble = str(reply.status_code)
                if reply.status_code < 500 and reply.status_code != 429:
                    raise Refused(reply.status_code, reply.text)
            except (httpx.TransportError, httpx.DecodingError, ValueError) as error:
                trouble = repr(error)
            time.sleep(pause)
        raise GaveUp(f"{method} {path} was tried in vain: {trouble}")
