"""Who sits at the club's telephones, at Ameyo."""

from __future__ import annotations

from typing import Any

from club.calling import Caller


class Callers(Caller):
    """The agents of the club's contact centre."""

    def __init__(self, base_url: str, user: tuple[str, str], centre: str, **more: Any) -> None:
        super().__init__(base_url, **more)
        self.session.auth = user
        self._path = f"/v4/cc-list/{centre}/monitoring/user-session-information"

    def agents(self, page: int = 50) -> list[str]:
        """The names of all agents who are there, each once."""
        found: dict[str, None] = {}
        offset = 0
        while True:
            told = self.call("GET", f"{self._path}?offset={offset}&limit={page}").json()["response"]
            found |= dict.fromkeys(item["data"]["user_id"] for item in told)
            offset += len(told)
            if len(told) < page:
                return list(found)
