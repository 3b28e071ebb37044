"""The client: what it sends, what it makes of an answer, and when it tries again."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from emulator.verify.line import Line, Silent
from emulator.wire import Call

ANSWER = b"HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 2\r\n\r\nhi"


@contextmanager
def server(*connections: list[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """Answers each request of each connection with these bytes, then closes it."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for answers in connections:
                connection, _ = listener.accept()
                with connection:
                    for answer in answers:
                        heard.append(connection.recv(65536))
                        connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/base/", heard
        thread.join(5)


def test_it_calls_below_the_targets_path_and_joins_headers() -> None:
    with server([ANSWER]) as (target, heard):
        line = Line(target)
        seen = line.send(Call("GET", "/a%252Fb", "x=1&y", {"accept": "*/*"}))
        line.close()
    assert (seen.status, seen.headers["x-a"], seen.body) == (200, "1, 2", b"hi")
    assert heard[0].startswith(b"GET /base/a%252Fb?x=1&y HTTP/1.1\r\n")


def test_a_kept_connection_that_was_closed_is_opened_again_for_a_safe_call() -> None:
    with server([ANSWER], [ANSWER]) as (target, heard):
        line = Line(target)
        assert [line.send(Call("GET", "/")).status for _ in range(2)] == [200, 200]
        line.close()
    assert len(heard) == 2


def test_what_writes_is_never_sent_twice() -> None:
    with server([ANSWER], [b""]) as (target, heard):
        line = Line(target)
        line.send(Call("GET", "/"))
        with pytest.raises(Silent, match="does not answer"):
            line.send(Call("POST", "/", body=b"{}"))
    assert [text.split()[0] for text in heard] == [b"GET", b"POST"]


def test_what_is_no_http_is_no_answer() -> None:
    with server([b"SSH-2.0\r\n"]) as (target, _), pytest.raises(Silent, match="does not answer"):
        Line(target).send(Call("GET", "/"))
