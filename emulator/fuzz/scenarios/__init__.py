"""The jobs that `fuzz` knows: every module of this folder that has a SCENARIO."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from emulator.fuzz.scenario import Scenario


@cache
def all() -> tuple[Scenario, ...]:
    """Every scenario, by name."""
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return tuple(sorted((m.SCENARIO for m in modules if hasattr(m, "SCENARIO")), key=lambda scenario: scenario.name))


def load(name: str) -> Scenario:
    """The scenario of this name. Raises ValueError, naming those that there are, where there is none."""
    known = {scenario.name: scenario for scenario in all()}
    if name not in known:
        raise ValueError(f"no scenario is called {name}; there are {', '.join(known)}")
    return known[name]
