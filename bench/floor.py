"""The floor under every figure: a WSGI application that answers constant bytes, on the emulator's own server."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from emulator.serving import serve, wsgi

BODY = (
    b'{"id":"7391051513856000001","type":"amio_chat","name":"Forest Shop web chat","mode":"production","webhook":null}'
)


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Always the same."""
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))])
    return [BODY]


if __name__ == "__main__":
    sys.exit(serve(wsgi(application), "127.0.0.1", int(sys.argv[1]), inline=True))
