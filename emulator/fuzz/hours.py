"""Virtual time in this process: what a client's threads read of the clock, and how they wait, follow a sandbox's clock.

A thread that lives by virtual time hands it on to those that it starts; all others keep the real one. What waits in C and
tells Python nothing of it (a lock or a `join` with a time-out, the blocking read of a socket) waits really.
"""

from __future__ import annotations

import selectors
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Literal, Self

from emulator.world.clock import Clock

GRACE = 0.05
"""Real seconds that a client's other threads and sockets get to end a wait, before virtual time goes on."""
IGNORED = 50
"""How often a client may catch what is meant to stop it, before its thread is left standing for good."""
UPTIME = 1e8
"""Where the monotonic clock begins: later than the machine's own, for it must not go back. It goes on from run to run."""
LEAST = 1e-6
"""Seconds that a wait takes at least: what is less would not move a clock that counts from 1970."""

News = Literal["over", "standing"]
"""What is told of a life: that it is over, and that a thread was left standing."""


class Stopped(BaseException):
    """Ends a client; no Exception, so that a client's own handlers let it pass."""


class Life:
    """The time by which the threads of one run live. `over` says why they must end; empty while they may go on."""

    def __init__(self, clock: Clock, advance: Callable[[float], object], most: float) -> None:
        self.clock, self._advance, self._most = clock, advance, most
        self.over = ""
        self.tell: Callable[[News], object] = lambda news: None
        self.threads: list[threading.Thread] = []
        self.uptime = UPTIME
        self._began = clock.now()
        self._ignored = 0

    @property
    def lived(self) -> float:
        """Virtual seconds since it began."""
        return self.clock.now() - self._began

    @property
    def alone(self) -> bool:
        """Whether this thread is the only one of the run's that is alive."""
        here = threading.current_thread()
        return not any(thread is not here and thread.is_alive() for thread in self.threads)

    def end(self, why: str) -> None:
        """Whoever of the run's threads calls or waits from now on is stopped."""
        if not self.over:
            self.over = why
            self.tell("over")

    def go_on(self) -> None:
        """Raises Stopped if the run is over. Who catches that again and again is left standing, for he would never end."""
        if self.over:
            self._ignored += 1
            if self._ignored > IGNORED:
                self.tell("standing")
                threading.Event().wait()
            raise Stopped(self.over)

    def wait(self, seconds: float) -> None:
        """Lets virtual time go by. Raises Stopped."""
        self.go_on()
        if self.lived + seconds > self._most:
            self.end(f"it waited more than {self._most / 86400:g} days of virtual time")
            self.go_on()
        self._advance(max(seconds, LEAST))


def current() -> Life | None:
    """The life of this thread; None: it lives by the real clock."""
    found: Life | None = getattr(_HERE, "life", None)
    return found


class Hours:
    """While its `with` block lasts, threads can be given a `Life`.

    `datetime.now` follows it where time-machine is installed (the extra `fuzz` brings it), which patches it for the whole process.
    """

    def __init__(self) -> None:
        self._lived = UPTIME
        self._undo: list[tuple[Any, str, Any]] = []
        try:
            import time_machine
        except ImportError:
            self._travel: Any = None
        else:
            self._travel = time_machine.travel

    @contextmanager
    def calendar(self, one: Life) -> Iterator[None]:
        """In the block, `datetime.now` follows this life, in every thread; so it is not for a thread that may never leave it."""
        one.uptime = self._lived
        travel = self._travel(one.clock.now(), tick=False) if self._travel is not None else None
        if travel is not None:
            traveller = travel.start()
            one.clock.changed = lambda: traveller.move_to(one.clock.now())
        try:
            yield
        finally:
            self._lived += one.lived
            one.clock.changed = lambda: None
            if travel is not None:
                travel.stop()

    def __enter__(self) -> Self:
        for module in list(sys.modules.values()):
            if module is not sys.modules[__name__]:
                self._replace(module)
        self._patch(threading.Thread, "start", _start)
        self._patch(threading.Condition, "wait", _wait)
        self._patch(threading, "excepthook", _excepthook)
        self._patch(selectors, "DefaultSelector", _Selector)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._undo:
            owner, name, original = self._undo.pop()
            setattr(owner, name, original)

    def _replace(self, module: Any) -> None:
        """The functions of `time`, wherever a module has them under a name of its own."""
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if id(value) in _REPLACED:
                self._patch(module, name, _REPLACED[id(value)])

    def _patch(self, owner: Any, name: str, value: Any) -> None:
        self._undo.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)


@contextmanager
def living(one: Life) -> Iterator[None]:
    """In the block, this thread and those that it starts have this life."""
    _HERE.life = one
    one.threads.append(threading.current_thread())
    try:
        yield
    finally:
        _HERE.life = None


# -- what is put in the place of the real ones: each asks whose thread it is in. A module that was imported while they stood
#    there keeps them, so they are the same for every `Hours`.

_HERE = threading.local()


def _epoch(one: Life) -> float:
    return one.clock.now()


def _monotonic(one: Life) -> float:
    return one.uptime + one.lived


def _reader(real: Callable[[], Any], now: Callable[[Life], float], nanos: bool) -> Callable[[], Any]:
    def read() -> Any:
        one = current()
        if one is None:
            return real()
        return round(now(one) * 1e9) if nanos else now(one)

    return read


def _sleep(seconds: float, /, *, real: Callable[[float], None] = time.sleep) -> None:
    one = current()
    if one is None:
        return real(seconds)
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    return one.wait(seconds)


_REPLACED: Mapping[int, Callable[..., Any]] = {
    id(time.sleep): _sleep,
    id(time.time): _reader(time.time, _epoch, False),
    id(time.time_ns): _reader(time.time_ns, _epoch, True),
    id(time.monotonic): _reader(time.monotonic, _monotonic, False),
    id(time.monotonic_ns): _reader(time.monotonic_ns, _monotonic, True),
    id(time.perf_counter): _reader(time.perf_counter, _monotonic, False),
    id(time.perf_counter_ns): _reader(time.perf_counter_ns, _monotonic, True),
}


def _start(thread: threading.Thread, *, real: Callable[[threading.Thread], None] = threading.Thread.start) -> None:
    one, run = current(), thread.run

    def lived() -> None:
        _HERE.life = one
        run()

    if one is not None:
        one.threads.append(thread)
        thread.run = lived  # type: ignore[method-assign]
    real(thread)


def _wait(
    condition: threading.Condition,
    timeout: float | None = None,
    *,
    real: Callable[..., bool] = threading.Condition.wait,
) -> bool:
    """So also `Event.wait`, `Queue.get` and futures with a time-out."""
    one = current()
    if one is None or timeout is None or timeout <= 0:
        return real(condition, timeout)
    if real(condition, 0 if one.alone else GRACE):
        return True
    one.wait(timeout)
    return False


def _excepthook(told: Any, /, *, real: Callable[[Any], Any] = threading.excepthook) -> None:
    """A thread that was stopped is no news."""
    if not issubclass(told.exc_type, Stopped):
        real(told)


class _Selector(selectors.DefaultSelector):
    """What asyncio's loops wait with."""

    def select(self, timeout: float | None = None) -> Any:
        one = current()
        if one is None or timeout is None:
            return super().select(timeout)
        alone = one.alone and len(self.get_map()) == 1  # through which the loop wakes itself
        ready = super().select(0 if alone else min(timeout, GRACE))
        if not ready:
            one.wait(max(timeout, 0) + LEAST)  # a loop has nothing to do until time has moved on
        return ready
