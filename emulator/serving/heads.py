"""Request lines and header fields as WSGI wants them, and the memory of those seen before.

A client sends the same headers again and again, and often asks for the same thing. A request whose lines have been
parsed before is taken apart by looking them up, at a fifth of the cost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

Environ = dict[str, Any]
Fields = Sequence[tuple[bytes, bytes]]

RAW_TARGET = "REQUEST_URI"
"""The environment's key for the request target as it was sent, percent-encoding and query included, as Latin-1 text."""
RAW_HEADERS = "emulator.headers"
"""The environment's key for the header fields as they were sent, in order: a tuple of pairs of bytes."""

KEPT = 500
"""Lines, blocks of headers, and names, that are remembered of each."""
LONGEST = 4096
"""Bytes of a line or a block that is worth remembering."""


class Head(NamedTuple):
    """The headers of a request: for WSGI, whether the client wants to go on, and the length they give the body."""

    environ: Environ
    keep: bool
    length: int


# What the parser would accept and this module can read: the rest is left to the parser.
_LINE = re.compile(rb"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/[\w/.~%?&=+,:;@!$'()*-]*) HTTP/1\.1", re.ASCII)
_SPECIAL = ("HTTP_TRANSFER_ENCODING", "HTTP_UPGRADE", "HTTP_EXPECT")
_lines: dict[bytes, Environ] = {}
_blocks: dict[bytes, Head] = {}
_names: dict[bytes, str] = {}


def head_of(fields: Fields, keep: bool) -> Head:
    """The headers by their CGI names. What was sent twice is joined."""
    environ: Environ = {}
    for name, value in fields:
        key = _names.get(name) or _key(name)
        text = value.decode("latin-1")
        if key in environ:
            text = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + text
        environ[key] = text
    environ[RAW_HEADERS] = tuple(fields)
    return Head(environ, keep, int(environ.get("CONTENT_LENGTH") or 0))


def line_of(method: str, target: str, version: str) -> Environ:
    """What the first line of a request says. The host of a target that was meant for a proxy is the request's host."""
    path, _, query = target.partition("?")
    environ = {"REQUEST_METHOD": method, "QUERY_STRING": query, RAW_TARGET: target, "SERVER_PROTOCOL": version}
    if path[:1] != "/":
        _, scheme, rest = path.partition("://")
        if scheme:  # and not the asterisk of OPTIONS
            environ["HTTP_HOST"], slash, path = rest.partition("/")
            path = slash + path or "/"
    environ["PATH_INFO"] = unquote_to_bytes(path).decode("latin-1") if "%" in path else path
    return environ


def recall(data: bytes) -> tuple[Environ, Head, bytes] | None:
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
    simple = len(data) - last == head.length and head.environ.keys().isdisjoint(_SPECIAL)
    if simple and len(block) <= LONGEST and _line(data[:first]) is not None:
        if len(_blocks) >= KEPT:
            _blocks.clear()
        _blocks[block] = head


def _line(line: bytes) -> Environ | None:
    found = _LINE.fullmatch(line)
    if found is None or len(line) > LONGEST:
        return None
    if len(_lines) >= KEPT:
        _lines.clear()
    _lines[line] = environ = line_of(found[1].decode(), found[2].decode(), "HTTP/1.1")
    return environ


def _key(name: bytes) -> str:
    key = name.decode("latin-1").upper()
    # Asked of the name as it was sent: Content_Length is none of ours.
    if key not in ("CONTENT-TYPE", "CONTENT-LENGTH"):
        key = "HTTP_" + key
    key = key.replace("-", "_")
    if len(_names) < KEPT:  # names come from clients, who may never run out of new ones
        _names[name] = key
    return key
