"""Serving until a signal says stop."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType

from emulator.serving.bounds import Bounds
from emulator.serving.calling import Application
from emulator.serving.server import Server

LINGER = 0.25
"""Seconds in which a client that keeps its connection may ask once more, to be told that it is the last time."""

TURN = 0.0001
"""Seconds after which a call that computes in a thread gives way, so that a large one does not slow all small ones."""


def serve(
    application: Application,
    host: str,
    port: int,
    *,
    tls: tuple[str, str] | None = None,
    inline: bool = False,
    bounds: Bounds | None = None,
    grace: float = 30.0,
    on_ready: Callable[[Server], None] | None = None,
    on_drained: Callable[[], None] | None = None,
) -> int:
    """Serve in the main thread until SIGINT or SIGTERM; answer every accepted request; return the exit status 0.

    `on_ready` is called when connections are accepted, `on_drained` when the last reply is away. A second signal ends
    the process in the ordinary way. Raises `OSError` if the address cannot be had.
    """
    sys.setswitchinterval(TURN)
    server = Server(application, host, port, tls=tls, inline=inline, bounds=bounds)
    before: dict[int, object] = {}

    def stop(number: int, frame: FrameType | None) -> None:
        restore()
        server.request_stop(grace, LINGER)

    def restore() -> None:
        while before:
            number, handler = before.popitem()
            signal.signal(number, handler)  # type: ignore[arg-type]

    for number in (signal.SIGINT, signal.SIGTERM):
        before[number] = signal.signal(number, stop)
    try:
        if on_ready is not None:
            on_ready(server)
        server.run()
        if on_drained is not None:
            on_drained()
    finally:
        restore()
    return 0
