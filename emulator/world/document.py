"""A sandbox's state as one JSON document, out and in: rows, counters, expiries, settings, clock, faults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.world.outbox import COLLECTION as OUTBOX
from emulator.world.sandbox import Sandbox
from emulator.world.store import Snapshot, Store
from emulator.world.world import CREDENTIALS, TIMERS, World

FORMAT = "emulator-world-1"
DATED = (OUTBOX, TIMERS)


def dump(sandbox: Sandbox) -> dict[str, Any]:
    """Everything of a sandbox but its journal and its named snapshots."""
    vendors = {}
    for vendor, world in sandbox.worlds.items():
        with world.lock:
            store = world.store
            collections = {name: [row.data for row in store.collection(name).all()] for name in store.names()}
            expires: dict[str, dict[str, float]] = {}
            for when, name, ident in store.expiring():
                expires.setdefault(name, {})[ident] = when
            vendors[vendor] = {"collections": collections, "numbers": store.numbers(), "expires": expires}
    settings = sandbox.state().settings
    return {
        "format": FORMAT,
        "clock": sandbox.clock.dump(),
        "settings": dict(settings),
        "faults": sandbox.faults.dump(),
        "vendors": vendors,
    }


def restore(sandbox: Sandbox, document: Mapping[str, Any], *, keep_others: bool = False) -> None:
    """Puts a document's state in the place of the sandbox's own.

    A vendor that it leaves out becomes empty but for its credentials. With `keep_others` (for a sandbox that is being made) such a
    vendor stays as it is, and the sandbox's own credentials are good beside those of the document.

    Raises ValueError for a document that is none; then nothing changes.
    """
    refuse(document, sandbox)
    stores = {}
    for vendor, world in sandbox.worlds.items():
        if keep_others and vendor not in document.get("vendors", {}):
            with world.lock:
                stores[vendor] = world.store.snapshot()
        else:
            given = document.get("vendors", {}).get(vendor, {})
            exact = rows(given)
            whole = not keep_others and CREDENTIALS in exact.tables
            stores[vendor] = exact if whole else _with_credentials(given, exact, world)
    sandbox.put(stores, document.get("clock"), document.get("settings"), document.get("faults"))


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
    if not all(isinstance(end, int | float) for ends in given.get("expires", {}).values() for end in ends.values()):
        raise ValueError("expires: {collection: {id: epoch seconds}}")
    store = Store(lambda: 0.0)
    for name, listed in given.get("collections", {}).items():
        expires = given.get("expires", {}).get(name, {})
        collection = store.collection(name)
        for row in listed:
            if not isinstance(row, Mapping) or not isinstance(row.get("id"), str):
                raise ValueError(f"{name}: each row is an object with a text id")
            if name in DATED and not isinstance(row.get("due", ""), int | float | None):
                raise ValueError(f"{name}: each row has a number `due`")
            if collection.row(row["id"]) is not None:
                raise ValueError(f"{name}: the id {row['id']!r} stands twice")
            collection.add(row, expires.get(row["id"]))
    for name, value in given.get("numbers", {}).items():
        store.set_number(name, value)
    return store.snapshot()


def refuse(document: Any, sandbox: Sandbox) -> None:
    """Raises ValueError, saying what is wrong, for what is no world document."""
    known = {"format", "clock", "settings", "faults", "vendors", "journal", "versions", "as_of", "fixed"}
    if not isinstance(document, Mapping) or set(document) - known:
        raise ValueError(f"a world document has {', '.join(sorted(known))}; nothing else")
    if document.get("format", FORMAT) != FORMAT:
        raise ValueError(f"the format is {FORMAT}")
    for key, shape in {"vendors": Mapping, "clock": Mapping, "settings": Mapping, "faults": list}.items():
        if key in document and not isinstance(document[key], shape):
            raise ValueError(f"{key}: {'a list' if shape is list else 'an object'}")
    if not all(isinstance(fault, Mapping) for fault in document.get("faults", ())):
        raise ValueError("faults: a list of objects")
    vendors = document.get("vendors", {})
    for vendor in vendors:
        if vendor not in sandbox.worlds:
            raise ValueError(f"vendors: there is no vendor {vendor!r}")
