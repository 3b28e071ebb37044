"""The command line: `emulator serve`, and the readers of contracts; a module for each group of commands."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

from emulator import __version__
from emulator.cli.common import WRONG_USAGE, Stop
from emulator.contract.files import BadContract

GROUPS: Mapping[str, tuple[str, ...]] = {
    "serve": ("serve",),
    "reading": ("routes", "check", "openapi", "docs", "coverage"),
    "explain": ("explain",),
    "verify": ("verify",),
    "diff": ("diff",),
    "fuzz": ("fuzz", "replay", "scenarios"),
}
"""The modules and the commands that they add to the parser. What a command needs beyond the standard library is imported when it runs."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and answers its exit status: 0 fine, 1 the command found something, 2 wrong usage."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser(next((word for word in arguments if not word.startswith("-")), "")).parse_args(arguments)
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


def _parser(wanted: str) -> argparse.ArgumentParser:
    """The parser of one command, for a start that is quick; of all, where it is none of them."""
    named = [group for group, names in GROUPS.items() if wanted in names]
    parser = argparse.ArgumentParser(
        prog="emulator", description="Emulates vendors' APIs, for tests, development and fuzzing."
    )
    parser.add_argument("--version", action="version", version=f"emulator {__version__}")
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    commands = parser.add_subparsers(required=True, metavar="command")
    for group in named or GROUPS:
        import_module(f"emulator.cli.{group}").add(commands)
    return parser
