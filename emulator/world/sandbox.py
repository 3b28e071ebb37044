"""A sandbox: one clock, one seed, one journal, one plan of faults, and a world for each vendor. And all the sandboxes there are."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.contract.duration import seconds
from emulator.contract.model import Contract
from emulator.wire import Row
from emulator.world.clock import Clock, stamp
from emulator.world.faults import Faults
from emulator.world.ids import derived, fresh
from emulator.world.journal import Journal
from emulator.world.store import Snapshot
from emulator.world.world import CREDENTIALS, World

DEFAULT = "default"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.ASCII)
MOST_SANDBOXES = 20_000
MOST_SNAPSHOTS = 100


@dataclass(frozen=True, slots=True)
class Maker:
    """What a vendor's worlds are made of: its contract, the rows of its demo world for a starting time, and how credentials become rows."""

    contract: Contract
    base: Callable[[str | Mapping[str, Any], float], Snapshot | None]
    enrol: Callable[[World, Mapping[str, str]], None]


class Sandbox:
    """Everything that one test has to itself."""

    def __init__(
        self,
        name: str,
        makers: Mapping[str, Maker],
        *,
        seed: Any = 0,
        start: str | Mapping[str, Any] = "demo",
        limits: str = "documented",
        clock: Mapping[str, Any] | None = None,
        created: float = 0.0,
        expires: float | None = None,
        owners: Owners | None = None,
        wake: Callable[[Sandbox], None] = lambda sandbox: None,
        only_documented: bool = False,
    ) -> None:
        self.name, self.seed, self.created, self.expires = name, seed, created, expires
        self.clock = Clock.load(clock or {})
        self.faults, self.journal = Faults(), Journal()
        self.snapshots: dict[str, State] = {}
        self._makers, self._owners, self._wake = makers, owners or Owners(), wake
        self._first_limits, self._first_clock = limits, self.clock.dump() if clock else {}
        self._settings: dict[str, Any] = {"limits": limits}
        started = self.clock.now()
        self.worlds: dict[str, World] = {}
        bases = {vendor: maker.base(start, started) for vendor, maker in makers.items()}
        for vendor, maker in makers.items():
            credentials = credentials_of(maker.contract, name)
            world = World(self, maker.contract, bases[vendor], credentials)
            world.only_documented = only_documented
            maker.enrol(world, credentials)
            world.store.mark()
            self.worlds[vendor] = world
            self._own(world)
        self._first = {vendor: world.store.snapshot() for vendor, world in self.worlds.items()}
        self.change_settings({})

    def wake(self) -> None:
        """Tells the courier that there may be something to do."""
        self._wake(self)

    # -- settings

    @property
    def settings(self) -> dict[str, Any]:
        """`limits`, and each vendor's settings as they are in force."""
        return {
            "limits": self._settings["limits"],
            **{vendor: dict(world.settings) for vendor, world in self.worlds.items()},
        }

    def change_settings(self, changes: Mapping[str, Any]) -> None:
        """Merges changes of the same shape as `settings`.

        Raises ValueError for an unknown name or a value that is not allowed; then nothing changes.
        """
        for name, value in changes.items():
            if name == "limits":
                if value not in ("documented", "off"):
                    raise ValueError("limits: one of documented, off")
            elif name not in self.worlds:
                raise ValueError(f"{name}: there is no such setting; there are limits, {', '.join(self.worlds)}")
            else:
                _refuse_unknown(self.worlds[name], value)
        for name, value in changes.items():
            self._settings[name] = value if name == "limits" else {**self._settings.get(name, {}), **value}
        for vendor, world in self.worlds.items():
            with world.lock:
                world.settings = {
                    **{n: s.default for n, s in world.contract.settings.items()},
                    **self._settings.get(vendor, {}),
                }
                world.limits_off = self._settings["limits"] == "off"

    # -- state as a whole

    def reset(self) -> None:
        """Back to the first world, clock, faults, counters, settings and journal."""
        self.clock.set(
            Clock.load(self._first_clock).now(),
            self._first_clock.get("mode", "running"),
            self._first_clock.get("rate", 1.0),
        )
        self._settings = {"limits": self._first_limits}
        self.faults.clear()
        self._restore(self._first)
        self.change_settings({})
        self.journal.clear()

    def state(self) -> State:
        """Everything but the journal and the faults, at once; rows are shared, not copied."""
        stores = {}
        for vendor, world in self.worlds.items():
            with world.lock:
                stores[vendor] = world.store.snapshot()
        return State(stores, self.clock.dump(), {**self._settings})

    def restore(self, state: State) -> None:
        """Puts back a state: rows, counters, settings and the clock."""
        self._settings = {**state.settings}
        self.clock.set(Clock.load(state.clock).now(), state.clock["mode"], state.clock["rate"])
        self._restore(state.stores)
        self.change_settings({})
        self.wake()

    def put(self, stores: Mapping[str, Snapshot], clock: Any = None, settings: Any = None, faults: Any = None) -> None:
        """Puts rows in the place of those that are, and, where given, clock, settings and faults.

        Raises ValueError; then nothing changes.
        """
        was = self.state()
        try:
            if settings is not None:
                self._settings = {"limits": "documented"}
                self.change_settings(settings)
            if clock:
                moved = Clock.load(clock)
                self.clock.set(moved.now(), moved.mode, moved.rate)
            if faults is not None:
                self.faults.load(faults)
        except (ValueError, TypeError, KeyError) as error:
            self.restore(was)
            raise ValueError(str(error)) from error
        self._restore(stores)
        self.wake()

    def keep(self, name: str) -> None:
        """Keeps the present state under a name. Raises ValueError when too many are kept."""
        if name not in self.snapshots and len(self.snapshots) >= MOST_SNAPSHOTS:
            raise ValueError(f"a sandbox keeps at most {MOST_SNAPSHOTS} snapshots")
        self.snapshots[name] = self.state()

    def _restore(self, stores: Mapping[str, Snapshot]) -> None:
        for vendor, world in self.worlds.items():
            with world.lock:
                world.store.restore(stores[vendor])
                world.outbox.release()
                self._own(world)

    def _own(self, world: World) -> None:
        """Makes the owners know this world's credentials, now and when they change."""
        vendor = world.vendor
        world.store.watch = None
        self._owners.forget(self.name, vendor)
        for row in world.rows(CREDENTIALS).all():
            self._owners.add(self.name, vendor, row.id)

        def watch(collection: str, ident: str, row: Row | None) -> None:
            if collection == CREDENTIALS:
                (self._owners.add if row is not None else self._owners.remove)(self.name, vendor, ident)

        world.store.watch = watch


@dataclass(frozen=True, slots=True)
class State:
    """A sandbox at a moment."""

    stores: Mapping[str, Snapshot]
    clock: Mapping[str, Any]
    settings: Mapping[str, Any]


class Owners:
    """Which sandbox owns which credential. Reads need no lock: they are one look into a dict."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], str] = {}
        self._held: dict[tuple[str, str], set[str]] = {}
        self._lock = threading.Lock()

    def of(self, vendor: str, key: str) -> str | None:
        """The owner's name, or None if nobody has it."""
        return self._names.get((vendor, key))

    def add(self, name: str, vendor: str, key: str) -> None:
        """Gives a credential to a sandbox; the first owner stays."""
        with self._lock:
            if self._names.setdefault((vendor, key), name) == name:
                self._held.setdefault((name, vendor), set()).add(key)

    def remove(self, name: str, vendor: str, key: str) -> None:
        """Takes a credential from a sandbox."""
        with self._lock:
            held = self._held.get((name, vendor))
            if held and key in held:
                held.discard(key)
                del self._names[vendor, key]

    def forget(self, name: str, vendor: str) -> None:
        """Takes every credential of a vendor's from a sandbox."""
        with self._lock:
            for key in self._held.pop((name, vendor), ()):
                del self._names[vendor, key]


class Sandboxes:
    """All sandboxes by name; `default` is always there."""

    def __init__(self, makers: Mapping[str, Maker], **defaults: Any) -> None:
        self._makers, self._defaults = makers, defaults
        self._lock = threading.Lock()
        self._real = Clock()
        self.owners = Owners()
        self.wake: Callable[[Sandbox], None] = lambda sandbox: None
        self._all: dict[str, Sandbox] = {}
        self.default = self.create({"name": DEFAULT, **({"world": defaults["start"]} if "start" in defaults else {})})

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
            sandbox = Sandbox(
                name,
                self._makers,
                seed=wish.get("seed", 0),
                start=wish.get("world", "demo"),
                limits=wish.get("limits", self._defaults.get("limits", "documented")),
                clock=wish.get("clock"),
                created=now,
                expires=now + seconds(str(wish["ttl"])) if wish.get("ttl") else None,
                owners=self.owners,
                wake=lambda sandbox: self.wake(sandbox),
                only_documented=self._defaults.get("only_documented", False),
            )
            self._all[name] = sandbox
        return sandbox

    def remove(self, name: str) -> bool:
        """Removes a sandbox and its credentials; false if there is none, or it is the default one."""
        if name == DEFAULT:
            return False
        with self._lock:
            sandbox = self._all.pop(name, None)
        if sandbox is None:
            return False
        for vendor in sandbox.worlds:
            self.owners.forget(name, vendor)
        return True

    def expire(self) -> None:
        """Removes the sandboxes whose time is over."""
        now = self._real.now()
        for sandbox in list(self._all.values()):
            if sandbox.expires is not None and sandbox.expires <= now:
                self.remove(sandbox.name)

    def __iter__(self) -> Iterator[Sandbox]:
        self.expire()
        return iter(list(self._all.values()))

    def __len__(self) -> int:
        return len(self._all)


def credentials_of(contract: Contract, name: str) -> dict[str, str]:
    """What the clients of a sandbox are handed: the demo values in the default one, in any other its own."""
    values: dict[str, str] = {}
    for credential in contract.credentials.values():
        if name == DEFAULT or credential.same:
            values[credential.name] = credential.demo
        elif credential.same_as:
            values[credential.name] = values[credential.same_as]
        else:
            own = derived(contract.vendor, credential.name, name, length=credential.length)
            values[credential.name] = credential.form.replace("{}", own)
    return values


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


def _refuse_unknown(world: World, values: Any) -> None:
    settings = world.contract.settings
    if not isinstance(values, Mapping):
        raise ValueError(f"{world.vendor}: an object of settings")
    for name, value in values.items():
        if name not in settings:
            raise ValueError(
                f"{world.vendor}.{name}: there is no such setting; there are {', '.join(settings) or 'none'}"
            )
        if broken := settings[name].schema.explain(value):
            raise ValueError(f"{world.vendor}.{name}: {broken[0].said}")


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
