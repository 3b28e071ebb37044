"""Global data: variables that are read and set, but not created, by calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Ask, Kind, Outcome, Refusal, World
from emulator.vendors.agillic.addresses import named
from emulator.vendors.agillic.filters import compiled
from emulator.vendors.agillic.values import types
from emulator.vendors.agillic.variables import VARIABLES, assigned


def find(ask: Ask, world: World) -> Outcome:
    """The variables that the filter lets through, without their values."""
    shown = [_described(row.data) for row in world.rows(VARIABLES).all()]
    if "filter" in ask.query:
        matches = compiled(world, ask.query["filter"], world.table("variable_selectors"))
        shown = [variable for variable in shown if matches(variable)]
    return Outcome(data=shown)


def read(ask: Ask, world: World) -> Outcome:
    """One variable with its value."""
    variable = _needed(ask, world)
    described = _described(variable)
    value = types(world).show(described["TYPE"], str(variable.get("value", "")))
    return Outcome(data={**described, "VALUE": value})


def update(ask: Ask, world: World) -> Outcome:
    """Sets a variable's value; whatever else is sent is left alone."""
    world.rows(VARIABLES).put(assigned(world, named(ask, "globalDataName"), ask.body["VALUE"]))
    return Outcome()


def _needed(ask: Ask, world: World) -> dict[str, Any]:
    name = named(ask, "globalDataName")
    variable = world.rows(VARIABLES).get(name)
    if variable is None:
        raise Refusal(Kind.MISSING, facts={"resource": "global data", "id": name})
    return variable


def _described(variable: Mapping[str, Any]) -> dict[str, str]:
    return {
        "NAME": variable["id"],
        "TYPE": variable.get("type", "STRING"),
        "DESCRIPTION": variable.get("description", ""),
    }
