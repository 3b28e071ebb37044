"""A broken twin: a good client with one realistic bug, and what a fuzzer has to say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any

from tests.clients.adapters import GOOD, Inputs, Target


@dataclass(frozen=True)
class Twin:
    """An adapter with one bug. `traits`: those of which at least one must be found broken."""

    name: str
    scenario: str
    kind: type
    bug: str
    traits: tuple[str, ...]

    def __call__(self, target: Target, inputs: Inputs) -> Any:
        return GOOD[self.scenario](target, inputs, kind=self.kind)  # type: ignore[call-arg]


def broken(scenario: str, *traits: str) -> Callable[[type], Twin]:
    """Makes a twin of a client's subclass, whose docstring tells the bug."""
    return lambda kind: Twin(kind.__name__, scenario, kind, cleandoc(kind.__doc__ or ""), traits)
