"""Setting global data, whoever does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Kind, Refusal, World
from emulator.vendors.agillic.values import BadValue, blank, types

VARIABLES = "global_data"


def assigned(world: World, name: str, value: Any, field: str = "VALUE") -> dict[str, Any]:
    """The variable's row with a new value, not written yet. Raises `missing` and `invalid`."""
    variable = world.rows(VARIABLES).get(name)
    if variable is None:
        raise Refusal(Kind.MISSING, facts={"resource": "global data", "id": name})
    kind = variable.get("type", "STRING")
    try:
        variable["value"] = "" if blank(value) else types(world).keep(kind, value)
    except BadValue:
        raise Refusal(Kind.INVALID, detail="bad_value", facts={"field": field, "type": kind, "actual": value}) from None
    return variable


def checked(world: World, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of several variables with their new values. Raises `invalid` for one that there is not, or a value that does not fit."""
    for name in values:
        if world.rows(VARIABLES).row(name) is None:
            raise Refusal(Kind.INVALID, detail="unknown_variable", facts={"name": name})
    return [assigned(world, name, value, name) for name, value in values.items()]


def set_all(world: World, values: Mapping[str, Any]) -> None:
    """Sets what can be set; a variable that went meanwhile, or whose type is another now, stays as it is."""
    for name, value in values.items():
        try:
            world.rows(VARIABLES).put(assigned(world, name, value))
        except Refusal:
            continue
