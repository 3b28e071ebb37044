"""What is patched of urllib3, and so of requests: the one step in which a connection is made, a request sent and a reply read.

Above it pools, retries, redirects, timeouts and errors are the library's own.
"""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from emulator.testing.inprocess import Course, Place, Told, ask, course, whole

if TYPE_CHECKING:
    from emulator.testing.intercept import Board

SKIPPED = b"@@@SKIP_HEADER@@@"
"""urllib3's mark for a header that is not to be sent, not even with its usual value."""

HANDED = threading.local()
"""`over` is a reply, and the body it is to, of a call that was answered further up in this thread."""


def patches(module: Any, board: Board) -> list[tuple[type, str, Any]]:
    """The patches of `urllib3.connectionpool`."""
    pool, secure = module.HTTPConnectionPool, module.HTTPSConnectionPool
    make, prepare = pool._make_request, secure._prepare_proxy
    respond = responder(module)

    def _make_request(self: Any, conn: Any, method: str, url: str, **options: Any) -> Any:
        place, target = _place(self, url)
        one = board.answering(place.host, place.port)
        if one is None:
            if why := board.refusal(place):
                raise module.NewConnectionError(conn, why)
            return make(self, conn, method, url, **options)
        handed = vars(HANDED).pop("over", None)
        if handed is None:
            body = whole(options.get("body"))
            fields = fields_of(options.get("headers") or {}, place, body, options.get("chunked", False))
            handed = ask(one.app, method, place, target, fields, body), body
        told, body = handed
        if respond is not None and plain(told):
            return respond(self, method, url, told, options)
        options["body"] = body
        return _played(lambda: make(self, conn, method, url, **options), conn, course(told))

    def _prepare_proxy(self: Any, conn: Any) -> None:
        """No tunnel where nobody will go through it."""
        if board.answering(self.host, self.port) is None and not board.refusal(
            Place(self.scheme, self.host, self.port)
        ):
            prepare(self, conn)

    return [(pool, "_make_request", _make_request), (secure, "_prepare_proxy", _prepare_proxy)]


def _place(pool: Any, url: str) -> tuple[Place, str]:
    """Where a call goes. To a proxy the whole URL is sent."""
    if url[:1] != "/" and "://" in url:
        parts = urlsplit(url)
        target = parts._replace(scheme="", netloc="").geturl()
        return Place(parts.scheme, parts.hostname or "", parts.port), target if target[:1] == "/" else f"/{target}"
    return Place(pool.scheme, pool.host, pool.port), url


def fields_of(headers: Mapping[Any, Any], place: Place, body: bytes, chunked: bool) -> list[tuple[bytes, bytes]]:
    """The header as the library would send it, its own additions included."""
    fields = [(_bytes(name), _bytes(value)) for name, value in headers.items()]
    given = {name.lower() for name, _ in fields}
    fields = [field for field in fields if field[1] != SKIPPED]
    if b"host" not in given:
        fields.append((b"Host", place.authority.encode("latin-1")))
    if b"accept-encoding" not in given:
        fields.append((b"Accept-Encoding", b"identity"))
    if b"user-agent" not in given:
        fields.append((b"User-Agent", _agent()))
    if body and given.isdisjoint((b"content-length", b"transfer-encoding")):
        length = b"%d" % len(body)
        fields.append((b"Transfer-Encoding", b"chunked") if chunked else (b"Content-Length", length))
    return fields


def plain(told: Told) -> bool:
    """Whether it is there at once and asks for nothing: cookies are taken from what only a real connection makes."""
    return told.course is None and b"\r\nset-cookie:" not in told.head.lower()


def _agent() -> bytes:
    urllib3: Any = sys.modules["urllib3"]
    return f"python-urllib3/{urllib3.__version__}".encode()


def _bytes(text: object) -> bytes:
    return text if isinstance(text, bytes) else str(text).encode("latin-1")


def responder(module: Any) -> Callable[[Any, str, str, Told, Mapping[str, Any]], Any] | None:
    """Makes the library's response of a reply that is all there; None for urllib3 1, whose pools make it themselves."""
    if not hasattr(module, "BaseHTTPResponse"):
        return None
    made_of: Any = sys.modules["urllib3.response"]  # the package itself may still be on its way in

    def respond(pool: Any, method: str, url: str, told: Told, options: Mapping[str, Any]) -> Any:
        first, *lines = told.head[:-4].decode("latin-1").split("\r\n")
        headers = made_of.HTTPHeaderDict()
        for line in lines:
            name, _, value = line.partition(": ")
            headers.add(name, value)
        response = made_of.HTTPResponse(
            io.BytesIO(told.body),
            headers,
            int(first[9:12]),
            11,
            reason=first[13:],
            preload_content=options.get("preload_content", True),
            decode_content=options.get("decode_content", True),
            pool=pool,
            retries=options.get("retries"),
            enforce_content_length=options.get("enforce_content_length", True),
            request_method=method,
            request_url=url,
        )
        response.version_string = "HTTP/1.1"
        if options.get("response_conn") is not None:
            pool._put_conn(options["response_conn"])  # nothing more will come through it
        return response

    return respond


def _played(make: Callable[[], Any], conn: Any, played: Course) -> Any:
    """The library's own request and reply over something like a socket, so that what goes wrong goes wrong there as it would."""
    conn.sock, conn.is_verified = _Socket(played), True
    try:
        return make()
    except BaseException:
        played.close()
        raise
    finally:
        conn.sock = None  # the response has its file; the pool must not take this for a connection


class _Socket:
    """What http.client needs of a socket."""

    def __init__(self, played: Course) -> None:
        self._course = played
        self.timeout: float | None = None

    def settimeout(self, timeout: float | None) -> None:
        self.timeout = timeout

    def sendall(self, data: bytes) -> None:
        """It has been answered already."""

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_File(self, self._course))

    def shutdown(self, how: int) -> None:
        self._course.close()

    def close(self) -> None:
        """The file that was made of it goes on, as a socket's does."""


class _File(io.RawIOBase):
    def __init__(self, sock: _Socket, played: Course) -> None:
        self._socket, self._course = sock, played

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._course.read(len(buffer), self._socket.timeout)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._course.close()
        super().close()
