"""Batches: entries carried out one by one, each whole or not at all, whatever became of the ones before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from emulator.kit import Kind, Refusal, World
from emulator.vendors.agillic.envelope import told

CREATED, UPDATED = "created", "updated"


@dataclass
class Bulk:
    """What became of a batch so far."""

    created: int = 0
    updated: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)

    def show(self, world: World) -> dict[str, Any]:
        """Counts, or lists where the setting asks for them."""
        lists = world.settings["bulk_details"] == "lists"
        return {
            CREATED: self.created,
            UPDATED: self.updated,
            "warnings": [] if lists else 0,
            "errors": self.errors if lists else len(self.errors),
        }


def carried_out(
    world: World, entries: Iterable[Any], one: Callable[[Any], str], name: Callable[[Any], str | None]
) -> Bulk:
    """Each entry in turn; `one` says what it did (`created` or `updated`) or refuses, `name` is the entry's id for the notes."""
    bulk = Bulk()
    for index, entry in enumerate(entries):
        try:
            done = one(entry)
        except Refusal as refusal:
            bulk.errors.append({"index": index, "id": name(entry), "message": told(refusal, world)})
            continue
        if done == CREATED:
            bulk.created += 1
        else:
            bulk.updated += 1
    return bulk


def text_in(entry: Any, key: str) -> str | None:
    """A string member of an entry, or None."""
    value = entry.get(key) if isinstance(entry, dict) else None
    return value if isinstance(value, str) else None


def member(entry: Any, key: str, kind: type) -> Any:
    """A member of an entry. Raises `invalid` if it is absent or of another type."""
    value = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(value, kind) or value == "":
        raise Refusal(Kind.INVALID, detail="no_identifier", facts={"field": key})
    return value
