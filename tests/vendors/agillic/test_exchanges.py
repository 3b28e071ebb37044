"""What the vendor's documents show, sent as they show it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emulator import data
from emulator.testing.client import Handle
from tests.vendors.agillic.conftest import Api

FILES = sorted((data.folder("fixtures") / "agillic" / "exchanges").glob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_exchange_of_the_documents(file: Any, api: Api, agillic: Handle) -> None:
    exchange = json.loads(file.read_text(encoding="utf-8"))
    request, reply = exchange["request"], exchange["reply"]
    sent: dict[str, Any] = {"params": request.get("query"), "headers": request.get("headers", {})}
    if "Content-Type" in sent["headers"]:
        sent["data"] = {name: value.format(**agillic.credentials) for name, value in request["body"].items()}
    elif "body" in request:
        sent["json"] = request["body"]
    if "Authorization" in sent["headers"]:
        api.auth = None
    answer = api.request(request["method"], request["path"], **sent)
    assert answer.status_code == reply["status"], answer.text
    assert like(reply["body"], answer.json()) if "body" in reply else answer.content == b""


def like(wanted: Any, actual: Any) -> bool:
    """Whether an answer is as shown; `$any` and `$type` stand for what may differ."""
    if isinstance(wanted, dict) and "$any" in wanted:
        return True
    if isinstance(wanted, dict) and "$type" in wanted:
        return isinstance(actual, {"string": str, "array": list, "object": dict, "integer": int}[wanted["$type"]])
    if isinstance(wanted, dict):
        return (
            isinstance(actual, dict)
            and set(wanted) == set(actual)
            and all(like(wanted[name], actual[name]) for name in wanted)
        )
    if isinstance(wanted, list):
        return isinstance(actual, list) and len(wanted) == len(actual) and all(map(like, wanted, actual))
    return bool(wanted == actual)
