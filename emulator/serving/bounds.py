"""What a client may ask of the server, and for how long."""

from __future__ import annotations

from typing import NamedTuple


class Bounds(NamedTuple):
    """The sizes in bytes and the times in seconds beyond which a client is refused or cut off."""

    head: int = 64 * 1024
    """Request line and headers; more is answered 431."""
    body: int = 128 * 1024 * 1024
    """A request's body; more is answered 413."""
    memory: int = 256 * 1024
    """A longer body waits in a temporary file, and its call always runs in a thread."""
    head_seconds: float = 10.0
    """From a request's first byte to the end of its headers, however often a byte arrives; then 408."""
    body_seconds: float = 30.0
    """Between two pieces of a body; then 408."""
    idle_seconds: float = 75.0
    """A connection without a request; then it is closed."""
    write_seconds: float = 60.0
    """A client that takes nothing of its reply; then the connection is reset."""
    connections: int = 1000
    """More wait in the backlog until one ends."""
    threads: int = 32
    """Calls that may wait at the same time; more wait for their turn. Started when needed."""
    backlog: int = 1024
    """Connections that the kernel keeps while we do not accept them."""
