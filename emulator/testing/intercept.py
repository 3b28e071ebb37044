"""Calls to the vendors' own hosts, answered in this process: who answers, and the patches that stand while anybody does."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, Literal

from emulator.testing import intercept_httpx, intercept_requests, intercept_urllib3
from emulator.testing.inprocess import Place

if TYPE_CHECKING:
    from emulator.serving.calling import Application
    from emulator.testing.client import Emulator

Unknown = Literal["pass", "refuse"]
Patch = tuple[type, str, Any]

LIBRARIES: dict[str, Callable[[Any, Board], Sequence[Patch]]] = {
    "urllib3.connectionpool": intercept_urllib3.patches,  # requests is built on it
    "requests.sessions": intercept_requests.patches,
    "httpx": intercept_httpx.patches,
}
"""What is patched, by the module that has it; a library that is imported later is patched then."""


class Interception:
    """While the `with` block lasts, an emulator answers for its vendors' hosts, on any port, to every thread of this process;
    if `served` also for the address at which it is served.
    """

    def __init__(self, emulator: Emulator, unknown: Unknown = "pass", *, served: bool = False) -> None:
        if unknown not in ("pass", "refuse"):
            raise ValueError(f"unknown: pass or refuse, not {unknown!r}")
        self.emulator, self.refuses, self._served = emulator, unknown == "refuse", served
        self.app: Application = emulator.app
        hosts = [h.lower() for engine in emulator.assembly.engines.values() for h in engine.contract.hosts]
        self._exact = frozenset(host for host in hosts if host[:2] != "*.")
        self._ends = tuple(host[1:] for host in hosts if host[:2] == "*.")

    def __enter__(self) -> Emulator:
        self.emulator.begin_delivering()
        BOARD.enter(self)
        return self.emulator

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        BOARD.leave(self)
        self.emulator.end_delivering()

    def knows(self, host: str, port: int | None) -> bool:
        """Whether a host, in lower case, is a vendor's, or with the port the address of its own."""
        own = self._served and (host, port) == self.emulator.address
        return own or host in self._exact or host.endswith(self._ends)

    def told(self) -> str:
        """The hosts it answers for."""
        return ", ".join(sorted([*self._exact, *(f"*{end}" for end in self._ends)]))


class Board:
    """The interceptions that are active, the innermost last. Reading it needs no lock."""

    def __init__(self) -> None:
        self.active: tuple[Interception, ...] = ()
        self._lock = threading.RLock()
        self._undo: list[Patch] = []
        self._patched: set[str] = set()
        self._late = _Late(self)

    def answering(self, host: str, port: int | None) -> Interception | None:
        """The innermost interception that knows the place, or None."""
        host = host.lower()
        for one in reversed(self.active):
            if one.knows(host, port):
                return one
        return None

    def refusal(self, place: Place) -> str:
        """Why a call to a host that nobody knows may not go out; empty if it may. One that refuses is enough."""
        active = self.active
        refusing = next((one for one in reversed(active) if one.refuses), None)
        if refusing is None or any(one.emulator.address == (place.host, place.port) for one in active):
            return ""
        return f"{place.authority} is no vendor's host, and this interception refuses all others; it knows {refusing.told()}"

    def enter(self, one: Interception) -> None:
        """Lets it answer, before those that already do."""
        for name in LIBRARIES:
            if name in sys.modules:
                importlib.import_module(name)  # perhaps another thread has not finished importing it
        with self._lock:
            self.active = (*self.active, one)
            if self._late not in sys.meta_path:
                sys.meta_path.insert(0, self._late)
            for name in LIBRARIES:
                if name in sys.modules:
                    self.patch(name, sys.modules[name])

    def leave(self, one: Interception) -> None:
        """Lets it answer no more. When nobody does, everything is as it was."""
        with self._lock:
            at = len(self.active) - 1 - self.active[::-1].index(one)
            self.active = self.active[:at] + self.active[at + 1 :]
            if self.active:
                return
            sys.meta_path.remove(self._late)
            while self._undo:
                owner, name, original = self._undo.pop()
                setattr(owner, name, original)
            self._patched.clear()

    def patch(self, name: str, module: ModuleType) -> None:
        """Patches a library that has been imported, once."""
        with self._lock:
            if not self.active or name in self._patched:
                return
            self._patched.add(name)
            for owner, attribute, value in LIBRARIES[name](module, self):
                self._undo.append((owner, attribute, owner.__dict__[attribute]))
                setattr(owner, attribute, value)


class _Late(MetaPathFinder):
    """Sees libraries being imported, and has them patched as soon as they are."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """What the other finders find."""
        if name not in LIBRARIES:
            return None
        for finder in sys.meta_path:
            spec = finder.find_spec(name, path, target) if finder is not self else None
            if spec is not None:
                self._follow(spec)
                return spec
        return None

    def _follow(self, spec: ModuleSpec) -> None:
        loader: Any = spec.loader
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            del loader.exec_module  # the class's own is back, for whoever looks at the loader later
            execute(module)
            self._board.patch(spec.name, module)

        loader.exec_module = exec_module


BOARD = Board()
