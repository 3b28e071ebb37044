"""Where clients run: a callable in this process and in virtual time, a command beside it and by the real clock."""

from __future__ import annotations

import io
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from emulator.fuzz.clients import Callee, Command, GaveUp, plain
from emulator.fuzz.compress import compressed
from emulator.fuzz.hours import Hours, Life, Stopped, current
from emulator.fuzz.scenario import Target
from emulator.fuzz.worker import Ended, Worker
from emulator.testing.client import Emulator
from emulator.testing.intercept import Interception

SOCKET_HURRY = 60.0
"""By how much a late reply is less late where it comes over a socket, which cannot wait in virtual time."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a client is to do. `after` makes the result to be judged of what a callable answers."""

    scenario: str
    target: Target
    inputs: Mapping[str, Any]
    after: Callable[[Any], Any]


class Stage(Protocol):
    """A place for a client. `clock` is that of the sandboxes; `paced` says whether calls take time only if told to."""

    clock: Mapping[str, str]
    paced: bool

    def opened(self, vendor: str) -> Any:
        """The emulator of a vendor, while a `with` block lasts."""

    def do(self, job: Job, life: Life) -> Ended:
        """Has the client do a job, and says how that ended."""

    def hurry(self) -> float:
        """By how much a late reply to the call at hand is less late."""


class Inside:
    """For a callable. Its calls with requests, urllib3 and httpx need no socket; `quiet`: nothing is heard of what it prints."""

    clock: Mapping[str, str] = {"now": "2026-03-02T09:00:00Z", "mode": "frozen"}
    paced = True

    def __init__(self, client: Callee, timeout: float, quiet: bool) -> None:
        self._client, self._quiet = client, quiet
        self._hours = Hours()
        self._worker = Worker(self._hours, timeout)

    @contextmanager
    def opened(self, vendor: str) -> Iterator[Emulator]:
        with _Still(vendors=[vendor]) as emulator, self._hours:
            interception = Interception(emulator, served=True)
            interception.app = _gate(emulator.app)
            with interception:
                try:
                    yield emulator
                finally:
                    self._worker.close()

    def do(self, job: Job, life: Life) -> Ended:
        with ExitStack() as stack:
            stack.callback(random.setstate, random.getstate())
            random.seed(0)
            if self._quiet:
                stack.enter_context(redirect_stdout(io.StringIO()))
                stack.enter_context(redirect_stderr(io.StringIO()))
            return self._worker.do(lambda: plain(job.after(self._client.do(job.target, job.inputs))), life)

    def hurry(self) -> float:
        return 1.0 if current() is not None else SOCKET_HURRY


class Outside:
    """For a command. The vendor's windows and lifetimes are shorter for it."""

    clock: Mapping[str, str] = {}
    paced = False

    def __init__(self, client: Command, timeout: float) -> None:
        self._client, self._timeout = client, timeout

    @contextmanager
    def opened(self, vendor: str) -> Iterator[Emulator]:
        with TemporaryDirectory() as folder:
            contracts = compressed(vendor, self._client.compress, Path(folder))
            with Emulator(vendors=[vendor], contracts=contracts) as emulator:
                try:
                    yield emulator
                finally:
                    self._client.stop()

    def do(self, job: Job, life: Life) -> Ended:
        told = {
            "scenario": job.scenario,
            "base_url": job.target.base_url,
            "credentials": dict(job.target.credentials),
            "inputs": dict(job.inputs),
        }
        life.tell = lambda news: self._client.stop()
        watch = threading.Timer(self._timeout, life.end, [f"it had not ended after {self._timeout:g} s"])
        watch.start()
        try:
            return Ended(self._client.do(told))
        except GaveUp as error:
            return Ended(error=Stopped(life.over) if life.over else error)
        finally:
            watch.cancel()

    def hurry(self) -> float:
        return self._client.compress


class _Still(Emulator):
    """What is due happens when the clock is moved, in the thread that moves it, and at no other time."""

    def begin_delivering(self) -> None:
        self.sandboxes.wake = lambda sandbox: None
        self.courier.wake = lambda sandbox: None  # type: ignore[method-assign]

    def end_delivering(self) -> None:
        """There is nothing to end."""


def _gate(app: Callable[..., Any]) -> Callable[..., Any]:
    """Lets no call through after the end, whoever catches what it raises; it stands where no lock is held."""

    def enter(*call: Any) -> Any:
        if (life := current()) is not None:
            life.go_on()
        return app(*call)

    return enter
