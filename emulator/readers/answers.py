"""The replies and refusals of an operation in OpenAPI's words: several refusals may share one status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from emulator.contract.model import Contract, Header, Operation, Promise, RefusalPromise
from emulator.contract.schema import Schema
from emulator.readers import pieces, words
from emulator.readers.links import links
from emulator.readers.pieces import origin, plain, told
from emulator.wire import Kind


def responses(contract: Contract, operation: Operation) -> dict[str, Any]:
    """Every status that the operation may answer, successes first."""
    stamped = _stamped(contract, operation)
    found = {
        str(p.status): {**_reply(contract, p, stamped), **_linked(contract, operation, p)}
        for p in operation.replies.values()
    }
    shared: dict[int, list[RefusalPromise]] = {}
    for promise in operation.refusals.values():
        shared.setdefault(promise.status, []).append(promise)
    for status, promises in sorted(shared.items()):
        found[str(status)] = refused(contract, promises, {**stamped, **_retry(contract, operation, promises)})
    return found


def refused(contract: Contract, promises: Sequence[RefusalPromise], stamped: Mapping[str, Any]) -> dict[str, Any]:
    """One status with every kind of refusal that it stands for."""
    described = "; ".join(f"{p.kind}: {told(p.source) or words.MEANINGS[p.kind]}" for p in promises)
    without = [p.kind.value for p in promises if p.schema is None]
    if without and len(without) < len(promises):
        described += f" ({', '.join(without)} without a body)"
    shown: dict[str, Any] = {"description": described}
    if headers := {**stamped, **_together(promises)}:
        shown["headers"] = headers
    if bodies := _bodies(contract, promises):
        shown["content"] = bodies
    return {**shown, "x-refusals": {p.kind.value: _meaning(contract, p) for p in promises}}


def _linked(contract: Contract, operation: Operation, promise: Promise) -> dict[str, Any]:
    found = links(contract, operation, promise)
    return {"links": found} if found else {}


def _reply(contract: Contract, promise: Promise, stamped: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"description": promise.title or told(promise.source) or HTTPStatus(promise.status).phrase}
    if headers := {**stamped, **_headers(promise.headers)}:
        shown["headers"] = headers
    if promise.whole is not None:
        one = pieces.content(promise.whole, promise.example, promise.has_example)
        shown["content"] = {promise.media or contract.media: one}
    elif promise.media:
        shown["content"] = {promise.media: {}}
    return {**shown, **origin(promise.source)}


def _bodies(contract: Contract, promises: Sequence[RefusalPromise]) -> dict[str, Any]:
    """By media type, the schema that any of the refusals meets, and an example of each."""
    found: dict[str, list[RefusalPromise]] = {}
    for promise in promises:
        if promise.schema is not None:
            found.setdefault(promise.media or contract.media, []).append(promise)
    return {media: _body(alike) for media, alike in found.items()}


def _body(promises: Sequence[RefusalPromise]) -> dict[str, Any]:
    schemas: list[Any] = []
    examples: dict[str, Any] = {}
    for promise in promises:
        assert promise.schema is not None
        rewritten = pieces.rewritten(promise.schema.raw)
        schemas += [rewritten] if rewritten not in schemas else []
        examples |= _example(promise, promise.schema)
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    return {"schema": schema, **({"examples": examples} if examples else {})}


def _example(promise: RefusalPromise, schema: Schema) -> dict[str, Any]:
    one = pieces.exemplified(schema, promise.example, promise.example is not None, hints(promise))
    if "example" in one:
        return {promise.kind.value: {"summary": promise.kind.value, "value": one["example"]}}
    made: Mapping[str, Any] = one.get("examples", {}).get("made", {})
    return (
        {promise.kind.value: {"summary": f"{promise.kind}, made from the schema", "value": made["value"]}}
        if made
        else {}
    )


def _meaning(contract: Contract, promise: RefusalPromise) -> dict[str, Any]:
    """Source, and the wordings that are not the vendor's own for this kind."""
    common = contract.refusals[promise.kind].messages if promise.kind in contract.refusals else {}
    messages = {name: plain(m) for name, m in promise.messages.items() if common.get(name) != m}
    return {**({"messages": messages} if messages else {}), **origin(promise.source)}


def hints(promise: RefusalPromise) -> Mapping[str, Any]:
    """What the fields of an example are likely to hold: the first wording, its code, the status."""
    first: Mapping[str, Any] = next(iter(promise.messages.values()), {})
    code = {"code": first["code"]} if "code" in first else {}
    return {"message": first["text"], **code, "status": promise.status} if first else {"status": promise.status}


def _headers(headers: Mapping[str, Header]) -> dict[str, Any]:
    return {name: pieces.header(header) for name, header in headers.items()}


def _together(promises: Sequence[RefusalPromise]) -> dict[str, Any]:
    """Headers of refusals that share a status: one that only some bear is not required."""
    found: dict[str, Any] = {}
    for promise in promises:
        for name, header in promise.headers.items():
            always = header.required and all(name in other.headers for other in promises)
            found[name] = {**pieces.header(header), "required": always}
    return found


def _stamped(contract: Contract, operation: Operation) -> dict[str, Any]:
    """The headers of every reply: the vendor's constant ones, and those in which its limits say how they stand."""
    found = {name: pieces.constant(value) for name, value in contract.headers.items()}
    for name in operation.limits:
        found |= pieces.counting_headers(contract.limits[name])
    return found


def _retry(contract: Contract, operation: Operation, promises: Sequence[RefusalPromise]) -> dict[str, Any]:
    asked = any(contract.limits[name].options.get("retry_after") for name in operation.limits)
    if not asked or all(promise.kind is not Kind.THROTTLED for promise in promises):
        return {}
    schema = {"type": "integer", "minimum": 1}
    return {"Retry-After": {"description": "seconds to wait", "required": False, "schema": schema}}
