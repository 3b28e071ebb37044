"""The request and reply pairs that a vendor's documents give, each with the operation that it is of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from emulator import data
from emulator.contract.model import Contract, Source
from emulator.contract.route import Router
from emulator.wire import Call, Refusal


@dataclass(frozen=True)
class Exchange:
    """One pair. `operation` is empty where the path is no operation's."""

    file: str
    title: str
    operation: str
    request: Mapping[str, Any]
    reply: Mapping[str, Any]
    source: Source | None


def exchanges(contract: Contract, fixtures: Path | None = None) -> list[Exchange]:
    """Every exchange of a vendor, in the order of its files."""
    folder = (fixtures or data.folder("fixtures")) / contract.vendor / "exchanges"
    router = Router(contract)
    return [_exchange(path, router) for path in sorted(folder.glob("*.json"))]


def _exchange(path: Path, router: Router) -> Exchange:
    raw = orjson.loads(path.read_bytes())
    request = raw["request"]
    try:
        operation = router.match(Call(request["method"], request["path"]))[0].id
    except Refusal:
        operation = ""
    source = Source(**raw["source"]) if "source" in raw else None
    return Exchange(path.name, raw.get("title", path.stem), operation, request, raw["reply"], source)
