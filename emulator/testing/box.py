"""A sandbox as an object: its vendors, and its clock, faults, journal, settings and stimuli."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from emulator import __version__
from emulator.contract.duration import seconds
from emulator.courier import Courier
from emulator.engine import Engine
from emulator.explain import explain
from emulator.lawful import lawful, offence
from emulator.world import agenda, document, outbox
from emulator.world.clock import moment
from emulator.world.journal import Entry
from emulator.world.sandbox import DEFAULT, Sandbox
from emulator.world.world import World

if TYPE_CHECKING:
    from emulator.testing.client import Emulator

LAST_CALLS = 10


class Handle:
    """A vendor in a sandbox: `base_url`, and each of its credentials by name."""

    def __init__(self, base_url: str, credentials: Mapping[str, str]) -> None:
        self.base_url, self.credentials = base_url, dict(credentials)

    def __repr__(self) -> str:
        return f"<Handle {self.base_url}, with {', '.join(self.credentials)}>"

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

    def __repr__(self) -> str:
        return (
            f"<Box {self.name}: {', '.join(self._sandbox.worlds)}; {self.clock!r}, {self.journal!r}, {self.faults!r}>"
        )

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

    def assert_lawful(self, **wanted: Any) -> None:
        """Fails if a call (of a `vendor`, of an `operation`) was not what the vendor documents, though it may have let it pass.

        That is: the journal has a remark upon it, or the contract refuses it, whoever calls and whatever there is. Says what and where.
        """
        entries = self._sandbox.journal.entries(lambda entry: not lawful(entry) and _meets(entry, wanted))
        if entries:
            told = "\n".join(offence(entry, self._emulator.assembly.engines[entry.vendor]) for entry in entries)
            raise AssertionError(f"calls that are not as documented: {len(entries)}\n{told}")

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
        """Everything as one JSON document: what a bug report needs. `put_world` and `emulator serve --world` restore it."""
        return document.dump(self._sandbox, __version__)

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

    def __repr__(self) -> str:
        clock = self._sandbox.clock
        return f"<clock {clock.mode} at {clock.stamp()}{f', rate {clock.rate:g}' if clock.rate != 1 else ''}>"

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

    def advance_to_next(self) -> list[dict[str, Any]]:
        """Moves on to the next entry of the agenda and lets it happen; tells what did.

        Raises LookupError if nothing is to come.
        """
        return self._courier.advance(self._sandbox, agenda.next_moment(self._sandbox))

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
        self._sandbox, self._faults = sandbox, sandbox.faults

    def __repr__(self) -> str:
        return f"<faults: {'; '.join(fault.text for fault in self._faults.all()) or 'none'}>"

    def add(self, *, when: str = "before", times: int | None = None, **plan: Any) -> int:
        """Plans a fault: `vendor`, `operation`, `method`, `path`, `nth` say which calls; `refuse`, `status` (with `body`), `delay`, `drip`,
        `connection` or `mutate` what happens. Answers its number. Raises ValueError for a plan that makes no sense.
        """
        match = {name: plan.pop(name) for name in self._MATCH if plan.get(name) is not None}
        if isinstance(match.get("nth"), tuple):
            match["nth"] = list(match["nth"])
        limit = {} if times is None else {"times": times}
        return self._sandbox.plan({"match": match, "when": when, **limit, "do": plan}).id

    def all(self) -> list[dict[str, Any]]:
        """Each with what it has seen and struck."""
        return self._faults.dump()

    def remove(self, number: int) -> None:
        """Takes one back. Raises KeyError if there is none of that number."""
        if not self._faults.remove(number):
            raise KeyError(number)

    def clear(self) -> None:
        """Takes all back."""
        self._faults.clear()


class BoxJournal:
    """The calls of a sandbox."""

    def __init__(self, sandbox: Sandbox, engines: Mapping[str, Engine]) -> None:
        self._journal, self._engines = sandbox.journal, engines

    def __repr__(self) -> str:
        return f"<journal of {len(self)} calls>"

    def calls(self, **wanted: Any) -> list[dict[str, Any]]:
        """The entries that are as wanted, oldest first: by `vendor`, `operation`, `method`, `path`, `status` or `refusal`, and `since`.

        `since` is the number of an entry (later ones are wanted), or a moment (ISO 8601 or epoch seconds).
        """
        return [entry.show() for entry in self._journal.entries(lambda entry: _meets(entry, wanted))]

    def assert_called(self, times: int | None = None, **wanted: Any) -> list[dict[str, Any]]:
        """The entries that are as wanted (see `calls`). Fails, telling the last calls, if there are none, or not so many as `times`."""
        found = self.calls(**wanted)
        if len(found) != times if times is not None else not found:
            told = [
                f"#{c['id']} {c['request']['method']} {c['request']['path']} -> {c['reply']['status']} ({c['operation']})"
                for c in self
            ]
            like = ", ".join(f"{name} {value}" for name, value in wanted.items()) or "any"
            many = "at least once" if times is None else f"{times} times"
            last = "\n".join(told[-LAST_CALLS:]) or "none"
            raise AssertionError(
                f"calls ({like}) were expected {many} and made {len(found)} times; the last calls:\n{last}"
            )
        return found

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
        "method": entry.call.method,
        "path": entry.call.path,
        "status": entry.status,
        "refusal": entry.refusal.kind.value if entry.refusal else None,
    }
    since = wanted.get("since", 0)
    if unknown := set(wanted) - set(has) - {"since"}:
        raise TypeError(f"{unknown.pop()}: calls are wanted by {', '.join(has)} and since")
    later = (
        entry.id > since if isinstance(since, int) else entry.at >= (moment(since) if isinstance(since, str) else since)
    )
    return later and all(has[name] == value for name, value in wanted.items() if name != "since")
