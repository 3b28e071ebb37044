"""The gate out: holds every reply against its contract, and turns what was held into bytes once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from emulator.contract.model import Header, Operation, Promise, RefusalPromise
from emulator.contract.schema import Schema
from emulator.wire import ContractBreach, Encoded, Outcome, Reply, Row

MOST_VIEWS = 8  # of one row; a behaviour that makes a new function for every call must not fill the memory


def payload(operation: Operation, promise: Promise, outcome: Outcome) -> Any:
    """What the outcome shows, as JSON text held against its schema; bytes and streams are passed as they are.

    Raises ContractBreach where the contract allows no such payload.
    """
    if outcome.page is not None:
        return Encoded(b"[" + b",".join(_items(operation, promise, outcome.page.items, outcome.show)) + b"]")
    data = outcome.data
    if isinstance(data, Row):
        return shown(operation, data, outcome.show, promise.schema)
    if data is None and promise.schema is None:
        return None
    if isinstance(data, bytes) or promise.schema is None or hasattr(data, "__next__"):
        return data
    if outcome.show is not None:
        data = outcome.show(data)
    return Encoded(_held(operation, promise.schema, data))


def shown(operation: Operation, row: Row, show: Any, schema: Schema | None) -> Encoded:
    """One row as the API shows it: made, held and encoded once for each version of the row."""
    kept = row.kept
    key = (show, schema)
    if kept is not None and (text := kept.get(key)) is not None:
        return text  # type: ignore[return-value]
    data = row.data
    text = Encoded(_held(operation, schema, show(data) if show is not None else data))
    if kept is None or len(kept) >= MOST_VIEWS:
        row.kept = kept = {}
    kept[key] = text
    return text


def hold(operation: Operation, promise: Promise | RefusalPromise, reply: Reply) -> None:
    """Holds a finished reply's wrapper and headers (of a refusal: its whole body) against the contract. Raises ContractBreach."""
    if isinstance(promise, RefusalPromise):
        if promise.schema is not None:
            _assert(operation, promise.schema, reply.body)
        elif reply.body is not None:
            raise ContractBreach(f"{operation.id}: {promise.kind} has no body by its contract")
    elif promise.shell is not None and not isinstance(reply.body, bytes):
        _assert(operation, promise.shell, _without_payload(reply.body))
    if promise.headers:
        _headers(operation, promise.headers, reply.headers)


def _items(operation: Operation, promise: Promise, items: Sequence[Any], show: Any) -> list[bytes]:
    schema = promise.item
    key = (show, schema)
    texts = []
    for item in items:
        if type(item) is Row:
            kept = item.kept
            texts.append((kept.get(key) if kept is not None else None) or shown(operation, item, show, schema))
        else:
            texts.append(_held(operation, schema, show(item) if show is not None else item))
    return texts


def _held(operation: Operation, schema: Schema | None, value: Any) -> bytes:
    try:
        if schema is not None and not schema.valid(value):
            _assert(operation, schema, value)
        return orjson.dumps(value)
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
