"""What the commands share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from emulator import data

WRONG_USAGE = 2


class Stop(Exception):
    """Ends the command with a line that says what to do."""

    def __init__(self, told: str, status: int = WRONG_USAGE) -> None:
        super().__init__(told)
        self.status = status


def command(commands: Any, name: str, run: Callable[[argparse.Namespace], int], about: str) -> argparse.ArgumentParser:
    """A new command, run by a function that answers the exit status."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    parser.set_defaults(run=run)
    return parser


def vendor_folder(vendor: str) -> Path:
    """The folder of a vendor's built-in contract. Raises Stop, naming those that there are, for an unknown one."""
    from emulator.assembly import vendors_in

    folder = data.folder("contracts")
    if vendor not in (known := vendors_in(folder)):
        raise Stop(f"no vendor is called {vendor!r}; there are {', '.join(known)}")
    return folder / vendor
