"""A small client of Ameyo, written from the vendor's pages alone."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import requests

FIELDS = ("twitter", "timezone", "facebook", "phone2", "name", "phone3", "phone4", "phone5", "email", "phone1")
SENT = {"name": "customer_name", "phone1": "phone1"}


class Api:
    """The 6.x services with one way to say who calls, and the 4.x server with a session."""

    def __init__(
        self, base_url: str, auth: tuple[str, str] | None = None, bearer: str = "", session_id: str = ""
    ) -> None:
        self.base_url = base_url
        self.session = requests.Session()
        self.session.auth = auth
        if bearer:
            self.session.headers["Authorization"] = f"Bearer {bearer}"
        if session_id:
            self.session.headers["sessionId"] = session_id

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """One request below the base URL."""
        return self.session.request(method, self.base_url + path, timeout=30, **more)

    def get(self, path: str, **query: Any) -> requests.Response:
        """A GET; underscores in names stand for hyphens, but in `sort_by`."""
        named = {name if name == "sort_by" else name.replace("_", "-"): value for name, value in query.items()}
        return self.call("GET", path, params=named)

    def register(self, username: str, password: str, **more: Any) -> requests.Response:
        """Registers a pair for contact centre 1."""
        body = {
            "username": username,
            "password": password,
            "context": "ContactCenter",
            "contextId": "1",
            "userRole": "Administrator",
        }
        return self.call("POST", "/configuration/basicauth", json=body | more)

    def upload(
        self, file: str | bytes, mapping: Any = None, *, lead: int = 17, media: str = "text/csv", **flags: Any
    ) -> requests.Response:
        """Uploads a CSV to a lead list of process 13."""
        path = f"/v1/cc-list/1/process-list/13/leads/{lead}/contact-upload-tasks"
        data = {
            "user_id": "john",
            "header_mapping": mapping if isinstance(mapping, str) else header_mapping(mapping or SENT),
        }
        return self.call("POST", path, files={"file": ("contacts.csv", file, media)}, data=data | flags)

    def errors(self, upload: requests.Response, lead: int = 17) -> list[dict[str, str]]:
        """The error file of an upload, as dictionaries."""
        return list(csv.DictReader(io.StringIO(self.error_file(upload, lead).content.decode(), newline="")))

    def error_file(self, upload: requests.Response, lead: int = 17) -> requests.Response:
        """The error file as it comes."""
        return self.call(
            "GET", f"/cc-list/1/process-list/13/leads/{lead}/contact-upload-tasks/{task_id(upload)}/error-file"
        )

    def agents(self, **query: Any) -> list[dict[str, Any]]:
        """One page of the agents of contact centre 1."""
        reply = self.get("/v4/cc-list/1/monitoring/user-session-information", **query)
        assert reply.status_code == 200, reply.text
        return [item["data"] for item in reply.json()["response"]]

    def login(self, user: str, password: str, **more: Any) -> requests.Response:
        """Logs in to the 4.x server."""
        body = {"userId": user, "token": password, "forceLogin": False, "terminalInfo": "0.0.0.0"}
        return self.call("POST", "/ameyorestapi/session/userLogin", json=body | more)


def promised(api: Api, **query: Any) -> requests.Response:
    """The promised calls of a campaign."""
    return api.get(
        "/ameyorestapi/voice/customerCallbacks/getFiltered", **{"campaignId": 131, "offset": 0, "limit": 100} | query
    )


def header_mapping(mapped: Mapping[str, str]) -> str:
    """The part as the page shows it: every field, those that are not mapped empty."""
    return json.dumps(dict.fromkeys(FIELDS, "") | dict(mapped))


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return text.getvalue()


def people(*phones: str) -> str:
    """A file of one person for each number."""
    return table(["customer_name", "phone1"], [(f"Person {n}", phone) for n, phone in enumerate(phones)])


def task_id(upload: requests.Response) -> int:
    """The id that an upload answered."""
    assert upload.status_code == 200, upload.text
    found: int = upload.json()["response"][0]["data"]["task_id"]
    return found


def code(reply: requests.Response) -> tuple[int, str]:
    """Status and error code."""
    return reply.status_code, reply.json()["errorCode"]


def key(reply: requests.Response) -> tuple[int, str]:
    """Status and key of a 4.x error."""
    body = reply.json()
    assert body["status"] == reply.status_code
    return reply.status_code, body["message"] or body["info"]
