"""Amilia with httpx: lists of an organization, read by following Paging.Next, with a token that is renewed when it is refused."""

from __future__ import annotations

import ssl
import threading
import time
from typing import Any

import httpx

from tests.clients.patience import GaveUp, Refused, pauses

Row = dict[str, Any]
TIMEOUT = httpx.Timeout(30, connect=5)
TRUST = ssl.create_default_context()  # once: to read the certificates takes longer than a call
TRIES = 5
MOST_WALKS = 10


class Amilia:
    """An account that may manage organizations. Methods raise Refused where Amilia says no, and GaveUp where trouble does not end."""

    def __init__(
        self, base_url: str, username: str, password: str, *, page_size: int = 200, language: str = "en"
    ) -> None:
        self.base_url, self.page_size, self.language = base_url, page_size, language
        self.login = httpx.BasicAuth(username, password)
        self.http = httpx.Client(timeout=TIMEOUT, verify=TRUST)
        self._token = ""
        self._lock = threading.Lock()

    def close(self) -> None:
        """Lets the connections go."""
        self.http.close()

    # -- lists

    def persons(self, organization: str) -> list[Row]:
        """Every person of an organization, named by number or slug."""
        return self.everything(self.url(organization, "persons"))

    def activities(self, organization: str, program_id: int) -> list[Row]:
        """Every activity of a program that is neither hidden nor cancelled."""
        return self.everything(self.url(organization, f"programs/{program_id}/activities"))

    def url(self, organization: str, rest: str) -> str:
        """Where a list begins."""
        return f"{self.base_url}/api/v3/{self.language}/org/{organization}/{rest}?page=1&perPage={self.page_size}"

    def everything(self, url: str) -> list[Row]:
        """Every row of a list, each once.

        Pages are numbered in a list that lives: where a row goes while we read, the next page passes one over. So a list of several
        pages is read until two readings agree.
        """
        rows, pages = self.walk(url)
        if pages == 1:
            return list(rows.values())
        for _ in range(MOST_WALKS):
            before, (rows, _) = rows, self.walk(url)
            if rows.keys() == before.keys():
                return list(rows.values())
        raise GaveUp(f"{url}: the list does not hold still")

    def walk(self, url: str) -> tuple[dict[int, Row], int]:
        """The rows by id, from the first page to the last, and how many pages there were."""
        rows: dict[int, Row] = {}
        pages = 0
        while url:
            page = self.get(url)
            rows |= {row["Id"]: row for row in page["Items"]}
            url = page["Paging"]["Next"]
            pages += 1
        return rows, pages

    # -- calls

    def get(self, url: str) -> Any:
        """What a call answers, with a token that is good."""
        for _ in range(TRIES):
            token = self._token or self.renewed("")
            try:
                return self.tried(url, headers={"Authorization": f"Bearer {token}"})
            except Refused as refused:
                if refused.status != 401:
                    raise
                self.renewed(token)
        raise GaveUp(f"{url}: every token is refused")

    def renewed(self, refused: str) -> str:
        """A token other than the refused one. Whoever comes first asks for it; the others have waited for the same."""
        with self._lock:
            if self._token == refused:
                self._token = self.sign_in()
            return self._token

    def sign_in(self) -> str:
        """A new token, by the only call that takes name and password."""
        return str(self.tried(f"{self.base_url}/api/v3/authenticate", auth=self.login)["Token"])

    def tried(self, url: str, **options: Any) -> Any:
        """What a call answers, made again while there is trouble; after 429 too, which asks for a little patience and names no time."""
        trouble = ""
        for pause in pauses():
            try:
                reply = self.http.get(url, **options)
                if reply.is_success:
                    return reply.json()
                trouble = str(reply.status_code)
                if reply.status_code < 500 and reply.status_code != 429:
                    raise Refused(reply.status_code, reply.text)
            except (httpx.TransportError, httpx.DecodingError, ValueError) as error:
                trouble = repr(error)
            time.sleep(pause)
        raise GaveUp(f"{url} was tried in vain: {trouble}")
