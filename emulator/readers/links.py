"""Links of OpenAPI: what one operation creates and tells the id of, others take by that id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.contract.model import Contract, Operation, Promise
from emulator.contract.schema import Schema


def links(contract: Contract, operation: Operation, promise: Promise) -> dict[str, Any]:
    """By operation id, how the operations that take what was created are called with what this reply tells."""
    if not operation.creates or promise.whole is None:
        return {}
    told = _members(promise.whole.raw, promise.whole)
    own = {parameter.name for parameter in operation.parameters if parameter.place == "path"}
    found = {}
    for other in contract.operations.values():
        path = [parameter for parameter in other.parameters if parameter.place == "path"]
        given = {p.name: f"$request.path.{p.name}" for p in path if p.name in own}
        for parameter in path:
            if parameter.refers_to == operation.creates and (member := _id_for(parameter.name, told)):
                given[parameter.name] = f"$response.body#/{member}"
                found[other.id] = {"operationId": other.id, "parameters": given}
    return found


def _id_for(parameter: str, told: Mapping[str, str]) -> str:
    """The member of a reply that is what a parameter asks for: called as it is, else `id`."""
    return told.get(parameter.lower()) or told.get("id", "")


def _members(raw: Any, schema: Schema) -> dict[str, str]:
    """The members that an object of the schema may have, by their names in lower case."""
    if not isinstance(raw, dict):
        return {}
    found = {name.lower(): name for name in raw.get("properties", {})}
    beneath = [part for key in ("allOf", "anyOf", "oneOf") for part in raw.get(key, ())]
    beneath += [schema.definitions[raw["$ref"].removeprefix("#/$defs/")]] if "$ref" in raw else []
    for part in beneath:
        found = {**_members(part, schema), **found}
    return found
