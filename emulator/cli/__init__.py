"""The command line: `emulator serve`, and the readers of contracts; a module for each group of commands."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from emulator import __version__
from emulator.cli import diff, explain, fuzz, reading, serve, verify
from emulator.cli.common import WRONG_USAGE, Stop
from emulator.contract.files import BadContract

GROUPS = (serve, reading, explain, verify, diff, fuzz)
"""Each adds its commands to the parser. What a command needs beyond the standard library is imported when it runs."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and answers its exit status: 0 fine, 1 the command found something, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except Stop as stop:
        told, status = str(stop), stop.status
    except BadContract as bad:
        told, status = str(bad), 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if options.debug:
            raise
        told, status = f"{type(error).__name__}: {error} (--debug shows where)", 1
    print(f"emulator: {told}" if status == WRONG_USAGE else told, file=sys.stderr)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="emulator", description="Emulates vendors' APIs, for tests, development and fuzzing."
    )
    parser.add_argument("--version", action="version", version=f"emulator {__version__}")
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    commands = parser.add_subparsers(required=True, metavar="command")
    for group in GROUPS:
        group.add(commands)
    return parser
