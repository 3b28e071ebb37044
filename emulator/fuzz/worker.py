"""A thread in which clients run one after the other, and which is left behind when one of them cannot be stopped."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from emulator.fuzz.hours import Hours, Life, News, Stopped, living

TIMES, AGAIN = 10, 0.2
"""How often a client is told to end, and the real seconds that it is given each time."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended: with a value, or with what was raised."""

    value: Any = None
    error: BaseException | None = None


class Worker:
    """Does jobs in a thread of its own, each under a `Life` and within so many real seconds."""

    def __init__(self, hours: Hours, timeout: float) -> None:
        self._hours, self._timeout = hours, timeout
        self._jobs: SimpleQueue[tuple[Callable[[], Any], Life] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._told: SimpleQueue[Ended | News] = SimpleQueue()

    def do(self, job: Callable[[], Any], life: Life) -> Ended:
        """What came of a job. When its life is over, `error` is Stopped, whatever the client made of that."""
        if self._thread is None:
            self._begin()
        life.tell = self._told.put
        with self._hours.calendar(life):
            self._jobs.put((job, life))
            ended = self._next(self._timeout)
            if ended is None:
                life.end(f"it had not ended after {self._timeout:g} s")
            if not isinstance(ended, Ended):
                ended = self._stop()
        life.tell = lambda news: None
        if life.over:
            return Ended(error=Stopped(life.over))
        life.over = "its run was over"
        return ended or Ended()

    def close(self) -> None:
        """Ends the thread once it has nothing to do."""
        self._jobs.put(None)
        self._thread = None

    def _next(self, seconds: float) -> Ended | News | None:
        """What is told next; None if nothing is in that time."""
        try:
            return self._told.get(timeout=seconds)
        except Empty:
            return None

    def _stop(self) -> Ended | None:
        """Raises Stopped in the thread, wherever it is, until it ends. If it does not, another one takes its place."""
        thread, told = self._thread, None
        for _ in range(TIMES):
            told = self._next(AGAIN)
            if told == "standing" or isinstance(told, Ended):
                break
            if thread is not None and thread.ident is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(Stopped))
        self.close()  # an exception may still be on its way to it
        return told if isinstance(told, Ended) else None

    def _begin(self) -> None:
        self._jobs, self._told = SimpleQueue(), SimpleQueue()
        self._thread = threading.Thread(target=self._run, args=(self._jobs, self._told), name="client", daemon=True)
        self._thread.start()

    def _run(self, jobs: Any, told: Any) -> None:
        while (given := jobs.get()) is not None:
            job, life = given
            try:
                with living(life):
                    ended = Ended(job())
            except BaseException as error:
                ended = Ended(error=error)
            told.put(ended)
