"""A listening socket and what is known of a request before it arrives."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from emulator.serving.request import Origin

if TYPE_CHECKING:
    from emulator.serving.tls import Wrap


class Listener:
    """Bound and listening from the start; accepts without blocking."""

    def __init__(self, host: str, port: int, backlog: int, tls: tuple[str, str] | None = None) -> None:
        self._wrap: Wrap | None = None
        if tls is not None:
            from emulator.serving.tls import wrapper  # ssl is slow to import

            self._wrap = wrapper(*tls)
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        self.socket = socket.create_server(address[:2], family=family, backlog=backlog)
        self.socket.setblocking(False)
        name = self.socket.getsockname()
        self.address: tuple[str, int] = (name[0], name[1])
        self._scheme = "https" if tls else "http"

    def accept(self) -> tuple[socket.socket, Origin] | None:
        """The next connection and where it comes from, or None if nobody is waiting."""
        try:
            sock, peer = self.socket.accept()
        except BlockingIOError:
            return None
        except ConnectionError:
            return self.accept()  # gone before it was accepted: the next
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._wrap is not None:
            sock = self._wrap(sock)
        return sock, Origin(self._scheme, *self.address, peer[0], peer[1])

    def close(self) -> None:
        self.socket.close()
