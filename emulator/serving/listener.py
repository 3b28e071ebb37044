"""A listening socket and what is known of a request before it arrives."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

from emulator.serving.heads import Environ

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
        self._base: Environ = {
            "SCRIPT_NAME": "",
            "SERVER_NAME": name[0],
            "SERVER_PORT": str(name[1]),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https" if tls else "http",
            "wsgi.errors": sys.stderr,
            "wsgi.input_terminated": True,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

    def accept(self) -> tuple[socket.socket, Environ] | None:
        """The next connection with the beginning of its environments, or None if nobody is waiting."""
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
        return sock, {**self._base, "REMOTE_ADDR": peer[0], "REMOTE_PORT": str(peer[1])}

    def close(self) -> None:
        self.socket.close()
