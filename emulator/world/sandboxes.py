"""All the sandboxes there are."""

from __future__ import annotations

import heapq
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from emulator.contract.duration import seconds
from emulator.world.clock import Clock, stamp
from emulator.world.document import restore
from emulator.world.ids import fresh
from emulator.world.keeper import Keeper, Kept
from emulator.world.owners import Owners
from emulator.world.sandbox import DEFAULT, Maker, Sandbox

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.ASCII)
MOST_SANDBOXES = 20_000


class Sandboxes:
    """All sandboxes by name; `default` is always there.

    `world` is the document that the default one begins with, unless it was kept. `defaults` are those of every new sandbox:
    `start` (`demo` or `empty`), `limits`, `only_documented`. Raises ValueError for a document that is none.
    """

    def __init__(
        self,
        makers: Mapping[str, Maker],
        *,
        keeper: Keeper | None = None,
        world: Mapping[str, Any] | None = None,
        **defaults: Any,
    ) -> None:
        self._makers, self._defaults, self._keeper = makers, defaults, keeper
        self._lock = threading.Lock()
        self._real = Clock()
        self.owners = Owners()
        self.wake: Callable[[Sandbox], None] = lambda sandbox: None
        self._all: dict[str, Sandbox] = {}
        self._ends: list[tuple[float, str]] = []
        for kept in keeper.sandboxes() if keeper is not None else ():
            self._all[kept.name] = self._made(kept.name, kept.wish, kept.created, kept.expires, kept)
            self._ending(self._all[kept.name])
        if DEFAULT not in self._all:
            self.create({"name": DEFAULT, **({"world": world} if world else {})})
        self.default = self._all[DEFAULT]

    def get(self, name: str) -> Sandbox | None:
        """The sandbox of this name."""
        sandbox = self._all.get(name)
        if sandbox is not None and sandbox.expires is not None and sandbox.expires <= self._real.now():
            self.remove(name)
            return None
        return sandbox

    def create(self, wish: Mapping[str, Any]) -> Sandbox:
        """A new sandbox: `name`, `seed`, `world` (`demo`, `empty` or rows), `limits`, `clock`, `ttl`, each optional.

        Raises ValueError, saying what is accepted; KeyError if the name is taken.
        """
        _refuse_wish(wish, self._makers)
        self.expire()
        name = wish.get("name") or fresh()
        with self._lock:
            if name in self._all:
                raise KeyError(name)
            if len(self._all) >= MOST_SANDBOXES:
                raise ValueError(f"there are {MOST_SANDBOXES} sandboxes; remove some, or give them a ttl")
            now = self._real.now()
            expires = now + seconds(str(wish["ttl"])) if wish.get("ttl") else None
            sandbox = self._all[name] = self._made(name, wish, now, expires)
            self._ending(sandbox)
        if not isinstance(wish.get("world", ""), str):  # a document may have something to come
            sandbox.wake()
        return sandbox

    def remove(self, name: str) -> bool:
        """Removes a sandbox and its credentials; false if there is none, or it is the default one."""
        if name == DEFAULT:
            return False
        with self._lock:  # until all is done, for the next one of that name has the same credentials
            sandbox = self._all.pop(name, None)
            if sandbox is None:
                return False
            sandbox.close()
            if self._keeper is not None:
                self._keeper.remove(name)
        return True

    def expire(self) -> None:
        """Removes the sandboxes whose time is over."""
        while self._ends and self._ends[0][0] <= self._real.now():
            with self._lock:
                end, name = heapq.heappop(self._ends) if self._ends else (0.0, "")
            sandbox = self._all.get(name)
            if sandbox is not None and sandbox.expires == end:  # not another one of that name
                self.remove(name)

    def __iter__(self) -> Iterator[Sandbox]:
        self.expire()
        return iter(list(self._all.values()))

    def __len__(self) -> int:
        return len(self._all)

    def _made(
        self, name: str, wish: Mapping[str, Any], created: float, expires: float | None, kept: Kept | None = None
    ) -> Sandbox:
        usual = self._defaults.get("start", "demo")
        world = wish.get("world", usual)
        sandbox = Sandbox(
            name,
            self._makers,
            seed=wish.get("seed", 0),
            start=world if isinstance(world, str) else usual,
            limits=wish.get("limits", self._defaults.get("limits", "documented")),
            clock=wish.get("clock"),
            started=created,
            created=created,
            expires=expires,
            owners=self.owners,
            wake=self._told,
            only_documented=self._defaults.get("only_documented", False),
        )
        try:
            if not isinstance(world, str):
                restore(sandbox, world, keep_others=True)
                sandbox.begin_here()
                wish = {**wish, "world": {part: value for part, value in world.items() if part != "journal"}}
            if self._keeper is not None:
                sandbox.keep_in(self._keeper, wish, kept)
        except Exception:
            sandbox.close()
            raise
        return sandbox

    def _ending(self, sandbox: Sandbox) -> None:
        if sandbox.expires is not None:
            heapq.heappush(self._ends, (sandbox.expires, sandbox.name))

    def _told(self, sandbox: Sandbox) -> None:
        self.wake(sandbox)


def describe(sandbox: Sandbox, base_url: str) -> dict[str, Any]:
    """A sandbox as the control plane shows it; `base_url` is the server's."""
    shown = {
        "name": sandbox.name,
        "created": stamp(sandbox.created),
        "clock": sandbox.clock.dump(),
        "vendors": {
            vendor: {"base_url": f"{base_url}/~{sandbox.name}/{vendor}", "credentials": dict(world.credentials)}
            for vendor, world in sandbox.worlds.items()
        },
    }
    if sandbox.expires is not None:
        shown["expires"] = stamp(sandbox.expires)
    return shown


def _refuse_wish(wish: Any, makers: Mapping[str, Maker]) -> None:
    known = {"name", "seed", "world", "limits", "clock", "ttl"}
    if not isinstance(wish, Mapping) or set(wish) - known:
        raise ValueError(f"a sandbox is made of {', '.join(sorted(known))}; nothing else")
    name = wish.get("name")
    if name is not None and not (isinstance(name, str) and NAME.fullmatch(name)):
        raise ValueError("a name is of a-z, 0-9, - and _, at most 63 of them, and begins with a letter or digit")
    if wish.get("limits", "documented") not in ("documented", "off"):
        raise ValueError("limits: one of documented, off")
    world = wish.get("world", "demo")
    if not (world in ("demo", "empty") if isinstance(world, str) else isinstance(world, Mapping)):
        raise ValueError("world: demo, empty, or a world document")
    vendors = world.get("vendors", {}) if isinstance(world, Mapping) else {}
    if not isinstance(vendors, Mapping) or set(vendors) - set(makers):
        raise ValueError(f"world: vendors is an object whose members are among {', '.join(makers)}")
    if wish.get("ttl") is not None:
        seconds(str(wish["ttl"]))
