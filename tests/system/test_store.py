"""`--store sqlite:FILE`: what was acknowledged is there after the process was killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

TOKEN = {"Authorization": "Bearer demo-amio-token"}


class Served:
    """`emulator serve` with a file, as a process of its own."""

    def __init__(self, file: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "emulator", "serve", "--port", str(port), "--vendor", "amio", "--log", "json"]
        self.process = subprocess.Popen([*command, "--store", f"sqlite:{file}"], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert json.loads(self.process.stdout.readline())["event"] == "serving"
        self.base = f"http://127.0.0.1:{port}"

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        reply = requests.request(method, f"{self.base}/_emulator/sandboxes{path}", json=body, timeout=10)
        assert reply.ok, reply.text
        return reply.json() if reply.content else None


def test_a_killed_emulator_comes_back_as_it_was(tmp_path: Path) -> None:
    served = Served(tmp_path / "state.db")
    channels = served.base + "/amio/v1/channels"
    made = requests.post(channels, json={"type": "amio_chat", "name": "Kept"}, headers=TOKEN, timeout=10).json()
    box = served.control("POST", "", {"name": "box", "seed": 3})
    served.control("PATCH", "/box/clock", {"now": "2030-01-01T00:00:00Z", "mode": "frozen"})
    served.control("PATCH", "/box/settings", {"amio": {"plan": "developer"}})
    served.control("POST", "/box/faults", {"do": {"status": 503}, "match": {"nth": 2}})
    used = requests.get(channels, headers=TOKEN, timeout=10).headers["X-RateLimit-Remaining"]
    served.kill()

    again = Served(tmp_path / "state.db")
    found = requests.get(f"{again.base}/amio/v1/channels/{made['id']}", headers=TOKEN, timeout=10)
    assert found.json() == made
    assert int(found.headers["X-RateLimit-Remaining"]) == int(used) - 1
    assert again.control("GET", "/box/clock")["now"] == "2030-01-01T00:00:00.000Z"
    assert again.control("GET", "/box/settings")["amio"]["plan"] == "developer"
    assert again.control("GET", "/box/faults")[0]["do"] == {"status": 503}
    assert again.control("GET", "/box")["vendors"]["amio"]["credentials"] == box["vendors"]["amio"]["credentials"]
    again.kill()


def test_a_reset_is_kept_too(tmp_path: Path) -> None:
    served = Served(tmp_path / "state.db")
    made = requests.post(
        served.base + "/amio/v1/channels", json={"type": "amio_chat", "name": "Gone"}, headers=TOKEN, timeout=10
    ).json()
    served.control("POST", "/default/reset")
    served.kill()
    again = Served(tmp_path / "state.db")
    reply = requests.get(f"{again.base}/amio/v1/channels/{made['id']}", headers=TOKEN, timeout=10)
    assert reply.status_code == 404
    assert len(requests.get(again.base + "/amio/v1/channels?max=100", headers=TOKEN, timeout=10).json()) == 12
    again.kill()


def test_nothing_that_was_acknowledged_is_lost_under_load(tmp_path: Path) -> None:
    served = Served(tmp_path / "state.db")
    served.control("PATCH", "/default/settings", {"limits": "off"})
    ids = []
    with requests.Session() as session:
        for _ in range(100):
            reply = session.post(
                served.base + "/amio/v1/channels", json={"type": "amio_chat", "name": "x"}, headers=TOKEN, timeout=10
            )
            ids.append(reply.json()["id"])
    served.kill()
    again = Served(tmp_path / "state.db")
    with requests.Session() as session:
        kept = [session.get(f"{again.base}/amio/v1/channels/{i}", headers=TOKEN, timeout=10).status_code for i in ids]
    assert set(kept) == {200}
    again.kill()
