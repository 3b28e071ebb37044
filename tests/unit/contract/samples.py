"""Small contracts made by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from emulator.contract.model import Body, Contract, Operation, Parameter, Promise, RefusalPromise, Source
from emulator.contract.schema import Schema
from emulator.wire import Anonymous, Ask, Call, Kind

SOURCE = Source("documented", "manual")


def schema(raw: Any) -> Schema:
    return Schema(raw, {}, "v/x.json#/schema")


def operation(method: str = "GET", path: str = "/", *, name: str = "find", **more: Any) -> Operation:
    return Operation(id=f"v.things.{name}", title="", source=SOURCE, file="v/x.json", method=method, path=path, **more)


def contract(*operations: Operation, **more: Any) -> Contract:
    return Contract(
        vendor="v",
        title="V",
        version="1",
        folder=Path(),
        source=SOURCE,
        media="application/json",
        hosts=(),
        operations={each.id: each for each in operations},
        **more,
    )


def paths(*templates: str, **more: Any) -> Contract:
    """A contract of operations called by their templates: `GET /a/{id}`."""
    found = []
    for number, template in enumerate(templates):
        method, path = template.split()
        found.append(operation(method, path, name=f"op{number}"))
    return contract(*found, **more)


def parameter(name: str, raw: Any, place: Any = "query", **more: Any) -> Parameter:
    types = raw.get("type", ()) if isinstance(raw, dict) else ()
    has = isinstance(raw, dict) and "default" in raw
    given = {"key": name.lower() if place == "header" else name, "required": place == "path", **more}
    return Parameter(
        name=name,
        place=place,
        schema=schema(raw),
        types=frozenset([types] if isinstance(types, str) else types),
        default=raw.get("default") if has else None,
        has_default=has,
        **given,
    )


def body(raw: Any, *media: str, **more: Any) -> Body:
    return Body(media or ("application/json",), schema(raw), **more)


def refusals(*kinds: Kind) -> dict[Kind, RefusalPromise]:
    return {kind: RefusalPromise(kind, 400) for kind in kinds}


def promise(raw: Any = None, status: int = 200, **more: Any) -> Promise:
    return Promise(status, schema(raw) if raw is not None else None, **more)


def read(op: Operation, call: Call, segments: dict[str, str] | None = None, **more: Any) -> Ask:
    from emulator.contract.read import Reader

    return Reader(contract(op, **more), op).read(call, segments or {}, Anonymous())
