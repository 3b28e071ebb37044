"""What was called and how it was answered: a ring that keeps the newest calls within a number and a size, and says what it let go."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

import orjson

from emulator.contract.read import DEEPEST
from emulator.wire import NOTHING, Call, Refusal
from emulator.world.brief import brief, size
from emulator.world.clock import stamp

MOST_CALLS = 10_000
MOST_BYTES = 32 * 1024 * 1024
LONGEST_BODY = 64 * 1024
OVERHEAD = 1024  # of one entry, roughly, besides its bodies
SECRET_HEADERS = frozenset({"authorization", "cookie", "set-cookie", "proxy-authorization", "x-amz-security-token"})
SECRET_WORDS = (
    "token",
    "secret",
    "password",
    "apikey",
    "signingkey",
    "sessionid",
    "authorization",
    "passwd",
)
HIDDEN = "[redacted]"
# Compiled when first used: seldom, and not by the start.
_MEMBER = r'"([^"\\]{1,64})"(\s*:\s*)"(?:[^"\\]|\\.)*("|$)'
_PART = r'(?s)name="([^"]{1,64})"([^\n]*\n(?:[^\r\n]+\r?\n)*\r?\n)(.*?)(?=\r?\n--|$)'


@dataclass(slots=True)
class Entry:
    """One call. `body` and `reply_body` are cut to a length; secrets are hidden when an entry is shown, not when it is kept."""

    at: float
    vendor: str
    operation: str
    principal: str
    call: Call
    status: int
    reply_headers: Mapping[str, str]
    reply_body: bytes
    refusal: Refusal | None = None
    remarks: tuple[str, ...] = ()
    fault: str = ""
    facts: Mapping[str, Any] = NOTHING
    id: int = 0
    attempt: int = 1
    size: int = 0
    """Bytes that the entry takes, roughly."""

    def show(self) -> dict[str, Any]:
        """The entry as the control plane shows it, without secrets."""
        call, refusal = self.call, self.refusal
        return {
            "id": self.id,
            "at": stamp(self.at),
            "vendor": self.vendor,
            "operation": self.operation or None,
            "principal": self.principal or None,
            "attempt": self.attempt,
            "request": {
                "method": call.method,
                "path": call.path,
                "query": hidden_in_query(call.query),
                "headers": hidden_in_headers(call.headers),
                "body": shown_body(call.body),
            },
            "reply": {
                "status": self.status,
                "headers": hidden_in_headers(self.reply_headers),
                "body": shown_body(self.reply_body),
            },
            "refusal": refusal and explained(refusal),
            "fault": self.fault or None,
            "remarks": list(self.remarks),
            "facts": dict(self.facts),
        }


class Journal:
    """The calls of one sandbox, oldest first. Safe to write to from many threads."""

    def __init__(self, most_calls: int = MOST_CALLS, most_bytes: int = MOST_BYTES) -> None:
        self._entries: deque[Entry] | tuple[()] = ()  # most sandboxes of a thousand are never called
        self._most_calls, self._most_bytes = most_calls, most_bytes
        self._lock = threading.Lock()
        self._last: Call | None = None
        self._tries = 0
        self._bytes = 0
        self.last = 0
        """The number of the newest entry that was ever written."""
        self.evicted: tuple[int, int] | None = None
        """The first and the last number that were let go for want of room."""

    def write(self, entry: Entry) -> Entry:
        """Adds an entry, cut to what is kept, which gets its number now; the oldest go when there is no room."""
        call = entry.call
        if len(call.body) > LONGEST_BODY or call.spool is not None:
            entry.call = replace(call, body=call.body[:LONGEST_BODY], spool=None)
        if len(entry.reply_body) > LONGEST_BODY:
            entry.reply_body = entry.reply_body[:LONGEST_BODY]
        if entry.refusal is not None:
            entry.refusal = brief(entry.refusal)
        with self._lock:
            entry.id = self.last = self.last + 1
            entry.attempt = self._attempt(call)
            self._add(entry)
        return entry

    def load(self, entries: Iterable[Entry], last: int, evicted: tuple[int, int] | None) -> None:
        """These entries in the place of those that are; `last` is the number after which the next call's comes."""
        self.clear()
        with self._lock:
            self.last, self.evicted = last, evicted
            for entry in entries:
                self._add(entry)

    def _add(self, entry: Entry) -> None:
        entry.size = _weight(entry)
        entries = self._entries = self._entries or deque()
        entries.append(entry)
        self._bytes += entry.size
        while len(entries) > self._most_calls or (self._bytes > self._most_bytes and len(entries) > 1):
            gone = entries.popleft()
            self._bytes -= gone.size
            self.evicted = (self.evicted[0] if self.evicted else gone.id, gone.id)

    def _attempt(self, call: Call) -> int:
        """How often in a row this very call was made: a client's silent retry counts 2."""
        last, self._last = self._last, call
        again = (
            last is not None
            and last.path == call.path
            and last.method == call.method
            and last.query == call.query
            and last.body == call.body
            and last.headers.get("authorization") == call.headers.get("authorization")
        )
        self._tries = self._tries + 1 if again else 1
        return self._tries

    def entries(self, wanted: Callable[[Entry], bool] | None = None) -> list[Entry]:
        """The entries that are wanted, oldest first."""
        with self._lock:
            entries = list(self._entries)
        return entries if wanted is None else [entry for entry in entries if wanted(entry)]

    def find(self, number: int) -> Entry | None:
        """The entry of this number, unless it was let go."""
        return next((entry for entry in reversed(self.entries()) if entry.id == number), None)

    def clear(self) -> None:
        """Empties the journal; numbers go on."""
        with self._lock:
            self._entries = ()
            self._last = None
            self._bytes, self.evicted = 0, None

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries())


def _weight(entry: Entry) -> int:
    call = entry.call
    head = len(call.path) + len(call.query) + sum(map(len, call.headers.values()))
    refused = size(entry.refusal) if entry.refusal is not None and entry.refusal.violations else 0
    return OVERHEAD + head + len(call.body) + len(entry.reply_body) + refused


def explained(refusal: Refusal) -> dict[str, Any]:
    """Why a call was refused, for people: kind, facts, and each rule that was broken with the contract's place."""
    return {
        "kind": refusal.kind.value,
        "detail": refusal.detail or None,
        "facts": dict(refusal.facts),
        "violations": [
            {
                "where": violation.where,
                "at": violation.place,
                "rule": violation.keyword,
                "actual": HIDDEN if secret(violation.place) else violation.value,
                "expected": violation.expected,
                "said": "" if secret(violation.place) else violation.said,
                "contract": violation.pointer,
            }
            for violation in refusal.violations
        ],
    }


def secret(name: str) -> bool:
    """Whether a name is one under which secrets go."""
    plain = name.lower().replace("-", "").replace("_", "")
    return any(word in plain for word in SECRET_WORDS)


def hidden_in_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers, secrets hidden but for the scheme before them."""
    return {
        name: _hidden(value) if name.lower() in SECRET_HEADERS or secret(name) else value
        for name, value in headers.items()
    }


def hidden_in_query(query: str) -> str:
    """The query, values of secret names hidden."""
    pairs = (pair.partition("=") for pair in query.split("&")) if query else ()
    return "&".join(
        f"{name}{equals}{HIDDEN if equals and secret(unquote(name)) else value}" for name, equals, value in pairs
    )


def shown_body(body: bytes) -> Any:
    """A body as JSON where it is, else as text, secrets hidden; None if there is none."""
    if not body:
        return None
    try:
        return _without_secrets(orjson.loads(body), DEEPEST)
    except ValueError:  # no JSON, or nested too deeply to be written again
        text = body.decode("utf-8", "replace")
        form = "=" in text and "\n" not in text and " " not in text
        return hidden_in_query(text) if form else _hidden_in_text(text)


def _hidden_in_text(text: str) -> str:
    """What is no JSON as a whole may still be a piece of it, or a multipart body."""
    text = re.sub(_MEMBER, lambda m: f'"{m[1]}"{m[2]}"{HIDDEN}"' if secret(m[1]) else m[0], text)
    return re.sub(_PART, lambda m: f'name="{m[1]}"{m[2]}{HIDDEN}' if secret(m[1]) else m[0], text)


def _without_secrets(value: Any, levels: int) -> Any:
    """A copy, secrets hidden. Raises ValueError where it has more levels."""
    if levels < 0:
        raise ValueError("nested too deeply")
    if isinstance(value, dict):
        return {
            key: HIDDEN if secret(key) and isinstance(item, str) else _without_secrets(item, levels - 1)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_without_secrets(item, levels - 1) for item in value]
    return value


def _hidden(value: str) -> str:
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {HIDDEN}" if space and scheme.isalpha() else HIDDEN
