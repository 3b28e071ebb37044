"""Finds what users call by name: the scenarios that there are, and scenarios and clients of their own."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from emulator import data
from emulator.assembly import vendors_in
from emulator.fuzz import scenarios
from emulator.fuzz.scenario import Scenario


class Unknown(Exception):
    """Nothing goes by that name; says why, and what to do."""


def scenario(name: str) -> Scenario:
    """The scenario of a name, or the SCENARIO of a file (`mine.py`) or module (`pkg.mine`). Raises Unknown."""
    if name.endswith(".py"):
        return _own(_file(Path(name)), name)
    known = {one.name: one for one in scenarios.all()}
    if name in known:
        return known[name]
    try:
        return _own(_module(name), name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise Unknown(f"{name}: {error}") from error
    raise Unknown(f"no scenario is called {name!r}; there are {', '.join(known)}; or name a file or module of your own")


def attribute(name: str) -> Any:
    """What `package.module:attribute` names; modules of the current directory are found. Raises Unknown."""
    module, _, path = name.partition(":")
    if not module or not path:
        raise Unknown(f"{name!r}: write package.module:attribute")
    try:
        found: Any = _module(module)
        for part in path.split("."):
            found = getattr(found, part)
    except Exception as error:  # whatever a module of the user's does when it is imported
        raise Unknown(f"{name} cannot be imported: {type(error).__name__}: {error}") from error
    return found


def _own(module: ModuleType, name: str) -> Scenario:
    found = getattr(module, "SCENARIO", None)
    if not isinstance(found, Scenario):
        raise Unknown(f"{name} has no SCENARIO")
    if found.vendor not in (vendors := vendors_in(data.folder("contracts"))):
        raise Unknown(
            f"{name}: a scenario's name begins with its vendor, one of {', '.join(vendors)}; not {found.name!r}"
        )
    return found


def _module(name: str) -> ModuleType:
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    return importlib.import_module(name)


def _file(path: Path) -> ModuleType:
    if not path.is_file():
        raise Unknown(f"{path} is no file")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise Unknown(f"{path} is no module of Python")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise Unknown(f"{path} cannot be imported: {type(error).__name__}: {error}") from error
    return module
