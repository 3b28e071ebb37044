"""How lists are cut into pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from emulator.wire import Ask, Page, fixed
from emulator.world.world import World


class Pager(Protocol):
    """A way to cut."""

    def cut(self, items: Sequence[Any], ask: Ask, world: World) -> Page:
        """The page that was asked for. May refuse."""


@fixed
class Offset:
    """A number of items from a place on; the total goes into a header if there is one."""

    name: str
    offset: str
    limit: str
    total_header: str = ""

    def cut(self, items: Sequence[Any], ask: Ask, world: World) -> Page:
        start, most, total = ask.query.get(self.offset, 0), ask.query[self.limit], len(items)
        headers = {self.total_header: str(total)} if self.total_header else {}
        return Page(items[start : start + most], headers, {"offset": start, "limit": most, "total": total})


PAGERS: dict[str, type] = {"offset": Offset}
