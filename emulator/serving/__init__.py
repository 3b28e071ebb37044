"""Runs a WSGI application over real sockets: for `emulator serve`, and inside a test process."""

from __future__ import annotations

from emulator.serving.bounds import Bounds
from emulator.serving.calling import MAY_WAIT, Application, MustWait
from emulator.serving.faults import WIRE
from emulator.serving.foreground import serve
from emulator.serving.heads import RAW_HEADERS, RAW_TARGET
from emulator.serving.server import Server

__all__ = ["MAY_WAIT", "RAW_HEADERS", "RAW_TARGET", "WIRE", "Application", "Bounds", "MustWait", "Server", "serve"]
