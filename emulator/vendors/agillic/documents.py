"""Documents: lists frozen on the server, read in pages, gone after a while."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import orjson

from emulator.kit import Kind, Refusal, World, fixed

DOCUMENTS, CHUNKS = "documents", "document_chunks"


@fixed
class Document:
    """A frozen list: how many items it has, and how many stand in each of the rows that keep them."""

    world: World
    id: str
    total: int
    chunk: int

    def items(self, start: int, size: int) -> list[Any]:
        """At most `size` items from the `start`-th on, counted from 1. Reads only the rows that hold them, however long the document is.

        Raises `missing` for a start beyond the end, but for the first page of nothing.
        """
        if start > max(self.total, 1):
            raise Refusal(Kind.MISSING, facts={"resource": "page", "start": start, "total": self.total})
        begin, end = start - 1, min(start - 1 + size, self.total)
        found: list[Any] = []
        for number in range(begin // self.chunk, -(-end // self.chunk)):
            kept = self.world.rows(CHUNKS).get(f"{self.id}:{number}")
            found += kept["items"] if kept is not None else ()
        offset = begin - begin % self.chunk
        return found[begin - offset : end - offset]

    def measures(self, start: int, size: int) -> dict[str, Any]:
        """What a page says of the document and of itself."""
        pages = -(-self.total // size)
        return {
            "documentId": self.id,
            "pageStart": start,
            "pageSize": size,
            "totalElements": self.total,
            "totalPages": pages,
        }

    def links(self, address: str, start: int, size: int) -> list[dict[str, str]]:
        """Links to the pages around this one, where there are any, of the document at this address."""
        places = {"first": 1, "prev": max(1, start - size) if start > 1 else 0, "self": start}
        places |= {
            "next": start + size if start + size <= self.total else 0,
            "last": 1 + size * (max(self.total - 1, 0) // size),
        }
        joint = "&" if "?" in address else "?"
        return [
            {
                "rel": rel,
                "href": address + joint + urlencode({"pageStart": place, "pageSize": size} | {"documentId": self.id}),
            }
            for rel, place in places.items()
            if place
        ]


def freeze(world: World, items: Iterable[bytes], *, ident: str, chunk: int, idle: float, until: float) -> Document:
    """A new document of items in JSON; it lives for `idle` seconds after each call, and no longer than `until`."""
    left, total, number = iter(items), 0, 0
    chunks = world.rows(CHUNKS)
    while part := list(islice(left, chunk)):
        chunks.add({"id": f"{ident}:{number}", "items": [orjson.Fragment(item) for item in part]}, expires=until)
        total, number = total + len(part), number + 1
    expires = min(world.clock.now() + idle, until)
    world.rows(DOCUMENTS).add(
        {"id": ident, "total": total, "chunk": chunk, "idle": idle, "until": until}, expires=expires
    )
    return Document(world, ident, total, chunk)


def opened(world: World, ident: str) -> Document:
    """The document of this id, whose life begins anew within its bounds. Raises `missing`."""
    rows = world.rows(DOCUMENTS)
    kept = rows.get(ident)
    if kept is None:
        why = "expired" if rows.lapsed(ident) is not None else "unknown"
        raise Refusal(Kind.MISSING, detail=why, facts={"resource": "document", "id": ident, "why": why})
    rows.touch(ident, min(world.clock.now() + kept["idle"], kept["until"]))
    return Document(world, ident, kept["total"], kept["chunk"])
