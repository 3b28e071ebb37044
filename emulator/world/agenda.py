"""What will happen next in a sandbox, and what is due: webhooks and scheduled events; and what will expire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from emulator.wire import fixed
from emulator.world.clock import EARLIEST, LATEST, stamp
from emulator.world.sandbox import Sandbox
from emulator.world.world import CREDENTIALS, TIMERS, World

NAMED = {"credentials": "credential", "windows": "rate window"}


@fixed
class Due:
    """Something to be done at a moment: a delivery to send, or a scheduled stimulus."""

    when: float
    world: World
    kind: Literal["delivery", "timer"]
    id: str
    title: str


def pending(world: World, until: float = LATEST) -> Iterator[Due]:
    """What is to be done in a world by a moment, and what is next after it, in no order. Called under its lock."""
    for delivery in world.outbox.ready():
        yield Due(
            delivery["due"], world, "delivery", delivery["id"], f"webhook {delivery['event']} to {delivery['url']}"
        )
    for row in world.rows(TIMERS).ranked("due"):
        timer = row.data
        yield Due(timer["due"], world, "timer", timer["id"], timer["title"])
        if timer["due"] > until:
            break


def first(sandbox: Sandbox) -> Due | None:
    """What is to be done first."""
    earliest: Due | None = None
    for world in sandbox.worlds.values():
        with world.lock:
            for due in pending(world, until=EARLIEST):
                if earliest is None or due.when < earliest.when:
                    earliest = due
    return earliest


def entries(sandbox: Sandbox) -> list[dict[str, Any]]:
    """All that is to come, in order: `at`, `vendor`, `kind`, `title`."""
    return [
        {"at": stamp(when), "vendor": vendor, "kind": kind, "title": title}
        for when, vendor, kind, title in moments(sandbox)
    ]


def moments(sandbox: Sandbox) -> list[tuple[float, str, str, str]]:
    """The same with the very moments, which a stamp rounds."""
    found: list[tuple[float, str, str, str]] = []
    for vendor, world in sandbox.worlds.items():
        with world.lock:
            found += [(due.when, vendor, due.kind, due.title) for due in pending(world)]
            world.store.sweep()
            ends: dict[tuple[float, str], list[str]] = {}
            for when, collection, ident in world.store.expiring():
                ends.setdefault((when, collection), []).append(ident)
            for (when, collection), idents in ends.items():
                found.append((when, vendor, NAMED.get(collection, "expiry"), _ending(collection, idents)))
    return sorted(found)


def next_moment(sandbox: Sandbox) -> float:
    """When the next of what is to come happens; now, if it is due already. Raises LookupError if nothing is to come."""
    coming = moments(sandbox)
    if not coming:
        raise LookupError("nothing is to come")
    return max(sandbox.clock.now(), coming[0][0])


def _ending(collection: str, idents: list[str]) -> str:
    """What ends, in one line however many rows it is. Credentials are not named."""
    if len(idents) > 1:
        return f"{len(idents)} rows of {collection} end"
    return "credentials row ends" if collection == CREDENTIALS else f"{collection} {idents[0]} ends"
