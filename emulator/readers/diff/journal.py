"""A user's own recorded calls, read by two contracts: which of them would be answered otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import orjson

from emulator.contract.model import Contract, Operation
from emulator.contract.read import Reader
from emulator.contract.route import Router
from emulator.readers.diff.change import written
from emulator.readers.diff.pair import refused
from emulator.readers.diff.schemas import reason
from emulator.wire import Anonymous, Ask, Call, Refusal

HIDDEN = "[redacted]"
FORM = "application/x-www-form-urlencoded"
HTTP = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Departure:
    """A recorded call that fares otherwise: its number, the call, and in what."""

    id: int
    vendor: str
    call: str
    says: tuple[str, ...]


@dataclass(frozen=True)
class Replay:
    """What became of a journal. `skipped` counts the calls that cannot be judged, by the reason."""

    calls: int
    departures: tuple[Departure, ...]
    skipped: Mapping[str, int]


@dataclass(frozen=True)
class _Side:
    """One contract, as it reads calls."""

    contract: Contract

    @cached_property
    def _router(self) -> Router:
        return Router(self.contract)

    def read(self, call: Call) -> tuple[Operation | None, Ask | Refusal]:
        """The operation that a call is for, and the call as read or refused."""
        try:
            operation, segments = self._router.match(call)
        except Refusal as refusal:
            return None, refusal
        try:
            return operation, Reader(self.contract, operation).read(call, segments, Anonymous())
        except Refusal as refusal:
            return operation, refusal

    def told(self, operation: Operation | None, outcome: Ask | Refusal) -> str:
        """What becomes of the call, in words: the operation that answers, or status and kind of the refusal with its reason."""
        if isinstance(outcome, Ask):
            return f"accepted by {outcome.operation.id}"
        promised = (operation.refusals if operation is not None else {}).get(outcome.kind)
        promised = promised or self.contract.refusals.get(outcome.kind)
        status = refused(promised.status, outcome.kind) if promised is not None else str(outcome.kind)
        why = f": {reason(list(outcome.violations))}" if outcome.violations else ""
        return f"refused with {status}{why}"


def entries(document: Any) -> list[Mapping[str, Any]]:
    """The entries of a saved journal: the answer of `GET …/journal`, a world document with one, or a bare list.

    Raises ValueError for anything else.
    """
    found = document
    for key in ("journal", "entries"):
        if isinstance(found, dict) and key in found:
            found = found[key]
    if not isinstance(found, list) or not all(
        isinstance(e, dict) and isinstance(e.get("request"), dict) and isinstance(e.get("reply"), dict) for e in found
    ):
        raise ValueError("no journal: save what GET …/journal answers, or a world document that has one")
    return found


def replay(old: Mapping[str, Contract], new: Mapping[str, Contract], journal: list[Mapping[str, Any]]) -> Replay:
    """Reads each recorded call by both contracts of its vendor, and holds the recorded replies against the new one."""
    sides = {vendor: (_Side(old[vendor]), _Side(new[vendor])) for vendor in old if vendor in new}
    departures, skipped = [], Counter[str]()
    for entry in journal:
        vendor = entry.get("vendor", "")
        why = _unjudged(entry, vendor in sides)
        if why:
            skipped[why] += 1
            continue
        says = tuple(_differences(entry, *sides[vendor]))
        if says:
            request = entry["request"]
            departures.append(Departure(entry.get("id", 0), vendor, f"{request['method']} {_address(request)}", says))
    return Replay(len(journal), tuple(departures), dict(skipped))


def _unjudged(entry: Mapping[str, Any], known: bool) -> str:
    request = entry["request"]
    if not known:
        return "its vendor is not among those compared"
    if request.get("method") not in HTTP or not str(request.get("path", "")).startswith("/"):
        return "no method and path"
    media = _header(request, "content-type")
    if media.startswith("multipart/"):
        return "a multipart body is not kept as it was sent"
    return ""


def _differences(entry: Mapping[str, Any], old: _Side, new: _Side) -> Iterator[str]:
    call = _call(entry["request"])
    before, was = old.read(call)
    after, now = new.read(call)
    said, says = old.told(before, was), new.told(after, now)
    if _kind(was) != _kind(now) or said.partition(":")[0] != says.partition(":")[0]:
        yield f"was {said}; now {says}"
    elif isinstance(was, Ask) and isinstance(now, Ask):
        yield from _otherwise_read(was, now)
    if before is not None and after is not None and isinstance(now, Ask):
        yield from _reply_now(entry["reply"], before, after)


def _kind(outcome: Ask | Refusal) -> str:
    return "" if isinstance(outcome, Ask) else outcome.kind


def _otherwise_read(was: Ask, now: Ask) -> Iterator[str]:
    """What the call is taken to mean: defaults, and parameters that count no longer."""
    for place in ("query", "headers", "path"):
        before, after = getattr(was, place), getattr(now, place)
        for name in dict.fromkeys([*before, *after]):
            if before.get(name) != after.get(name):
                yield f"{name} was read as {written(before.get(name))}; now {written(after.get(name))}"
    for remark in now.remarks:
        if remark not in was.remarks:
            yield f"is accepted with a remark: {remark}"


def _reply_now(reply: Mapping[str, Any], before: Operation, after: Operation) -> Iterator[str]:
    """How the recorded reply departs from what the new contract promises, where it kept the old one."""
    status, body = reply.get("status", 0), reply.get("body")
    was, now = _promised(before, status), _promised(after, status)
    if was and not now:
        yield f"its reply, {status}, is none that may be answered any more"
        return
    if body == HIDDEN or not now:
        return
    if any(schema is None or schema.valid(body) for schema in was) and not any(
        schema is None or schema.valid(body) for schema in now
    ):
        why = min((schema.explain(body) for schema in now if schema is not None), key=len)
        yield f"its reply, {status}, is no longer answered so: {reason(why)}"


def _promised(operation: Operation, status: int) -> list[Any]:
    """The schemas of what an operation may answer with a status; None stands for no body."""
    found: list[Any] = [operation.replies[status].whole] if status in operation.replies else []
    return found + [promise.schema for promise in operation.refusals.values() if promise.status == status]


def _call(request: Mapping[str, Any]) -> Call:
    headers = {str(name).lower(): str(value) for name, value in (request.get("headers") or {}).items()}
    body = request.get("body")
    media = headers.get("content-type", "")
    if body is None:
        content = b""
    elif isinstance(body, str) and "json" not in media:
        content = body.encode()
    elif media.startswith(FORM) and isinstance(body, dict):
        content = urlencode(body).encode()
    else:
        content = orjson.dumps(body)
    return Call(request["method"], request["path"], request.get("query") or "", headers, content)


def _header(request: Mapping[str, Any], name: str) -> str:
    headers = request.get("headers") or {}
    return next((str(value) for key, value in headers.items() if str(key).lower() == name), "")


def _address(request: Mapping[str, Any]) -> str:
    return f"{request['path']}{'?' if request.get('query') else ''}{request.get('query') or ''}"
