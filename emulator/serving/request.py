"""A request as the server hands it to its application."""

from __future__ import annotations

from typing import IO, NamedTuple

from emulator.serving.heads import Head, Line


class Origin(NamedTuple):
    """Both ends of a connection: what is known of a request before it arrives."""

    scheme: str
    host: str
    port: int
    address: str
    """The client's."""
    peer: int
    """The client's port."""


class Request:
    """One request. Lines and heads are shared by those that are alike; a long body waits, rewound, in `spool`, and `body` is empty."""

    __slots__ = ("body", "head", "line", "may_wait", "origin", "spool")

    def __init__(self, line: Line, head: Head, body: bytes, origin: Origin, spool: IO[bytes] | None = None) -> None:
        self.line = line
        self.head = head
        self.body = body
        self.origin = origin
        self.spool = spool
        self.may_wait = True
        """Whether whoever answers may wait, for a lock, a file or another host; if not, it raises `MustWait` instead."""
