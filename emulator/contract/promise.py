"""The gate out: holds every reply against its contract, and turns what was held into bytes once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from emulator.contract.model import Header, Operation, Promise, RefusalPromise
from emulator.contract.schema import Schema
from emulator.wire import ContractBreach, Encoded, Outcome, Page, Reply, Row, packed


def payload(operation: Operation, promise: Promise, outcome: Outcome, page: Page | None = None) -> Any:
    """What the outcome, or a page of it, shows, as JSON text held against its schema; bytes and streams are passed as they are.

    Raises ContractBreach where the contract allows no such payload.
    """
    data, show = outcome.data, outcome.show
    if page is not None:
        return Encoded(b"[%b]" % b",".join(_items(operation, page.items, show, promise.item)))
    if isinstance(data, Row):
        return Encoded(shown(operation, data, show, promise.schema))
    if outcome.items is not None:
        data = [show(row.data) if show is not None else row.data for row in outcome.items]
    elif data is None and promise.schema is None:
        return None
    elif show is not None and promise.schema is not None:
        data = show(data)
    if promise.schema is None or isinstance(data, bytes) or hasattr(data, "__next__"):
        return data
    return Encoded(_held(operation, promise.schema, data))


def shown(operation: Operation, row: Row, show: Any, schema: Schema | None) -> bytes:
    """One row as the API shows it: made, held and encoded once for each version of the row."""
    key = _view(show, schema)
    text: bytes | None = row.kept.get(key)
    if text is None:
        data = row.data
        text = row.keep(key, _held(operation, schema, show(data) if show is not None else data))
    return text


def hold(operation: Operation, promise: Promise | RefusalPromise, reply: Reply) -> None:
    """Holds a finished reply's wrapper and headers (of a refusal: its whole body) against the contract. Raises ContractBreach."""
    if isinstance(promise, RefusalPromise):
        if promise.schema is not None:
            _assert(operation, promise.schema, reply.body)
        elif reply.body is not None:
            raise ContractBreach(f"{operation.id}: {promise.kind} has no body by its contract")
    elif promise.shell is not None and not isinstance(reply.body, Encoded | bytes):
        _assert(operation, promise.shell, _without_payload(reply.body))
    if promise.headers:
        _headers(operation, promise.headers, reply.headers)


def _items(operation: Operation, items: Sequence[Any], show: Any, schema: Schema | None) -> list[bytes]:
    key = _view(show, schema)
    with suppress(AttributeError, KeyError):  # where all are rows that were shown before, a fourth of the work
        return [row.kept[key] for row in items]
    return [
        (item.kept.get(key) or shown(operation, item, show, schema))
        if type(item) is Row
        else _held(operation, schema, show(item) if show is not None else item)
        for item in items
    ]


@lru_cache
def _view(show: Any, schema: Schema | None) -> object:
    """What a row keeps its text under, for each way to show it under a schema: a thing that is quickly found."""
    return object()


def _held(operation: Operation, schema: Schema | None, value: Any) -> bytes:
    try:
        if schema is not None and not schema.valid(value):
            _assert(operation, schema, value)
        return packed(value)
    except (TypeError, ValueError) as error:  # either validator or writer may be the first to find that it is no JSON
        raise ContractBreach(f"{operation.id}: the payload is not JSON: {error}") from error


def _assert(operation: Operation, schema: Schema, value: Any) -> None:
    if schema.valid(value):
        return
    told = "; ".join(f"{v.place or 'the whole'}: {v.said} ({v.pointer})" for v in schema.explain(value)[:5])
    raise ContractBreach(f"{operation.id} answers outside its contract: {told or schema.pointer}")


def _without_payload(body: Any) -> Any:
    """The wrapper with the payload, which was held already, put as null."""
    if isinstance(body, Encoded):
        return None
    if isinstance(body, dict):
        return {key: _without_payload(value) for key, value in body.items()}
    return body


def _headers(operation: Operation, promised: Mapping[str, Header], given: Mapping[str, str]) -> None:
    for name, header in promised.items():
        value = given.get(name)
        if value is None:
            if header.required:
                raise ContractBreach(f"{operation.id}: the reply lacks the header {name}")
            continue
        kind = header.schema.raw.get("type") if isinstance(header.schema.raw, dict) else None
        typed = int(value) if kind == "integer" and value.lstrip("-").isdigit() else value
        if not header.schema.valid(typed):
            raise ContractBreach(
                f"{operation.id}: the header {name} is {value!r}, which {header.schema.pointer} does not allow"
            )
