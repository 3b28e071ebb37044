"""What nobody should send: raw HTTP/1.1 bytes, well framed with odd contents, or not framed at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from emulator.fuzz.odd import BODIES, HEADERS, LOOSE, MEDIA, METHODS, PIECES, QUERY

SEED = 24  # bytes of choices for a request


def noise(roots: Sequence[bytes] = (b"/",), headers: Sequence[bytes] = ()) -> st.SearchStrategy[tuple[bytes, bool]]:
    """A request as bytes, and whether it is framed well enough for another to follow on the same connection.

    `roots` are beginnings of paths, each with the method it has before it (`GET /a`) or without; `headers` are whole header
    lines, of which one is sometimes taken (a credential that is known).
    """
    given, known = tuple(roots), tuple(headers)
    return st.binary(min_size=SEED, max_size=SEED).map(lambda seed: _request(_Choices(seed), given, known))


class _Choices:
    """Choices read from one draw: ten thousand requests of a dozen draws each would take half a minute; zeros choose the first."""

    def __init__(self, seed: bytes) -> None:
        self.seed = seed
        self._left = int.from_bytes(seed, "little")

    def below(self, many: int) -> int:
        self._left, found = divmod(self._left, many)
        return found

    def of(self, given: Sequence[Any]) -> Any:
        return given[self.below(len(given))]

    def some(self, given: Sequence[Any], most: int) -> list[Any]:
        return [self.of(given) for _ in range(self.below(most + 1))]


def _request(choices: _Choices, roots: Sequence[bytes], known: Sequence[bytes]) -> tuple[bytes, bool]:
    if choices.below(40) == 39:
        return choices.of(LOOSE), False
    method, path = choices.of(METHODS).encode(), choices.of(roots)
    if b" " in path:
        usual, _, path = path.partition(b" ")
        method = usual if choices.below(4) else method
    for piece in choices.some(PIECES, 3):
        path += (b"" if path.endswith(b"/") else b"/") + piece
    if choices.below(4) == 3:
        path += b"?" + b"&".join(choices.some(QUERY, 3))
    lines = choices.some(HEADERS, 2)
    if known and choices.below(4):
        lines = [choices.of(known), *lines]
    body = b""
    if method in (b"POST", b"PUT", b"PATCH", b"DELETE") or choices.below(10) == 9:
        body = _body(choices)
        lines.append(b"Content-Type: " + choices.of(MEDIA))
    chunked = bool(body) and choices.below(8) == 7
    lines.append(b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % len(body))
    if chunked:
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    return b"%b %b HTTP/1.1\r\nHost: localhost\r\n%b\r\n\r\n%b" % (method, path, b"\r\n".join(lines), body), True


def _body(choices: _Choices) -> bytes:
    how = choices.below(10)
    body: bytes = choices.of(BODIES)
    if how < 6:
        return body
    return choices.seed * choices.below(4) if how < 8 else body[: choices.below(2000)]
