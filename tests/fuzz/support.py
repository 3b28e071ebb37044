"""Every vendor of the folder, in process: a fresh world for each example, its ids and its credentials."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import orjson
from hypothesis import settings

from emulator import data
from emulator.assembly import Assembly, assemble, vendors_in
from emulator.contract.load import load
from emulator.contract.model import Contract, Operation
from emulator.contract.schema import Schema
from emulator.engine import Answer, Engine
from emulator.readers.credentials import Credential, presented
from emulator.wire import Call
from emulator.world.sandbox import Sandbox
from emulator.world.sandboxes import Sandboxes
from emulator.world.world import World

VENDORS = vendors_in(data.folder("contracts"))
LOGINS = ("authentication", "oauth", "sessions")
MOST_IDS = 12
PROBLEM = "application/problem+json"


def share(parts: int) -> settings:
    """Settings with a part of the profile's examples, for a test that is run for many operations."""
    return settings(settings.default, max_examples=max(3, settings.default.max_examples // parts))


@lru_cache
def contract_of(vendor: str) -> Contract:
    return load(data.folder("contracts") / vendor, thorough=False)


@lru_cache
def assembly_of(vendor: str) -> Assembly:
    return assemble([vendor])


class Bench:
    """One vendor's engine and a world that goes back to its beginning for every example."""

    def __init__(self, vendor: str) -> None:
        self.vendor = vendor
        assembly = assembly_of(vendor)
        self.engine: Engine = assembly.engines[vendor]
        self.contract = self.engine.contract
        self.box: Sandbox = Sandboxes(assembly.makers, limits="off").default
        self.box.clock.set(now=1_767_603_600.0, mode="frozen")
        self.world: World = self.box.worlds[vendor]
        self._log_in()
        self.first = self.box.state()
        self.known = self.ids()
        self.credentials = self.shown()

    def reset(self) -> None:
        self.box.restore(self.first)

    def handle(self, call: Call) -> Answer:
        return self.engine.handle(call, self.world)

    def ids(self) -> dict[str, list[str]]:
        """Some ids of each collection that the contract refers to: the first and the last."""
        names = {p.refers_to for o in self.contract.operations.values() for p in o.parameters}
        names |= {o.creates for o in self.contract.operations.values()}
        names |= {r for r in _references(dict(self.contract.raw)) if isinstance(r, str)}
        found = {}
        for name in sorted(filter(None, names)):
            rows = self.world.rows(name).all()
            found[name] = [row.id for row in [*rows[:MOST_IDS], *rows[MOST_IDS:][-3:]]]
        return found

    def shown(self) -> list[Credential]:
        return presented(self.contract, [row.data for row in self.world.rows("credentials").all()])

    def refusal(self) -> str:
        """The kind that the last call was refused with, by the journal; empty if it was not."""
        entry = list(self.box.journal.entries(lambda _: True))[-1]
        return entry.refusal.kind.value if entry.refusal else ""

    def _log_in(self) -> None:
        """Calls what issues credentials, so that there is one of every scheme."""
        for operation in self.contract.operations.values():
            if operation.resource in LOGINS and "{" not in operation.path and operation.id not in LEAVING:
                headers = next((dict(c.headers) for c in self.shown() if c.opens(operation)), {})
                example = operation.body.example if operation.body else None
                body = b""
                if operation.body:
                    form = "json" not in operation.body.media[0]
                    headers["content-type"] = operation.body.media[0]
                    body = _form(example) if form else orjson.dumps(example)
                self.handle(Call(operation.method, operation.path, "", headers, body))


LEAVING = ("ameyo.sessions.logout",)


def _form(example: Any) -> bytes:
    return "&".join(f"{name}={text}" for name, text in (example or {}).items()).encode()


def _references(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield value.get("x-refers-to")
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


@lru_cache
def bench(vendor: str) -> Bench:
    return Bench(vendor)


def operations() -> list[tuple[str, str]]:
    return [(vendor, ident) for vendor in VENDORS for ident in contract_of(vendor).operations]


def operation(vendor: str, ident: str) -> Operation:
    return bench(vendor).contract.operations[ident]


@lru_cache
def schemas(vendor: str) -> list[Schema]:
    """Every different schema of a contract that judges something: bodies, variants, parameters, replies, refusals, headers, events."""
    contract = contract_of(vendor)
    found: list[Schema | None] = []
    for op in [*contract.operations.values(), *contract.stimuli.values()]:
        found += [op.body.schema if op.body else None, *op.variants.values(), *(p.schema for p in op.parameters)]
        found += [s for r in op.replies.values() for s in (r.whole, r.shell, *(h.schema for h in r.headers.values()))]
        found += [r.schema for r in op.refusals.values()]
    found += [event.schema for event in contract.events.values()]
    found += [setting.schema for setting in contract.settings.values()]
    found += [promise.schema for promise in contract.refusals.values()]
    return list({json.dumps(s.closed, sort_keys=True): s for s in found if s is not None}.values())
