"""Threads for the calls that may wait, started when needed and never more than a given number."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

Job = Callable[[], None]


class Threads:
    """Runs jobs in the order given. A job must not raise."""

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._open = 0
        self._lock = threading.Lock()

    def submit(self, job: Job) -> None:
        """Run the job in a thread that is free, in a new one if there is none, or when one becomes free."""
        with self._lock:
            self._open += 1
            if self._open > len(self._threads) < self._most:
                # A daemon, so that an application that never returns cannot keep the interpreter alive.
                thread = threading.Thread(target=self._work, name=f"{self._name}-{len(self._threads)}", daemon=True)
                self._threads.append(thread)
                thread.start()
        self._jobs.put(job)

    def stop(self, patient: bool = True) -> None:
        """Let each thread end after its job; wait for that, unless somebody's job does not return."""
        threads, self._threads = self._threads, []
        for _ in threads:
            self._jobs.put(None)
        if patient:
            for thread in threads:
                thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
            with self._lock:
                self._open -= 1
