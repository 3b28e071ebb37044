"""Contracts and vendors' packages become engines: every name resolved at start, all or nothing."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from functools import lru_cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson

from emulator import data
from emulator.contract.files import VENDOR, BadContract, Complaint
from emulator.contract.load import load
from emulator.contract.model import Contract, Operation, Part
from emulator.engine import Engine
from emulator.kit import Behaviour, Vendor
from emulator.parts.auth import SCHEMES
from emulator.parts.limits import LIMITS
from emulator.parts.paging import PAGERS
from emulator.wire import Ask, Outcome, fixed
from emulator.world.fixture import moved, weeks_between
from emulator.world.sandbox import Maker
from emulator.world.store import Snapshot
from emulator.world.table import Table
from emulator.world.world import World

PACKAGE = "emulator.vendors"


@fixed
class Assembly:
    """Everything that serving needs, by vendor."""

    engines: Mapping[str, Engine]
    makers: Mapping[str, Maker]

    @property
    def contracts(self) -> dict[str, Contract]:
        """The vendors' contracts."""
        return {vendor: engine.contract for vendor, engine in self.engines.items()}


def vendors_in(folder: Path) -> list[str]:
    """The vendors that a folder of contracts has."""
    return sorted(path.parent.name for path in folder.glob(f"*/{VENDOR}"))


def assemble(
    only: Iterable[str] = (),
    *,
    contracts: Path | None = None,
    fixtures: Path | None = None,
    package: str = PACKAGE,
    thorough: bool = False,
) -> Assembly:
    """The engines of all vendors of a folder, or of those named.

    `package` is where a vendor's own package is found by the vendor's name. Raises BadContract with every complaint about
    every vendor: about its files (the finer rules only if `thorough`), its functions and its parts; ValueError for a vendor that is none.
    """
    contracts, fixtures = contracts or data.folder("contracts"), fixtures or data.folder("fixtures")
    known = vendors_in(contracts)
    wanted = list(only) or known
    if strangers := [vendor for vendor in wanted if vendor not in known]:
        raise ValueError(f"no vendor is called {', '.join(strangers)}; there are {', '.join(known)}")
    engines, makers, complaints = {}, {}, []
    for vendor in wanted:
        try:
            engine = engines[vendor] = _engine(
                load(contracts / vendor, thorough=thorough), f"{package}.{vendor}" if package else vendor
            )
            makers[vendor] = Maker(
                engine.contract,
                _base(vendor, fixtures / vendor / "world.json"),
                engine.vendor.enrol,
                {name: setting.default for name, setting in engine.contract.settings.items()},
            )
        except BadContract as bad:
            complaints += bad.complaints
    if complaints:
        raise BadContract(complaints)
    return Assembly(engines, makers)


def located(engine: Engine) -> dict[str, str]:
    """Where each operation's behaviour stands: `emulator/vendors/amio/messages.py:42`."""
    found = {}
    for ident, act in engine.acts.items():
        code = inspect.unwrap(act).__code__
        path = Path(code.co_filename)
        root = data.folder("contracts").parent
        found[ident] = f"{path.relative_to(root) if path.is_relative_to(root) else path}:{code.co_firstlineno}"
    return found


def _engine(contract: Contract, package: str) -> Engine:
    module = importlib.import_module(package)
    vendor: Vendor = module.VENDOR
    complaints: list[Complaint] = []
    acts = _acts(contract, package, complaints)
    schemes = _parts(contract.auth, {**SCHEMES, **vendor.schemes}, complaints)
    limits = _parts(contract.limits, {**LIMITS, **vendor.limits}, complaints)
    pagers = _parts(
        {name: style.part for name, style in contract.paging.items()}, {**PAGERS, **vendor.pagers}, complaints
    )
    if complaints:
        raise BadContract(complaints)
    return Engine(contract, vendor, acts, schemes, limits, pagers)


def _acts(contract: Contract, package: str, complaints: list[Complaint]) -> dict[str, Behaviour]:
    """Each operation's function; both ways: no operation without a function, no public function without an operation."""
    operations = {**contract.operations, **contract.stimuli}
    needed = {op.act for op in operations.values() if op.behaviour == "stateful" or op.act != op.id}
    modules = {op.resource: _module(f"{package}.{op.resource}") for op in operations.values()}
    acts: dict[str, Behaviour] = {}
    for operation in operations.values():
        if operation.act == operation.id and operation.behaviour == "canned":
            acts[operation.id] = _canned(operation)
            continue
        _, resource, name = operation.act.split(".")
        function = getattr(modules.get(resource), name, None)
        if inspect.isfunction(function):
            acts[operation.id] = function
        else:
            complaints.append(Complaint(operation.file, "", f"no function {package}.{resource}.{name}(ask, world)"))
    for resource, module in modules.items():
        for name, function in _public(module) if module else ():
            if f"{contract.vendor}.{resource}.{name}" not in needed:
                line = function.__code__.co_firstlineno
                file = f"{package.replace('.', '/')}/{resource}.py"
                complaints.append(Complaint(file, str(line), f"no operation for the function {name}"))
    return acts


def _module(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None


def _public(module: ModuleType) -> list[tuple[str, Any]]:
    """The functions that a module defines and does not hide."""
    return [
        (name, member)
        for name, member in vars(module).items()
        if not name.startswith("_") and inspect.isfunction(member) and member.__module__ == module.__name__
    ]


def _canned(operation: Operation) -> Behaviour:
    status, promise = next((s, p) for s, p in operation.replies.items() if p.has_example)

    def answer(ask: Ask, world: World) -> Outcome:
        return Outcome(status=status, data=promise.example)

    return answer


def _parts(parts: Mapping[str, Part], kinds: Mapping[str, type], complaints: list[Complaint]) -> dict[str, Any]:
    """Each part made from its options, or a complaint that names what its kind takes."""
    made = {}
    for part in parts.values():
        file, _, place = part.pointer.partition("#")
        kind = kinds.get(part.kind)
        if kind is None:
            complaints.append(
                Complaint(file, f"{place}/kind", f"no kind {part.kind!r}; there are {', '.join(sorted(kinds))}")
            )
            continue
        taken = {f.name: f for f in fields(kind) if f.name != "name"}
        required = {name for name, f in taken.items() if f.default is MISSING and f.default_factory is MISSING}
        wrong = [f"unknown option {name!r}" for name in part.options if name not in taken]
        wrong += [f"{part.kind!r} needs {name!r}" for name in sorted(required - set(part.options))]
        complaints += [Complaint(file, place, what) for what in wrong]
        if not wrong:
            made[part.name] = kind(name=part.name, **part.options)
    return made


def _base(vendor: str, fixture: Path) -> Callable[[str, float], Snapshot | None]:
    """Gives a world's first rows: the fixture's, moved to the world's time, none, or those of a document.

    All worlds that begin in one week share one snapshot.
    """

    @lru_cache(maxsize=1)
    def document() -> Mapping[str, Any]:
        read: Mapping[str, Any] = orjson.loads(fixture.read_bytes()) if fixture.exists() else {}
        return read

    @lru_cache(maxsize=8)
    def demo(weeks: int) -> Snapshot:
        given = document()
        stays = frozenset(given.get("fixed", ()))
        later = {name: partial(moved, kept, weeks, stays) for name, kept in given.get("collections", {}).items()}
        return Snapshot({name: Table.later(rows) for name, rows in later.items()}, {}, given.get("numbers", {}), ())

    def base(start: str, now: float) -> Snapshot | None:
        if start == "demo":
            given = document()
            return demo(weeks_between(given["as_of"], now) if "as_of" in given else 0)
        return None

    return base
