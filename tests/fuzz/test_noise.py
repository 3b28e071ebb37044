"""Ten thousand requests that nobody should send, against a real server: no 500, no traceback, and it still serves."""

import http.client
import json
import socket
import time
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from emulator.fuzz.noise import noise
from emulator.testing.client import Emulator
from tests.fuzz.support import contract_of

REQUESTS = 10_000
BATCH = 50
PATIENCE = 5.0


def parsed(stream) -> int:
    """Reads one reply whole. Raises ValueError for what is none."""
    line = stream.readline(70_000)
    if not line.startswith(b"HTTP/1."):
        raise ValueError(line)
    status = int(line.split(b" ", 2)[1])
    headers = http.client.parse_headers(stream)
    if status == 100:
        return parsed(stream)
    if headers.get("Transfer-Encoding", "") == "chunked":
        while (size := int(stream.readline(), 16)) > 0:
            stream.read(size + 2)
        stream.readline()
    elif headers.get("Content-Length"):
        stream.read(int(headers["Content-Length"]))
    if headers.get("Connection", "").lower() == "close":
        return -status
    return status


class Line:
    """A connection that is made anew when the server has closed it."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.socket: socket.socket | None = None

    def send(self, raw: bytes, more: bool) -> int | None:
        """The status of the reply; None where the server closes without one."""
        if self.socket is None:
            self.socket = socket.create_connection(self.address, timeout=PATIENCE)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.stream = self.socket.makefile("rb")
        try:
            self.socket.sendall(raw)
            if not more:
                self.socket.shutdown(socket.SHUT_WR)
            status = parsed(self.stream) if not raw.startswith(b"HEAD ") else self._head()
        except (ValueError, ConnectionError, BrokenPipeError):
            status = None
        if status is None or status < 0 or not more:
            self.close()
        return abs(status) if status is not None else None

    def _head(self) -> int:
        line = self.stream.readline(70_000)
        if not line.startswith(b"HTTP/1."):
            raise ValueError(line)
        headers = http.client.parse_headers(self.stream)
        status = int(line.split(b" ", 2)[1])
        return -status if headers.get("Connection", "").lower() == "close" else status

    def close(self) -> None:
        if self.socket is not None:
            self.stream.close()
            self.socket.close()
            self.socket = None


def roots_and_headers(emu: Emulator) -> tuple[list[bytes], list[bytes]]:
    """Paths of every operation with ids of the demo world's kind, and the demo credentials as header lines."""
    from tests.fuzz.support import bench

    roots, lines = [b"/", b"/_emulator/", b"/~x/", b"/~default/"], []
    for vendor in emu.assembly.engines:
        at = bench(vendor)
        roots.append(f"/{vendor}/".encode())
        for op in contract_of(vendor).operations.values():
            path = op.path
            for p in op.parameters:
                if p.place == "path":
                    ids = at.known.get(p.refers_to) or ["en" if "anguage" in p.name else "1"]
                    path = path.replace("{" + p.name + "}", ids[0]).replace("{" + p.name + "*}", ids[0])
            roots.append(f"{op.method} /{vendor}{quote(path)}".encode())
        for credential in presented_by_default(emu, vendor):
            lines.append("\r\n".join(f"{name}: {text}" for name, text in credential.items()).encode())
    return roots, lines


def presented_by_default(emu: Emulator, vendor: str) -> list[dict[str, str]]:
    from emulator.readers.credentials import presented

    rows = [row.data for row in emu.sandboxes.default.worlds[vendor].rows("credentials").all()]
    return [dict(c.headers) for c in presented(contract_of(vendor), rows)]


@pytest.mark.slow
def test_ten_thousand_requests_of_noise(capfd: pytest.CaptureFixture[str]) -> None:
    sent = 0
    slowest: tuple[float, bytes] = (0.0, b"")
    statuses: dict[int | None, int] = {}
    with Emulator(limits="off") as emu:
        host, _, port = emu.base_url.removeprefix("http://").partition(":")
        address = (host, int(port))
        one = noise(*roots_and_headers(emu))
        line = Line(address)

        @settings(
            max_examples=REQUESTS // BATCH, derandomize=settings.default.derandomize, database=None, deadline=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        )  # fmt: skip
        @given(st.lists(one, min_size=BATCH, max_size=BATCH), st.sampled_from([1, 10, 50]))
        def batch(requests, each) -> None:
            nonlocal sent, slowest
            for number, (raw, more) in enumerate(requests):
                if number % each == 0:
                    line.close()
                began = time.monotonic()
                status = line.send(raw, more)
                slowest = max(slowest, (time.monotonic() - began, raw[:200]))
                sent += 1
                statuses[status] = statuses.get(status, 0) + 1
                assert status != 500, raw[:2000]
                assert status is not None or not more, ("closed without a reply", raw[:2000])

        batch()
        while sent < REQUESTS:  # hypothesis may find fewer examples than asked for
            batch()
        line.close()
        connection = http.client.HTTPConnection(*address, timeout=PATIENCE)
        connection.request("GET", "/_emulator/health")
        assert json.loads(connection.getresponse().read())["status"] == "ok"
        connection.close()
    told = capfd.readouterr()
    assert "Traceback" not in told.err, told.err[-3000:]
    assert slowest[0] < PATIENCE, slowest
    assert len(statuses) > 5, statuses
