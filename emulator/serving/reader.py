"""From the bytes of one connection to requests, within bounds."""

from __future__ import annotations

import re
from collections import deque
from enum import Enum
from typing import IO, NoReturn

from httptools import HttpParserError, HttpParserInvalidMethodError, HttpParserUpgrade, HttpRequestParser

from emulator.serving.bounds import Bounds
from emulator.serving.heads import LONGEST, Head, head_of, line_of, recall, remember
from emulator.serving.request import Origin, Request


class Phase(Enum):
    """What a connection is waiting for."""

    IDLE = "idle"
    HEAD = "head"
    BODY = "body"


PIECE = 64 * 1024
"""Bytes that are read from a socket at once."""


class _Refused(Exception):
    """Stops the parser."""


_PHRASES = {
    400: "Bad Request",
    408: "Request Timeout",
    413: "Content Too Large",
    431: "Request Header Fields Too Large",
    501: "Not Implemented",
    505: "HTTP Version Not Supported",
}
_METHOD = re.compile(rb"([!#$%&'*+.^_`|~\w-]{1,40})(?= )", re.ASCII)
_FRAMING = (b"content-length", b"transfer-encoding")


class Reader:
    """Feed it what arrives; take the finished requests from `calls`, in order.

    `refused` is a status and its phrase once the bytes make no sense or are too many; nothing is read after that.
    """

    def __init__(self, origin: Origin, bounds: Bounds) -> None:
        self.calls: deque[Request] = deque()
        self.phase = Phase.IDLE
        self.refused: tuple[int, str] | None = None
        self.expecting = False
        """The client waits for a 100 before it sends the body."""
        self._origin = origin
        self._bounds = bounds
        self._recalls = bounds.head >= LONGEST and bounds.body >= PIECE
        self._carried = 0  # bytes of this head that came before those being read
        self._resuming = False
        self._method = ""
        self._foreign = ""
        self._url = b""
        self._fields: list[tuple[bytes, bytes]] = []
        self._head = Head((), {}, True, 0)
        self._size = 0
        self._parts: list[bytes] = []
        self._spool: IO[bytes] | None = None
        self._parser = HttpRequestParser(self)

    def feed(self, data: bytes) -> None:
        """Read on. Never raises for what a client sent."""
        if self.phase is Phase.IDLE and self.refused is None:
            known = recall(data) if self._recalls else None
            if known is not None:
                self.calls.append(Request(*known, self._origin))
            elif self._parse(data) and len(self.calls) == 1:
                remember(data, self._head)
        elif self.refused is None:
            self._parse(data)

    def refuse(self, status: int) -> None:
        """Read no more, and say why."""
        if self.refused is None:
            self.refused = (status, _PHRASES[status])
        self._drop_body()

    def close(self) -> None:
        """Let go of bodies that nobody will read, and of the parser, which holds on to its reader."""
        self._drop_body()
        for request in self.calls:
            if request.spool is not None:
                request.spool.close()
        self.calls.clear()
        self.refused = self.refused or (400, "")  # should anybody feed it still
        vars(self).pop("_parser", None)

    # What the parser calls.

    def on_message_begin(self) -> None:
        if not self._resuming:
            self.phase = Phase.HEAD
            self._url = b""
            self._fields = []
            self._size = 0

    def on_url(self, url: bytes) -> None:
        if not self._resuming:
            self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.phase is Phase.HEAD:  # neither a trailer nor a request that is being resumed
            self._fields.append((name, value))

    def on_headers_complete(self) -> None:
        if self._resuming:
            return
        self.phase = Phase.BODY
        if self._carried >= self._bounds.head:
            self._stop(431)
        self._carried = 0
        parser = self._parser
        if parser.get_http_version() not in ("1.1", "1.0"):
            self._stop(505)
        self._method, self._foreign = self._foreign or parser.get_method().decode("latin-1"), ""
        self._head = head = head_of(self._fields, parser.should_keep_alive())
        if head.length > self._bounds.body:
            self._stop(413)
        self.expecting = head.texts.get("expect", "").lower() == "100-continue"

    def on_body(self, data: bytes) -> None:
        self.expecting = False
        self._size += len(data)
        if self._size > self._bounds.body:
            self._stop(413)
        if self._spool is not None:
            self._spool.write(data)
            return
        self._parts.append(data)
        if self._size > self._bounds.memory:
            import tempfile  # seldom needed, and slow to import

            self._spool = tempfile.TemporaryFile()  # noqa: SIM115 - whoever finishes the call closes it
            self._spool.writelines(self._parts)
            self._parts.clear()

    def on_message_complete(self) -> None:
        if not self._resuming and self._parser.should_upgrade() and self._has_body():
            return  # the body is still to come: see _go_on_without_upgrade
        self._resuming = False
        if self._method == "CONNECT":
            self._stop(501)
        version = "HTTP/" + self._parser.get_http_version()
        line = line_of(self._method, self._url.decode("latin-1"), version)
        if self._spool is not None:
            self._spool.seek(0)
        self.calls.append(Request(line, self._head, b"".join(self._parts), self._origin, self._spool))
        self._spool = None
        self._parts.clear()
        self.expecting = False
        self.phase = Phase.IDLE

    # The rest.

    def _parse(self, data: bytes) -> bool:
        """Whether the data ended with a request."""
        fresh = self.phase is Phase.IDLE
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            self._go_on_without_upgrade(data[upgrade.args[0] :])
            return False
        except HttpParserInvalidMethodError:
            found = _METHOD.match(data) if fresh else None
            if found is None:
                self.refuse(400)
                return False
            # The parser knows the registered methods only. What to say of others is not for us to decide.
            self._parser, self._foreign = HttpRequestParser(self), found[1].decode()
            return self._parse(b"POST" + data[found.end() :])
        except HttpParserError:
            # After a request that ends the connection nothing else counts.
            if not (self.calls and not self.calls[-1].head.keep):
                self.refuse(400)
            return False
        if self.phase is Phase.HEAD:
            self._carried += len(data)
            if self._carried >= self._bounds.head:
                self.refuse(431)
        return self.phase is Phase.IDLE

    def _has_body(self) -> bool:
        return self._head.length > 0 or "transfer-encoding" in self._head.texts

    def _go_on_without_upgrade(self, rest: bytes) -> None:
        """Read on after a request that asks for another protocol (Java's client asks for HTTP/2 in its first one).

        We stay with this one. The parser does not: it takes the body for the other protocol's. A second parser, given
        the same framing, reads it.
        """
        version = self._parser.get_http_version()
        self._parser = HttpRequestParser(self)
        if self.phase is Phase.BODY:
            self._resuming = True
            framing = [b"%b: %b" % pair for pair in self._fields if pair[0].lower() in _FRAMING]
            self._parser.feed_data(b"POST / HTTP/%b\r\n%b\r\n\r\n" % (version.encode(), b"\r\n".join(framing)))
        if rest:
            self._parse(rest)

    def _stop(self, status: int) -> NoReturn:
        self.refuse(status)
        raise _Refused

    def _drop_body(self) -> None:
        if self._spool is not None:
            self._spool.close()
            self._spool = None
        self._parts.clear()
