"""How Ameyo's answers look: the envelopes of the 6.x services, and two kinds of error body, one for each family."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from emulator.kit import NOTHING, Ask, Call, Encoded, Kind, Operation, Outcome, Refusal, RefusalPromise, Reply, World
from emulator.vendors.ameyo import app_server_error

NULL = Encoded(b"null")
DEFAULT = "default"
NESTING = "contact_upload_tasks"


class AmeyoEnvelope:
    """The paging style of an operation says which envelope stands round its items; what has none is bare."""

    def success(self, outcome: Outcome, ask: Ask, world: World) -> Reply:
        around = _AROUND.get(ask.operation.paging)
        body = around(outcome, ask, world) if around else outcome.data
        if body == NULL:
            body = None  # nothing to tell: no body at all
        return Reply(outcome.status, body, media=outcome.media)

    def refusal(
        self, refusal: Refusal, promised: RefusalPromise, operation: Operation | None, call: Call, world: World
    ) -> Reply:
        name = _wording(refusal, promised, operation, call, world)
        if isinstance(promised.code(name), int):
            return app_server_error.reply(refusal, promised, name, world)
        text = promised.message(name, refusal.facts) + _place(refusal, promised.status, world)
        code = _code(promised, name, refusal, world)
        if operation is not None and operation.resource == NESTING and world.settings["v1_errors"] == "nested":
            return Reply(promised.status, _nested(promised.status, code, text, call.method))
        flat = {
            "statusCode": promised.status,
            "status": _phrase(promised.status),
            "errorCode": code,
            "errorMessage": text,
        }
        return Reply(promised.status, flat)


def _monitoring(outcome: Outcome, ask: Ask, world: World) -> dict[str, Any]:
    return _envelope(outcome, ask, world) | {"metadata": _metadata(outcome)}


def _configuration(outcome: Outcome, ask: Ask, world: World) -> dict[str, Any]:
    metadata = _metadata(outcome)
    return _envelope(outcome, ask, world) | {"metadata": metadata | {"total": str(metadata["total"])}}


def _task(outcome: Outcome, ask: Ask, world: World) -> dict[str, Any]:
    return {
        "metadata": None,
        "method": ask.operation.method,
        "response": outcome.data,
        "http_code": outcome.status,
        "request_id": None,
    }


def _envelope(outcome: Outcome, ask: Ask, world: World) -> dict[str, Any]:
    return {
        "http_code": outcome.status,
        "method": ask.operation.method,
        "request_id": world.ids.uuid(),
        "response": outcome.data,
    }


def _metadata(outcome: Outcome) -> dict[str, Any]:
    page = outcome.page
    facts: Mapping[str, Any] = page.facts if page else NOTHING
    return {
        "total": facts["total"],
        "count": len(page.items) if page else 0,
        "offset": facts["offset"],
        "limit": facts["limit"],
    }


_AROUND = {"monitoring": _monitoring, "configuration": _configuration, "task": _task, "unpaged": _envelope}


def _nested(status: int, code: str, text: str, method: str) -> dict[str, Any]:
    data = {"error_code": code, "message": text, "description": _phrase(status)}
    item = {"data": None, "http_code": status, "error_data": data}
    return {"metadata": None, "method": method, "response": [item], "http_code": status, "request_id": None}


def _wording(refusal: Refusal, promised: RefusalPromise, operation: Operation | None, call: Call, world: World) -> str:
    if refusal.detail in promised.messages:
        return refusal.detail
    prefix = world.table("app_server")["prefix"]
    path = operation.path if operation is not None else call.path
    return "app_server" if path.startswith(prefix) and "app_server" in promised.messages else DEFAULT


def _code(promised: RefusalPromise, name: str, refusal: Refusal, world: World) -> str:
    setting = world.settings["missing_code"]
    by_page = setting == "by_page" or refusal.kind not in (Kind.MISSING, Kind.NOT_FOUND)
    return str(promised.code(name) if by_page else setting)


def _place(refusal: Refusal, status: int, world: World) -> str:
    """Where a bad request is bad, if the setting says that its kind is told so."""
    told = world.settings["error_places"]
    if (
        status != HTTPStatus.BAD_REQUEST
        or told == "none"
        or (told == "malformed" and refusal.kind is not Kind.MALFORMED)
    ):
        return ""
    wordings, facts = world.table("places"), refusal.facts
    where = f"{facts['part']}, " if "part" in facts else ""
    if "line" in facts:
        return " " + str(wordings["syntax"]).format(
            where=where, line=facts["line"], column=facts["column"], problem=facts["problem"]
        )
    problems = [f"{v.place} {v.said}".strip() for v in refusal.violations] or [str(facts.get("problem", ""))]
    problem = "; ".join(filter(None, problems))
    return " " + str(wordings["other"]).format(where=where, problem=problem) if problem else ""


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase
