"""The newsletter's readers, at Agillic."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from club.calling import Caller, Failed

LIFETIME = 7000


class Newsletter(Caller):
    """Reads and writes readers, with a token that is got again before it is too old."""

    def __init__(self, base_url: str, key: tuple[str, str], now: Any, **more: Any) -> None:
        super().__init__(base_url, **more)
        self._key, self._now, self._until = key, now, 0.0

    def _log_in(self) -> None:
        if self._now() >= self._until:
            self.session.headers.pop("Authorization", None)
            form = {"grant_type": "client_credentials", "client_id": self._key[0], "client_secret": self._key[1]}
            told = self.call("POST", "/oauth2/token", again=True, data=form).json()
            self.session.headers["Authorization"] = f"Bearer {told['access_token']}"
            self._until = self._now() + LIFETIME

    def subscribe(self, email: str, first: str, last: str) -> None:
        """Writes a reader, new or known."""
        self._log_in()
        fields = {"FIRSTNAME": first, "LASTNAME": last}
        self.call("PUT", f"/recipients/{quote(quote(email, safe=''), safe='')}", json={"personData": fields})

    def reader(self, email: str) -> tuple[str, str] | None:
        """First and last name, if there is such a reader."""
        self._log_in()
        try:
            found = self.call("GET", f"/recipients/{quote(quote(email, safe=''), safe='')}").json()["personData"]
        except Failed as failed:
            if " 404:" in str(failed):
                return None
            raise
        return found["FIRSTNAME"], found["LASTNAME"]

    def readers(self, page: int = 100) -> list[str]:
        """The addresses of all readers."""
        self._log_in()
        url, found = f"/recipients?objectResponse=true&pageSize={page}", []
        while url:
            told = self.call("GET", url).json()
            found += [item["personData"]["EMAIL"] for item in told["content"]]
            url = next((link["href"] for link in told["links"] if link["rel"] == "next"), "")
        return found
