"""A sandbox as one JSON document, out and in: rows, counters, expiries, settings, clock, seed, faults, journal, and what made it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from emulator.wire import NOTHING
from emulator.world.clock import LATEST
from emulator.world.outbox import COLLECTION as OUTBOX
from emulator.world.outbox import SHAPE as DELIVERY
from emulator.world.recall import recalled, told
from emulator.world.sandbox import Sandbox
from emulator.world.store import Snapshot, Store
from emulator.world.world import CREDENTIALS, TIMER, TIMERS, World

FAMILY, NEWEST = "emulator-world-", 2
FORMAT = f"{FAMILY}{NEWEST}"
KNOWN = {
    "format": str,
    "versions": Mapping,
    "clock": Mapping,
    "seed": object,
    "settings": Mapping,
    "faults": list,
    "vendors": Mapping,
    "journal": (Mapping, list),
    "as_of": str,
    "fixed": list,
}
EXACT: Mapping[str, Mapping[str, Any]] = {OUTBOX: DELIVERY, TIMERS: TIMER}
"""Collections whose rows the emulator itself acts on, and what such a row is made of."""


def dump(sandbox: Sandbox, version: str) -> dict[str, Any]:
    """Everything of a sandbox but its named snapshots, as it is at one moment. `version` is the emulator's.

    The journal is as it is shown, without secrets (see `recall`).
    """
    vendors = {}
    with ExitStack() as turns:
        for world in sandbox.worlds.values():
            turns.enter_context(world.lock)
        for vendor, world in sandbox.worlds.items():
            store = world.store
            collections = {name: [row.data for row in store.collection(name).all()] for name in store.names()}
            expires: dict[str, dict[str, float]] = {}
            for when, name, ident in store.expiring():
                expires.setdefault(name, {})[ident] = when
            vendors[vendor] = {"collections": collections, "numbers": store.numbers(), "expires": expires}
        contracts = {vendor: world.contract.version for vendor, world in sandbox.worlds.items()}
        return {
            "format": FORMAT,
            "versions": {"emulator": version, "contracts": contracts},
            "clock": sandbox.clock.dump(),
            "seed": sandbox.seed,
            "settings": dict(sandbox.state().settings),
            "faults": sandbox.faults.dump(),
            "vendors": vendors,
            "journal": told(sandbox.journal),
        }


def restore(sandbox: Sandbox, document: Mapping[str, Any], *, keep_others: bool = False) -> None:
    """Puts a document's state in the place of the sandbox's own. Clock, seed, settings, faults and journal stay where it has none.

    A vendor that it leaves out becomes empty but for its credentials. With `keep_others` (for a sandbox that is being made) such a
    vendor stays as it is, and the sandbox's own credentials are good beside those of the document.

    Raises ValueError for a document that is none; then nothing changes.
    """
    refuse(document, sandbox)
    journal = recalled(document["journal"]) if "journal" in document else None
    if journal is not None and (strangers := {entry.vendor for entry in journal[0]} - set(sandbox.worlds)):
        raise ValueError(f"journal: there is no vendor {strangers.pop()!r}")
    stores = {}
    for vendor, world in sandbox.worlds.items():
        if keep_others and vendor not in document.get("vendors", {}):
            with world.lock:
                stores[vendor] = world.store.snapshot()
        else:
            given = document.get("vendors", {}).get(vendor, {})
            exact = rows(given)
            _refuse_strangers(exact, world)
            whole = not keep_others and CREDENTIALS in exact.tables
            stores[vendor] = exact if whole else _with_credentials(given, exact, world)
    sandbox.put(stores, document)
    if journal is not None:
        sandbox.journal.load(*journal)


def _with_credentials(given: Mapping[str, Any], snapshot: Snapshot, world: World) -> Snapshot:
    """A vendor's part of a document, with those of the world's lasting credentials that it does not have."""
    has = snapshot.tables[CREDENTIALS].by_id if CREDENTIALS in snapshot.tables else {}
    with world.lock:
        own = [row.data for row in world.rows(CREDENTIALS).all() if row.expires is None and row.id not in has]
    listed = given.get("collections", {})
    return rows({**given, "collections": {**listed, CREDENTIALS: [*listed.get(CREDENTIALS, []), *own]}})


def rows(given: Any) -> Snapshot:
    """`collections`, `numbers` and `expires` of one vendor as a store's state. Raises ValueError for rows that are none."""
    shapes = {"collections": list, "numbers": int | float, "expires": Mapping}
    for key, shape in shapes.items():
        part = given.get(key, {}) if isinstance(given, Mapping) else None
        if not isinstance(part, Mapping) or not all(isinstance(value, shape) for value in part.values()):
            raise ValueError("of a vendor: {collections: {name: [rows]}, numbers: {}, expires: {}}")
    if not all(_is_moment(end) for ends in given.get("expires", {}).values() for end in ends.values()):
        raise ValueError("expires: {collection: {id: epoch seconds}}")
    store = Store(lambda: 0.0)
    for name, listed in given.get("collections", {}).items():
        expires = given.get("expires", {}).get(name, {})
        seen: set[str] = set()
        for row in listed:
            if not isinstance(row, Mapping) or not isinstance(row.get("id"), str):
                raise ValueError(f"{name}: each row is an object with a text id")
            if complaint := _inexact(row, EXACT.get(name, NOTHING)):
                raise ValueError(f"{name}: {complaint}")
            if row["id"] in seen:
                raise ValueError(f"{name}: the id {row['id']!r} stands twice")
            seen.add(row["id"])
        store.fill(name, listed, expires)
    for name, value in given.get("numbers", {}).items():
        store.set_number(name, value)
    return store.snapshot()


def _inexact(row: Mapping[str, Any], shape: Mapping[str, Any]) -> str:
    """How a row departs from its shape; empty if it does not."""
    for member, kind in shape.items():
        if member not in row:
            return f"{row['id']!r} has no {member}"
        value = row[member]
        if not isinstance(value, kind) or (kind is list and not all(isinstance(each, Mapping) for each in value)):
            return f"{member} of {row['id']!r} makes no sense"
        if isinstance(value, int | float) and not isinstance(value, bool) and not _is_moment(value):
            return f"{member} of {row['id']!r} is no moment between 1970 and 9000"
    return ""


def _is_moment(value: Any) -> bool:
    return isinstance(value, int | float) and 0 <= value <= LATEST


def _refuse_strangers(given: Snapshot, world: World) -> None:
    """Raises ValueError for a webhook or a scheduled stimulus that the vendor's contract does not have."""
    known = {OUTBOX: ("webhook", world.contract.webhooks), TIMERS: ("stimulus", _stimuli(world))}
    for name, (member, names) in known.items():
        for row in given.tables[name].by_id.values() if name in given.tables else ():
            if row.data[member] not in names:
                raise ValueError(f"{name}: {world.vendor} has no {member} {row.data[member]!r}")


def _stimuli(world: World) -> set[str]:
    return {stimulus.name for stimulus in world.contract.stimuli.values()}


def refuse(document: Any, sandbox: Sandbox) -> None:
    """Raises ValueError, saying what is wrong, for what is no world document."""
    _refuse_format(document)
    if not isinstance(document, Mapping) or set(document) - set(KNOWN):
        raise ValueError(f"a world document has {', '.join(KNOWN)}; nothing else")
    for key, shape in KNOWN.items():
        if key in document and not isinstance(document[key], shape):  # type: ignore[arg-type]
            raise ValueError(f"{key}: {'a list' if shape is list else 'a text' if shape is str else 'an object'}")
    if not all(isinstance(fault, Mapping) for fault in document.get("faults", ())):
        raise ValueError("faults: a list of objects")
    for vendor in document.get("vendors", {}):
        if vendor not in sandbox.worlds:
            raise ValueError(f"vendors: there is no vendor {vendor!r}")


def _refuse_format(document: Any) -> None:
    """Raises ValueError for a document of a format that this emulator does not know. A fixture has none."""
    found = document.get("format", FORMAT) if isinstance(document, Mapping) else FORMAT
    number = found.removeprefix(FAMILY) if isinstance(found, str) else ""
    if not (number.isascii() and number.isdigit()) or number == "0":
        raise ValueError(f"format: {FAMILY}1 to {FORMAT}; {found!r} is none")
    if int(number[:9]) > NEWEST:
        versions = document.get("versions")
        by = versions.get("emulator") if isinstance(versions, Mapping) else None
        raise ValueError(
            f"the document has the format {found}, of a newer emulator{f' ({by})' if by else ''}; this one reads up to {FORMAT}"
        )
