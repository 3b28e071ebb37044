"""The server under real sockets: what it promises to clients, polite and other."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from emulator.serving import MAY_WAIT, RAW_HEADERS, RAW_TARGET, WIRE, Bounds, MustWait, Server, wsgi
from emulator.wire import Wire

App = Callable[[dict[str, Any], Any], Any]
BODY = b"x" * 1000


def echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answers with its body's size; `?wire` and the like ask for more."""
    size = 0
    while piece := environ["wsgi.input"].read(65536):
        size += len(piece)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"%d bytes" % size]


def suffering(wire: Wire, body: bytes = BODY) -> App:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environ[WIRE] = wire
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        return [body]

    return app


@contextmanager
def serving(app: App, **options: Any) -> Iterator[Server]:
    if isinstance(options.get("bounds"), dict):
        options["bounds"] = Bounds(**options["bounds"])
    server = Server(wsgi(app), **options)
    server.start()
    try:
        yield server
    finally:
        server.stop(grace=2)


def url(server: Server, path: str = "/") -> str:
    return "http://{}:{}".format(*server.address) + path


def raw(server: Server, data: bytes, seconds: float = 5) -> bytes:
    """Everything that the server sends until it closes."""
    with socket.create_connection(server.address, timeout=seconds) as sock:
        sock.sendall(data)
        return everything(sock)


def everything(sock: socket.socket) -> bytes:
    got = b""
    while piece := sock.recv(65536):
        got += piece
    return got


GET = b"GET / HTTP/1.1\r\nHost: t\r\n\r\n"
LAST = b"GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"


@pytest.fixture(params=[True, False], ids=["inline", "threads"])
def inline(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


class TestRequests:
    def seen(self, request: bytes, **options: Any) -> dict[str, Any]:
        caught: list[dict[str, Any]] = []

        def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            caught.append(environ)
            return echo(environ, start_response)

        with serving(app, **options) as server, socket.create_connection(server.address, timeout=5) as sock:
            sock.sendall(request)
            sock.recv(65536)
            caught[0]["me"] = sock.getsockname()
        return caught[0]

    def test_the_target_arrives_as_it_was_sent(self) -> None:
        environ = self.seen(b"GET /a%252Fb/%C3%A9%2f?q=%41+b HTTP/1.1\r\nHost: t\r\n\r\n")
        assert environ[RAW_TARGET] == "/a%252Fb/%C3%A9%2f?q=%41+b"
        assert environ["PATH_INFO"].encode("latin-1").decode() == "/a%2Fb/é/"
        assert environ["QUERY_STRING"] == "q=%41+b"

    def test_headers_arrive_as_they_were_sent(self) -> None:
        environ = self.seen(
            b"GET / HTTP/1.1\r\nHost: t\r\nx-Twice: 1\r\nX-twice: 2\r\nCookie: a=1\r\nCookie: b=2\r\n"
            b"X-Bytes: \xc3\xa9\r\nContent_Length: 9\r\n\r\n"
        )
        assert environ[RAW_HEADERS][1:3] == ((b"x-Twice", b"1"), (b"X-twice", b"2"))
        assert environ["HTTP_X_TWICE"] == "1,2"
        assert environ["HTTP_COOKIE"] == "a=1; b=2"
        assert environ["HTTP_X_BYTES"].encode("latin-1").decode() == "é"
        assert "CONTENT_LENGTH" not in environ

    def test_the_peer_is_known(self) -> None:
        environ = self.seen(GET)
        assert (environ["REMOTE_ADDR"], int(environ["REMOTE_PORT"])) == environ["me"]

    def test_a_target_meant_for_a_proxy_names_the_host(self) -> None:
        environ = self.seen(b"GET http://api.vendor.test/v1?x=1 HTTP/1.1\r\nHost: other\r\n\r\n")
        assert (environ["HTTP_HOST"], environ["PATH_INFO"]) == ("api.vendor.test", "/v1")

    @pytest.mark.parametrize("size", [0, 10, 2_000_000])
    def test_a_body_of_any_size_is_read(self, inline: bool, size: int) -> None:
        with serving(echo, inline=inline) as server:
            assert requests.post(url(server), data=b"y" * size, timeout=5).text == f"{size} bytes"

    def test_a_chunked_body_is_read(self, inline: bool) -> None:
        with serving(echo, inline=inline) as server:
            reply = requests.post(url(server), data=iter([b"abc", b"d" * 300_000]), timeout=5)
            assert reply.text == "300003 bytes"

    def test_a_client_that_asks_whether_to_send_is_told_to(self) -> None:
        with serving(echo) as server, socket.create_connection(server.address, timeout=5) as sock:
            sock.sendall(b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
            assert sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
            sock.sendall(b"abc")
            assert sock.recv(1000).endswith(b"3 bytes")

    @pytest.mark.parametrize(
        "framing", [b"Content-Length: 3\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"]
    )
    def test_a_request_for_another_protocol_is_answered_in_ours(self, framing: bytes) -> None:
        head = b"POST / HTTP/1.1\r\nHost: t\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
        with serving(echo) as server:
            assert raw(server, head + framing + LAST).count(b"3 bytes") == 1
            assert raw(server, head + b"\r\n" + LAST).count(b"0 bytes") == 2

    def test_a_method_that_nobody_knows_reaches_the_application(self) -> None:
        assert self.seen(b"BREW /pot HTTP/1.1\r\nHost: t\r\n\r\n")["REQUEST_METHOD"] == "BREW"
        assert self.seen(b"get / HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nab")["REQUEST_METHOD"] == "get"

    def test_a_request_seen_before_is_understood_as_the_first_time(self, inline: bool) -> None:
        def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            start_response("200 OK", [])
            seen.append({k: v for k, v in environ.items() if k not in ("REMOTE_PORT", "SERVER_PORT", "wsgi.input")})
            return [environ["wsgi.input"].read()]

        seen: list[dict[str, Any]] = []
        asked = b"PUT /a%2Fb?c=%20 HTTP/1.1\r\nHost: again\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 2\r\n\r\n"
        with serving(app, inline=inline) as server, socket.create_connection(server.address, timeout=5) as sock:
            for body in (b"ab", b"cd", b"ef"):
                sock.sendall(asked + body)
                assert sock.recv(10_000).endswith(body)
            for byte in asked + b"gh":  # and once the long way
                sock.sendall(bytes([byte]))
            assert sock.recv(10_000).endswith(b"gh")
        assert seen[0] == seen[1] == seen[2] == seen[3]

    def test_requests_sent_ahead_are_answered_in_order(self, inline: bool) -> None:
        def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            start_response("200 OK", [])
            return [environ["PATH_INFO"].encode() + b"\n"]

        asked = b"".join(b"GET /%d HTTP/1.1\r\nHost: t\r\n\r\n" % n for n in range(500))
        with serving(app, inline=inline) as server:
            got = raw(server, asked + LAST)
        numbers = [line for line in got.split(b"\n") if line.startswith(b"/")]
        assert numbers == [b"/%d" % n for n in range(500)] + [b"/"]

    def test_a_client_that_stops_sending_still_gets_its_reply(self, inline: bool) -> None:
        with serving(echo, inline=inline) as server, socket.create_connection(server.address, timeout=5) as sock:
            sock.sendall(GET)
            sock.shutdown(socket.SHUT_WR)
            assert everything(sock).endswith(b"0 bytes")

    def test_an_older_client_is_not_kept(self) -> None:
        with serving(echo) as server:
            assert b"Connection: close" in raw(server, b"GET / HTTP/1.0\r\n\r\n")


class TestReplies:
    def test_head_has_the_headers_of_get_and_no_body(self) -> None:
        def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            start_response("200 OK", [])
            return [BODY]

        with serving(app) as server:
            got = raw(server, b"HEAD / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
        assert b"Content-Length: 1000\r\n" in got
        assert got.endswith(b"\r\n\r\n")

    def test_nothing_has_no_length(self) -> None:
        def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            start_response("204 No Content", [])
            return []

        with serving(app) as server:
            assert b"Content-Length" not in raw(server, LAST)

    def test_a_failing_application_is_a_500_and_the_server_goes_on(
        self, inline: bool, capfd: pytest.CaptureFixture[str]
    ) -> None:
        def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            if environ["PATH_INFO"] == "/bad":
                raise ValueError("broken on purpose")
            if environ["PATH_INFO"] == "/split":
                start_response("200 OK", [("X-A", "1\r\nX-B: 2")])
                return []
            return echo(environ, start_response)

        with serving(app, inline=inline) as server, requests.Session() as client:
            assert client.get(url(server, "/bad"), timeout=5).status_code == 500
            assert client.get(url(server, "/split"), timeout=5).status_code == 500
            assert client.get(url(server), timeout=5).status_code == 200
        assert "broken on purpose" in capfd.readouterr().err

    def test_pieces_are_sent_while_they_are_made(self, inline: bool) -> None:
        seen = threading.Event()

        def pieces() -> Iterator[bytes]:
            yield b"first"
            assert seen.wait(5)
            yield b"second"

        def app(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
            start_response("200 OK", [])
            return pieces()

        with serving(app, inline=inline) as server, requests.get(url(server), stream=True, timeout=5) as reply:
            got = reply.iter_content(None)
            assert next(got) == b"first"
            seen.set()
            assert b"".join(got) == b"second"

    def test_pieces_are_made_as_fast_as_they_are_taken(self) -> None:
        made = 0
        closed = threading.Event()

        def pieces() -> Iterator[bytes]:
            nonlocal made
            try:
                while True:
                    made += 1
                    yield b"z" * 100_000
            finally:
                closed.set()

        def app(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
            start_response("200 OK", [])
            return pieces()

        with serving(app) as server:
            with socket.create_connection(server.address, timeout=5) as sock:
                sock.sendall(GET)
                sock.recv(1000)
                time.sleep(0.1)
                assert made < 200  # what the kernel's buffers hold, and a few
            assert closed.wait(5)

    def test_the_application_is_told_when_its_reply_is_away(self, inline: bool) -> None:
        class Counted(list[bytes]):
            def close(self) -> None:
                done.append(time.monotonic())

        done: list[float] = []

        def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            environ[WIRE] = Wire(delay=0.1)
            start_response("200 OK", [])
            return Counted([b"x"])

        with serving(app, inline=inline) as server:
            began = time.monotonic()
            requests.get(url(server), timeout=5)
            requests.get(url(server), timeout=5)
        assert len(done) == 2
        assert done[0] - began >= 0.1

    def test_a_reply_that_announces_its_length_needs_no_thread(self) -> None:
        readers: list[str] = []

        def pieces() -> Iterator[bytes]:
            readers.append(threading.current_thread().name)
            yield b"ab"
            yield b"cd"

        def app(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
            start_response("200 OK", [("Content-Length", "4")])
            return pieces()

        with serving(app, inline=True) as server:
            assert requests.get(url(server), timeout=5).text == "abcd"
        assert readers == ["emulator-server"]

    def test_a_generator_starts_its_response_when_it_is_first_asked(self, inline: bool) -> None:
        def app(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
            start_response("202 Accepted", [])
            yield b"late"

        with serving(app, inline=inline) as server:
            reply = requests.get(url(server), timeout=5)
        assert (reply.status_code, reply.text) == (202, "late")

    def test_a_call_that_must_wait_is_made_again_where_it_may(self) -> None:
        calls: list[tuple[bool, str]] = []

        def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            calls.append((environ[MAY_WAIT], threading.current_thread().name))
            body = environ["wsgi.input"].read()
            if not environ[MAY_WAIT]:
                raise MustWait
            start_response("200 OK", [])
            return [body]

        with serving(app, inline=True) as server:
            assert requests.post(url(server), data=b"again", timeout=5).text == "again"
        assert [may for may, _ in calls] == [False, True]
        assert calls[0][1] != calls[1][1]


class TestFaults:
    @pytest.fixture(params=[True, False], ids=["inline", "threads"])
    def suffer(self, request: pytest.FixtureRequest) -> Iterator[Callable[..., Server]]:
        servers: list[Server] = []

        def start(wire: Wire, **more: Any) -> Server:
            servers.append(Server(wsgi(suffering(wire, **more)), inline=bool(request.param)))
            servers[-1].start()
            return servers[-1]

        yield start
        for server in servers:
            server.stop(grace=2)

    def test_a_reset_is_a_reset(self, suffer: Callable[..., Server]) -> None:
        server = suffer(Wire(connection="reset"))
        with socket.create_connection(server.address, timeout=5) as sock:
            sock.sendall(GET)
            with pytest.raises(ConnectionResetError):
                sock.recv(1)
        with pytest.raises(requests.ConnectionError, match="reset"):
            requests.get(url(server), timeout=5)

    def test_a_close_is_an_end_without_a_byte(self, suffer: Callable[..., Server]) -> None:
        server = suffer(Wire(connection="close"))
        assert raw(server, GET) == b""

    def test_a_truncated_reply_promises_more_than_it_sends(self, suffer: Callable[..., Server]) -> None:
        server = suffer(Wire(connection="truncate"))
        got = raw(server, GET)
        head, _, body = got.partition(b"\r\n\r\n")
        assert b"Content-Length: 1000" in head
        assert len(body) == 500
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            requests.get(url(server), timeout=5)

    def test_of_a_truncated_reply_without_body_too_little_arrives_to_be_taken_for_one(
        self, suffer: Callable[..., Server]
    ) -> None:
        server = suffer(Wire(connection="truncate"), body=b"")
        assert raw(server, GET) == b"HTTP/1.1 20"
        with pytest.raises(requests.ConnectionError, match="BadStatusLine"):
            requests.get(url(server), timeout=5)

    def test_garbage_is_no_chunk(self, suffer: Callable[..., Server]) -> None:
        server = suffer(Wire(connection="garbage"))
        assert b"Transfer-Encoding: chunked" in raw(server, GET)
        with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
            requests.get(url(server), timeout=5)

    def test_a_drip_takes_its_time(self, suffer: Callable[..., Server]) -> None:
        server = suffer(Wire(drip=5000))
        began = time.monotonic()
        assert requests.get(url(server), timeout=5).content == BODY
        assert 0.15 <= time.monotonic() - began < 1

    def test_a_delay_holds_nobody_else_up(self) -> None:
        def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            if environ["PATH_INFO"] == "/slow":
                environ[WIRE] = Wire(delay=0.3)
            start_response("200 OK", [])
            return [b"ok"]

        with serving(app, bounds={"threads": 2}) as server:
            slow = [socket.create_connection(server.address, timeout=5) for _ in range(50)]
            began = time.monotonic()
            for sock in slow:
                sock.sendall(b"GET /slow HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
            assert requests.get(url(server), timeout=5).text == "ok"
            assert time.monotonic() - began < 0.3
            for sock in slow:
                assert everything(sock).endswith(b"ok")
                sock.close()
            assert 0.3 <= time.monotonic() - began < 1

    def test_a_kept_connection_suffers_only_once(self, inline: bool) -> None:
        def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            if environ["PATH_INFO"] == "/slow":
                environ[WIRE] = Wire(delay=0.05, drip=1000)
            start_response("200 OK", [])
            return [b"0123456789" * 2]

        with serving(app, inline=inline) as server, requests.Session() as client:
            for path in ("/", "/slow", "/", "/slow", "/"):
                assert len(client.get(url(server, path), timeout=5).content) == 20

    def test_a_client_that_leaves_a_slow_reply_is_forgotten(self, capfd: pytest.CaptureFixture[str]) -> None:
        with serving(suffering(Wire(delay=30))) as server:
            with pytest.raises(requests.ReadTimeout):
                requests.get(url(server), timeout=0.1)
            wait_for(lambda: not server._connections)
        assert capfd.readouterr().err == ""


class TestBounds:
    def test_a_head_that_does_not_end_is_refused(self) -> None:
        with serving(echo, bounds={"head": 4096}) as server:
            assert raw(server, b"GET / HTTP/1.1\r\nX: " + b"x" * 5000).startswith(b"HTTP/1.1 431 ")
            assert raw(server, b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 431 ")

    @pytest.mark.parametrize(
        "framing", [b"Content-Length: 500000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n7A120\r\n"]
    )
    def test_a_body_that_is_too_large_is_refused_and_the_refusal_is_read(self, framing: bytes) -> None:
        with serving(echo, bounds={"body": 100_000}) as server:
            got = raw(server, b"POST / HTTP/1.1\r\nHost: t\r\n" + framing + b"y" * 500_000)
            assert got.startswith(b"HTTP/1.1 413 ")

    def test_nonsense_is_refused(self) -> None:
        with serving(echo) as server:
            for sense in (b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"\x16\x03\x01\x02\x00\x01"):
                assert raw(server, sense + b"\r\n\r\n").startswith(b"HTTP/1.1 400 ")
            assert raw(server, b"GET / HTTP/2.0\r\n\r\n").startswith(b"HTTP/1.1 505 ")
            assert raw(server, b"CONNECT a:1 HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 501 ")

    def test_a_client_that_sends_its_head_byte_by_byte_is_cut_off(self) -> None:
        with serving(echo, bounds={"head_seconds": 0.2}) as server:
            with socket.create_connection(server.address, timeout=5) as sock:
                began = time.monotonic()
                sock.setblocking(False)
                got = b""
                for byte in b"GET / HTTP/1.1\r\nX: " + b"x" * 500:
                    sock.send(bytes([byte]))
                    time.sleep(0.01)
                    with contextlib.suppress(BlockingIOError):
                        got = sock.recv(1000)
                        break
                assert got.startswith(b"HTTP/1.1 408 ")
                assert time.monotonic() - began < 1
            assert raw(server, b"GET / HT").startswith(b"HTTP/1.1 408 ")

    def test_a_body_that_stops_arriving_is_cut_off(self) -> None:
        with serving(echo, bounds={"body_seconds": 0.1}) as server:
            got = raw(server, b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nabc")
            assert got.startswith(b"HTTP/1.1 408 ")

    def test_an_idle_connection_is_closed(self) -> None:
        with serving(echo, bounds={"idle_seconds": 0.1}) as server:
            assert raw(server, b"") == b""
            assert raw(server, GET).endswith(b"0 bytes")

    def test_a_client_that_takes_nothing_is_cut_off(self) -> None:
        asked = threading.Event()

        def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            asked.set()
            start_response("200 OK", [])
            return [b"z" * 20_000_000]

        slow = {"write_seconds": 0.1}
        with serving(app, bounds=slow) as server, socket.create_connection(server.address, timeout=5) as sock:
            sock.sendall(GET)
            assert asked.wait(10)
            wait_for(lambda: not server._connections)
            with pytest.raises(ConnectionResetError):
                everything(sock)

    def test_more_connections_than_allowed_wait(self) -> None:
        with serving(echo, bounds={"connections": 4}) as server:
            held = [socket.create_connection(server.address, timeout=5) for _ in range(4)]
            with socket.create_connection(server.address, timeout=5) as late:
                late.sendall(LAST)
                late.settimeout(0.1)
                with pytest.raises(TimeoutError):
                    late.recv(1)
                held.pop().close()
                late.settimeout(5)
                assert everything(late).endswith(b"0 bytes")
            for sock in held:
                sock.close()

    def test_random_bytes_disturb_nobody(self, capfd: pytest.CaptureFixture[str]) -> None:
        import random

        chance = random.Random(5)
        with serving(echo, inline=True) as server:
            for _ in range(200):
                start = chance.choice([b"", GET, b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"])
                with socket.create_connection(server.address, timeout=5) as sock:
                    sock.sendall(start + chance.randbytes(chance.randrange(300)) + b"\r\n\r\n")
                    if chance.random() < 0.5:
                        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            assert requests.get(url(server), timeout=5).status_code == 200
        assert capfd.readouterr().err == ""


class TestLife:
    def test_what_was_asked_before_the_end_is_answered(self, inline: bool) -> None:
        began = threading.Barrier(9)

        def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            if not environ[MAY_WAIT]:
                raise MustWait
            began.wait(5)
            time.sleep(0.2)
            start_response("200 OK", [])
            return [b"answered"]

        server = Server(wsgi(app), inline=inline)
        server.start()
        clients = [socket.create_connection(server.address, timeout=5) for _ in range(8)]
        for client in clients:
            client.sendall(GET)
        began.wait(5)
        server.stop()
        for client in clients:
            got = everything(client)
            assert b"Connection: close" in got
            assert got.endswith(b"answered")
            client.close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(server.address, timeout=5)

    def test_the_end_does_not_wait_for_delays(self) -> None:
        with serving(suffering(Wire(delay=30))) as server, socket.create_connection(server.address, timeout=5) as sock:
            sock.sendall(GET)
            wait_for(lambda: bool(server._timers))
            server.stop()
            assert everything(sock).endswith(BODY)

    def test_a_call_that_never_returns_does_not_keep_the_server(self) -> None:
        forever = threading.Event()

        def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
            forever.wait(5)
            start_response("200 OK", [])
            return []

        server = Server(wsgi(app))
        server.start()
        with socket.create_connection(server.address, timeout=5) as sock:
            sock.sendall(GET)
            time.sleep(0.05)
            began = time.monotonic()
            server.stop(grace=0.1)
            assert time.monotonic() - began < 1
        forever.set()

    def test_several_at_once(self) -> None:
        def named(name: bytes) -> App:
            def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
                start_response("200 OK", [])
                return [name]

            return app

        with serving(named(b"one")) as one, serving(named(b"two")) as two:
            assert requests.get(url(one), timeout=5).text == "one"
            assert requests.get(url(two), timeout=5).text == "two"

    def test_nothing_is_left_behind(self, inline: bool) -> None:
        def cycle() -> None:
            with serving(echo, inline=inline) as server:
                for _ in range(3):
                    assert raw(server, GET[:10] + GET[10:].replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
                with socket.create_connection(server.address, timeout=5) as sock:
                    sock.sendall(GET)
                    sock.recv(1000)

        def held() -> tuple[int, int]:
            return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()

        if not Path("/proc/self/fd").exists():
            pytest.skip("this system has no /proc, so open descriptors cannot be counted")
        cycle()
        before = held()
        began = time.monotonic()
        for _ in range(20):
            cycle()
        assert held() == before
        assert time.monotonic() - began < 2

    def test_a_server_that_never_started_can_be_stopped(self) -> None:
        server = Server(wsgi(echo))
        server.stop()
        server.stop()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(server.address, timeout=5)

    def test_an_address_in_use_is_said_at_once(self) -> None:
        with serving(echo) as server, pytest.raises(OSError, match="in use"):
            Server(wsgi(echo), port=server.address[1])

    def test_a_signal_drains_and_the_status_is_0(self, tmp_path: Path) -> None:
        program = tmp_path / "program.py"
        program.write_text(
            "import time\n"
            "from emulator.serving import serve, wsgi\n"
            "def app(environ, start_response):\n"
            "    time.sleep(0.3)\n"
            "    start_response('200 OK', [])\n"
            "    return [b'answered']\n"
            "ready = lambda server: print(server.address[1], flush=True)\n"
            "raise SystemExit(serve(wsgi(app), '127.0.0.1', 0, on_ready=ready, on_drained=lambda: print('drained')))\n"
        )
        with subprocess.Popen(
            [sys.executable, str(program)], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(Path.cwd())}
        ) as process:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            clients = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(8)]
            for client in clients:
                client.sendall(GET)
            time.sleep(0.1)
            process.send_signal(signal.SIGTERM)
            for client in clients:
                assert everything(client).endswith(b"answered")
                client.close()
            assert process.stdout.read() == b"drained\n"
            assert process.wait(5) == 0


def test_the_same_is_served_over_tls_on_the_next_port(tmp_path: Path) -> None:
    from emulator.serving.authority import Authority

    authority = Authority.for_hosts(["api.vendor.test", "*.vendor.test"], datetime.now(UTC))
    trusted = tmp_path / "ca.pem"
    trusted.write_bytes(authority.authority())
    context = ssl.create_default_context(cafile=trusted)
    with serving(echo, tls=authority.files, inline=True) as server:
        assert server.tls_address is not None
        secure = f"https://localhost:{server.tls_address[1]}"
        with requests.Session() as client:
            posted = client.post(secure, data=b"y" * 1_000_000, timeout=5, verify=str(trusted))
            assert posted.text == "1000000 bytes"
            assert client.get(secure, timeout=5, verify=str(trusted)).text == "0 bytes"
        assert requests.get(url(server), timeout=5).text == "0 bytes"
        for name in ("127.0.0.1", "api.vendor.test", "eu1.vendor.test"):
            plain = socket.create_connection(server.tls_address, timeout=5)
            with context.wrap_socket(plain, server_hostname=name) as sock:
                sock.sendall(LAST)
                assert everything(sock).endswith(b"0 bytes")
    with serving(suffering(Wire(connection="reset")), tls=authority.files) as server:
        assert server.tls_address is not None
        plain = socket.create_connection(server.tls_address, timeout=5)
        with context.wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False) as sock:
            sock.sendall(GET)
            with pytest.raises((ConnectionResetError, ssl.SSLEOFError)):  # OpenSSL may call a reset an early end
                sock.recv(1)


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)
