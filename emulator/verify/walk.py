"""Walks pages: sizes at their bounds, and two pages that follow each other, which must be what one page of both is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from emulator.contract.load import slots
from emulator.contract.model import Paging, Parameter
from emulator.verify.judge import Finding, Probe, Verdict, shown
from emulator.verify.session import Base, Pairs, Session

HEAVIEST = 5000  # items; no server is asked for a larger page


@dataclass(frozen=True)
class _Book:
    """A paged operation: its call, its style, and which parameters say how many items and from where on."""

    base: Base
    style: Paging
    size: Parameter
    start: Parameter | None
    query: Pairs

    def asked(self, **changes: Any) -> Pairs:
        names = {name for name in (self.size.name, self.start.name if self.start else "") if name}
        kept = tuple(pair for pair in self.query if pair[0] not in names)
        return (*kept, *((name, str(value)) for name, value in changes.items()))


def walk(session: Session, base: Base) -> None:
    """Walks the operation's pages, if it has any."""
    book = _book(session, base)
    if book is None:
        return
    bounds = book.size.schema.raw
    for size in (bounds.get("minimum"), None, bounds.get("maximum")):
        if size is None or size <= HEAVIEST:
            _sized(session, book, size)
    least = max(1, int(bounds.get("minimum", 1)))
    for last_time in (False, True):  # a server that others write to may change between two calls, but hardly every time
        if (found := _unlike(session, book, least)) is None:
            return
        if last_time:
            session.note(*found)


def _book(session: Session, base: Base) -> _Book | None:
    style = session.contract.paging.get(base.operation.paging)
    if style is None:
        return None
    options = style.part.options
    numbers = [p for p in style.parameters if p.types == {"integer"}]
    named = {options.get("limit"), options.get("size")}
    size = next((p for p in numbers if p.name in named), None) or next((p for p in numbers if _has_room(p)), None)
    if size is None:
        return None
    start = next((p for p in numbers if p is not size), None)
    shown_with: Pairs = next(
        (
            tuple((n, str(v)) for n, v in e.request["query"].items() if n in {p.name for p in style.parameters})
            for e in session.exchanges
            if e.operation == base.operation.id and e.reply["status"] < 300 and size.name in e.request.get("query", {})
        ),
        (),
    )
    return _Book(base, style, size, start, (*base.query, *(pair for pair in shown_with if pair not in base.query)))


def _has_room(parameter: Parameter) -> bool:
    """Whether a parameter's usual value is more than its least: a size's is, a beginning's is not."""
    return parameter.has_default and parameter.default > parameter.schema.raw.get("minimum", parameter.default)


def _sized(session: Session, book: _Book, size: int | None) -> None:
    """One page of a size, or of the usual one: no more may come."""
    query = book.asked(**_beginning(book), **({} if size is None else {book.size.name: size}))
    if size is None and book.size.required:
        return
    most = book.size.default if size is None else size
    about = f"a page of {most}" if size is not None else "a page of the usual size"
    probe, verdict = _page(session, book, query, about)
    count = len(items(book.style, verdict.value) or ())
    if most is not None and count > most:
        finding = Finding(
            f"a page has at most {most} items ({book.size.name})",
            book.size.schema.pointer,
            book.size.source or book.style.part.source,
            f"{count} items",
        )
        session.note(probe, verdict.but(finding))


def _unlike(session: Session, book: _Book, least: int) -> tuple[Probe, Verdict] | None:
    """How two pages of the least size differ from one of twice that; None if they do not, or if there is no second."""
    _, both = _page(session, book, book.asked(**_beginning(book), **{book.size.name: 2 * least}), "two pages in one")
    _, first = _page(session, book, book.asked(**_beginning(book), **{book.size.name: least}), "the first page")
    together = items(book.style, both.value)
    if together is None or len(together) <= least:
        return None
    following = _following(book, first.value, least)
    if following is None:
        session.skip(f"{book.base.operation.id}: second page", "no reply says where it begins")
        return None
    probe, second = _page(session, book, following, "the second page")
    apart = [items(book.style, first.value) or [], items(book.style, second.value) or []]
    if [_known(one) for page in apart for one in page] == [_known(one) for one in together]:
        return None
    finding = Finding(
        "two pages that follow each other hold what one page of both does",
        book.style.part.pointer,
        book.style.part.source,
        f"{shown([_known(one) for one in together])} in one; then {shown([[_known(o) for o in page] for page in apart])}",
    )
    return probe, second.but(finding)


def _page(session: Session, book: _Book, query: Pairs, about: str) -> tuple[Probe, Verdict]:
    done = frozenset(str(status) for status in book.base.operation.replies if status < 300)
    scheme = book.base.key.scheme if book.base.key is not None else ""
    probe = Probe(about, book.base.call(query), book.base.operation, done, scheme)
    return probe, session.ask(probe)


def _beginning(book: _Book) -> dict[str, Any]:
    """Where the list begins, for those styles that want to be told."""
    if book.start is None or not book.start.required:
        return {}
    return {book.start.name: book.start.schema.raw.get("minimum", 0)}


def _following(book: _Book, page: Any, size: int) -> Pairs | None:
    """The query of the page after the first: counted where items are, else as the reply's own link to it says."""
    if book.start is None:
        return None
    if book.style.part.options.get("offset") == book.start.name:
        least = int(book.start.schema.raw.get("minimum", 0))
        return book.asked(**{book.start.name: least + size, book.size.name: size})
    later: dict[int, Pairs] = {}
    for link in _links(page, items(book.style, page) or []):
        pairs = tuple(parse_qsl(urlsplit(link).query, keep_blank_values=True))
        begins = {name.lower(): value for name, value in pairs}.get(book.start.name.lower(), "")
        if begins.isdigit() and int(begins) > int(book.start.default or 0):
            later[int(begins)] = pairs
    return later[min(later)] if later else None


def _links(value: Any, but: Any) -> Iterator[str]:
    """The addresses that a reply gives beside its items."""
    if value is but and isinstance(value, list):
        return
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _links(inner, but)
    elif isinstance(value, list):
        for inner in value:
            yield from _links(inner, but)
    elif isinstance(value, str) and "?" in value:
        yield value


def items(style: Paging, value: Any) -> list[Any] | None:
    """The items of a page: the body itself, or what stands where the style's wrapper has its gap."""
    if isinstance(value, list):
        return value
    for place in slots(style.wrapper) if style.wrapper is not None else ():
        inner = value
        for at, step in enumerate(place):
            if at and place[at - 1] == "properties":
                inner = inner.get(step) if isinstance(inner, dict) else None
        if isinstance(inner, list):
            return inner
    return None


def _known(item: Any) -> Any:
    """What an item is known by: its id where it has one, for the rest of it may change with the time."""
    if isinstance(item, dict):
        return next((value for name, value in item.items() if name.lower() == "id"), item)
    return item
