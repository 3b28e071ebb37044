"""The one module that sends: a server at a base URL, called one call at a time over a connection that is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from emulator.wire import Call

PATIENCE = 30.0  # seconds for a connection, and for each piece of an answer
LARGEST = 32 * 1024 * 1024
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Seen:
    """What a server sent. Header names are in lower case; of one sent twice, the values are joined."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class Silent(Exception):
    """A server that does not answer; the text says why."""


class Line:
    """A server. Raises ValueError for a target that is no http address."""

    def __init__(self, target: str, patience: float = PATIENCE) -> None:
        url, port = _parts(target)
        if url.username or url.password or url.query or url.fragment:
            raise ValueError("the target is the API's base URL alone; credentials go into the credentials' file")
        kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
        self._connection = kind(url.hostname or "", port, timeout=patience)
        self._prefix = url.path.rstrip("/")
        self.target = f"{url.scheme}://{url.netloc}{self._prefix}"

    def send(self, call: Call) -> Seen:
        """The answer; redirections are not followed. Raises Silent.

        A safe call is made again where a kept connection turns out to have been closed; another is never made twice.
        """
        if call.method not in SAFE:
            self._connection.close()
        kept = self._connection.sock is not None
        try:
            try:
                return self._exchanged(call)
            except (HTTPException, ConnectionError):
                if not kept:
                    raise
                self._connection.close()
                return self._exchanged(call)
        except (HTTPException, OSError) as error:
            self._connection.close()
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise Silent(f"{self.target} does not answer: {why}") from None

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def _exchanged(self, call: Call) -> Seen:
        address = self._prefix + call.path + (f"?{call.query}" if call.query else "")
        headers = {"user-agent": "vendor-emulator", **call.headers}
        self._connection.request(call.method, address, body=call.body or None, headers=headers)
        reply = self._connection.getresponse()
        body = reply.read(LARGEST + 1)
        if len(body) > LARGEST:
            raise HTTPException(f"an answer of more than {LARGEST} bytes")
        told: dict[str, str] = {}
        for name, value in reply.getheaders():
            lower = name.lower()
            told[lower] = f"{told[lower]}, {value}" if lower in told else value
        return Seen(reply.status, told, body)


def _parts(target: str) -> tuple[SplitResult, int | None]:
    """The address and its port. Raises ValueError for what is none."""
    try:
        url = urlsplit(target)
        port = url.port
    except ValueError:
        url, port = urlsplit(""), None
    if url.scheme not in ("http", "https") or not url.hostname:
        raise ValueError(f"{target!r} is no http address: write http://HOST:PORT/… or https://…")
    return url, port
