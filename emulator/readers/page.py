"""What the reference pages show, gathered from a contract: plain values for the templates, nothing of HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from emulator.contract.model import Contract, Operation, Promise, RefusalPromise
from emulator.contract.schema import Schema
from emulator.readers import pieces, security, words
from emulator.readers.answers import hints
from emulator.readers.exchanges import Exchange
from emulator.readers.request import example_of, flat
from emulator.readers.transcript import Executed
from emulator.readers.tree import Node, tree
from emulator.wire import NOTHING

EMULATOR = "http://127.0.0.1:8080"


@dataclass(frozen=True)
class Example:
    """A JSON text. `made`: from the schema, because the contract gives none."""

    text: str
    made: bool = False


@dataclass(frozen=True)
class Failure:
    """One way in which an operation fails."""

    promise: RefusalPromise
    meaning: str
    own: Mapping[str, Mapping[str, Any]]
    """Wordings that are not the vendor's usual ones for this kind."""


@dataclass(frozen=True)
class Answer:
    """A success, ready to show."""

    promise: Promise
    phrase: str
    media: str
    tree: Node | None
    example: Example | None


@dataclass(frozen=True)
class Shown:
    """An operation, ready to show."""

    operation: Operation
    body: Node | None
    body_example: Example | None
    variants: Mapping[str, Node]
    answers: Sequence[Answer]
    failures: Mapping[int, Sequence[Failure]]
    curl: str
    exchanges: Sequence[Exchange]
    executed: Sequence[Executed]
    finding: str
    """The words that the search looks through, in lower case."""


def shown(
    contract: Contract,
    operation: Operation,
    exchanges: Sequence[Exchange],
    executed: Mapping[str, Sequence[Executed]] = NOTHING,
) -> Shown:
    """What a page shows of an operation."""
    body = operation.body
    failures: dict[int, list[Failure]] = {}
    for promise in sorted(operation.refusals.values(), key=lambda p: p.status):
        failures.setdefault(promise.status, []).append(_failure(contract, promise))
    example = _example(body.schema, body.example, body.example is not None) if body is not None else None
    return Shown(
        operation=operation,
        body=tree(body.schema) if body is not None else None,
        body_example=example,
        variants={name: tree(schema) for name, schema in operation.variants.items()},
        answers=[_answer(contract, promise) for promise in operation.replies.values()],
        failures=failures,
        curl=curl(contract, operation, example),
        exchanges=[exchange for exchange in exchanges if exchange.operation == operation.id],
        executed=executed.get(operation.id, ()),
        finding=_finding(operation),
    )


def refusal_example(promise: RefusalPromise) -> Example | None:
    """What a refusal looks like."""
    if promise.schema is None:
        return None
    return _example(promise.schema, promise.example, promise.example is not None, hints(promise))


def matrix(contract: Contract) -> list[tuple[Operation, list[bool]]]:
    """Which roles may call which operation; empty where the vendor knows no roles."""
    if not contract.roles:
        return []
    return [
        (operation, [not operation.access or role in operation.access for role in contract.roles])
        for operation in contract.operations.values()
    ]


def curl(contract: Contract, operation: Operation, example: Example | None) -> str:
    """A command that makes the call; what only the caller knows is a shell variable."""
    lines = [f"curl -X {operation.method}" if operation.method != "GET" else "curl"]
    lines += _credential(contract, operation)
    for parameter in operation.parameters:
        if parameter.place == "header" and parameter.required:
            lines.append(f"-H {_quoted(f'{parameter.name}: {flat(example_of(parameter))}')}")
    if operation.body is not None and example is not None:
        lines += _payload(operation.body.media[0], json.loads(example.text))
    lines.append(f'"{EMULATOR}/{contract.vendor}{_address(operation)}"')
    return " \\\n  ".join(lines)


def _credential(contract: Contract, operation: Operation) -> Iterator[str]:
    """The first way to say who one is."""
    for name in operation.auth[:1]:
        for known, scheme in security.alternatives(contract.auth[name])[0].items():
            variable = "$" + known.upper()
            if scheme.get("scheme") == "basic":
                yield f'-u "$USER_NAME:{variable}"'
            elif scheme["type"] == "http":
                yield f'-H "Authorization: Bearer {variable}"'
            elif scheme["in"] == "header":
                yield f'-H "{scheme["name"]}: {variable}"'


def _payload(media: str, value: Any) -> Iterator[str]:
    if media == "multipart/form-data" and isinstance(value, dict):
        yield from (f"-F {_quoted(f'{name}={flat(item)}')}" for name, item in value.items())
    elif media == "application/x-www-form-urlencoded" and isinstance(value, dict):
        yield f"-d {_quoted(urlencode({name: flat(item) for name, item in value.items()}))}"
    else:
        yield f"-H {_quoted(f'Content-Type: {media}')}"
        yield f"-d {_quoted(json.dumps(value, ensure_ascii=False))}"


def _address(operation: Operation) -> str:
    values = {p.name: quote(flat(example_of(p)), safe="") for p in operation.parameters if p.place == "path"}
    path = re.sub(r"\{([^}*]+)\*?\}", lambda found: values[found[1]], operation.path)
    required = [p for p in operation.parameters if p.place == "query" and p.required]
    query = urlencode([(p.name, flat(example_of(p))) for p in required])
    return path + (f"?{query}" if query else "")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _answer(contract: Contract, promise: Promise) -> Answer:
    whole = promise.whole
    return Answer(
        promise=promise,
        phrase=HTTPStatus(promise.status).phrase,
        media=promise.media or (contract.media if whole is not None else ""),
        tree=tree(whole) if whole is not None else None,
        example=_example(whole, promise.example, promise.has_example) if whole is not None else None,
    )


def _failure(contract: Contract, promise: RefusalPromise) -> Failure:
    usual = contract.refusals[promise.kind].messages if promise.kind in contract.refusals else {}
    own = {name: message for name, message in promise.messages.items() if usual.get(name) != message}
    meaning = (promise.source.says if promise.source else "") or words.MEANINGS[promise.kind]
    return Failure(promise, meaning, own)


def _example(schema: Schema, example: Any, given: bool, hints: Mapping[str, Any] | None = None) -> Example | None:
    found = pieces.exemplified(schema, example, given, hints or {})
    if "example" in found:
        return Example(json.dumps(found["example"], indent=2, ensure_ascii=False))
    if "examples" in found:
        return Example(json.dumps(found["examples"]["made"]["value"], indent=2, ensure_ascii=False), made=True)
    return None


def _finding(operation: Operation) -> str:
    """Id, address, title, wording and the names of parameters."""
    named = " ".join(parameter.name for parameter in operation.parameters)
    parts = [operation.method, operation.path, operation.id, operation.title, operation.description]
    return " ".join([*parts, operation.source.says, named, *operation.emits]).lower()
