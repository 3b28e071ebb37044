"""Whole requests of an operation: lawful ones, and ones with one thing wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from hypothesis import reject
from hypothesis import strategies as st

from emulator.contract.model import Contract, Operation, Parameter
from emulator.contract.route import Router
from emulator.contract.schema import Schema
from emulator.fuzz.bodies import encoded, rendered_body, sendable
from emulator.fuzz.instances import normal, valid
from emulator.fuzz.invalid import Broken, invalid
from emulator.fuzz.parameters import ASSERTING, Known, Request, spoilt, texts_of, words
from emulator.fuzz.recipe import drawing
from emulator.readers.credentials import Credential
from emulator.wire import Call, Refusal

_ROUTERS: dict[int, tuple[Contract, Router]] = {}


def valid_call(
    contract: Contract, operation: Operation, known: Known, credentials: Sequence[Credential]
) -> st.SearchStrategy[Call]:
    """Complete lawful requests of an operation. `known` are ids by collection, mixed with ids of nothing."""

    def lawful(draw: Any) -> Call:
        return written(draw, contract, operation, drawn(draw, contract, operation, known, credentials))

    return drawing(f"valid_call({operation.id})", lawful)


def invalid_call(
    contract: Contract, operation: Operation, known: Known, credentials: Sequence[Credential]
) -> st.SearchStrategy[tuple[Call, Broken]]:
    """Requests of which one parameter or the body breaks its schema. Nothing where nothing can be broken."""
    weak = breakable(operation)
    if not weak:
        return st.nothing()

    def unlawful(draw: Any) -> tuple[Call, Broken]:
        request = drawn(draw, contract, operation, known, credentials)
        request, broken = _worse(draw, weak, operation, request, known)
        return written(draw, contract, operation, request), broken

    return drawing(f"invalid_call({operation.id})", unlawful)


def breakable(operation: Operation) -> list[Parameter | None]:
    """The parameters that can be wrong; None stands for the body."""
    found: list[Parameter | None] = []
    for parameter in operation.parameters:
        texts_only = parameter.types <= {"string"} and not words(parameter.schema) & ASSERTING
        if parameter.types == {"array"} and not words(parameter.schema) & ASSERTING:
            items = parameter.schema.raw.get("items", {})
            texts_only = items.get("type") == "string" and not set(items) & ASSERTING
        if (parameter.required and parameter.place != "path") or not texts_only:
            found.append(parameter)
    body = operation.body
    if body is not None and not invalid(body.schema).is_empty and ("json" in body.media[0] or "form" in body.media[0]):
        found.append(None)
    return found


def _worse(
    draw: Any, weak: Sequence[Parameter | None], operation: Operation, request: Request, known: Known
) -> tuple[Request, Broken]:
    wrong = draw(st.sampled_from(weak))
    if wrong is not None:
        return spoilt(draw, request, wrong)
    assert operation.body is not None
    value, broken = draw(invalid(sendable(operation.body, operation.body.schema), known))
    if operation.body.schema.valid(value):
        return reject()  # only what a form can carry was broken, which the operation does not care about
    media, body = rendered_body(draw, operation.body, value)
    return replace(request, headers={**request.headers, "content-type": media}, body=body), broken


def drawn(
    draw: Any, contract: Contract, operation: Operation, known: Known, credentials: Sequence[Credential]
) -> Request:
    """A lawful request."""
    path: dict[str, str] = {}
    query: list[tuple[str, str]] = []
    headers: dict[str, str] = {}
    opening = [c for c in credentials if c.opens(operation)]
    if opening:
        credential = draw(st.sampled_from(opening))
        headers |= credential.headers
        query += credential.query
    for parameter in operation.parameters:
        if not parameter.required and draw(st.booleans()):
            continue
        given = texts_of(draw, parameter, known)
        if parameter.place == "path":
            path[parameter.name] = given[0]
        elif parameter.place == "query":
            query += [(_spelt(draw, parameter.name, contract.query_case_ignored), text) for text in given]
        else:
            headers[parameter.key] = given[0]
    body = b""
    if operation.body is not None and (operation.body.required or draw(st.booleans())):
        headers["content-type"], body = rendered_body(draw, operation.body, _content(draw, operation, known))
    if draw(st.integers(0, 3)) == 0:
        headers["accept"] = draw(st.sampled_from(["*/*", "application/json, */*;q=0.1"]))
    return Request(path, draw(st.permutations(query)) if query else query, headers, body)


def _content(draw: Any, operation: Operation, known: Known) -> Any:
    """A lawful body: the contract's own example now and then, since it is the one that is sure to mean something."""
    body = operation.body
    assert body is not None
    if body.example is not None and body.schema.valid(body.example) and draw(st.integers(0, 4)) == 0:
        return body.example
    schema = body.schema
    if operation.variants and draw(st.integers(0, 2)):
        schema = _variant(operation, draw(st.sampled_from(sorted(operation.variants))))
    return draw(valid(sendable(body, schema), known))


_VARIANTS: dict[tuple[str, str], tuple[Operation, Schema]] = {}


def _variant(operation: Operation, name: str) -> Schema:
    """The body's schema and one of the operation's variants at once; the body's alone where nothing meets both."""
    assert operation.body is not None
    kept = _VARIANTS.get((operation.id, name))
    if kept is None or kept[0] is not operation:
        body = operation.body.schema
        both = Schema({"allOf": [body.raw, operation.variants[name].raw]}, body.definitions, body.pointer)
        kept = operation, both if normal(both).alternatives(both.raw) else body
        _VARIANTS[operation.id, name] = kept
    return kept[1]


# -- a request as it is written


def written(draw: Any, contract: Contract, operation: Operation, request: Request) -> Call:
    """The call; another operation's where the router would take it for one is thrown away."""
    twice = {parameter.name for parameter in operation.parameters if parameter.twice}
    segments = []
    for segment in operation.path.split("/")[1:]:
        before, brace, after = segment.partition("{")
        name, _, behind = after.partition("}")
        if not brace:
            segments.append(_spelt(draw, segment, contract.path_case_ignored))
        else:
            safe = "/" if name.endswith("*") else ""
            text = request.path[name.removesuffix("*")]
            text = quote(text, safe=safe) if name.removesuffix("*") in twice else text
            segments.append(before + encoded(draw, text, safe) + behind)
    path = "/" + "/".join(segments)
    for prefix, stands_for, _ in contract.aliases:
        if path.startswith(stands_for + "/") and draw(st.integers(0, 3)) == 0:
            path = prefix + path[len(stands_for) :]
            break
    if contract.trailing_slash_ignored and "*}" not in operation.path and draw(st.integers(0, 7)) == 0:
        path += "/"
    query = "&".join(f"{encoded(draw, name)}={encoded(draw, text)}" for name, text in request.query)
    call = Call(operation.method, path, query, request.headers, request.body)
    return call if belongs(contract, operation, call) else reject()


def belongs(contract: Contract, operation: Operation, call: Call) -> bool:
    """Whether the router takes a call for this operation's."""
    kept = _ROUTERS.get(id(contract))
    if kept is None or kept[0] is not contract:
        kept = _ROUTERS[id(contract)] = (contract, Router(contract))
    try:
        return kept[1].match(call)[0] is operation
    except Refusal:
        return False


def _spelt(draw: Any, word: str, ignored: bool) -> str:
    return word.swapcase() if ignored and draw(st.integers(0, 7)) == 0 else word
