"""Which sandbox owns which credential."""

from __future__ import annotations

import threading


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
