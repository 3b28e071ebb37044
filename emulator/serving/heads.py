"""Request lines and header fields, and the memory of those seen before.

A client sends the same headers again and again, and often asks for the same thing. A request whose lines have been
parsed before is taken apart by looking them up, at a fifth of the cost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

Fields = tuple[tuple[bytes, bytes], ...]

KEPT = 500
"""Lines, and blocks of headers, that are remembered of each."""
LONGEST = 4096
"""Bytes of a line or a block that is worth remembering."""


class Line(NamedTuple):
    """A request's first line. The target is as it was sent, percent-encoding included; so are the path and the query in it."""

    method: str
    target: str
    path: str
    query: str
    version: str
    host: str
    """Of a target that was meant for a proxy; else empty."""


class Head(NamedTuple):
    """The headers of a request: as they were sent, and as texts by their names in lower case, of which the last counts."""

    fields: Fields
    texts: Mapping[str, str]
    keep: bool
    """Whether the client wants to go on."""
    length: int
    """Of the body, if the headers give it."""


# What the parser would accept and this module can read: the rest is left to the parser.
_LINE = re.compile(rb"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/[\w/.~%?&=+,:;@!$'()*-]*) HTTP/1\.1", re.ASCII)
_SPECIAL = ("transfer-encoding", "upgrade", "expect")
_lines: dict[bytes, Line] = {}
_blocks: dict[bytes, Head] = {}


def head_of(fields: Iterable[tuple[bytes, bytes]], keep: bool) -> Head:
    """What the fields say."""
    texts = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in fields}
    return Head(tuple(fields), texts, keep, int(texts.get("content-length") or 0))


def line_of(method: str, target: str, version: str) -> Line:
    """What the first line of a request says."""
    host = ""
    path, _, query = target.partition("?")
    if path[:1] != "/":
        _, scheme, rest = path.partition("://")
        if scheme:  # and not the asterisk of OPTIONS
            host, slash, path = rest.partition("/")
            path = slash + path or "/"
    return Line(method, target, path, query, version, host)


def recall(data: bytes) -> tuple[Line, Head, bytes] | None:
    """First line, headers and body, if the data is exactly one request and its headers are known."""
    first = data.find(b"\r\n")
    last = data.find(b"\r\n\r\n", first) + 4
    head = _blocks.get(data[first + 2 : last])
    if head is None or len(data) - last != head.length:
        return None
    line = _lines.get(data[:first]) or _line(data[:first])
    return None if line is None else (line, head, data[last:])


def remember(data: bytes, head: Head) -> None:
    """The data was exactly one request, as far as the parser can tell: keep its headers in mind."""
    first = data.find(b"\r\n")
    last = data.find(b"\r\n\r\n", first) + 4
    block = data[first + 2 : last]
    simple = len(data) - last == head.length and head.texts.keys().isdisjoint(_SPECIAL)
    if simple and len(block) <= LONGEST and _line(data[:first]) is not None:
        if len(_blocks) >= KEPT:
            _blocks.clear()
        _blocks[block] = head


def _line(line: bytes) -> Line | None:
    found = _LINE.fullmatch(line)
    if found is None or len(line) > LONGEST:
        return None
    if len(_lines) >= KEPT:
        _lines.clear()
    _lines[line] = read = line_of(found[1].decode(), found[2].decode(), "HTTP/1.1")
    return read
