"""A body that is made while it is sent: a thread makes its pieces, as fast as the client takes them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Semaphore
from typing import Protocol

from emulator.serving.calling import finish, report
from emulator.serving.faults import Ending
from emulator.serving.reply import Answer

AHEAD = 4
"""Pieces that may be made before the first of them is taken."""


class Outlet(Protocol):
    """Where the pieces go. Called in the server's thread."""

    @property
    def closed(self) -> bool: ...
    @property
    def clear(self) -> bool: ...
    def open(self, stream: Stream, answer: Answer) -> tuple[Ending, bool, bool]: ...
    def send(self, data: bytes) -> None: ...
    def complete(self, ending: Ending) -> None: ...
    def advance(self) -> None: ...
    def abort(self) -> None: ...


class Stream:
    """Made by `run`, in a thread, until the pieces end, the application fails or nobody wants more.

    After a failure the connection is reset, so that the client sees that something is missing.
    """

    def __init__(self, outlet: Outlet, answer: Answer, post: Callable[[Callable[[], None]], None]) -> None:
        self._outlet = outlet
        self._answer = answer
        self._post = post
        self._room = Semaphore(AHEAD)
        self._wanted = True
        self._owed = 0
        self._ending, self._chunked, self._mute = Ending.CLOSE, False, False

    def run(self) -> None:
        """In a thread: make all the pieces."""
        post = self._post
        post(self._open)
        try:
            for piece in self._answer.pieces or ():
                self._room.acquire()
                if not self._wanted:
                    break
                post(lambda piece=bytes(piece): self._push(piece))  # type: ignore[misc]
        except Exception:
            report()
            post(self._outlet.abort)
        else:
            post(self._end)
        finally:
            finish(self._answer)

    # The rest in the server's thread.

    def hasten(self) -> None:
        """It is as fast as it can be."""

    def cancel(self) -> None:
        """Nobody wants more."""
        self._wanted = False
        self._room.release(AHEAD)

    def cleared(self) -> None:
        """All that was sent so far has been taken: make more."""
        if self._owed:
            self._room.release(self._owed)
            self._owed = 0

    def _open(self) -> None:
        if self._outlet.closed:
            self.cancel()
        else:
            self._ending, self._chunked, self._mute = self._outlet.open(self, self._answer)

    def _push(self, piece: bytes) -> None:
        if self._outlet.closed:
            return
        self._owed += 1
        if piece and not self._mute:
            self._outlet.send(b"%x\r\n%b\r\n" % (len(piece), piece) if self._chunked else piece)
        if self._outlet.clear:
            self.cleared()

    def _end(self) -> None:
        if self._outlet.closed:
            return
        if self._chunked:
            self._outlet.send(b"0\r\n\r\n")
        self._outlet.complete(self._ending)
        if not self._outlet.closed:
            self._outlet.advance()
