"""Runs an application over real sockets: for `emulator serve`, and inside a test process."""

from __future__ import annotations

from emulator.serving.adapter import MAY_WAIT, RAW_HEADERS, RAW_TARGET, WIRE, wsgi
from emulator.serving.bounds import Bounds
from emulator.serving.calling import Application, MustWait
from emulator.serving.foreground import serve
from emulator.serving.reply import Answer
from emulator.serving.request import Request
from emulator.serving.server import Server

__all__ = [
    "MAY_WAIT",
    "RAW_HEADERS",
    "RAW_TARGET",
    "WIRE",
    "Answer",
    "Application",
    "Bounds",
    "MustWait",
    "Request",
    "Server",
    "serve",
    "wsgi",
]
