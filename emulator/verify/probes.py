"""Variations of a call that the server did, each with the refusal that the contract promises for it; all are safe to make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from emulator.contract.model import Contract, Operation, Parameter
from emulator.contract.read import Reader
from emulator.contract.route import Router
from emulator.readers.credentials import Credential
from emulator.verify.judge import Probe
from emulator.verify.keys import NOBODY, presentable, wrong
from emulator.verify.session import Base, Pairs, Session, written
from emulator.wire import Anonymous, Call, Kind, Refusal

NO_NUMBER = "999999937"  # an id that nothing has
STRANGE_MEDIA = "application/x-nobody-has-this"


def variations(session: Session, base: Base) -> Iterator[Probe]:
    """Everything that is asked of one operation beyond what it does."""
    yield from _without_key(session, base)
    yield from _of_nothing(session, base)
    yield from _outside_bounds(session, base)


def once(session: Session) -> Iterator[Probe]:
    """What is asked once of a server: keys that nobody has, a media type that nobody offers, paths and methods that there are not."""
    contract, router = session.contract, session.router
    for scheme in contract.auth:
        base = next((b for b in session.bases.values() if b.key is not None and b.key.scheme == scheme), None)
        if base is not None and Kind.UNAUTHENTICATED in base.operation.refusals:
            call = base.call(key=wrong(contract, scheme))
            yield Probe(
                f"with a credential that nobody has ({scheme})", call, base.operation, _only(Kind.UNAUTHENTICATED)
            )
    picky = next((b for b in session.bases.values() if Kind.NOT_ACCEPTABLE in b.operation.refusals), None)
    if picky is not None:
        call = _with_header(picky.call(), "accept", STRANGE_MEDIA)
        about = "asking for a media type that is not offered"
        yield Probe(about, call, picky.operation, _only(Kind.NOT_ACCEPTABLE), _scheme(picky.key))
    key = next((key for scheme in contract.default_auth for key in session.keys if key.scheme == scheme), None)
    headers = {"accept": "*/*", **(key.headers if key is not None else {})}
    for kind, about, path in _of_no_operation(contract):
        call = Call("GET", path, "", headers)
        if kind in contract.refusals and _routed(router, call) == kind:
            yield Probe(about, call, None, _only(kind), _scheme(key))


def _of_no_operation(contract: Contract) -> Iterator[tuple[Kind, str, str]]:
    yield Kind.NOT_FOUND, "a path that there is not", f"/{NOBODY}"
    reading = {operation.path for operation in contract.operations.values() if operation.method == "GET"}
    others = [o.path for o in contract.operations.values() if o.path not in reading and "{" not in o.path]
    yield from ((Kind.METHOD_NOT_ALLOWED, "GET where there is none", path) for path in sorted(others)[:1])


def _without_key(session: Session, base: Base) -> Iterator[Probe]:
    operation = base.operation
    asks = base.key is not None and all(presentable(session.contract.auth[scheme]) for scheme in operation.auth)
    if asks and Kind.UNAUTHENTICATED in operation.refusals:
        call = written(operation, base.path, base.query, None)
        yield Probe("without a credential", call, operation, _only(Kind.UNAUTHENTICATED))


def _of_nothing(session: Session, base: Base) -> Iterator[Probe]:
    """An id of nothing in the place of the last one in the path."""
    named = [p for p in base.operation.parameters if p.refers_to and p.place == "path"]
    if not named or Kind.MISSING not in base.operation.refusals:
        return
    name = named[-1].name
    for text in (NO_NUMBER, NOBODY) if base.path[name].isdigit() else (NOBODY, NO_NUMBER):
        call = base.call(path={name: text})
        if _routed(session.router, call) == base.operation.id and _read(session, base.operation, call) is None:
            about = f"{name}={text}, which nothing is called"
            # who may not look somewhere need not be told that there is nothing
            wanted = {Kind.MISSING, Kind.FORBIDDEN} & set(base.operation.refusals)
            yield Probe(about, call, base.operation, _only(*wanted), _scheme(base.key))
            return


def _outside_bounds(session: Session, base: Base) -> Iterator[Probe]:
    """Each parameter just outside its bounds, or left out where it is needed."""
    for parameter in base.operation.parameters:
        for about, call in _worse(base, parameter):
            kind = _read(session, base.operation, call)
            known = _routed(session.router, call) == base.operation.id
            if kind is not None and known and kind in base.operation.refusals:
                yield Probe(about, call, base.operation, _only(kind), _scheme(base.key))


def _worse(base: Base, parameter: Parameter) -> Iterator[tuple[str, Call]]:
    name = parameter.name
    for text in _outside(parameter.schema.raw, parameter.schema.definitions):
        about = f"{name}={text}, outside what is allowed"
        if parameter.place == "path":
            yield about, base.call(path={name: text})
        elif parameter.place == "query":
            yield about, base.call(_put(base.query, name, text))
        else:
            yield about, _with_header(base.call(), parameter.key, text)
    if parameter.required and parameter.place == "query":
        yield f"without {name}", base.call(tuple(pair for pair in base.query if pair[0] != name))


def _outside(schema: Any, definitions: Mapping[str, Any]) -> Iterator[str]:
    """Texts that a schema is likely not to allow; whether it does is for the contract's own reader to say."""
    while isinstance(schema, dict) and "$ref" in schema:
        schema = definitions[schema["$ref"].removeprefix("#/$defs/")]
    if not isinstance(schema, dict):
        return
    if "items" in schema:
        yield from _outside(schema["items"], definitions)
        return
    for keyword, step in (("minimum", -1), ("maximum", 1), ("exclusiveMinimum", 0), ("exclusiveMaximum", 0)):
        if keyword in schema:
            yield str(schema[keyword] + step)
    if "maxLength" in schema:
        yield "x" * (schema["maxLength"] + 1)
    if set(schema) & {"enum", "const", "pattern"} or schema.get("type") in ("integer", "number", "boolean"):
        yield NOBODY


def _read(session: Session, operation: Operation, call: Call) -> Kind | None:
    """The kind of refusal that the contract itself has for a call; None if the call is within it."""
    elsewhere = frozenset(
        str(part.options["query"]) for part in session.contract.auth.values() if "query" in part.options
    )
    try:
        segments = session.router.match(call)[1]
        Reader(session.contract, operation, elsewhere).read(call, segments, Anonymous())
    except Refusal as refusal:
        return refusal.kind
    return None


def _routed(router: Router, call: Call) -> str:
    try:
        return router.match(call)[0].id
    except Refusal as refusal:
        return refusal.kind.value


def _put(query: Pairs, name: str, text: str) -> Pairs:
    return (*(pair for pair in query if pair[0] != name), (name, text))


def _with_header(call: Call, name: str, text: str) -> Call:
    return Call(call.method, call.path, call.query, {**call.headers, name: text})


def _only(*kinds: Kind) -> frozenset[str]:
    return frozenset(kind.value for kind in kinds)


def _scheme(key: Credential | None) -> str:
    return key.scheme if key is not None else ""
