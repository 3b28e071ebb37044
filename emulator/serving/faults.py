"""What can befall a reply on its way: how each instruction of a `Wire` looks to the client."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from emulator.serving.reply import Framed

if TYPE_CHECKING:
    from emulator.wire import Wire

STUMP = re.compile(rb"HTTP/1.. ..")
"""What is left of a head that is cut: where a line or two arrive, Python's http.client takes them for a whole reply."""

BEATS = 20
"""Pieces a second, at most, in which a slow reply drips."""


class Ending(Enum):
    """What becomes of the connection."""

    KEEP = "keep"
    CLOSE = "close"
    RESET = "reset"


class Script(NamedTuple):
    """A reply as a course of events: wait, send a piece every `beat` seconds, end."""

    delay: float
    pieces: Iterable[bytes]
    beat: float
    ending: Ending


def script(wire: Wire, framed: Framed) -> Script:
    """The course that the reply takes. A drip applies to what the other instructions leave to be sent."""
    head, body, keep, _ = framed
    ending = Ending.KEEP if keep else Ending.CLOSE
    if wire.connection == "reset":
        return Script(wire.delay, (), 0.0, Ending.RESET)
    if wire.connection == "close":
        return Script(wire.delay, (), 0.0, Ending.CLOSE)
    if wire.connection == "truncate":
        # Without a body the head itself is cut, for something must be missing.
        head, body = (head, body[: len(body) // 2]) if body else (STUMP.match(head)[0], b"")  # type: ignore[index]
        ending = Ending.CLOSE
    elif wire.connection == "garbage":
        head, body = _garbled(head, body)
        ending = Ending.CLOSE
    if wire.drip is None:
        return Script(wire.delay, (head + body,), 0.0, ending)
    size = max(1, wire.drip // BEATS)
    return Script(wire.delay, _drops(head, body, size), size / max(1, wire.drip), ending)


def _drops(head: bytes, body: bytes, size: int) -> Iterator[bytes]:
    yield head
    for start in range(0, len(body), size):
        yield body[start : start + size]


def _garbled(head: bytes, body: bytes) -> tuple[bytes, bytes]:
    """A chunked reply whose first chunk has a size that is no number."""
    start, _, fields = head.partition(b"\r\n")
    kept = [
        line
        for line in fields.split(b"\r\n")
        if line and not line.lower().startswith((b"content-length:", b"transfer-encoding:"))
    ]
    head = b"\r\n".join([start, *kept, b"Transfer-Encoding: chunked", b"", b""])
    return head, b"NOT-A-SIZE\r\n" + body[:64] + b"\r\n"
