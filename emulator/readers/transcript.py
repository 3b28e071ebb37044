"""A call that was made and its reply, as the text that HTTP writes, with no secret in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from emulator.wire import Call

LONGEST = 60  # lines of one body
WIDEST = 400  # characters of one line


@dataclass(frozen=True)
class Executed:
    """A call that was really made, and its reply, as text. `refusal` is the kind that it met; empty for a success."""

    operation: str
    status: int
    request: str
    reply: str
    refusal: str = ""


def call_text(call: Call, host: str, secrets: Mapping[str, str]) -> str:
    """The call as HTTP writes it; of headers in `secrets`, spelt as they are there, only the scheme's word is shown."""
    target = call.path + (f"?{call.query}" if call.query else "")
    headers = {"host": host, **call.headers}
    shown = {secrets.get(name, name): _masked(value) if name in secrets else value for name, value in headers.items()}
    return _text(f"{call.method} {target} HTTP/1.1", shown, call.headers.get("content-type", ""), call.body)


def reply_text(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """The reply as HTTP writes it, JSON laid out, long bodies cut."""
    known = {code.value: code.phrase for code in HTTPStatus}
    line = f"HTTP/1.1 {status} {known.get(status, '')}".rstrip()
    return _text(line, headers, headers.get("Content-Type", ""), body)


def _masked(value: str) -> str:
    word, space, _ = value.partition(" ")
    return f"{word} …" if space else "…"


def _text(line: str, headers: Mapping[str, str], media: str, body: bytes) -> str:
    head = [line, *(f"{name.title() if name.islower() else name}: {value}" for name, value in headers.items())]
    return "\n".join([*head, "", *_lines(media, body)] if body else head)


def _lines(media: str, body: bytes) -> list[str]:
    if "json" in media:
        text = _laid_out(body)
    else:
        text = "".join(c if c.isprintable() or c in "\r\n" else "�" for c in body.decode(errors="replace"))
    lines = [one if len(one) <= WIDEST else one[:WIDEST] + "…" for one in text.splitlines()]
    more = len(lines) - LONGEST
    return lines if more <= 0 else [*lines[:LONGEST], f"… and {more} lines more"]


def _laid_out(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body.decode(errors="replace")
