"""`emulator serve`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from emulator.cli.common import Stop, command


def add(commands: Any) -> None:
    """Adds `serve`."""
    serve = command(commands, "serve", _serve, "serve until SIGINT or SIGTERM, then drain")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8080, help="0 takes a free one (default 8080)")
    serve.add_argument(
        "--vendor", action="append", default=[], metavar="V", help="serve this vendor only; may be given again"
    )
    serve.add_argument(
        "--world",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a world document that the default sandbox begins with",
    )
    serve.add_argument("--empty", action="store_true", help="begin without demo rows")
    serve.add_argument("--limits", choices=("documented", "off"), default="documented")
    serve.add_argument(
        "--store", default="memory:", metavar="memory:|sqlite:FILE", help="where the state of all sandboxes is kept"
    )
    serve.add_argument(
        "--public-url", default="", metavar="URL", help="how clients reach the emulator, if not by the host they name"
    )
    serve.add_argument("--tls", action="store_true", help="HTTPS too, on the next port, from a local authority")
    serve.add_argument(
        "--webhook-allow",
        action="append",
        default=[],
        metavar="CIDR",
        help="networks that webhooks may go to, besides private ones",
    )
    serve.add_argument("--admin-token", default=os.environ.get("EMULATOR_ADMIN_TOKEN", ""), metavar="T")
    serve.add_argument("--only-documented", action="store_true", help="answer 501 where an operation is a guess")
    serve.add_argument("--log", choices=("text", "json"), default="text")
    serve.add_argument("--quiet", action="store_true")


def _serve(options: argparse.Namespace) -> int:
    from emulator.service import ServeOptions, run

    if not 0 <= options.port <= 65535:  # the system would take it modulo 65536
        raise Stop("--port goes from 0 to 65535")
    try:
        return run(
            ServeOptions(**{name: value for name, value in vars(options).items() if name not in ("run", "debug")})
        )
    except (ValueError, OSError) as error:
        raise Stop(str(error)) from error
