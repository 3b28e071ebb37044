"""Keeps all sandboxes in an SQLite file, so that they outlive the process: each turn's changes are written before its call is answered.

What is written are the differences from a sandbox's first world; journals and named snapshots are not kept.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from emulator.wire import Row, fixed
from emulator.world.clock import Clock

if TYPE_CHECKING:
    import sqlite3

Key = tuple[str, str]
VERSION = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS sandboxes (name TEXT PRIMARY KEY, told BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS rows (
    sandbox TEXT, vendor TEXT, collection TEXT, id TEXT, seq INTEGER, expires REAL, raw BLOB,
    PRIMARY KEY (sandbox, vendor, collection, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS numbers (
    sandbox TEXT, vendor TEXT, name TEXT, value TEXT,
    PRIMARY KEY (sandbox, vendor, name)) WITHOUT ROWID;
"""


@fixed
class Kept:
    """A sandbox as it was kept: how it was wished for, and its clock, settings and faults."""

    name: str
    wish: Mapping[str, Any]
    created: float
    expires: float | None
    clock: Mapping[str, Any]
    settings: Mapping[str, Any]
    faults: list[dict[str, Any]]
    seed: Any


class Keeper:
    """One SQLite file. Safe to use from many threads."""

    def __init__(self, path: Path) -> None:
        import sqlite3  # only who keeps anything pays for it

        self._lock = threading.Lock()
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        # A killed process loses nothing that was committed; only a machine that loses its power may.
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = NORMAL")
        found = self._base.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, VERSION):
            raise ValueError(f"{path} was written by another version of the emulator (format {found}, here {VERSION})")
        self._base.executescript(SCHEMA)
        self._base.execute(f"PRAGMA user_version = {VERSION}")

    def close(self) -> None:
        """Closes the file."""
        self._base.close()

    def save(self, sandbox: str, vendor: str, rows: Mapping[Key, Row | None], numbers: Mapping[str, float]) -> None:
        """Writes rows (None: it is gone) and counters, all or none."""
        written = [
            (sandbox, vendor, collection, ident, row and row.seq, row and row.expires, row and row.raw)
            for (collection, ident), row in rows.items()
        ]
        with self._turn():
            self._base.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)", written)
            counted = [(sandbox, vendor, name, orjson.dumps(value).decode()) for name, value in numbers.items()]
            self._base.executemany("INSERT OR REPLACE INTO numbers VALUES (?, ?, ?, ?)", counted)

    def replace(self, sandbox: str, vendor: str, rows: Mapping[Key, Row | None], numbers: Mapping[str, float]) -> None:
        """The same in the place of all that was kept of this world."""
        with self._turn():
            for table in ("rows", "numbers"):
                self._base.execute(f"DELETE FROM {table} WHERE sandbox = ? AND vendor = ?", (sandbox, vendor))
        self.save(sandbox, vendor, rows, numbers)

    def rows(self, sandbox: str, vendor: str) -> Iterator[tuple[str, str, Row | None]]:
        """The differences of a world: collection, id, and the row or None where it is gone."""
        asked = "SELECT collection, id, seq, expires, raw FROM rows WHERE sandbox = ? AND vendor = ? ORDER BY seq"
        with self._lock:
            found = self._base.execute(asked, (sandbox, vendor)).fetchall()
        for collection, ident, seq, expires, raw in found:
            yield collection, ident, None if raw is None else Row(ident, raw, seq, expires)

    def numbers(self, sandbox: str, vendor: str) -> dict[str, float]:
        """The counters of a world."""
        asked = "SELECT name, value FROM numbers WHERE sandbox = ? AND vendor = ?"
        with self._lock:
            return {name: orjson.loads(value) for name, value in self._base.execute(asked, (sandbox, vendor))}

    def save_sandbox(self, name: str, told: Mapping[str, Any]) -> None:
        """Writes what a sandbox is besides its worlds."""
        with self._turn():
            self._base.execute("INSERT OR REPLACE INTO sandboxes VALUES (?, ?)", (name, orjson.dumps(told)))

    def remove(self, name: str) -> None:
        """Forgets a sandbox."""
        with self._turn():
            self._base.execute("DELETE FROM sandboxes WHERE name = ?", (name,))
            for table in ("rows", "numbers"):
                self._base.execute(f"DELETE FROM {table} WHERE sandbox = ?", (name,))

    def sandboxes(self) -> Iterable[Kept]:
        """Every sandbox that was kept; a clock that ran has gone on running meanwhile."""
        with self._lock:
            found = self._base.execute("SELECT name, told FROM sandboxes").fetchall()
        for name, told in found:
            raw = orjson.loads(told)
            raw.setdefault("seed", raw["wish"].get("seed", 0))  # files of version 0.1.0 do not have it
            yield Kept(name, **{field.name: raw[field.name] for field in fields(Kept)[1:]})

    def _turn(self) -> _Turn:
        return _Turn(self._base, self._lock)


class _Turn:
    """One transaction, and nobody else meanwhile."""

    def __init__(self, base: sqlite3.Connection, lock: threading.Lock) -> None:
        self._base, self._lock = base, lock

    def __enter__(self) -> None:
        self._lock.acquire()
        self._base.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        try:
            self._base.execute("COMMIT" if kind is None else "ROLLBACK")
        finally:
            self._lock.release()


def kept_clock(clock: Clock) -> dict[str, Any]:
    """A clock as it is kept: with the real time at which it showed its own."""
    return {"now": clock.now(), "mode": clock.mode, "rate": clock.rate, "real": Clock().now()}


def revive(clock: Clock, kept: Mapping[str, Any]) -> None:
    """Sets a clock to what the kept one would show by now."""
    gone = max(0.0, Clock().now() - kept["real"]) * kept["rate"] if kept["mode"] == "running" else 0.0
    clock.set(kept["now"] + gone, kept["mode"], kept["rate"])
