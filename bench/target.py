"""A server as a process of its own: when it first answers, what memory and processor time it takes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from load import load

HEALTH = "/_emulator/health"
TICK = os.sysconf("SC_CLK_TCK")


class Target:
    """Runs a command, in a folder, until the block ends. `started` is the time in seconds to the first 200 of `probe`."""

    def __init__(self, command: Sequence[str], port: int, probe: str, folder: Path | None = None) -> None:
        self.address = ("127.0.0.1", port)
        # Whoever installs a package has its bytecode written; a tree that is worked on has it from the second start on.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        nowhere = subprocess.DEVNULL
        began = time.perf_counter()
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=nowhere, stdout=nowhere, stderr=nowhere
        )
        while not self._answers(f"http://127.0.0.1:{port}{probe}"):
            if self.process.poll() is not None or time.perf_counter() > began + 60:
                self.process.kill()
                raise RuntimeError(f"{command[0]} does not serve")
            time.sleep(0.002)
        self.started = time.perf_counter() - began

    @classmethod
    def emulator(cls, *options: str) -> Self:
        """`emulator serve` on a free port, with these options."""
        port = free_port()
        serve = [sys.executable, "-m", "emulator", "serve", "--port", str(port), "--quiet", *options]
        return cls(serve, port, HEALTH)

    @staticmethod
    def _answers(url: str) -> bool:
        try:
            with urllib.request.urlopen(url, timeout=5) as reply:
                return bool(reply.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def cpu(self) -> float:
        """Processor seconds so far, of the process and its children."""
        return sum(_cpu(pid) for pid in _family(self.process.pid))

    def memory(self) -> float:
        """Resident mebibytes."""
        return sum(_status(pid, "VmRSS") for pid in _family(self.process.pid))

    def forget_peak(self) -> None:
        """Let `peak` begin anew."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def peak(self) -> float:
        """The most resident mebibytes since `forget_peak`, of the process alone."""
        return _status(self.process.pid, "VmHWM")

    def call(self, method: str, path: str, authorization: str = "", body: object = None) -> Any:
        """The JSON that one call is answered with."""
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Authorization": authorization} if authorization else {}
        headers |= {"Content-Type": "application/json"} if data else {}
        host, port = self.address
        asked = urllib.request.Request(f"http://{host}:{port}{path}", data, headers, method=method)
        with urllib.request.urlopen(asked) as reply:
            return json.load(reply)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def measure(target: Target, request: bytes, connections: int, seconds: float) -> dict[str, float]:
    """Rate, latencies and the server's processor time per request, in microseconds."""
    before = target.cpu()
    result = load(target.address, request, connections, seconds)
    if result.failures:
        raise RuntimeError(f"{request.splitlines()[0].decode()}: {result.failures} replies were no 2xx")
    if not result.replies:
        raise RuntimeError(f"no reply within {seconds} s")
    spent = (target.cpu() - before) / result.replies * 1e6
    return {"rate": result.rate, "p50": result.at(0.5), "p99": result.at(0.99), "cpu": spent}


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        children = []
    return [pid, *(found for child in children for found in _family(int(child)))]


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK


def _status(pid: int, name: str) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith(name)), 0.0)
