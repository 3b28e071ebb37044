"""One POST to a webhook's target, at the address that was judged."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from typing import Any

LONGEST_REPLY = 64 * 1024


def post(
    host: tuple[str, int],
    address: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes,
    timeout: float,
    verified: bool | None,
) -> dict[str, Any]:
    """What came of it: `status`, or `error`. `timeout` is in real seconds; `verified` says whether TLS is checked, None asks for none."""
    connection = _Connection(*host, address, timeout, _tls(verified) if verified is not None else None)
    try:
        connection.request("POST", target, body, dict(headers))
        reply = connection.getresponse()
        reply.read(LONGEST_REPLY)
        return {"status": reply.status}
    except TimeoutError:
        return {"error": f"no answer within {timeout:g} s"}
    except (OSError, http.client.HTTPException) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    finally:
        connection.close()


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was judged, under the name that was asked for."""

    def __init__(self, host: str, port: int, address: str, timeout: float, tls: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address, self._tls = address, tls

    def connect(self) -> None:
        sock: socket.socket = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._tls.wrap_socket(sock, server_hostname=self.host) if self._tls else sock


def _tls(verify: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
