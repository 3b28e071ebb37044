"""The emulator inside a test's own process: a real server on a free port, and sandboxes as objects."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from emulator.app import App, Options
from emulator.assembly import PACKAGE, Assembly, assemble
from emulator.contract.duration import seconds
from emulator.courier import Courier, Policy
from emulator.engine import Engine
from emulator.explain import explain
from emulator.serving import Server
from emulator.world import agenda, document, outbox
from emulator.world.clock import moment
from emulator.world.journal import Entry
from emulator.world.sandbox import DEFAULT, Sandbox
from emulator.world.sandboxes import Sandboxes
from emulator.world.world import World

if TYPE_CHECKING:
    from emulator.testing.intercept import Interception


class Emulator:
    """All vendors (or those named) on a port of this machine, while the `with` block lasts; port 0 takes a free one.

    `contracts`, `fixtures` and `package` serve vendors of one's own. Raises BadContract where theirs cannot be served.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        vendors: Iterable[str] = (),
        world: str = "demo",
        limits: str = "documented",
        webhook_allow: Iterable[str] = (),
        only_documented: bool = False,
        contracts: Path | None = None,
        fixtures: Path | None = None,
        package: str = PACKAGE,
    ) -> None:
        self.assembly: Assembly = assemble(
            vendors, contracts=contracts, fixtures=fixtures, package=package, thorough=contracts is not None
        )
        self.sandboxes = Sandboxes(self.assembly.makers, start=world, limits=limits, only_documented=only_documented)
        self.courier = Courier(self.sandboxes, self.assembly.engines, Policy(tuple(webhook_allow)))
        self.app = App(self.assembly, self.sandboxes, self.courier, Options(trusted_hosts=frozenset({host})))
        self._host, self._port = host, port
        self._server: Server | None = None
        self._delivering = 0
        self._lock = threading.Lock()

    def start(self) -> Self:
        """Begins to serve."""
        self._server = Server(self.app, self._host, self._port, inline=True)
        self._server.start()
        self.begin_delivering()
        return self

    def stop(self) -> None:
        """Answers what is in flight, tries due deliveries once, and ends."""
        if self._server is not None:
            self._server.stop()
            self._server = None
            self.end_delivering()

    def intercept(self, unknown: Literal["pass", "refuse"] = "pass") -> Interception:
        """While its `with` block lasts, calls to the vendors' own hosts (any port, http and https) that this process makes with
        requests, urllib3 or httpx are answered here, without a socket; the emulator may be served as well, or not.

        Calls to other hosts go out, or fail as if there were no network if `unknown` is `refuse`. In nested blocks the innermost
        that knows the host answers, and one that refuses is enough.
        """
        from emulator.testing.intercept import Interception

        return Interception(self, unknown)

    def begin_delivering(self) -> None:
        """Webhooks go out from now on, until those who wanted that have all ended it."""
        with self._lock:
            self._delivering += 1
            if self._delivering == 1:
                self.courier.start()

    def end_delivering(self) -> None:
        """One who wanted webhooks wants them no more; the last has those sent that are due."""
        with self._lock:
            self._delivering -= 1
            if self._delivering == 0:
                self.courier.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """Where it is served. Raises RuntimeError before it is."""
        if self._server is None:
            raise RuntimeError("the emulator is not being served: use it in a with block, or call start()")
        host, port = self._server.address
        return f"http://{host}:{port}"

    @property
    def address(self) -> tuple[str, int] | None:
        """Host and port, if it is served."""
        return self._server.address if self._server is not None else None

    @property
    def default(self) -> Box:
        """The sandbox of calls that name none."""
        return Box(self, self.sandboxes.default)

    def sandbox(self, name: str | None = None, **wish: Any) -> Box:
        """A new sandbox; takes `seed`, `world`, `limits`, `clock` and `ttl` as the control plane does."""
        return Box(self, self.sandboxes.create({**wish, **({"name": name} if name else {})}))


class Handle:
    """A vendor in a sandbox: `base_url`, and each of its credentials by name."""

    def __init__(self, base_url: str, credentials: Mapping[str, str]) -> None:
        self.base_url, self.credentials = base_url, dict(credentials)

    def __getattr__(self, name: str) -> str:
        try:
            return self.__dict__["credentials"][name]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(
                f"{name}: there are base_url, {', '.join(self.__dict__.get('credentials', ()))}"
            ) from None


class Box:
    """A sandbox. Each vendor is an attribute: `box.amio.base_url`."""

    def __init__(self, emulator: Emulator, sandbox: Sandbox) -> None:
        self._emulator, self._sandbox = emulator, sandbox
        self.name = sandbox.name
        self.clock = BoxClock(emulator.courier, sandbox)
        self.faults = BoxFaults(sandbox)
        self.journal = BoxJournal(sandbox, emulator.assembly.engines)
        self.settings = BoxSettings(sandbox)
        self.stimuli = BoxStimuli(sandbox, emulator.assembly.engines)

    def __getattr__(self, vendor: str) -> Handle:
        worlds = self.__dict__["_sandbox"].worlds
        if vendor not in worlds:
            raise AttributeError(f"{vendor}: a sandbox has the vendors {', '.join(worlds)}")
        return self.vendor(vendor)

    def vendor(self, name: str) -> Handle:
        """A vendor's handle. Its base URL bears the sandbox's prefix.

        Where the emulator is not served it is below the vendor's own host, for interception; the default sandbox's is that host.
        """
        credentials = self._sandbox.worlds[name].credentials
        hosts = self._emulator.assembly.engines[name].contract.hosts
        if self._emulator.address is None and hosts:
            prefix = "" if self.name == DEFAULT else f"/~{self.name}"
            return Handle(f"https://{hosts[0].replace('*', name)}{prefix}", credentials)
        return Handle(f"{self._emulator.base_url}/~{self.name}/{name}", credentials)

    def state(self, vendor: str) -> World:
        """The world behind a vendor, to look at rows: `box.state("amio").rows("messages").all()`."""
        return self._sandbox.worlds[vendor]

    def deliver(self) -> list[dict[str, Any]]:
        """Sends the webhooks that are due now and waits for it; tells what came of each."""
        return self._emulator.courier.advance(self._sandbox, self._sandbox.clock.now())

    def deliveries(self) -> list[dict[str, Any]]:
        """The webhooks with their attempts, oldest first."""
        found = []
        for vendor, world in self._sandbox.worlds.items():
            with world.lock:
                shown = [outbox.show(row.data) for row in world.outbox.rows.all()]
            found += [{"vendor": vendor, **one, "id": f"{vendor}-{one['id']}"} for one in shown]
        return sorted(found, key=lambda delivery: delivery["created"])

    def agenda(self) -> list[dict[str, Any]]:
        """What will happen next."""
        return agenda.entries(self._sandbox)

    def snapshot(self, name: str) -> None:
        """Keeps the present state under a name."""
        self._sandbox.keep(name)

    def restore(self, name: str) -> None:
        """Goes back to a snapshot. Raises KeyError for an unknown one."""
        self._sandbox.restore(self._sandbox.snapshots[name])

    def reset(self) -> None:
        """Back to the first world, clock, faults, counters, settings and journal."""
        self._sandbox.reset()

    def world(self) -> dict[str, Any]:
        """Everything as one JSON document."""
        return document.dump(self._sandbox)

    def put_world(self, given: Mapping[str, Any]) -> None:
        """Puts a document in the place of everything. Raises ValueError for one that is none."""
        document.restore(self._sandbox, given)

    def remove(self) -> None:
        """Removes the sandbox."""
        self._emulator.sandboxes.remove(self.name)


class BoxClock:
    """The virtual time of a sandbox."""

    def __init__(self, courier: Courier, sandbox: Sandbox) -> None:
        self._courier, self._sandbox = courier, sandbox

    def now(self) -> float:
        """Epoch seconds."""
        return self._sandbox.clock.now()

    def utc(self) -> datetime:
        """An aware datetime."""
        return self._sandbox.clock.utc()

    def advance(self, by: str | float) -> list[dict[str, Any]]:
        """Moves on by `2h`, `PT2H` or a number of seconds; what falls due on the way happens, each at its time. Tells what did."""
        length = seconds(by) if isinstance(by, str) else float(by)
        return self._courier.advance(self._sandbox, self._sandbox.clock.now() + length)

    def freeze(self) -> None:
        """Stops the clock."""
        self._sandbox.clock.set(mode="frozen")
        self._sandbox.wake()

    def run(self, rate: float = 1.0) -> None:
        """Lets the clock go on, at a rate."""
        self._sandbox.clock.set(mode="running", rate=rate)
        self._sandbox.wake()

    def set(self, now: str | float) -> None:
        """Puts the clock to a moment; nothing happens on the way."""
        self._sandbox.clock.set(moment(now) if isinstance(now, str) else now)
        self._sandbox.wake()


class BoxFaults:
    """The planned faults of a sandbox."""

    _MATCH = ("vendor", "operation", "method", "path", "nth")

    def __init__(self, sandbox: Sandbox) -> None:
        self._faults = sandbox.faults

    def add(self, *, when: str = "before", times: int | None = None, **plan: Any) -> int:
        """Plans a fault: `vendor`, `operation`, `method`, `path`, `nth` say which calls; `refuse`, `status` (with `body`), `delay`, `drip`,
        `connection` or `mutate` what happens. Answers its number. Raises ValueError for a plan that makes no sense.
        """
        match = {name: plan.pop(name) for name in self._MATCH if plan.get(name) is not None}
        if isinstance(match.get("nth"), tuple):
            match["nth"] = list(match["nth"])
        return self._faults.add({"match": match, "when": when, **({"times": times} if times else {}), "do": plan}).id

    def all(self) -> list[dict[str, Any]]:
        """Each with what it has seen and struck."""
        return self._faults.dump()

    def clear(self) -> None:
        """Takes all back."""
        self._faults.clear()


class BoxJournal:
    """The calls of a sandbox."""

    def __init__(self, sandbox: Sandbox, engines: Mapping[str, Engine]) -> None:
        self._journal, self._engines = sandbox.journal, engines

    def calls(self, **wanted: Any) -> list[dict[str, Any]]:
        """The entries whose `vendor`, `operation`, `status` or `refusal` is as given, oldest first."""
        return [entry.show() for entry in self._journal.entries(lambda entry: _meets(entry, wanted))]

    def explain(self, number: int) -> dict[str, Any]:
        """An entry, and why it was answered so. Raises KeyError if the journal does not have it."""
        entry = self._journal.find(number)
        if entry is None:
            raise KeyError(number)
        return explain(entry, self._engines[entry.vendor])

    def clear(self) -> None:
        """Empties the journal."""
        self._journal.clear()

    def __len__(self) -> int:
        return len(self._journal)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.calls())


class BoxSettings:
    """The settings of a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def update(self, changes: Mapping[str, Any]) -> None:
        """Merges changes: `{"limits": "off", "amio": {"plan": "developer"}}`. Raises ValueError; then nothing changes."""
        self._sandbox.change_settings(changes)

    def __getitem__(self, name: str) -> Any:
        return self._sandbox.settings[name]


class BoxStimuli:
    """What the outside world can do, by vendor: `stimuli.amio.message_received(text="hi", …)`."""

    def __init__(self, sandbox: Sandbox, engines: Mapping[str, Engine]) -> None:
        self._sandbox, self._engines = sandbox, engines

    def __getattr__(self, vendor: str) -> VendorStimuli:
        if vendor not in self.__dict__["_engines"]:
            raise AttributeError(vendor)
        return VendorStimuli(self._engines[vendor], self._sandbox.worlds[vendor])


class VendorStimuli:
    """A vendor's stimuli as methods. Each takes the members of its body, and raises Refusal for what makes no sense."""

    def __init__(self, engine: Engine, world: World) -> None:
        self._engine, self._world = engine, world

    def __getattr__(self, name: str) -> Any:
        if f"{self._engine.contract.vendor}.stimuli.{name}" not in self._engine.contract.stimuli:
            known = [stimulus.name for stimulus in self._engine.contract.stimuli.values() if not stimulus.hidden]
            raise AttributeError(f"{name}: there are {', '.join(known)}")
        return lambda **body: self._engine.stimulate(name, body, self._world)


def _meets(entry: Entry, wanted: Mapping[str, Any]) -> bool:
    has = {
        "vendor": entry.vendor,
        "operation": entry.operation,
        "status": entry.status,
        "refusal": entry.refusal.kind.value if entry.refusal else None,
    }
    return all(has[name] == value for name, value in wanted.items())
