"""Members and their registrations, at Amilia."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from club.calling import Caller


class Members(Caller):
    """The club's people. A token is got when it is first needed."""

    def __init__(self, base_url: str, organization: str, user: tuple[str, str], **more: Any) -> None:
        super().__init__(base_url, **more)
        self._organization, self._user = f"/api/v3/en/org/{organization}", user

    def _log_in(self) -> None:
        if "Authorization" not in self.session.headers:
            token = self.call("GET", "/api/v3/authenticate", auth=self._user).json()["Token"]
            self.session.headers["Authorization"] = f"Bearer {token}"

    def _walk(self, path: str, page: int) -> Iterator[dict[str, Any]]:
        self._log_in()
        url = f"{self._organization}{path}?perPage={page}"
        while url:
            told = self.call("GET", url).json()
            yield from told["Items"]
            url = told["Paging"]["Next"]

    def people(self, page: int = 50) -> list[int]:
        """The numbers of all people."""
        return [person["Id"] for person in self._walk("/persons", page)]

    def registrations(self, page: int = 50) -> list[str]:
        """The numbers of all registrations that hold."""
        return [each["RegistrationId"] for each in self._walk("/registrations", page)]

    def person(self, number: int) -> dict[str, Any]:
        """One of them."""
        self._log_in()
        found: dict[str, Any] = self.call("GET", f"{self._organization}/persons/{number}").json()
        return found
