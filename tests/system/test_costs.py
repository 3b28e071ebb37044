"""What calls and the start cost, counted and not timed, so that it is the same on every machine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from emulator.serving import Answer, Request
from emulator.serving.heads import head_of, line_of
from emulator.serving.request import Origin
from emulator.testing.client import Emulator
from emulator.world.journal import Journal

# Functions of Python's entered by one call of the application, and blocks of memory that it leaves once the journal is full.
COSTS = {
    "GET one": (75, 0),
    "POST validated": (165, 8),  # a message stays
    "page of 100": (100, 0),
}
MODULES = 370  # imported by `emulator serve` until it serves
LATE = (
    "cryptography",
    "flask",
    "hypothesis",
    "jinja2",
    "jsonschema",
    "jwt",
    "phonenumbers",
    "requests",
    "sqlite3",
    "wsgidav",
)
HOME = Origin("http", "127.0.0.1", 80, "127.0.0.1", 0)
Caller = Callable[[], Answer]


def asking(emulator: Emulator, method: str, target: str, body: Any = None) -> Caller:
    data = json.dumps(body).encode() if body is not None else b""
    fields = [
        (b"Host", b"localhost"),
        (b"Authorization", b"Bearer demo-amio-token"),
        (b"Content-Type", b"application/json"),
    ]
    line, head = line_of(method, f"/amio/v1{target}", "HTTP/1.1"), head_of(fields, True)
    return lambda: emulator.app(Request(line, head, data, HOME))


@pytest.fixture(scope="module")
def callers() -> dict[str, Caller]:
    emulator = Emulator(vendors=["amio"], limits="off")
    world = emulator.sandboxes.default.worlds["amio"]
    channel = json.loads(asking(emulator, "POST", "/channels", {"type": "amio_chat", "name": "Costs"})().body)["id"]
    stimulated = emulator.assembly.engines["amio"].stimulate(
        "message_received", {"channel_id": channel, "text": "hello"}, world
    )
    assert stimulated
    contact = json.loads(asking(emulator, "GET", f"/channels/{channel}/contacts")().body)[0]["id"]
    wish = {"channel": {"id": channel}, "contact": {"id": contact}, "content": {"type": "text", "payload": "hello"}}
    found = {
        "GET one": asking(emulator, "GET", f"/channels/{channel}"),
        "POST validated": asking(emulator, "POST", "/messages", wish),
        "page of 100": asking(emulator, "GET", f"/channels/{channel}/contacts/{contact}/messages?max=100"),
    }
    world.journal = Journal(most_calls=50)
    for _ in range(110):
        assert found["POST validated"]().status == "201 Created"
    for call in found.values():
        assert [call().status[0] for _ in range(60)] == ["2"] * 60
    return found


def entered(call: Caller) -> int:
    """How many functions of Python's one call enters, if the same was called before."""
    call()
    count = 0

    def see(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(see)
    try:
        call()
    finally:
        sys.setprofile(None)
    return count


def left(call: Caller, times: int = 200) -> float:
    """How many blocks of memory one call leaves, in the mean, if the same was called before."""
    call()
    before = sys.getallocatedblocks()
    for _ in range(times):
        call()
    return (sys.getallocatedblocks() - before) / times


@pytest.mark.parametrize("name", COSTS)
def test_a_call_enters_no_more_functions_than_it_did(callers: dict[str, Caller], name: str) -> None:
    assert entered(callers[name]) <= COSTS[name][0]


@pytest.mark.parametrize("name", COSTS)
def test_a_call_leaves_no_more_behind_than_it_did(callers: dict[str, Caller], name: str) -> None:
    assert round(left(callers[name])) <= COSTS[name][1]


@pytest.fixture(scope="module")
def imported() -> list[str]:
    """What `emulator serve` has imported when it says that it serves."""
    command = [sys.executable, "-X", "importtime", "-m", "emulator", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.terminate()
        _, told = process.communicate(timeout=60)
    return [line.rpartition("|")[2].strip() for line in told.splitlines() if line.startswith("import time:")]


def test_what_serving_does_not_need_is_not_imported(imported: list[str]) -> None:
    assert "emulator.app" in imported
    assert {name.partition(".")[0] for name in imported} & {*LATE} == set()


def test_a_start_imports_no_more_modules_than_it_did(imported: list[str]) -> None:
    assert len(imported) <= MODULES
