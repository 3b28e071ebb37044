"""The request and reply pairs that a vendor's documents give, each with the operation that it is of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from emulator import data
from emulator.contract.model import Contract, Operation, Source
from emulator.contract.route import Router
from emulator.wire import NOTHING, Call, Refusal

TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "array": list,
    "null": type(None),
}


@dataclass(frozen=True)
class Exchange:
    """One pair. `operation` is empty where the path is no operation's; `outcome` is a status of success, or the kind of refusal."""

    file: str
    title: str
    operation: str
    outcome: str
    request: Mapping[str, Any]
    reply: Mapping[str, Any]
    source: Source | None
    given: Mapping[str, Any] = NOTHING
    """The settings or the world that the pair supposes."""


def exchanges(contract: Contract, fixtures: Path | None = None) -> list[Exchange]:
    """Every exchange of a vendor, in the order of its files."""
    folder = (fixtures or data.folder("fixtures")) / contract.vendor / "exchanges"
    router = Router(contract)
    return [_exchange(path, router) for path in sorted(folder.glob("*.json"))]


def _exchange(path: Path, router: Router) -> Exchange:
    raw = orjson.loads(path.read_bytes())
    request, status = raw["request"], raw["reply"]["status"]
    try:
        found = router.match(Call(request["method"], request["path"].partition("?")[0]))[0]
        operation, outcome = found.id, _outcome(found, status)
    except Refusal as refusal:
        operation, outcome = "", refusal.kind.value
    source = Source(**raw["source"]) if "source" in raw else None
    title, given = raw.get("title", path.stem), raw.get("given", NOTHING)
    outcome = raw.get("refusal", outcome)
    return Exchange(path.name, title, operation, outcome, request, raw["reply"], source, given)


def _outcome(operation: Operation, status: int) -> str:
    """The outcome that has this status; empty where several or none have it."""
    if status in operation.replies:
        return str(status)
    kinds = [kind.value for kind, promise in operation.refusals.items() if promise.status == status]
    return kinds[0] if len(kinds) == 1 else ""


def filled(value: Any, credentials: Mapping[str, str]) -> Any:
    """The value with `{credential}` names replaced, in the texts of objects, too."""
    if isinstance(value, str):
        for name, credential in credentials.items():
            value = value.replace("{" + name + "}", credential)
        return value
    if isinstance(value, dict):
        return {key: filled(item, credentials) for key, item in value.items()}
    return value


def differences(expected: Any, actual: Any, at: str = "") -> Iterator[str]:
    """Where a reply departs from an exchange's: `$any` is any value, `$type` any of that type; objects are compared whole."""
    here = at or "the body"
    if isinstance(expected, dict) and set(expected) == {"$any"}:
        return
    if isinstance(expected, dict) and set(expected) == {"$type"}:
        names = expected["$type"] if isinstance(expected["$type"], list) else [expected["$type"]]
        if not any(isinstance(actual, TYPES[n]) and (n == "boolean" or not isinstance(actual, bool)) for n in names):
            yield f"{here}: {actual!r} is no {' or '.join(names)}"
    elif isinstance(expected, dict) and isinstance(actual, dict):
        yield from (f"{here}: lacks {name!r}" for name in expected if name not in actual)
        yield from (f"{here}: has {name!r} ({actual[name]!r})" for name in actual if name not in expected)
        for name in expected.keys() & actual.keys():
            yield from differences(expected[name], actual[name], f"{at}.{name}" if at else name)
    elif isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            yield f"{here}: {len(actual)} items, not {len(expected)}"
        for index, (one, other) in enumerate(zip(expected, actual, strict=False)):
            yield from differences(one, other, f"{at}[{index}]")
    elif expected != actual or type(expected) is not type(actual):
        yield f"{here}: {actual!r}, not {expected!r}"
