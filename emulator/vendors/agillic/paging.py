"""Pages of server-side documents, or the whole list for clients that do not ask for pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from emulator.kit import Ask, Page, Row, World, fixed, seconds
from emulator.vendors.agillic.documents import freeze, opened


@fixed
class Documents:
    """Freezes a list at the first call and cuts its pages from then on. Durations are ISO 8601."""

    name: str
    idle: str
    life: str
    chunk: int
    id_length: int

    def cut(self, items: Sequence[Any], ask: Ask, world: World) -> Page:
        """The page that was asked for. Raises `missing` for a document that is unknown or over, and for a start beyond its end."""
        if not paged(ask):
            return Page(items)
        start, size = ask.query["pageStart"], ask.query["pageSize"]
        given = ask.query.get("documentId")
        document = opened(world, given) if given is not None else self._frozen(items, world)
        address = f"{ask.call.base_url}{ask.operation.path}?objectResponse=true"
        facts = {"links": document.links(address, start, size), "page": document.measures(start, size)}
        return Page(document.items(start, size), facts=facts)

    def _frozen(self, items: Iterable[Any], world: World) -> Any:
        raw = (item.raw if isinstance(item, Row) else orjson.dumps(item) for item in items)
        ident = world.ids.token(self.id_length)
        until = world.clock.now() + seconds(self.life)
        return freeze(world, raw, ident=ident, chunk=self.chunk, idle=seconds(self.idle), until=until)


def paged(ask: Ask) -> bool:
    """Whether the answer is a page: asked for as an object, or from a document."""
    return str(ask.query.get("objectResponse", "")).lower() == "true" or "documentId" in ask.query
