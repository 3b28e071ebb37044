"""TLS under a connection, made to look like the plain socket that a `Connection` expects."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Callable
from typing import Any

Wrap = Callable[[socket.socket], socket.socket]


class _Secure(ssl.SSLSocket):
    """Says that it would block as a plain socket says it. The handshake happens in the first `recv`."""

    def recv(self, size: int = 1024, flags: int = 0) -> bytes:
        try:
            return super().recv(size, flags)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise BlockingIOError from None
        except ssl.SSLEOFError:
            return b""

    def send(self, data: Any, flags: int = 0) -> int:
        try:
            return super().send(data, flags)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise BlockingIOError from None

    def shutdown(self, how: int) -> None:
        """Say goodbye as TLS wants it, if that can be done without waiting."""
        if self._sslobj is not None:  # type: ignore[attr-defined]
            with contextlib.suppress(OSError, ValueError):
                self._sslobj.shutdown()  # type: ignore[attr-defined]
        super().shutdown(how)


def wrapper(certificate: str, key: str) -> Wrap:
    """What makes accepted sockets secure. Raises `OSError` if certificate and key cannot be used together."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["http/1.1"])
    context.sslsocket_class = _Secure

    def wrap(sock: socket.socket) -> socket.socket:
        return context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)

    return wrap
