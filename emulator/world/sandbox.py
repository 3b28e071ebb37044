"""A sandbox: one clock, one seed, one journal, one plan of faults, and a world for each vendor."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from emulator.contract.model import Contract
from emulator.wire import fixed
from emulator.world.clock import Clock, nothing
from emulator.world.faults import Fault, Faults, unheard_of
from emulator.world.ids import derived
from emulator.world.journal import Journal
from emulator.world.keeper import Keeper, Kept, kept_clock, revive
from emulator.world.owners import Owners
from emulator.world.store import Snapshot
from emulator.world.world import CREDENTIALS, World

DEFAULT = "default"
MOST_SNAPSHOTS = 100
SNAPSHOT_NAME = re.compile(r"[^./\x00-\x1f\x7f-\x9f][^/\x00-\x1f\x7f-\x9f]{0,99}")


@fixed
class Maker:
    """What a vendor's worlds are made of: its contract, the rows of its demo world for a starting time, how credentials become rows, and
    the settings' defaults.
    """

    contract: Contract
    base: Callable[[str, float], Snapshot | None]
    enrol: Callable[[World, Mapping[str, str]], None]
    settings: Mapping[str, Any]


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
        self.name, self.created, self.expires = name, created, expires
        self.seed = seed
        self.clock = Clock.load(clock or {})
        self._keeper: Keeper | None = None
        self._wish: Mapping[str, Any] = {}
        self.faults, self.journal = Faults(), Journal()
        self.snapshots: dict[str, State] = {}
        self._makers, self._owners, self._wake = makers, owners or Owners(), wake
        self._first_faults: list[dict[str, Any]] = []
        self._settings: Mapping[str, Any] = {"limits": limits}  # bound anew when it changes: states share it
        started = self.clock.now() if started is None or clock else started
        self.worlds: dict[str, World] = {}
        bases = {vendor: maker.base(start, started) for vendor, maker in makers.items()}
        for vendor, maker in makers.items():
            world = World(self, maker.contract, bases[vendor], maker.settings)
            world.only_documented = only_documented
            maker.enrol(world, world.credentials)
            world.store.mark()
            self.worlds[vendor] = world
            self._own(world)
        stores = {vendor: world.store.snapshot() for vendor, world in self.worlds.items()}
        self._first = State(stores, self.clock.dump() if clock else {}, self._settings, seed)
        self.change_settings({})

    def credentials(self, vendor: str) -> dict[str, str]:
        """What the clients of a vendor are handed. It follows from the name, so it is not kept."""
        return credentials_of(self._makers[vendor].contract, self.name)

    def wake(self) -> None:
        """Tells the courier that there may be something to do."""
        self._wake(self)

    def plan(self, fault: Mapping[str, Any]) -> Fault:
        """Plans a fault. Raises ValueError, saying what is accepted, for one that makes no sense here."""
        if complaint := unheard_of(fault, {vendor: world.contract for vendor, world in self.worlds.items()}):
            raise ValueError(complaint)
        return self.faults.add(fault)

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
        self._settings = {
            **self._settings,
            **{name: v if name == "limits" else {**self._settings.get(name, {}), **v} for name, v in changes.items()},
        }
        for vendor, world in self.worlds.items():
            own, usual = self._settings.get(vendor), self._makers[vendor].settings
            with world.lock:
                world.settings = {**usual, **own} if own else usual
                world.limits_off = self._settings["limits"] == "off"
        self.save()

    # -- state as a whole

    def reset(self) -> None:
        """Back to the first world, clock, faults, counters, settings and journal."""
        self.faults.load(self._first_faults)
        self.restore(self._first)
        self.journal.clear()

    def begin_here(self) -> None:
        """The present state, with its clock, settings and faults, is the one that a reset goes back to."""
        self._first, self._first_faults = self.state(), self.faults.dump()

    def state(self) -> State:
        """Everything but the journal and the faults, at once; rows are shared, not copied."""
        stores = {}
        for vendor, world in self.worlds.items():
            with world.lock:
                stores[vendor] = world.store.snapshot()
        return State(stores, self.clock.dump(), self._settings, self.seed)

    def restore(self, state: State) -> None:
        """Puts back a state: rows, counters, settings, seed and the clock."""
        self._settings = state.settings
        self._set_clock(state.clock)
        self._sow(state.seed)
        self._restore(state.stores)
        self.change_settings({})
        self.wake()

    def put(self, stores: Mapping[str, Snapshot], given: Mapping[str, Any]) -> None:
        """Puts rows in the place of those that are, and, where given, `clock`, `settings`, `faults` and `seed`.

        Raises ValueError; then nothing changes.
        """
        was = self.state()
        try:
            if given.get("settings") is not None:
                self._settings = {"limits": "documented"}
                self.change_settings(given["settings"])
            if given.get("clock"):
                self._set_clock(given["clock"])
            if given.get("faults") is not None:
                self.faults.load(given["faults"])
        except (ValueError, TypeError, KeyError) as error:
            self.restore(was)
            raise ValueError(str(error)) from error
        self._sow(given.get("seed", self.seed))
        self._restore(stores)
        self.save()
        self.wake()

    def keep(self, name: str) -> None:
        """Keeps the present state under a name. Raises ValueError for a name that no address can hold, and when too many are kept."""
        if not SNAPSHOT_NAME.fullmatch(name):
            raise ValueError(
                "a snapshot's name has 1 to 100 printable characters, no / among them, and does not begin with a dot"
            )
        if name not in self.snapshots and len(self.snapshots) >= MOST_SNAPSHOTS:
            raise ValueError(f"a sandbox keeps at most {MOST_SNAPSHOTS} snapshots")
        self.snapshots[name] = self.state()

    def _set_clock(self, told: Mapping[str, Any]) -> None:
        clock = Clock.load(told)
        self.clock.set(clock.now(), clock.mode, clock.rate)

    def _sow(self, seed: Any) -> None:
        """What the worlds draw follows from this seed from now on."""
        self.seed = seed
        for world in self.worlds.values():
            world.sow(seed)

    def _restore(self, stores: Mapping[str, Snapshot]) -> None:
        for vendor, world in self.worlds.items():
            with world.lock:
                self._disown(world)
                world.store.restore(stores[vendor])
                world.outbox.release()
                self._own(world)
                world.store.mark()
                if self._keeper is not None:
                    self._keeper.replace(self.name, vendor, *world.store.differences(self._first.stores[vendor]))

    # -- keeping it in a file

    def save(self) -> None:
        """Writes what the sandbox is besides its worlds, where it is kept at all."""
        if self._keeper is not None:
            told = {"wish": self._wish, "created": self.created, "expires": self.expires, "settings": self._settings}
            told |= {"clock": kept_clock(self.clock), "faults": self.faults.dump(), "seed": self.seed}
            self._keeper.save_sandbox(self.name, told)

    def keep_in(self, keeper: Keeper, wish: Mapping[str, Any], kept: Kept | None) -> None:
        """From now on changes are written to the keeper; first, what it kept of this sandbox is put back.

        `wish` is what the sandbox's first state follows from.
        """
        self._wish = wish
        for vendor, world in self.worlds.items():
            if kept is not None:
                self._disown(world)
                world.store.overlay(keeper.rows(self.name, vendor), keeper.numbers(self.name, vendor))
                world.outbox.release()
                self._own(world)
            world.store.kept = partial(keeper.save, self.name, vendor)
        if kept is not None:
            self._settings = {"limits": "documented"}
            self.change_settings(kept.settings)
            self.faults.load(kept.faults)
            revive(self.clock, kept.clock)
            self._sow(kept.seed)
        self._keeper = keeper
        self.clock.changed = self.faults.changed = self.save
        self.save()
        self.wake()

    def _own(self, world: World) -> None:
        """Makes the owners know this world's credentials, now and when they change."""
        for row in world.rows(CREDENTIALS).all():
            self._owners.add(self.name, world.vendor, row.id)
        world.store.watch = world.written

    def close(self) -> None:
        """Gives up its credentials and its worlds, of which nothing stays but what somebody holds.

        They know each other; were the circle not cut, they would stay until the next full collection of garbage, which may be far.
        """
        for world in self.worlds.values():
            self._disown(world)
            world.store.kept = None
        self.worlds, self._keeper = {}, None
        self.clock.changed = self.faults.changed = nothing

    def _disown(self, world: World) -> None:
        """Makes the owners forget this world's credentials."""
        world.store.watch = None
        for ident in world.store.table(CREDENTIALS).by_id:
            self._owners.remove(self.name, world.vendor, ident)

    def owns(self, vendor: str, ident: str, still: bool) -> None:
        """A credential was written, or taken away."""
        (self._owners.add if still else self._owners.remove)(self.name, vendor, ident)


@fixed
class State:
    """A sandbox at a moment."""

    stores: Mapping[str, Snapshot]
    clock: Mapping[str, Any]
    settings: Mapping[str, Any]
    seed: Any


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
