"""A sandbox whose clock stands still until a client sleeps, and a world that changes while a list is read."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from emulator.testing.client import Box
from tests.clients import agillic, ameyo, amilia, amio


@pytest.fixture
def naps(sandbox: Box, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the clients slept; the sandbox's time goes by meanwhile, and no other."""
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        sandbox.clock.advance(seconds)

    sandbox.clock.freeze()
    for module in (amio, agillic, amilia, ameyo):
        monkeypatch.setattr(module, "time", SimpleNamespace(sleep=sleep, time=sandbox.clock.now))
    return slept


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`meanwhile(client, "page", 2, happens)`: before the second call of the client's method something happens."""

    def arrange(client: Any, method: str, nth: int, happens: Callable[[], object]) -> None:
        called, count = getattr(client, method), 0

        def counted(*args: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            if count == nth:
                happens()
            return called(*args, **options)

        monkeypatch.setattr(client, method, counted)

    return arrange
