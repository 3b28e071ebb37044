"""A program that was started: what it is sent, what it prints, how it ended, and its end with all that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Sequence
from queue import SimpleQueue
from typing import IO

WORDS = 20
"""Lines that are kept of what it complains of."""


class Program:
    """Runs from its making on, in a session of its own. Its text is UTF-8."""

    def __init__(self, arguments: Sequence[str]) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(arguments, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)
        self._printed: SimpleQueue[str | None] = SimpleQueue()
        self._complaints: deque[str] = deque(maxlen=WORDS)
        self._readers = [
            threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True),
            threading.Thread(target=self._complain, args=(self._process.stderr,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def send(self, text: str) -> None:
        """Writes to its standard input. It need not read it."""
        with contextlib.suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.write(text.encode())
            self._process.stdin.flush()

    def line(self) -> str | None:
        """The next line that it prints; None when it prints no more."""
        return self._printed.get()

    def wait(self) -> str:
        """Waits for its end and says how that was; empty for a good one."""
        with contextlib.suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.close()
        status = self._process.wait()
        self.kill()  # what it left behind would keep its pipes open
        for reader in self._readers:
            reader.join(1)
        if not status:
            return ""
        how = f"it was ended by signal {-status}" if status < 0 else f"it ended with status {status}"
        words = next((line for line in reversed(list(self._complaints)) if line), "")
        return f"{how}: {words}" if words else how

    def kill(self) -> None:
        """Ends it and all that it started, where any of it still runs."""
        with contextlib.suppress(ProcessLookupError):
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGKILL)
            elif self._process.poll() is None:
                self._process.kill()

    def _listen(self, stream: IO[bytes]) -> None:
        with stream:
            for line in stream:
                self._printed.put(line.decode(errors="replace"))
        self._printed.put(None)

    def _complain(self, stream: IO[bytes]) -> None:
        with stream:
            self._complaints.extend(line.decode(errors="replace").strip() for line in stream)
