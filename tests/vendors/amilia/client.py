"""A client of Amilia's as its documentation describes one: over HTTP, with nothing of the emulator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import requests

PAGE_GUARD = 500


class Amilia:
    """Calls with one identity. Paths below `/api/v3/{language}/` are given without it; `org` stands for the organization's path."""

    def __init__(self, base_url: str, organization: str, headers: dict[str, str] | None = None) -> None:
        self.base_url, self.organization = base_url, organization
        self.session = requests.Session()
        self.session.headers.update(headers or {})

    def bearing(self, **headers: str) -> Amilia:
        """The same client with other headers only."""
        return Amilia(self.base_url, self.organization, headers)

    def login(self, username: str, password: str) -> Amilia:
        """The same client with a token of that user."""
        reply = requests.get(f"{self.base_url}/api/v3/authenticate", auth=(username, password), timeout=10)
        assert reply.status_code == 200, reply.text
        return self.bearing(Authorization=f"Bearer {reply.json()['Token']}")

    def url(self, path: str, language: str = "en") -> str:
        path = path.replace("org/", f"org/{self.organization}/", 1) if path.startswith("org/") else path
        return f"{self.base_url}/api/v3/{language}/{path}"

    def ask(self, method: str, path: str, language: str = "en", body: Any = None, **query: Any) -> requests.Response:
        words = {key.rstrip("_"): value for key, value in query.items()}
        return self.session.request(method, self.url(path, language), params=words, json=body, timeout=10)

    def get(self, path: str, language: str = "en", **query: Any) -> Any:
        """The JSON of a call that must succeed."""
        reply = self.ask("GET", path, language, **query)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def items(self, path: str, language: str = "en", **query: Any) -> list[Any]:
        """The items of the one page that must hold them all."""
        page = self.get(path, language, **query)
        assert page["Paging"]["TotalCount"] == len(page["Items"])
        assert page["Paging"]["Next"] == ""
        found: list[Any] = page["Items"]
        return found

    def ids(self, path: str, **query: Any) -> list[Any]:
        return [item["Id"] for item in self.items(path, **query)]

    def walk(self, path: str, **query: Any) -> Iterator[Any]:
        """Every item, by following `Next` until it is empty."""
        url, words = self.url(path), {key.rstrip("_"): value for key, value in query.items()}
        for _ in range(PAGE_GUARD):
            reply = self.session.get(url, params=words, timeout=10)
            assert reply.status_code == 200, reply.text
            yield from reply.json()["Items"]
            url, words = reply.json()["Paging"]["Next"], {}
            if not url:
                return
        raise AssertionError("the walk does not end")
