"""The one module that a vendor's package imports: the values, the protocols, and the parts that it may build upon."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Any, Protocol

from emulator.contract.duration import seconds, spelled
from emulator.contract.model import Contract, Operation, RefusalPromise
from emulator.contract.schema import Schema
from emulator.parts.auth import Basic, Bearer, KeyPair, Scheme, known, same, user_and_password
from emulator.parts.limits import FREE, Charge, Concurrent, Limit, Window, counted
from emulator.parts.paging import Offset, Pager
from emulator.wire import (
    NOTHING,
    Anonymous,
    Ask,
    Call,
    Encoded,
    Kind,
    Outcome,
    Page,
    Principal,
    Refusal,
    Reply,
    Row,
    Upload,
    Violation,
    fixed,
)
from emulator.world.clock import moment, stamp, time_zone
from emulator.world.rows import Rows
from emulator.world.store import Collection
from emulator.world.world import World

Behaviour = Callable[[Ask, World], Outcome]


class Envelope(Protocol):
    """How a vendor's answers look."""

    def success(self, outcome: Outcome, ask: Ask, world: World) -> Reply:
        """The reply to a call that was done. `outcome.data` is the payload, as `Encoded` JSON, bytes, or None."""

    def refusal(
        self, refusal: Refusal, promised: RefusalPromise, operation: Operation | None, call: Call, world: World
    ) -> Reply:
        """The reply to a call that was not. `operation` is None where none was found."""


def plain_enrol(world: World, credentials: Mapping[str, str]) -> None:
    """For a vendor whose operations ask nobody who they are."""


def as_it_is(call: Call) -> Iterable[str]:
    """For a vendor whose credentials are found by its schemes alone."""
    return ()


@fixed
class Vendor:
    """A vendor's shapes.

    The tables give kinds of parts (and, by media type, readers of bodies) that the core does not have, or has otherwise.
    `enrol` writes the rows of `credentials` by which a sandbox's credentials are known. `named` finds credentials that stand elsewhere than
    where a scheme looks (a key in a form), as ids of such rows. `cors` gives the headers of a call from a browser. `discarded` is told when
    a webhook is given up. `mounts` are WSGI applications below a path, given the world before their usual arguments.
    """

    envelope: Envelope
    schemes: Mapping[str, type] = field(default_factory=dict)
    limits: Mapping[str, type] = field(default_factory=dict)
    pagers: Mapping[str, type] = field(default_factory=dict)
    media: Mapping[str, Callable[[Call], Any]] = field(default_factory=dict)
    enrol: Callable[[World, Mapping[str, str]], None] = plain_enrol
    named: Callable[[Call], Iterable[str]] = as_it_is
    cors: Callable[[Call, World], Mapping[str, str]] | None = None
    discarded: Callable[[Mapping[str, Any], World], None] | None = None
    mounts: Mapping[str, Callable[..., Iterable[bytes]]] = field(default_factory=dict)


__all__ = [
    "FREE",
    "NOTHING",
    "Anonymous",
    "Ask",
    "Basic",
    "Bearer",
    "Behaviour",
    "Call",
    "Charge",
    "Collection",
    "Concurrent",
    "Contract",
    "Encoded",
    "Envelope",
    "KeyPair",
    "Kind",
    "Limit",
    "Offset",
    "Operation",
    "Outcome",
    "Page",
    "Pager",
    "Principal",
    "Refusal",
    "RefusalPromise",
    "Reply",
    "Row",
    "Rows",
    "Schema",
    "Scheme",
    "Upload",
    "Vendor",
    "Violation",
    "Window",
    "World",
    "counted",
    "fixed",
    "known",
    "moment",
    "same",
    "seconds",
    "spelled",
    "stamp",
    "time_zone",
    "user_and_password",
]
