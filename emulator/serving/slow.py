"""A reply that takes its time: a `Script` played on the server's clock, without a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from emulator.serving.faults import Ending, Script


class Timer(Protocol):
    def cancel(self) -> None: ...


class Outlet(Protocol):
    """Where the pieces go."""

    @property
    def closed(self) -> bool: ...
    def send(self, data: bytes) -> None: ...
    def complete(self, ending: Ending) -> None: ...
    def advance(self) -> None: ...


class Slow:
    """Waits, sends a piece every `beat` seconds, ends."""

    def __init__(self, outlet: Outlet, script: Script, later: Callable[[float, Callable[[], None]], Timer]) -> None:
        self._outlet = outlet
        self._pieces: Iterator[bytes] = iter(script.pieces)
        self._beat = script.beat
        self._ending = script.ending
        self._later = later
        self._timer: Timer | None = None

    def start(self, delay: float) -> None:
        """Play the script, after the delay."""
        if delay:
            self._timer = self._later(delay, self._resume)
        else:
            self._play()

    def hasten(self) -> None:
        """Send what is left without waiting any more."""
        self.cancel()
        self._beat = 0.0
        self._resume()

    def cancel(self) -> None:
        """Send no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def cleared(self) -> None:
        """All that was sent so far has been taken."""

    def _resume(self) -> None:
        self._play()
        if not self._outlet.closed:
            self._outlet.advance()

    def _play(self) -> None:
        self._timer = None
        for piece in self._pieces:
            self._outlet.send(piece)
            if self._outlet.closed:
                return
            if self._beat:
                self._timer = self._later(self._beat, self._resume)
                return
        self._outlet.complete(self._ending)
