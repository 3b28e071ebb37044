"""Small ways to break a server on purpose: what it hears of a call, and what it answers, are changed on their way."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from emulator.verify.line import Seen
from emulator.wire import Call

Item = dict[str, Any]
Send = Callable[[Call], Seen]
Ask = Callable[[Call], Call]


@dataclass
class Told:
    """An answer on its way out. `call` is the method and the path; `value` the body's JSON, where it is JSON."""

    call: str
    status: int
    headers: dict[str, str]
    body: bytes
    value: Any = None

    def items(self) -> list[Any]:
        """The things that a success answers: those listed, in whatever envelope, or the one."""
        value = self.value
        if isinstance(value, dict):
            value = value.get("response", value.get("content", [value]))
        return value if isinstance(value, list) and self.status < 300 else []


Answer = Callable[[Told], Any]


def broken(send: Send, ask: Ask | None = None, answer: Answer | None = None) -> Send:
    """A server whose calls and answers are changed so."""

    def sent(call: Call) -> Seen:
        seen = send(ask(call) if ask else call)
        value = json.loads(seen.body) if "json" in seen.headers.get("content-type", "") else None
        told = Told(f"{call.method} {call.path}", seen.status, dict(seen.headers), seen.body, value)
        if answer:
            answer(told)
        body = told.body if told.value is None else json.dumps(told.value).encode()
        return Seen(told.status, told.headers, body)

    return sent


def where(change: Answer, status: int = 0, call: str = "") -> Answer:
    """Changes the answers of this status, to calls that begin so."""
    return lambda told: status in (0, told.status) and told.call.startswith(call) and change(told)


def told(**fields: Any) -> Answer:
    """Another status, another body."""
    return lambda answer: [setattr(answer, name, value) for name, value in fields.items()]


def body(text: bytes) -> Answer:
    return told(value=None, body=text)


def header(name: str, value: str | None) -> Answer:
    """Another value for a header, or no such header."""
    lower = name.lower()
    return lambda answer: answer.headers.pop(lower, None) if value is None else answer.headers.update({lower: value})


def each(change: Callable[[Item], Any], call: str = "") -> Answer:
    """Changes each thing that a success answers."""
    return lambda answer: answer.call.startswith(call) and [change(item) for item in answer.items()]


def member(name: str, value: Any) -> Callable[[Item], Any]:
    """Another value for a member of a thing, where it has it."""
    return lambda item: name in item and item.update({name: value})


def without(name: str) -> Callable[[Item], Any]:
    return lambda item: item.pop(name, None)


def parameter(name: str, change: Callable[[str], str | None]) -> Ask:
    """The server hears another value of a query parameter, or none."""

    def heard(call: Call) -> Call:
        pairs = [(n, change(v) if n == name else v) for n, v in parse_qsl(call.query)]
        return replace(call, query=urlencode([(n, v) for n, v in pairs if v is not None]))

    return heard
