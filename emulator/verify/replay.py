"""The documents' own requests, made again; the reply is held against the one that the documents show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

import orjson

from emulator.contract.model import Operation
from emulator.readers.credentials import Credential
from emulator.readers.exchanges import Exchange, differences, filled
from emulator.verify.judge import Finding, Probe, Verdict, shortened, told
from emulator.verify.line import SAFE
from emulator.verify.session import ISSUING, Base, Session
from emulator.wire import Call, Kind

ELSEWHERE = frozenset({Kind.MISSING, Kind.GONE, Kind.FORBIDDEN, Kind.UNPROCESSABLE, Kind.CONFLICT})
"""How a server refuses that does not have what a documented request names, or has it already."""
COUNTING = ("remaining", "reset")
"""The headers of a limit whose values depend on the calls made before."""


def replay_readings(session: Session, *, exact: bool) -> None:
    """Every exchange that only reads.

    With `exact`, the values of the documents' examples are compared as well, for a server that has the documents' data.
    """
    for exchange in session.exchanges:
        if exchange.request["method"] in SAFE:
            _replayed_or_skipped(session, exchange, exact=exact)


def replay_writings(session: Session, *, allowed: bool) -> None:
    """The other exchanges, if that is allowed: those first that are refused, deletions last."""
    for exchange in sorted(session.exchanges, key=_turn):
        if exchange.request["method"] in SAFE or signs_in(session, exchange):
            continue
        if allowed:
            _replayed_or_skipped(session, exchange, exact=False)
        else:
            session.skip(f"exchange {exchange.file}", "it may change something: it is made with --writes only")


def signs_in(session: Session, exchange: Exchange) -> bool:
    """Whether an exchange asks for a token with the user's own credentials, and can be made with those that were given."""
    operation = session.contract.operations.get(exchange.operation)
    issues = operation is not None and operation.creates == ISSUING and exchange.reply["status"] < 300
    gaps = _gaps(session, exchange)
    return issues and bool(gaps) and gaps <= session.credentials.keys()


def _replayed_or_skipped(session: Session, exchange: Exchange, *, exact: bool) -> None:
    if exchange.given:
        session.skip(f"exchange {exchange.file}", "it supposes a setting or a world of its own")
    elif lacking := _gaps(session, exchange) - session.credentials.keys():
        session.skip(f"exchange {exchange.file}", f"it needs {', '.join(sorted(lacking))}, which the credentials lack")
    else:
        replayed(session, exchange, exact=exact)


def replayed(session: Session, exchange: Exchange, *, exact: bool = False) -> Verdict:
    """One exchange, made and compared."""
    operation = session.contract.operations.get(exchange.operation)
    call, key = _call(session, exchange, operation)
    probe = Probe(
        f"exchange {exchange.file}: {exchange.title}", call, operation, scheme=key.scheme if key is not None else ""
    )
    verdict = session.ask(probe)
    seen, expected = verdict.seen, exchange.reply
    if operation is not None and seen.status < 300:
        _keep(session, operation, call, key, verdict.value)
    if why := _elsewhere(session, verdict, expected["status"], key, exact=exact):
        session.skip(f"exchange {exchange.file}", why)
        return verdict
    place = f"fixtures/{session.contract.vendor}/exchanges/{exchange.file}#/reply"
    source = exchange.source or (operation.source if operation is not None else session.contract.source)
    counting = {str(p.options.get(f"{what}_header")) for p in session.contract.limits.values() for what in COUNTING}
    found = list(_departures(expected, verdict, counting, exact=exact))
    findings = tuple(Finding(said, place, source, sent) for said, sent in found)
    session.note(probe, verdict.but(*findings))
    return verdict


def _elsewhere(session: Session, verdict: Verdict, expected: int, key: Credential | None, *, exact: bool) -> str:
    """Why an answer that is not the documented one says nothing against the server; empty if it does."""
    if verdict.seen.status == expected or expected == 404:
        return ""
    if verdict.outcome == Kind.UNAUTHENTICATED and key is not None and key.scheme not in session.accepted:
        return f"the server does not take the credential ({key.scheme})"
    if exact or verdict.outcome not in ELSEWHERE:
        return ""
    return f"the server has other things than the documents: {verdict.seen.status}"


def _gaps(session: Session, exchange: Exchange) -> set[str]:
    """The credentials that an exchange's request names."""
    text = orjson.dumps(exchange.request).decode()
    return {name for name in session.contract.credentials if "{" + name + "}" in text}


def _keep(session: Session, operation: Operation, call: Call, key: Credential | None, value: Any) -> None:
    """What the server did as the documents show it: a call to go on from, and ids."""
    segments = session.router.match(call)[1]
    twice = {parameter.name for parameter in operation.parameters if parameter.twice}
    path = {name: unquote(unquote(text)) if name in twice else unquote(text) for name, text in segments.items()}
    session.ids.learn(operation, path, value)
    if operation.method in SAFE:
        query = tuple(parse_qsl(call.query, keep_blank_values=True))
        session.shown.setdefault(operation.id, Base(operation, path, query, key, value))


def _turn(exchange: Exchange) -> tuple[bool, bool]:
    """What is refused first, what deletes last."""
    return exchange.reply["status"] < 300, exchange.request["method"] == "DELETE"


def _call(session: Session, exchange: Exchange, operation: Operation | None) -> tuple[Call, Credential | None]:
    """The request as it is written, and whose credential it bears; where it shows none, one is put in."""
    request, given = exchange.request, session.credentials
    headers = {name.lower(): value for name, value in filled(request.get("headers", {}), given).items()}
    headers.setdefault("accept", "*/*")
    body = request.get("body")
    data = b""
    if isinstance(body, str):
        data = body.encode()
    elif isinstance(body, dict) and "x-www-form-urlencoded" in headers.get("content-type", ""):
        data = urlencode(filled(body, given)).encode()
    elif body is not None:
        headers.setdefault("content-type", "application/json")
        data = orjson.dumps(body)
    path, _, query = filled(request["path"], given).partition("?")
    query = urlencode(request["query"]) if "query" in request else query
    key = next((key for key in session.keys if key.headers.items() <= headers.items()), None)
    bare = not any(name in headers for each in session.keys for name in each.headers) and not _gaps(session, exchange)
    if operation is not None and bare and exchange.reply["status"] != 401:
        key = next(iter(session.keys_for(operation)), None)
        headers |= key.headers if key is not None else {}
    return Call(request["method"], path, query, headers, data), key


def _departures(
    expected: Mapping[str, Any], verdict: Verdict, counting: set[str], *, exact: bool
) -> Iterator[tuple[str, str]]:
    """What the documents show and what came, in pairs. A success shows an account's own data: only with `exact` is it compared."""
    seen = verdict.seen
    if seen.status != expected["status"]:
        if exact or seen.status >= 300 or expected["status"] >= 300:
            yield (
                f"the status is {expected['status']}",
                f"{seen.status}, {told(seen.body)}" if seen.body else f"{seen.status}",
            )
        return
    if not exact and seen.status < 300:
        return
    for name, header in expected.get("headers", {}).items():
        for apart in differences(header, seen.headers.get(name.lower()), name) if name not in counting else ():
            yield f"{name}: {shortened(str(header))}", shortened(apart)
    if "body" in expected:
        media = seen.headers.get("content-type", "")
        text = seen.body.decode("utf-8", "replace") or None
        for apart in differences(expected["body"], verdict.value if "json" in media else text):
            yield f"the body is as the documents show it ({apart.partition(':')[0]})", shortened(apart)
