"""What an application answered, and the bytes of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from emulator.wire import Wire

Headers = list[tuple[str, str]]

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

KEPT = 500
"""Shapes of heads that are remembered."""


class Malformed(Exception):
    """The application's status or headers cannot be sent."""


class Answer:
    """A status, headers and a body: whole, or in pieces that are still to be made."""

    pieces: Iterable[bytes] | None = None
    done: Callable[[], object] | None = None
    """To be called once, when the last byte is away or can go nowhere."""
    spool: IO[bytes] | None = None
    """The request's body, if it is a file: to be closed then."""
    wire: Wire | None = None
    """What the reply is to suffer on its way."""

    def __init__(self, status: str = "", headers: Headers | None = None, body: bytes = b"") -> None:
        self.status = status
        self.headers = headers or []
        self.body = body


Framed = tuple[bytes, bytes, bool, bool]
"""An answer as it will stand on the wire: its head, its body, whether the connection can go on afterwards, and whether
what else there is of the body has to be sent in chunks."""


class _Shape(NamedTuple):
    """What the status and the headers' names alone decide."""

    template: str
    bodiless: bool
    dated: bool
    length: int
    """Which header is Content-Length, Connection; or -1."""
    connection: int


def frame(answer: Answer, method: str, protocol: str, keep: bool) -> Framed:
    """Put the answer into HTTP/1, so that the client can tell where it ends."""
    status, body, headers = answer.status, answer.body, answer.headers
    names, values = zip(*headers) if headers else ((), ())  # noqa: B905 - pairs, all of them
    shape = _shapes.get((status, names)) or _shape(status, names)
    fields = shape.template % values
    if not "".join(values).isprintable() and _broken("".join(values)):
        raise Malformed("a line break in a header")
    if not shape.dated:
        fields += _date()
    chunked = False
    if shape.length < 0:
        framing, chunked = _framing(answer, method, protocol, shape.bodiless)
        fields += framing
        keep = keep and (bool(framing) or shape.bodiless or method == "HEAD")  # else only the end is the end
    elif values[shape.length] != str(len(body)) and answer.pieces is None and not shape.bodiless:
        keep = keep and method == "HEAD"  # the application contradicts itself: once more, only the end is the end
    if shape.connection >= 0 or not keep or protocol != "HTTP/1.1":
        keep, more = _connection(values[shape.connection] if shape.connection >= 0 else "", keep, protocol)
        fields += more
    if shape.bodiless or method == "HEAD":
        body = b""
    return (fields + "\r\n").encode("latin-1"), body, keep, chunked


def plain(status: int, phrase: str) -> Answer:
    """What the server itself has to say when there is nothing to ask the application."""
    text = f"{status} {phrase}"
    return Answer(text, [("Content-Type", "text/plain; charset=utf-8")], text.encode() + b"\n")


def _broken(text: str) -> bool:
    return "\r" in text or "\n" in text or "\0" in text


def _framing(answer: Answer, method: str, protocol: str, bodiless: bool) -> tuple[str, bool]:
    """The header that tells where a body ends whose length the application does not tell; and whether in chunks."""
    if bodiless:
        return "", False
    if answer.pieces is None:
        return f"Content-Length: {len(answer.body)}\r\n", False
    if method == "HEAD" or protocol != "HTTP/1.1":
        return "", False
    return "Transfer-Encoding: chunked\r\n", True


def _connection(said: str, keep: bool, protocol: str) -> tuple[bool, str]:
    if said:
        return keep and said.lower() != "close", ""
    if not keep:
        return False, "Connection: close\r\n"
    return True, "" if protocol == "HTTP/1.1" else "Connection: keep-alive\r\n"


_shapes: dict[tuple[str, tuple[str, ...]], _Shape] = {}


def _shape(status: str, names: tuple[str, ...]) -> _Shape:
    if _broken(status) or _broken("".join(names)):
        raise Malformed("a line break in the status or in the name of a header")
    lines = [f"HTTP/1.1 {status}".replace("%", "%%"), *(name.replace("%", "%%") + ": %s" for name in names)]
    known = [name.lower() for name in names]
    shape = _Shape(
        template="".join([line + "\r\n" for line in lines]),
        bodiless=status.startswith(("1", "204", "304")),
        dated="date" in known,
        length=known.index("content-length") if "content-length" in known else -1,
        connection=known.index("connection") if "connection" in known else -1,
    )
    if len(_shapes) >= KEPT:
        _shapes.clear()
    _shapes[status, names] = shape
    return shape


_dated = (-1, "")


def _date() -> str:
    """The Date header, made anew once a second."""
    global _dated  # noqa: PLW0603 - one pair, replaced as a whole
    second, text = _dated
    now = int(time.monotonic())
    if now != second:
        from email.utils import formatdate  # not needed before the first reply

        text = f"Date: {formatdate(usegmt=True)}\r\n"
        _dated = (now, text)
    return text
