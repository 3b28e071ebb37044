"""One connection: its requests answered in order, its replies written as far as the client takes them."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections import deque
from collections.abc import Callable
from selectors import EVENT_READ, EVENT_WRITE
from typing import Protocol

from emulator.serving.bounds import Bounds
from emulator.serving.calling import Application, MustWait, call, finish, report
from emulator.serving.faults import Ending, script
from emulator.serving.heads import head_of, line_of
from emulator.serving.reader import PIECE, Phase, Reader
from emulator.serving.reply import CONTINUE, Answer, Framed, frame, plain
from emulator.serving.request import Origin, Request
from emulator.serving.slow import Slow, Timer
from emulator.serving.stream import Stream

AT_ONCE = struct.pack("ii", 1, 0)
"""Of SO_LINGER: closing sends a reset."""

FAREWELL = 2.0
"""Seconds for a refused client to finish sending, so that it reads the refusal and not a reset."""

AHEAD = 16
"""Pipelined requests that are taken in while one is being answered."""

NEVER = float("inf")

UNASKED = Request(line_of("GET", "*", "HTTP/1.1"), head_of((), True), b"", Origin("", "", 0, "", 0))
"""Stands for a request where there is none."""


class Host(Protocol):
    """What a connection needs of its server. All but `post` is called in the server's own thread."""

    application: Application
    bounds: Bounds
    inline: bool
    draining: bool
    now: float

    def watch(self, connection: Connection, events: int) -> None: ...
    def forget(self, connection: Connection) -> None: ...
    def later(self, seconds: float, action: Callable[[], None]) -> Timer: ...
    def post(self, action: Callable[[], None]) -> None: ...
    def submit(self, job: Callable[[], None]) -> None: ...


class Connection:
    """Driven by its server, in the server's thread: `ready` when the socket is, `expire` after its `deadline`."""

    def __init__(self, server: Host, sock: socket.socket, origin: Origin) -> None:
        self.socket = sock
        self.deadline = server.now + server.bounds.idle_seconds
        self.busy = False
        """A request is being answered."""
        self.closed = False
        self._ended = False  # the client sends no more
        self._leaving = False  # we send no more
        self._server = server
        self._bounds = server.bounds
        self._reader = Reader(origin, server.bounds)
        self._phase: Phase | None = Phase.IDLE
        self._events = EVENT_READ
        self._out: deque[memoryview] = deque()
        # Of what is being answered:
        self._request = UNASKED
        self._answer: Answer | None = None
        self._course: Slow | Stream | None = None
        self._ending: Ending | None = None  # once all of the reply is sent or in _out

    # What the server calls.

    def ready(self, events: int) -> None:
        """The socket can be read or written."""
        try:
            if events & EVENT_WRITE:
                self._flush()
            if events & EVENT_READ and not self.closed:
                self._read()
        except Exception:
            report()
            self.abort()

    def expire(self) -> None:
        """The deadline has passed."""
        if self._leaving or self._phase is Phase.IDLE:
            self.close()
        elif self.busy:
            self.abort()  # the client does not take its reply
        else:
            self._reader.refuse(408)
            self.advance()

    def drain(self, seconds: float) -> None:
        """Answer what there is, without further delay, then close. An idle client may ask once more so long."""
        if self._course is not None:
            self._course.hasten()
        if not self.closed and not self.busy and not self._leaving:
            self._read()  # it may have asked already
        if not self.closed and not self.busy and self._reader.phase is Phase.IDLE:
            if seconds:
                self.deadline = min(self.deadline, self._server.now + seconds)
            else:
                self.close()

    def abort(self) -> None:
        """Close at once. What was not sent is lost, and the client sees a reset."""
        if not self.closed:
            with contextlib.suppress(OSError):  # perhaps there is nothing left to reset
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            self._let_go()

    def close(self) -> None:
        """Close in good order: what was sent arrives, and the client sees an end."""
        if not self.closed:
            with contextlib.suppress(OSError):  # perhaps the client was quicker
                self.socket.shutdown(socket.SHUT_WR)
            self._let_go()

    def _let_go(self) -> None:
        self.closed = True
        self._server.forget(self)
        self.socket.close()
        self._reader.close()
        self._out.clear()
        self._finish()

    # Reading.

    def _read(self) -> None:
        try:
            data = self.socket.recv(PIECE)
        except BlockingIOError:
            return
        except OSError:
            self.abort()
            return
        if not data:
            self._hung_up()
        elif not self._leaving:
            self._reader.feed(data)
            self.advance()

    def _hung_up(self) -> None:
        self._ended = True
        if isinstance(self._course, Slow):
            self.abort()  # nobody waits for a slow reply any more
        elif self.busy:
            self._watch(self._events & ~EVENT_READ)  # it may still want its answer
        else:
            self.close()

    def advance(self) -> None:
        """Answer what was asked, as long as nothing has to be waited for; then see what to expect."""
        reader = self._reader
        while reader.calls and not self.busy and not self._leaving and not self.closed:
            self._begin(reader.calls.popleft())
        if self.closed or self._leaving:
            return
        if self.busy:
            if len(reader.calls) >= AHEAD:
                self._watch(self._events & ~EVENT_READ)
        elif reader.refused is not None:
            self._refuse(*reader.refused)
        elif self._ended or (self._server.draining and reader.phase is Phase.IDLE):
            self.close()
        else:
            if reader.expecting:
                reader.expecting = False
                self.send(CONTINUE)
            if not self._out:
                self._watch(EVENT_READ)
            self._expect(reader.phase)

    def _expect(self, phase: Phase) -> None:
        """Wait for the client, and only so long. A head has one time for all its bytes."""
        if phase is Phase.IDLE:
            self.deadline = self._server.now + self._bounds.idle_seconds
        elif phase is Phase.BODY:
            self.deadline = self._server.now + self._bounds.body_seconds
        elif phase is not self._phase:
            self.deadline = self._server.now + self._bounds.head_seconds
        self._phase = phase

    def _refuse(self, status: int, phrase: str) -> None:
        self.busy = True
        head, body, _, _ = frame(plain(status, phrase), "", "HTTP/1.1", False)
        self.send(head + body)
        self.complete(Ending.CLOSE)

    # Calling.

    def _begin(self, request: Request) -> None:
        self.busy = True
        self.deadline = NEVER
        self._phase = None
        self._request = request
        server = self._server
        if server.inline and request.spool is None:
            request.may_wait = False
            try:
                answer = call(server.application, request)
            except MustWait:
                request.may_wait = True
            else:
                if answer.pieces is None:
                    self._answered(answer)
                else:
                    server.submit(Stream(self, answer, server.post).run)
                return
        server.submit(self._call_in_thread)

    def _call_in_thread(self) -> None:
        server = self._server
        answer = call(server.application, self._request)
        if answer.pieces is None:
            server.post(lambda: self._back(answer))
        else:
            Stream(self, answer, server.post).run()

    def _back(self, answer: Answer) -> None:
        self._answered(answer)
        if not self.closed:
            self.advance()

    # Answering.

    def _answered(self, answer: Answer) -> None:
        """Send the answer, or begin to."""
        if self.closed:
            finish(answer)
            return
        self._answer = answer
        framed = self._framed(answer)
        if answer.wire is not None:
            course = script(answer.wire, framed)
            self._course = slow = Slow(self, course, self._server.later)
            slow.start(0 if self._server.draining else course.delay)
            return
        head, body, keep, _ = framed
        self.send(head + body)
        self.complete(Ending.KEEP if keep else Ending.CLOSE)

    def _framed(self, answer: Answer) -> Framed:
        line, head = self._request.line, self._request.head
        try:
            return frame(answer, line.method, line.version, head.keep and not self._server.draining)
        except Exception:  # whatever it is that the application took for headers
            report()
            return frame(plain(500, "Internal Server Error"), line.method, line.version, False)

    def open(self, stream: Stream, answer: Answer) -> tuple[Ending, bool, bool]:
        """Send the head of an answer that is still being made. How it will end; whether in chunks; whether unheard."""
        self._course = stream
        head, _, keep, chunked = self._framed(answer)
        self.send(head)
        return Ending.KEEP if keep else Ending.CLOSE, chunked, self._request.line.method == "HEAD"

    def complete(self, ending: Ending) -> None:
        """All of the reply has been given to `send`."""
        if self._out:
            self._ending = ending
        elif not self.closed:
            self._sent(ending)

    def _sent(self, ending: Ending) -> None:
        """All of the reply is away."""
        self.busy = False
        self._ending = None
        self._request = UNASKED
        self._finish()
        if ending is Ending.CLOSE:
            self._leave()
        elif ending is Ending.RESET:
            self.abort()

    def _finish(self) -> None:
        if self._course is not None:
            self._course.cancel()
            self._course = None
        answer = self._answer
        if answer is not None:
            self._answer = None
            if answer.done is not None or answer.spool is not None:
                finish(answer)

    def _leave(self) -> None:
        reader = self._reader
        if self._ended or (reader.refused is None and reader.phase is Phase.IDLE):
            self.close()
            return
        # To close with something unread would send a reset, and the reply might never be seen.
        self._leaving = True
        reader.close()
        self.deadline = self._server.now + FAREWELL
        self._watch(EVENT_READ)
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.close()

    # Writing.

    @property
    def clear(self) -> bool:
        """Everything sent so far has been taken."""
        return not self._out

    def send(self, data: bytes) -> None:
        """Write, now or as soon as the client takes it."""
        if self.closed:
            return
        sent = 0
        if not self._out:
            try:
                sent = self.socket.send(data)
            except BlockingIOError:
                pass
            except OSError:
                self.abort()
                return
        if sent < len(data):
            self._out.append(memoryview(data)[sent:])
            self.deadline = self._server.now + self._bounds.write_seconds
            self._watch(EVENT_WRITE)

    def _flush(self) -> None:
        out = self._out
        while out:
            try:
                sent = self.socket.send(out[0])
            except BlockingIOError:
                return
            except OSError:
                self.abort()
                return
            self.deadline = self._server.now + self._bounds.write_seconds
            if sent < len(out[0]):
                out[0] = out[0][sent:]
            else:
                out.popleft()
        self.deadline = NEVER
        self._watch(0 if self._ended else EVENT_READ)
        if self._course is not None:
            self._course.cleared()
        if self._ending is not None:
            self._sent(self._ending)
            if not self.closed:
                self.advance()

    def _watch(self, events: int) -> None:
        if events != self._events:
            self._events = events
            self._server.watch(self, events)
