"""Lets go of large tables a little at a time, so that nobody waits while a hundred thousand rows are freed."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

BATCH = 500
PAUSE = 0.0005  # real seconds between two batches, in which others run


class Rubbish:
    """Dicts and lists that nobody holds any more. A thread empties them, and ends when there is nothing left."""

    def __init__(self) -> None:
        self._waiting: deque[dict[Any, Any] | list[Any]] = deque()
        self._lock = threading.Lock()
        self._busy = False
        self._pause = threading.Event()

    def take(self, containers: Iterable[dict[Any, Any] | list[Any]]) -> None:
        """Empties these, in time."""
        with self._lock:
            self._waiting.extend(container for container in containers if len(container) > BATCH)
            if self._busy or not self._waiting:
                return
            self._busy = True
        threading.Thread(target=self._empty, name="emulator-rubbish", daemon=True).start()

    def _empty(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._busy = False
                    return
                container = self._waiting[0]
            drop: Callable[[], Any] = container.popitem if isinstance(container, dict) else container.pop
            for _ in range(min(BATCH, len(container))):
                drop()
            if not container:
                with self._lock:
                    self._waiting.popleft()
            self._pause.wait(PAUSE)


RUBBISH = Rubbish()
