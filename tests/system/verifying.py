"""Verifies a sandbox over a socket, on the sandbox's own clock, so that nothing waits."""

from __future__ import annotations

from typing import Any

from emulator.testing.client import Box
from emulator.verify.line import Line
from emulator.verify.pace import Pace, windows
from emulator.verify.report import Report
from emulator.verify.run import Account, verify
from tests.system.breaking import Answer, Ask, broken


def verified(
    box: Box,
    vendor: str,
    credentials: dict[str, str] | None = None,
    settings: dict[str, Any] | None = None,
    known: dict[str, list[str]] | None = None,
    share: float = 0.5,
    ask: Ask | None = None,
    answer: Answer | None = None,
    **wish: Any,
) -> Report:
    """What `emulator verify` would report of a vendor's sandbox; `ask` and `answer` break it."""
    maker = box._emulator.assembly.makers[vendor]
    handle = box.vendor(vendor)
    line = Line(handle.base_url)
    pace = Pace(windows(maker.contract, settings or {}), share, box.clock.now, box.clock.advance)
    account = Account(credentials or handle.credentials, settings or {}, known or {})
    try:
        return verify(
            maker,
            account,
            broken(line.send, ask, answer),
            pace,
            target=line.target,
            at=box.clock.utc().isoformat(),
            **wish,
        )
    finally:
        line.close()
