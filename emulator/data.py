"""Finds the data that travels with the program: contracts and fixtures."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def folder(name: str) -> Path:
    """`contracts` or `fixtures`: inside the installed package, or at the top of the checkout."""
    here = Path(__file__).resolve().parent
    installed = here / "_data" / name
    return installed if installed.is_dir() else here.parent / name
