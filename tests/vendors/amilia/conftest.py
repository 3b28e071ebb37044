"""Callers of every kind, and a place to receive webhooks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import pytest

from tests.vendors.amilia.client import Amilia


@pytest.fixture
def nobody(amilia: Any) -> Amilia:
    return Amilia(amilia.base_url, amilia.organization_id)


@pytest.fixture
def api(nobody: Amilia, amilia: Any) -> Amilia:
    """The organization's administrator."""
    return nobody.login(amilia.username, amilia.password)


@pytest.fixture
def partner(nobody: Amilia, amilia: Any) -> Amilia:
    return nobody.login(amilia.partner_username, amilia.password)


@pytest.fixture
def member(nobody: Amilia, amilia: Any) -> Amilia:
    """A user without any right at the organization."""
    return nobody.login(amilia.member_username, amilia.password)


@pytest.fixture
def key(nobody: Amilia, amilia: Any) -> Amilia:
    return nobody.bearing(**{"X-AMILIA-APIKEY": amilia.api_key, "X-AMILIA-APISECRET": amilia.api_secret})


class Receiver:
    """A website that keeps what is posted to it, and answers with `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.received: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append((dict(self.headers.items()), body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    @property
    def bodies(self) -> list[Any]:
        return [orjson.loads(body) for _, body in self.received]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    yield one
    one.close()
