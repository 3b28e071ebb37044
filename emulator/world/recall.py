"""The journal in a world document: its entries as they are shown, and entries made again of that.

What was shown has no secrets, so neither has the document: a bug report may hold what a client sent by mistake. Nothing is decided by
an entry once its call was answered, so one made again shows and explains itself exactly as the first did; only the bytes of bodies are
not those that were sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, TypeVar

import orjson

from emulator.wire import Call, Kind, Refusal, Violation
from emulator.world.clock import EARLIEST, LATEST, moment
from emulator.world.journal import Entry, Journal

T = TypeVar("T")
HIGHEST = 2**53


def told(journal: Journal) -> dict[str, Any]:
    """`entries`, `evicted` and the `last` number, as JSON."""
    evicted = journal.evicted
    return {
        "entries": [entry.show() for entry in journal],
        "evicted": {"from": evicted[0], "to": evicted[1]} if evicted else None,
        "last": journal.last,
    }


def recalled(document: Any) -> tuple[list[Entry], int, tuple[int, int] | None]:
    """What `told` told of, or a bare list of entries, for `Journal.load`. Raises ValueError for what is neither."""
    part: Any = {"entries": document} if isinstance(document, list) else document
    try:
        entries = [_entry(shown) for shown in _a(part["entries"], list)]
        gone = part.get("evicted")
        evicted = (_a(gone["from"], int), _a(gone["to"], int)) if gone else None
        last = _a(part.get("last", entries[-1].id if entries else 0), int)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"journal: entries as GET …/world shows them, evicted and last ({error!r})") from None
    numbers = [evicted[1] if evicted else 0, *(entry.id for entry in entries), last + 1]
    if last > HIGHEST or not all(before < after for before, after in pairwise(numbers)):
        raise ValueError(f"journal: the numbers of entries rise, and last, at most {HIGHEST}, is none below them")
    return entries, last, evicted


def _entry(shown: Mapping[str, Any]) -> Entry:
    request, reply, refusal = shown["request"], shown["reply"], shown["refusal"]
    at = moment(shown["at"])
    if not EARLIEST <= at <= LATEST:
        raise ValueError("at: from 1970 to 9000")
    return Entry(
        id=_a(shown["id"], int),
        at=at,
        vendor=_a(shown["vendor"], str),
        operation=_a(shown["operation"] or "", str),
        principal=_a(shown["principal"] or "", str),
        call=Call(
            _a(request["method"], str),
            _a(request["path"], str),
            _a(request["query"], str),
            _texts(request["headers"]),
            _body(request["body"]),
        ),
        status=_a(reply["status"], int),
        reply_headers=_texts(reply["headers"]),
        reply_body=_body(reply["body"]),
        refusal=_refusal(refusal) if refusal is not None else None,
        remarks=tuple(_a(remark, str) for remark in _a(shown["remarks"], list)),
        attempt=_a(shown["attempt"], int),
        fault=_a(shown["fault"] or "", str),
        facts=_a(shown["facts"], dict),
    )


def _refusal(shown: Mapping[str, Any]) -> Refusal:
    violations = [
        Violation(
            at=(_a(each["at"], str),) if each["at"] else (),
            keyword=_a(each["rule"], str),
            value=each["actual"],
            expected=each["expected"],
            where=_a(each["where"], str),  # type: ignore[arg-type]  # only shown
            said=_a(each["said"], str),
            pointer=_a(each["contract"], str),
        )
        for each in shown["violations"]
    ]
    return Refusal(Kind(shown["kind"]), violations, _a(shown["detail"] or "", str), _a(shown["facts"], dict))


def _a(value: Any, kind: type[T]) -> T:
    """The value, which is of this kind. Raises TypeError where it is not."""
    if type(value) is not kind:
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


def _texts(headers: Any) -> dict[str, str]:
    return {name: _a(value, str) for name, value in _a(headers, dict).items()}


def _body(shown: Any) -> bytes:
    """Bytes that show themselves so: JSON, for a text too."""
    return b"" if shown is None else orjson.dumps(shown)
