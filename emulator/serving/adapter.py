"""WSGI applications (PEP 3333) as applications of the server."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import chain
from typing import Any
from urllib.parse import unquote_to_bytes

from emulator.serving.calling import Application, finish
from emulator.serving.heads import KEPT, Fields
from emulator.serving.reply import Answer, Headers
from emulator.serving.request import Origin, Request

Environ = dict[str, Any]
WsgiApplication = Callable[[Environ, Any], Iterable[bytes]]

MAY_WAIT = "emulator.may_wait"
"""The environment's key that says whether this call may wait, for a lock, a file or another host; if not, it raises `MustWait`."""
RAW_TARGET = "REQUEST_URI"
"""The environment's key for the request target as it was sent, percent-encoding and query included, as Latin-1 text."""
RAW_HEADERS = "emulator.headers"
"""The environment's key for the header fields as they were sent, in order: a tuple of pairs of bytes."""
WIRE = "emulator.wire"
"""The environment's key under which an application leaves the `Wire` that its reply is to suffer."""


def wsgi(application: WsgiApplication) -> Application:
    """The same application for a `Server`."""

    def answered(request: Request) -> Answer:
        answer = _Started()
        environ = environ_of(request)
        try:
            result = application(environ, answer)
            answer.done = getattr(result, "close", None)
            if isinstance(result, list | tuple):
                answer.body += b"".join(result)
            else:
                pieces = iter(result)
                # A generator starts its response when the first piece is asked for.
                answer.pieces = pieces if answer.status else chain((next(pieces, b""),), pieces)
            if not answer.status:
                raise RuntimeError("the application did not start its response")
        except Exception:
            finish(answer)
            raise
        answer.wire = environ.get(WIRE)
        return answer

    return answered


class _Started(Answer):
    """An answer that is its own `start_response`."""

    def __call__(self, status: str, headers: Headers, exc_info: object = None) -> Callable[[bytes], None]:
        self.status, self.headers = status, headers
        return self._write

    def _write(self, data: bytes) -> None:
        self.body += data


def environ_of(request: Request) -> Environ:
    """The request as WSGI wants it. The host of a target that was meant for a proxy is the request's host."""
    line = request.line
    environ = _usual(request.origin) | _cgi(request.head.fields)
    environ["REQUEST_METHOD"] = line.method
    environ["SERVER_PROTOCOL"] = line.version
    environ["PATH_INFO"] = unquote_to_bytes(line.path).decode("latin-1") if "%" in line.path else line.path
    environ["QUERY_STRING"] = line.query
    environ["wsgi.input"] = io.BytesIO(request.body) if request.spool is None else request.spool
    environ[RAW_TARGET], environ[RAW_HEADERS], environ[MAY_WAIT] = line.target, request.head.fields, request.may_wait
    if line.host:
        environ["HTTP_HOST"] = line.host
    return environ


@lru_cache(KEPT)
def _usual(origin: Origin) -> Environ:
    """What is the same in all environments of a connection."""
    return {
        "SCRIPT_NAME": "",
        "SERVER_NAME": origin.host,
        "SERVER_PORT": str(origin.port),
        "REMOTE_ADDR": origin.address,
        "REMOTE_PORT": str(origin.peer),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": origin.scheme,
        "wsgi.errors": sys.stderr,
        "wsgi.input_terminated": True,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


@lru_cache(KEPT)
def _cgi(fields: Fields) -> Environ:
    """The headers by their CGI names. What was sent twice is joined."""
    environ: Environ = {}
    for name, value in fields:
        key, text = name.decode("latin-1").upper(), value.decode("latin-1")
        # Asked of the name as it was sent: Content_Length is none of ours.
        if key not in ("CONTENT-TYPE", "CONTENT-LENGTH"):
            key = "HTTP_" + key
        key = key.replace("-", "_")
        if key in environ:
            text = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + text
        environ[key] = text
    return environ
