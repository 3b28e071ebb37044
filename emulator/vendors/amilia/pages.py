"""How lists are shown and cut: `page` and `perPage`, and the address of what comes next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, overload
from urllib.parse import parse_qsl, urlencode

from emulator.kit import Ask, Call, Kind, Outcome, Page, Refusal, Violation, World, fixed

Show = Callable[[dict[str, Any]], dict[str, Any]]


class Listing(Sequence[Any]):
    """Rows that are shown when they are looked at: only the page that is asked for is made."""

    def __init__(self, rows: Sequence[dict[str, Any]], show: Show) -> None:
        self._rows, self._show = rows, show

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> list[Any]: ...
    def __getitem__(self, at: int | slice) -> Any:
        return [self._show(row) for row in self._rows[at]] if isinstance(at, slice) else self._show(self._rows[at])


def listed(rows: Sequence[dict[str, Any]], show: Show) -> Outcome:
    """A list of all these rows, shown so."""
    return Outcome(items=Listing(rows, show))


@fixed
class Pages:
    """Pages by number; `page` and `size` name the parameters."""

    name: str
    page: str
    size: str

    def cut(self, items: Sequence[Any], ask: Ask, world: World) -> Page:
        """The page, the total, and the absolute address of the next page: empty when there is none."""
        page, size = ask.query[self.page], ask.query[self.size]
        least = world.settings["per_page_minimum"]
        if size < least:
            said = f"{size} is less than the minimum of {least}"
            raise Refusal(Kind.INVALID, [Violation((self.size,), "minimum", size, least, "query", said)])
        start = (page - 1) * size
        following = self._address(ask.call, page + 1) if start + size < len(items) else ""
        return Page(items[start : start + size], facts={"TotalCount": len(items), "Next": following})

    def _address(self, call: Call, page: int) -> str:
        """The call's own address with another page; every other parameter as it was."""
        pairs = parse_qsl(call.query, keep_blank_values=True)
        kept = [(name, value) for name, value in pairs if name.lower() != self.page.lower()]
        return f"{call.base_url}{call.path}?{urlencode([*kept, (self.page, page)])}"
