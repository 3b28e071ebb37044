"""A load generator: connections that each ask again as soon as they were answered, in one thread and without a library."""

from __future__ import annotations

import json
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Result:
    """What a run came to: replies, wall seconds, and every latency in seconds, sorted."""

    replies: int
    seconds: float
    latencies: list[float]
    failures: int

    def at(self, share: float) -> float:
        """The latency below which this share of the replies lies, in microseconds."""
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * share))] * 1e6

    @property
    def rate(self) -> float:
        """Replies a second."""
        return self.replies / self.seconds


class Asker:
    """One keep-alive connection."""

    def __init__(self, address: tuple[str, int], request: bytes) -> None:
        self.address, self.request = address, request
        self.received = b""
        self.asked = 0.0
        self.over = False
        self.connect()

    def connect(self) -> None:
        self.socket = socket.create_connection(self.address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)

    def ask(self) -> None:
        self.received = b""
        self.asked = time.perf_counter()
        self.socket.sendall(self.request)

    def ask_again(self, selector: selectors.BaseSelector) -> None:
        """On a new connection where the server ends each."""
        if self.over:
            selector.unregister(self.socket)
            self.socket.close()
            self.connect()
            selector.register(self.socket, selectors.EVENT_READ, self)
        self.ask()

    def answered(self) -> bytes | None:
        """The status line once the whole reply is there."""
        data = self.socket.recv(1 << 20)
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        lower = head.lower()
        self.over = b"\r\nconnection: close" in lower
        if not data and not (found and self.over):
            raise ConnectionError("the server hung up")
        at = lower.find(b"content-length:")
        if at >= 0:
            whole = len(body) >= int(lower[at + 15 :].split(b"\r\n", 1)[0])
        elif b"transfer-encoding: chunked" in lower:
            whole = body.endswith(b"0\r\n\r\n")
        else:
            whole = not self.over or not data
        return head.split(b"\r\n", 1)[0] if found and whole else None


def request(method: str, path: str, authorization: str, body: object = None) -> bytes:
    """The bytes of a request."""
    data = json.dumps(body).encode() if body is not None else b""
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: {authorization}"]
    head += ["Content-Type: application/json", f"Content-Length: {len(data)}"] if data else []
    return ("\r\n".join(head) + "\r\n\r\n").encode() + data


def load(
    address: tuple[str, int],
    request: bytes,
    connections: int,
    seconds: float,
    over: Callable[[], bool] = lambda: False,
) -> Result:
    """Loads an address for some seconds, or until it is over. A reply that is no 2xx counts as a failure."""
    selector = selectors.DefaultSelector()
    askers = [Asker(address, request) for _ in range(connections)]
    for asker in askers:
        selector.register(asker.socket, selectors.EVENT_READ, asker)
        asker.ask()
    latencies: list[float] = []
    failures = 0
    began = time.perf_counter()
    while (now := time.perf_counter()) < began + seconds and not over():
        for key, _ in selector.select(0.1):
            status = key.data.answered()
            if status is not None:
                latencies.append(time.perf_counter() - key.data.asked)
                failures += status[8:10] != b" 2"
                key.data.ask_again(selector)
    for asker in askers:
        asker.socket.close()
    return Result(len(latencies), now - began, sorted(latencies), failures)
