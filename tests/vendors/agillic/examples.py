"""Calls made from the contract's own examples, so that no operation can be forgotten."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import requests

from emulator import data
from emulator.contract.load import load
from emulator.contract.model import Operation
from emulator.testing.client import Box
from tests.vendors.agillic.conftest import Api

CONTRACT = load(data.folder("contracts") / "agillic", thorough=False)
OPERATIONS = CONTRACT.operations
MULTIPART = "multipart/form-data"
FORM = "application/x-www-form-urlencoded"


def promising(kind: str) -> list[Operation]:
    """The operations that promise this refusal."""
    return [operation for operation in OPERATIONS.values() if kind in operation.refusals]


def twice(text: str) -> str:
    """A path segment as the documentation wants it."""
    return quote(quote(text, safe=""), safe="")


@dataclass
class Example:
    """One call that makes sense on the demo world."""

    method: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    media: str = ""

    def send(self, api: Api, **changes: Any) -> requests.Response:
        """The call's answer; `headers` are laid over, `data` takes the body's place."""
        headers = {**self.headers, **changes.pop("headers", {})}
        sent = {**self.payload(), **changes}
        return api.request(self.method, self.path, params=self.query, headers=headers, allow_redirects=False, **sent)

    def payload(self) -> dict[str, Any]:
        """The body as `requests` wants it."""
        if self.body is None:
            return {}
        if self.media == MULTIPART:
            return {
                "files": {name: (None, part) if isinstance(part, str) else part for name, part in self.body.items()}
            }
        return {"data": self.body} if self.media == FORM else {"json": self.body}


def example(operation: Operation, path: Mapping[str, str] | None = None) -> Example:
    """The operation's example; `path` replaces path parameters, as they are to stand in the URL."""
    where = operation.path.replace("{path*}", "{path}")
    for parameter in operation.parameters:
        if parameter.place == "path":
            value = (path or {}).get(parameter.name, twice(str(parameter.example)))
            where = where.replace("{" + parameter.name + "}", value)
    query = {p.name: p.example for p in operation.parameters if p.place == "query" and p.example is not None}
    body = operation.body
    if body is None:
        return Example(operation.method, where, query)
    return Example(
        operation.method,
        where,
        query,
        {},
        parts(operation) if MULTIPART in body.media else deepcopy(body.example),
        body.media[0],
    )


def parts(operation: Operation) -> dict[str, Any]:
    """A multipart body: paths are text, files have a content that suits their operation."""
    assert operation.body is not None
    given = dict(operation.body.example)
    if operation.name.startswith(("upload", "put")):
        given["file"] = (given["file"], content(operation.name))
    return given


def content(name: str) -> bytes:
    """A file that an upload of this kind takes."""
    if name.endswith("webapp"):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as bundle:
            bundle.writestr("index.html", "<p>Candy</p>")
        return archive.getvalue()
    return json.dumps({"DISCOUNT": {"data_type": "number"}}).encode()


def prepared(operation: Operation, sandbox: Box, api: Api) -> Example:
    """The example, after what must have happened before it makes sense."""
    if operation.id == "agillic.exports.start":
        return _export(sandbox)
    if operation.resource == "oauth":
        return keyed(example(operation), sandbox)
    if operation.resource == "exports" and operation.name in ("task", "read"):
        return example(operation, {"taskId": _export(sandbox).send(api).json()["taskId"]})
    return example(operation)


def keyed(call: Example, sandbox: Box) -> Example:
    """The call with the sandbox's own key in the place of the demo's."""
    own = {"client_id": sandbox.agillic.client_id, "client_secret": sandbox.agillic.client_secret}
    for values in (call.query, call.body or {}):
        values.update({name: own[name] for name in own if name in values})
    return call


def _export(sandbox: Box) -> Example:
    end = sandbox.clock.utc().astimezone(UTC)
    body = {"fileType": "EVENT", "from": rfc3339(end - timedelta(hours=2)), "to": rfc3339(end)}
    return Example("POST", "/export/activity/:execute", body=body, media="application/json")


def rfc3339(when: datetime) -> str:
    """As clients write it."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
