"""Emulates the APIs of four vendors, for tests, local development and fuzzing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emulator.testing.client import Emulator

__version__ = "0.1.0"
__all__ = ["Emulator", "__version__"]


def __getattr__(name: str) -> Any:
    """`Emulator` is imported when it is first asked for: the command line and the pytest plugin begin without it."""
    if name == "Emulator":
        from emulator.testing.client import Emulator

        return Emulator
    raise AttributeError(f"module 'emulator' has no attribute {name!r}")
