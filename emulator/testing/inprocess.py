"""One call of the application without a socket: the reply's bytes as they would stand on the wire, and the waits between them."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from emulator.serving.calling import Application, call, finish, report
from emulator.serving.faults import Ending, Script, script
from emulator.serving.heads import head_of, line_of
from emulator.serving.reply import Answer, Framed, frame, plain
from emulator.serving.request import Origin, Request
from emulator.world.clock import stopwatch

DEFAULT_PORTS = {"http": 80, "https": 443}


class Place(NamedTuple):
    """Where a call goes."""

    scheme: str
    host: str
    port: int | None

    @property
    def authority(self) -> str:
        """As it stands in `Host`."""
        usual = self.port is None or self.port == DEFAULT_PORTS.get(self.scheme)
        return self.host if usual else f"{self.host}:{self.port}"


class Told(NamedTuple):
    """A reply. Without a `course`, head and body are all of it, and they are there at once."""

    head: bytes
    body: bytes
    course: Course | None

    def parsed(self) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
        """The head in parts: status, reason and fields."""
        first, *lines = self.head[:-4].split(b"\r\n")
        fields = []
        for line in lines:
            name, _, value = line.partition(b": ")
            fields.append((name, value))
        return int(first[9:12]), first[13:], fields


class Course:
    """A reply that takes its time, or is made while it is read."""

    def __init__(self, played: Script, answer: Answer) -> None:
        self._pieces: Iterator[bytes] = iter(played.pieces)
        self._due = stopwatch() + played.delay  # as over a socket, time goes by whether anybody reads or not
        self._beat, self._ending = played.beat, played.ending
        self._answer = answer
        self._left = memoryview(b"")

    def due(self, patience: float | None) -> tuple[float, bool]:
        """Real seconds to wait now, and whether something can be taken then; if not, a reader so patient has waited in vain."""
        if self._left:
            return 0.0, True
        nap = max(0.0, self._due - stopwatch())
        return (nap, True) if patience is None or nap <= patience else (patience, False)

    def take(self, most: int) -> bytes:
        """The next bytes; none at the end. Raises ConnectionResetError where the connection breaks."""
        if not self._left:
            self._left = memoryview(next(self._pieces, b""))
            self._due += self._beat
            if not self._left:
                self.close()
                if self._ending is Ending.RESET:
                    raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
        taken, self._left = self._left[:most], self._left[most:]
        return bytes(taken)

    def read(self, most: int, patience: float | None) -> bytes:
        """Waits and takes. Raises TimeoutError too."""
        nap, in_time = self.due(patience)
        if nap:
            threading.Event().wait(nap)
        if not in_time:
            raise TimeoutError("timed out")
        return self.take(most)

    def close(self) -> None:
        """Nobody wants more."""
        self._pieces = iter(())
        finish(self._answer)

    __del__ = close


def ask(
    application: Application, method: str, place: Place, target: str, fields: Sequence[tuple[bytes, bytes]], body: bytes
) -> Told:
    """What the application answers, framed as the server would."""
    head, line = head_of(fields, True), line_of(method, target, "HTTP/1.1")
    line = line._replace(host=place.authority)  # where the call goes decides, whatever its header says
    origin = Origin(place.scheme, "127.0.0.1", place.port or DEFAULT_PORTS.get(place.scheme, 0), "127.0.0.1", 0)
    answer = call(application, Request(line, head, body, origin))
    framed = _framed(answer, method, head.texts.get("connection", "").lower() != "close")
    if answer.pieces is not None:
        ending = Ending.KEEP if framed[2] else Ending.CLOSE
        return Told(b"", b"", Course(Script(0.0, _stream(answer, framed, method == "HEAD"), 0.0, ending), answer))
    if answer.wire is not None:
        return Told(b"", b"", Course(script(answer.wire, framed), answer))
    if answer.done is not None:
        finish(answer)
    return Told(framed[0], framed[1], None)


def course(told: Told) -> Course:
    """The reply as something to be read like any that takes its time."""
    return told.course or Course(Script(0.0, (told.head + told.body,), 0.0, Ending.KEEP), Answer())


def whole(body: object) -> bytes:
    """A request's body in one piece, whatever a client library takes for one."""
    if body is None or isinstance(body, bytes):
        return body or b""
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        return whole(body.read())
    if isinstance(body, bytearray | memoryview):
        return bytes(body)
    if not isinstance(body, Iterable):
        return bytes(memoryview(body))  # type: ignore[arg-type]
    return b"".join(map(whole, body))


def _framed(answer: Answer, method: str, keep: bool) -> Framed:
    try:
        return frame(answer, method, "HTTP/1.1", keep)
    except Exception:  # whatever it is that the application took for headers
        report()
        answer.pieces = None
        return frame(plain(500, "Internal Server Error"), method, "HTTP/1.1", False)


def _stream(answer: Answer, framed: Framed, mute: bool) -> Iterator[bytes]:
    """Piece by piece. Where the application fails, the client sees that something is missing."""
    head, _, _, chunked = framed
    yield head
    try:
        for piece in answer.pieces or ():
            if piece and not mute:
                yield b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else bytes(piece)
    except Exception as error:
        report()
        raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer") from error
    if chunked:
        yield b"0\r\n\r\n"
