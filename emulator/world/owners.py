"""Which sandbox owns which credential."""

from __future__ import annotations

import threading
from collections import defaultdict


class Owners:
    """Which sandbox owns which credential. Reads need no lock: they are one look into a dict."""

    def __init__(self) -> None:
        self._names: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._lock = threading.Lock()

    def of(self, vendor: str, key: str) -> str | None:
        """The owner's name, or None if nobody has it."""
        return self._names[vendor].get(key)

    def add(self, name: str, vendor: str, key: str) -> None:
        """Gives a credential to a sandbox; the first owner stays."""
        with self._lock:
            self._names[vendor].setdefault(key, name)

    def remove(self, name: str, vendor: str, key: str) -> None:
        """Takes a credential from a sandbox."""
        with self._lock:
            if self._names[vendor].get(key) == name:
                del self._names[vendor][key]
