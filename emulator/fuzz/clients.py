"""Clients under test: a callable of this process, or a command that is given its job as JSON and prints what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import os
import shlex
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.fuzz.named import Unknown, attribute
from emulator.fuzz.program import Program
from emulator.fuzz.scenario import Target

Adapter = Callable[[Target, Mapping[str, Any]], Any]
COMPRESS = 360.0
SAID = 300
"""Characters that are kept of what a client says when it gives up."""


class GaveUp(Exception):
    """A command that did not do its job; says what is known of it."""


@dataclass(frozen=True)
class Callee:
    """A callable `adapter(target, inputs) -> result`, or an async one. `name` is how it is found again, `pkg.mod:attr`."""

    name: str
    adapter: Adapter

    @classmethod
    def load(cls, name: str) -> Callee:
        """The callable of that name. Raises Unknown."""
        found = attribute(name)
        if not callable(found):
            raise Unknown(f"{name} is no callable, but {type(found).__name__}")
        return cls(name, found)

    def do(self, target: Target, inputs: Mapping[str, Any]) -> Any:
        """The client's own answer."""
        answer = self.adapter(target, inputs)
        return asyncio.run(_awaited(answer)) if inspect.isawaitable(answer) else answer

    def show(self) -> dict[str, Any]:
        """As a failure file names it."""
        return {"python": self.name}


class Command:
    """A program. It reads `{"scenario", "base_url", "credentials", "inputs"}` and prints the result as JSON, then ends.

    With `lines` it lives on: a line for each job, answered by a line `{"result": …}` or `{"error": "why it gave up"}`.
    The vendor's windows and lifetimes are shorter for it by the factor `compress`.
    """

    def __init__(self, command: str, *, lines: bool = False, compress: float = COMPRESS) -> None:
        self.name, self.lines, self.compress = command, lines, compress
        try:
            self._arguments = shlex.split(command, posix=os.name == "posix")
        except ValueError as error:
            raise Unknown(f"{command!r}: {error}") from error
        if not self._arguments:
            raise Unknown("the command is empty")
        if shutil.which(self._arguments[0]) is None:
            raise Unknown(f"{self._arguments[0]}: there is no such program")
        self._program: Program | None = None

    def show(self) -> dict[str, Any]:
        """As a failure file names it."""
        return {"command": self.name, "lines": self.lines, "compress": self.compress}

    def do(self, job: Mapping[str, Any]) -> Any:
        """What it answers to a job. Raises GaveUp."""
        return self._next(job) if self.lines else self._only(job)

    def stop(self) -> None:
        """Ends it, and all that it started."""
        program, self._program = self._program, None
        if program is not None:
            program.kill()
            program.wait()

    def _only(self, job: Mapping[str, Any]) -> Any:
        """A program for this job alone."""
        self._program = program = Program(self._arguments)
        program.send(json.dumps(job))
        ended = program.wait()
        self._program = None
        if ended:
            raise GaveUp(cut(ended))
        return _result("".join(iter(program.line, None)))

    def _next(self, job: Mapping[str, Any]) -> Any:
        """One more job for a program that lives on, or for a new one if that did not."""
        if self._program is None:
            self._program = Program(self._arguments)
        program = self._program
        program.send(json.dumps(job) + "\n")
        line = program.line()
        if line is None:
            self._program = None
            raise GaveUp(cut(program.wait() or "it ended"))
        told = _result(line)
        if not isinstance(told, dict) or len(told) != 1 or not told.keys() <= {"result", "error"}:
            raise GaveUp(cut(f'it printed neither {{"result": …}} nor {{"error": …}}: {line.strip()}'))
        if "error" in told:
            raise GaveUp(cut(str(told["error"])))
        return told["result"]


Client = Callee | Command


def recorded(shown: Mapping[str, Any]) -> Client:
    """The client that `show` described. Raises Unknown."""
    if "python" in shown:
        return Callee.load(str(shown["python"]))
    if "command" in shown:
        return Command(str(shown["command"]), lines=shown.get("lines", False), compress=shown.get("compress", COMPRESS))
    raise Unknown('a client is {"python": …} or {"command": …}')


def plain(value: Any) -> Any:
    """A result as JSON would have it, whatever sort of sequence a client in Python gives. Raises TypeError for what is no JSON."""
    return json.loads(json.dumps(value, default=_listed))


def said(error: BaseException) -> str:
    """An exception's class and words, cut to a length."""
    return cut(f"{type(error).__name__}: {error}".removesuffix(": "))


def cut(words: str) -> str:
    """No more than one cares to read."""
    return words if len(words) <= SAID else f"{words[:SAID]}…"


async def _awaited(answer: Any) -> Any:
    return await answer


def _listed(value: Any) -> Any:
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"a result is JSON, and {type(value).__name__} is not")


def _result(output: str) -> Any:
    """The JSON that a text is, or that its last line is: what stands above may have been told to people."""
    lines = [line for line in output.splitlines() if line.strip()]
    for text in (output, lines[-1] if lines else ""):
        with contextlib.suppress(ValueError):
            return json.loads(text)
    raise GaveUp(cut(f"it printed no JSON: {lines[-1] if lines else 'nothing at all'}"))
