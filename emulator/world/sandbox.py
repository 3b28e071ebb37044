"""A sandbox: one clock, one seed, one journal, one plan of faults, and a world for each vendor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from emulator.contract.model import Contract
from emulator.wire import Row
from emulator.world.clock import Clock
from emulator.world.faults import Faults
from emulator.world.ids import derived
from emulator.world.journal import Journal
from emulator.world.keeper import Keeper, Kept, kept_clock, revive
from emulator.world.owners import Owners
from emulator.world.store import Snapshot
from emulator.world.world import CREDENTIALS, World

DEFAULT = "default"
MOST_SNAPSHOTS = 100


@dataclass(frozen=True, slots=True)
class Maker:
    """What a vendor's worlds are made of: its contract, the rows of its demo world for a starting time, and how credentials become rows."""

    contract: Contract
    base: Callable[[str, float], Snapshot | None]
    enrol: Callable[[World, Mapping[str, str]], None]


class Sandbox:
    """Everything that one test has to itself."""

    def __init__(
        self,
        name: str,
        makers: Mapping[str, Maker],
        *,
        seed: Any = 0,
        start: str = "demo",
        limits: str = "documented",
        clock: Mapping[str, Any] | None = None,
        started: float | None = None,
        created: float = 0.0,
        expires: float | None = None,
        owners: Owners | None = None,
        wake: Callable[[Sandbox], None] = lambda sandbox: None,
        only_documented: bool = False,
    ) -> None:
        self.name, self.seed, self.created, self.expires = name, seed, created, expires
        self.clock = Clock.load(clock or {})
        self._keeper: Keeper | None = None
        self._wish: Mapping[str, Any] = {}
        self.faults, self.journal = Faults(), Journal()
        self.snapshots: dict[str, State] = {}
        self._makers, self._owners, self._wake = makers, owners or Owners(), wake
        self._first_clock = self.clock.dump() if clock else {}
        self._first_faults: list[dict[str, Any]] = []
        self._settings: dict[str, Any] = {"limits": limits}
        self._first_settings = dict(self._settings)
        started = self.clock.now() if started is None or clock else started
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
        self._first: Mapping[str, Snapshot] = {vendor: world.store.snapshot() for vendor, world in self.worlds.items()}
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
        self.save()

    # -- state as a whole

    def reset(self) -> None:
        """Back to the first world, clock, faults, counters, settings and journal."""
        self.clock.set(
            Clock.load(self._first_clock).now(),
            self._first_clock.get("mode", "running"),
            self._first_clock.get("rate", 1.0),
        )
        self._settings = dict(self._first_settings)
        self.faults.load(self._first_faults)
        self._restore(self._first)
        self.change_settings({})
        self.journal.clear()

    def begin_here(self) -> None:
        """The present state, with its clock, settings and faults, is the one that a reset goes back to."""
        self._first = self.state().stores
        self._first_clock, self._first_settings = self.clock.dump(), dict(self._settings)
        self._first_faults = self.faults.dump()

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
                world.store.mark()
                if self._keeper is not None:
                    self._keeper.replace(self.name, vendor, *world.store.differences(self._first[vendor]))

    # -- keeping it in a file

    def save(self) -> None:
        """Writes what the sandbox is besides its worlds, where it is kept at all."""
        if self._keeper is not None:
            told = {"wish": self._wish, "created": self.created, "expires": self.expires, "settings": self._settings}
            told |= {"clock": kept_clock(self.clock), "faults": self.faults.dump()}
            self._keeper.save_sandbox(self.name, told)

    def keep_in(self, keeper: Keeper, wish: Mapping[str, Any], kept: Kept | None) -> None:
        """From now on changes are written to the keeper; first, what it kept of this sandbox is put back.

        `wish` is what the sandbox's first state follows from.
        """
        self._wish = wish
        for vendor, world in self.worlds.items():
            if kept is not None:
                world.store.overlay(keeper.rows(self.name, vendor), keeper.numbers(self.name, vendor))
                world.outbox.release()
                self._own(world)
            world.store.kept = partial(keeper.save, self.name, vendor)
        if kept is not None:
            self._settings = {"limits": "documented"}
            self.change_settings(kept.settings)
            self.faults.load(kept.faults)
            revive(self.clock, kept.clock)
        self._keeper = keeper
        self.clock.changed = self.faults.changed = self.save
        self.save()
        self.wake()

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
