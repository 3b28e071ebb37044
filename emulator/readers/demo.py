"""Examples that lead somewhere: where a contract gives none for an address, the ids of rows that the demo world has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from emulator import data
from emulator.contract.model import Contract, Operation, Parameter
from emulator.contract.read import typed

Row = Mapping[str, Any]


def with_examples(contract: Contract, fixtures: Path | None = None) -> Contract:
    """The contract, with an example for each parameter of an address that refers to what the demo world has.

    A parameter that is called as one of the demo credentials takes that (`ccId`, `cc_id`).
    """
    file = (fixtures or data.folder("fixtures")) / contract.vendor / "world.json"
    rows: Mapping[str, Sequence[Row]] = orjson.loads(file.read_bytes())["collections"] if file.exists() else {}
    handed = {_folded(credential.name): credential.demo for credential in contract.credentials.values()}
    operations = {ident: _with_ids(operation, rows, handed) for ident, operation in contract.operations.items()}
    return replace(contract, operations=operations)


def _with_ids(operation: Operation, rows: Mapping[str, Sequence[Row]], handed: Mapping[str, str]) -> Operation:
    ids = dict(_ids(operation, rows, handed))
    parameters = tuple(replace(p, example=ids.get(p.name, p.example)) for p in operation.parameters)
    return replace(operation, parameters=parameters)


def _ids(
    operation: Operation, rows: Mapping[str, Sequence[Row]], handed: Mapping[str, str]
) -> Iterator[tuple[str, Any]]:
    """Ids that belong together: the last of an address first, since its row tells what it stands in."""
    known = {str(p.example) for p in operation.parameters if p.example is not None}
    wanting = [p for p in operation.parameters if p.required and p.refers_to and p.example is None]
    known |= {handed[name] for p in wanting if (name := _folded(p.name)) in handed}
    named: set[str] = set()
    for parameter in reversed(wanting):
        given = handed.get(_folded(parameter.name), "")
        fit = [row for row in rows.get(parameter.refers_to, ()) if parameter.schema.valid(_id(parameter, row))]
        if fit:
            row = max(fit, key=lambda one: (one["id"] in named, one["id"] == given, len(known & _texts(one))))
            named |= _texts(row)
            yield parameter.name, _id(parameter, row)


def _id(parameter: Parameter, row: Row) -> Any:
    return typed(str(row["id"]), parameter.types)


def _texts(row: Row) -> set[str]:
    """What the row says of itself and of others in a word: ids among them."""
    return {str(value) for value in row.values() if isinstance(value, str | int)}


def _folded(name: str) -> str:
    return name.replace("_", "").lower()
