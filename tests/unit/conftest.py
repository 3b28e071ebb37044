"""The toy vendor, assembled once: in process, and served."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from emulator.testing.client import Box, Emulator
from emulator.world.sandbox import Sandbox
from emulator.world.world import World
from tests import toy


@pytest.fixture(scope="session")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Emulator:
    """The toy, assembled and not served."""
    return toy.emulator(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """The toy behind a socket."""
    with toy.emulator(tmp_path_factory.mktemp("served")) as emulator:
        yield emulator


@pytest.fixture
def sandbox(toys: Emulator) -> Iterator[Sandbox]:
    """A sandbox of the unserved toy, its clock frozen at a Monday noon."""
    made = toys.sandboxes.create({"clock": {"now": "2026-01-05T12:00:00Z", "mode": "frozen"}, "seed": 1})
    yield made
    toys.sandboxes.remove(made.name)


@pytest.fixture
def world(sandbox: Sandbox) -> World:
    """The toy's world in that sandbox."""
    return sandbox.worlds["toy"]


@pytest.fixture
def box(served: Emulator) -> Iterator[Box]:
    """A sandbox of the served toy."""
    made = served.sandbox()
    yield made
    made.remove()


@pytest.fixture
def session(box: Box) -> Iterator[requests.Session]:
    """A client that bears the sandbox's token."""
    with requests.Session() as made:
        made.headers["Authorization"] = f"Bearer {box.toy.token}"
        yield made


@pytest.fixture
def call(toys: Emulator, world: World) -> Any:
    """Makes a call in process and gives the engine's answer: `call("GET", "/notes", body=…)`."""
    from emulator.wire import Call

    def make(
        method: str, path: str, body: bytes = b"", *, query: str = "", token: str | None = None, **headers: str
    ) -> Any:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if body:
            given.setdefault("content-type", "application/json")
        bearer = world.credentials["token"] if token is None else token
        if bearer:
            given.setdefault("authorization", f"Bearer {bearer}")
        answer = toys.assembly.engines["toy"].handle(Call(method, path, query, given, body), world)
        if answer.finished is not None:
            answer.finished()
        return answer

    return make
