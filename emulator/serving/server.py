"""The server: listeners, connections, timers and threads of one application, in one process.

One thread does all input and output and, where the application allows, the calls themselves; calls that may wait run in
other threads. Slow clients, delayed replies and dripping ones therefore cost no thread.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import selectors
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from selectors import EVENT_READ
from types import TracebackType
from typing import Self

from emulator.serving.bounds import Bounds
from emulator.serving.calling import Application, report
from emulator.serving.connection import Connection
from emulator.serving.listener import Listener
from emulator.serving.threads import Threads

Address = tuple[str, int]


class Timer:
    """Something to be done at a time, unless cancelled."""

    __slots__ = ("_action",)

    def __init__(self, action: Callable[[], None]) -> None:
        self._action: Callable[[], None] | None = action

    def cancel(self) -> None:
        self._action = None

    def fire(self) -> None:
        if self._action is not None:
            self._action()


class Server:
    """Serves an application on a host and port, and over TLS on the next port if given a certificate and its key.

    Port 0 takes a free one (and TLS another). With `inline` the application is first called in the server's own thread, with a
    request that may not wait, and raises `MustWait` for what might; without, every call runs in a thread.
    """

    def __init__(
        self,
        application: Application,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        tls: tuple[str, str] | None = None,
        inline: bool = False,
        bounds: Bounds | None = None,
    ) -> None:
        self.application = application
        self.bounds = bounds or Bounds()
        self.inline = inline
        self.draining = False
        self.now = time.monotonic()
        self._started = False
        self._finished = threading.Event()
        self._thread: threading.Thread | None = None
        self._threads = Threads(self.bounds.threads, "emulator-call")
        self._connections: set[Connection] = set()
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._posted: deque[Callable[[], None]] = deque()
        self._stop: tuple[float, float] | None = None  # grace and linger, once asked for
        self._ends = 0.0
        self._swept = self.now
        self._tick = min(1.0, _shortest(self.bounds) / 4)
        self._selector = selectors.DefaultSelector()
        self._waker, self._woken = socket.socketpair()
        self._listeners: list[Listener] = []
        self._full = False
        self._disposed = False
        try:
            self._listeners.append(Listener(host, port, self.bounds.backlog))
            if tls is not None:
                self._listeners.append(Listener(host, port and port + 1, self.bounds.backlog, tls))
            self._waker.setblocking(False)
            self._woken.setblocking(False)
            self._selector.register(self._woken, EVENT_READ, self._awake)
        except BaseException:
            self._dispose()
            raise

    @property
    def address(self) -> Address:
        """Host and port."""
        return self._listeners[0].address

    @property
    def tls_address(self) -> Address | None:
        """Host and port of the listener that speaks TLS."""
        return self._listeners[1].address if len(self._listeners) > 1 else None

    def start(self) -> None:
        """Serve in a thread of its own. Connections are accepted when this returns."""
        self._started = True
        self._thread = threading.Thread(target=self.run, name="emulator-server", daemon=True)
        self._thread.start()

    def stop(self, grace: float = 30.0, linger: float = 0.0) -> None:
        """Accept no more, answer what was asked, close, and return when all is done; after `grace` seconds in any case.

        Delayed replies are sent at once. An idle connection may send one more request for `linger` seconds.
        """
        self.request_stop(grace, linger)
        if self._started:
            self._finished.wait()
            if self._thread is not None:
                self._thread.join()
        else:
            self._dispose()

    def request_stop(self, grace: float = 30.0, linger: float = 0.0) -> None:
        """As `stop`, without waiting. Safe in a signal handler and in any thread."""
        self._stop = (grace, linger)
        self._wake()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def run(self) -> None:
        """Serve in this thread, until asked to stop."""
        self._started = True
        try:
            self._resume_accepting()
            while not self._over():
                self._turn()
        finally:
            self._dispose()

    # What connections call.

    def watch(self, connection: Connection, events: int) -> None:
        """Tell the connection of these events from now on."""
        selector, sock = self._selector, connection.socket
        known = sock.fileno() in selector.get_map()
        if not events:
            if known:
                selector.unregister(sock)
        elif known:
            selector.modify(sock, events, connection.ready)
        else:
            selector.register(sock, events, connection.ready)

    def forget(self, connection: Connection) -> None:
        """The connection is about to close its socket."""
        self._connections.discard(connection)
        with contextlib.suppress(KeyError):
            self._selector.unregister(connection.socket)
        if self._full and not self.draining:
            self._resume_accepting()

    def later(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Do it after so many seconds."""
        timer = Timer(action)
        heapq.heappush(self._timers, (self.now + seconds, next(self._order), timer))
        return timer

    def post(self, action: Callable[[], None]) -> None:
        """Do it in the server's thread, soon. From any thread."""
        self._posted.append(action)
        if self._disposed:
            self._settle()  # every connection is closed by now, so that it does no harm in this thread
        else:
            self._wake()

    def submit(self, job: Callable[[], None]) -> None:
        """Do it in a thread that may wait."""
        self._threads.submit(job)

    # One turn.

    def _turn(self) -> None:
        events = self._selector.select(self._patience())
        self.now = time.monotonic()
        for key, mask in events:
            key.data(mask)
        if self._posted:
            self._settle()
        timers = self._timers
        while timers and timers[0][0] <= self.now:
            self._guarded(heapq.heappop(timers)[2].fire)
        if self.now - self._swept >= self._tick:
            self._swept = self.now
            for connection in [one for one in self._connections if one.deadline <= self.now]:
                self._guarded(connection.expire)
        if self._stop is not None and not self.draining:
            self._drain(*self._stop)

    def _settle(self) -> None:
        with contextlib.suppress(IndexError):
            while True:
                self._guarded(self._posted.popleft())

    def _patience(self) -> float:
        if self._posted:
            return 0.0
        wait = self._tick
        if self._timers:
            wait = min(wait, self._timers[0][0] - time.monotonic())
        return max(0.0, wait)

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception:
            report()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # it is awake already, or gone
            self._waker.send(b"!")

    def _awake(self, mask: int) -> None:
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(4096)

    # Accepting.

    def _resume_accepting(self) -> None:
        self._full = False
        for listener in self._listeners:
            self._selector.register(listener.socket, EVENT_READ, lambda mask, of=listener: self._accept(of))

    def _pause_accepting(self) -> None:
        self._full = True
        for listener in self._listeners:
            self._selector.unregister(listener.socket)

    def _accept(self, listener: Listener) -> None:
        while not self._full:
            try:
                accepted = listener.accept()
            except OSError as trouble:
                # Out of descriptors: those who wait keep waiting, and we do not spin.
                print(f"cannot accept connections for now: {trouble}", file=sys.stderr)
                self._pause_accepting()
                self.later(0.2, self._retry_accepting)
                return
            if accepted is None:
                return
            connection = Connection(self, *accepted)
            self._connections.add(connection)
            self._selector.register(connection.socket, EVENT_READ, connection.ready)
            if len(self._connections) >= self.bounds.connections:
                self._pause_accepting()

    def _retry_accepting(self) -> None:
        if self._full and not self.draining:
            self._resume_accepting()

    # Ending.

    def _drain(self, grace: float, linger: float) -> None:
        for listener in self._listeners:
            self._guarded(lambda of=listener: self._accept(of))  # type: ignore[misc]
        self.draining = True
        self._ends = self.now + grace
        if not self._full:
            self._pause_accepting()
        for listener in self._listeners:
            listener.close()
        for connection in list(self._connections):
            self._guarded(lambda of=connection: of.drain(linger))  # type: ignore[misc]
        self._tick = min(self._tick, 0.02)

    def _over(self) -> bool:
        return self.draining and (not self._connections or self.now >= self._ends)

    def _dispose(self) -> None:
        """Let go of every descriptor and thread. A call that does not return keeps its thread, and nothing else."""
        if self._disposed:
            return
        unanswered = [one for one in self._connections if one.busy]
        for connection in list(self._connections):
            connection.abort()
        for listener in self._listeners:
            listener.close()
        self._disposed = True
        self._settle()
        self._selector.close()
        self._threads.stop(patient=not unanswered)
        self._waker.close()
        self._woken.close()
        self._finished.set()


def _shortest(bounds: Bounds) -> float:
    return min(bounds.head_seconds, bounds.body_seconds, bounds.idle_seconds, bounds.write_seconds)
