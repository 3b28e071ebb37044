"""Ameyo with requests: contacts go into a lead list by CSV, what failed comes back as rows, and agents are read from monitoring."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import uuid4

import requests

from tests.clients.offsets import Page, Row, overlapping
from tests.clients.patience import GaveUp, Refused, Unknown, pauses

TIMEOUT = (5, 30)  # seconds to connect, and between two bytes
TRIES = 5
BROKEN = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
    requests.JSONDecodeError,
)


class Ameyo:
    """A contact centre, by a registered pair of name and password, and a temporary token to register another when that one has expired.

    Methods raise Refused where Ameyo says no, GaveUp where trouble does not end, and Unknown where an upload's reply is lost: there is
    no call that tells of uploads.
    """

    def __init__(
        self, base_url: str, username: str, password: str, bearer_token: str, cc_id: str, *, page_size: int = 100
    ) -> None:
        self.base_url, self.cc_id, self.page_size = base_url, cc_id, page_size
        self.username, self.bearer_token = username, bearer_token
        self.session = requests.Session()
        self.session.auth = (username, password)

    def close(self) -> None:
        """Lets the connections go."""
        self.session.close()

    # -- contacts

    def upload(
        self,
        lead_list: str,
        rows: Sequence[Mapping[str, str]],
        header_mapping: Mapping[str, str],
        *,
        update_duplicate: bool = False,
    ) -> int:
        """Uploads contacts once and answers the task's id. `lead_list` is `process-list/13/leads/17`; the mapping says which column fills
        which field.
        """
        form = {
            "file": ("contacts.csv", self.table(rows, header_mapping), "text/csv"),
            "user_id": (None, self.username),
            "update_duplicate": (None, "true" if update_duplicate else "false"),
            "header_mapping": (None, json.dumps(header_mapping)),
        }
        reply = self.call("POST", f"/v1/cc-list/{self.cc_id}/{lead_list}/contact-upload-tasks", files=form)
        return self.task_id(reply.text)

    def task_id(self, text: str) -> int:
        """The id in the reply to an upload: 64 bits."""
        return int(json.loads(text)["response"][0]["data"]["task_id"])

    def table(self, rows: Sequence[Mapping[str, str]], header_mapping: Mapping[str, str]) -> bytes:
        """The contacts as CSV: a header with every column that a row or the mapping has, then the rows."""
        columns = dict.fromkeys(
            [name for row in rows for name in row] + [name for name in header_mapping.values() if name]
        )
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(columns), restval="")
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue().encode()

    def errors(self, lead_list: str, task_id: int) -> list[dict[str, str]]:
        """The rows that failed and why, once the task is done; until then there is no error file."""
        for pause in pauses(10):
            try:
                reply = self.get(f"/cc-list/{self.cc_id}/{lead_list}/contact-upload-tasks/{task_id}/error-file")
                return self.parsed(reply.content)
            except Refused as refused:
                if refused.status != 404:
                    raise
            time.sleep(pause)
        raise GaveUp(f"upload task {task_id} does not come to an end")

    def parsed(self, raw: bytes) -> list[dict[str, str]]:
        """The rows of an error file."""
        return list(csv.DictReader(io.StringIO(raw.decode(), newline="")))

    # -- monitoring

    def agents(self) -> list[Row]:
        """Every agent in every campaign, as monitoring shows them."""
        return list(overlapping(self.page, key=lambda row: row["interaction_id"]))

    def page(self, offset: int) -> Page:
        """The rows from an offset on, in an order that stays."""
        query = {"offset": offset, "limit": self.page_size, "sort_by": "interaction_id:asc"}
        reply = self.get(f"/v4/cc-list/{self.cc_id}/monitoring/user-session-information", params=query).json()
        return Page([row["data"] for row in reply["response"]], reply["metadata"]["total"])

    # -- calls

    def get(self, path: str, **options: Any) -> requests.Response:
        """Reads, as often as it takes."""
        for pause in pauses():
            try:
                return self.call("GET", path, **options)
            except Unknown:
                time.sleep(pause)
        raise GaveUp(f"GET {path} was tried in vain")

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """A call that is carried out at most once, with a pair that is good. Raises Unknown where nobody can tell whether it was."""
        for _ in range(TRIES):
            try:
                return self.once(method, path, **options)
            except Refused as refused:
                if refused.status != 401:
                    raise
                self.register()
        raise GaveUp(f"{method} {path}: every pair is refused")

    def register(self) -> None:
        """A new pair of name and password. If the reply is lost, the first call with the pair will tell."""
        username, password = f"{self.username}-{uuid4().hex[:8]}", uuid4().hex
        wish = {
            "username": username,
            "password": password,
            "context": "ContactCenter",
            "contextId": str(self.cc_id),
            "userRole": "Administrator",
        }
        with suppress(Unknown):
            self.once("POST", "/configuration/basicauth", json=wish, auth=Bearer(self.bearer_token))
        self.session.auth = (username, password)

    def once(self, method: str, path: str, **options: Any) -> requests.Response:
        """A call that is carried out at most once: again only where it was refused for too many calls. Raises Unknown."""
        for pause in pauses():
            try:
                reply = self.session.request(method, self.base_url + path, timeout=TIMEOUT, **options)
                if reply.ok:
                    return self.readable(reply)
            except BROKEN as error:
                raise Unknown(f"{method} {path}: {error}") from error
            if reply.status_code >= 500:
                raise Unknown(f"{method} {path}: {reply.status_code}")
            if reply.status_code != 429:
                raise Refused(reply.status_code, reply.text)
            time.sleep(float(reply.headers.get("Retry-After", pause)))
        raise GaveUp(f"{method} {path}: too many calls, again and again")

    def readable(self, reply: requests.Response) -> requests.Response:
        """The reply, if it is what it says: JSON, or a file. Raises a JSONDecodeError."""
        if "json" in reply.headers.get("Content-Type", ""):
            reply.json()
        return reply


class Bearer(requests.auth.AuthBase):
    """The temporary token of an administrator."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request
