"""Finds, for each operation that only reads, a call that the server does: with ids that earlier replies showed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from emulator.contract.model import Operation, Parameter
from emulator.readers.sample import sample
from emulator.verify.ids import Id, folded
from emulator.verify.judge import Probe
from emulator.verify.keys import issued
from emulator.verify.line import SAFE
from emulator.verify.replay import replayed, signs_in
from emulator.verify.session import ISSUING, Base, Session, written
from emulator.wire import Call, Kind

MOST_TRIES = 3  # of ids, where the first is refused or leads to an empty list
_GAP = re.compile(r"\{(\w+)\}")


def sign_in(session: Session) -> None:
    """Asks for a token where the contract has an operation for it; the one call that may be made with POST without being told to."""
    for operation in session.contract.operations.values():
        if operation.creates != ISSUING:
            continue
        told = _token(session, operation)
        for name, token in told.items() if isinstance(told, dict) else ():
            if folded(name).endswith("token") and isinstance(token, str):
                session.keys += issued(session.contract, token, session.keys)


def _token(session: Session, operation: Operation) -> Any:
    """What an operation that issues tokens answers, called as the contract or an exchange of the documents says; None if it cannot be."""
    if operation.method in SAFE:
        binding = next(_bindings(session, operation, guessing=True), None)
        base = _attempted(session, operation, *binding) if binding is not None else None
        return base.value if base is not None else None
    shown = [e for e in session.exchanges if e.operation == operation.id and signs_in(session, e)]
    return replayed(session, shown[0]).value if shown else None


def reach(session: Session) -> None:
    """Calls each reading operation, those first whose ids are known; `session.bases` then has what was done."""
    reading = [o for o in session.contract.operations.values() if o.method in SAFE and o.id not in session.bases]
    while reading:
        chosen = next((o for o in reading if next(_bindings(session, o, guessing=False), None) is not None), None)
        guessing = chosen is None
        chosen = chosen or next((o for o in reading if next(_bindings(session, o, guessing=True), None)), reading[0])
        reading.remove(chosen)
        if not session.keys_for(chosen):
            session.skip(chosen.id, f"no credential was given for {' or '.join(chosen.auth)}")
        elif not _reached(session, chosen, guessing):
            session.skip(chosen.id, _why_not(session, chosen))


def _why_not(session: Session, operation: Operation) -> str:
    met = session.outcomes.get(operation.id)
    if not met:
        return "no reply showed an id to call it with; name some under `known`"
    return f"the server answered {', '.join(met)}: nothing there to read"


def _reached(session: Session, operation: Operation, guessing: bool) -> bool:
    for binding in islice(_bindings(session, operation, guessing), MOST_TRIES):
        base = _attempted(session, operation, *binding)
        if base is not None:
            session.bases[operation.id] = base
            session.ids.learn(operation, base.path, base.value)
            if base.value not in ([], {}):  # an empty list shows less than a full one
                return True
    if operation.id not in session.bases and operation.id in session.shown:
        session.bases[operation.id] = session.shown[operation.id]
    return operation.id in session.bases


def _attempted(session: Session, operation: Operation, values: Mapping[str, str], last: Id) -> Base | None:
    """The call with these values and each credential that may open it, until it is done."""
    path = {p.name: values[p.name] for p in operation.parameters if p.place == "path"}
    query = tuple((p.name, values[p.name]) for p in operation.parameters if p.place == "query" and p.name in values)
    for key in session.keys_for(operation):
        unwanted = {Kind.MISSING.value} if last.listed else set()
        unwanted |= {Kind.UNAUTHENTICATED.value} if key is not None and key.scheme in session.accepted else set()
        wanted = frozenset(set(session.judge.promised(operation)) - unwanted)
        call = written(operation, path, query, key)
        verdict = session.ask(Probe("as documented", call, operation, wanted, key.scheme if key else ""))
        if verdict.outcome.isdigit() and int(verdict.outcome) < 300:
            return Base(operation, path, query, key, verdict.value)
    return None


# -- what to put where


def teach(session: Session, known: Mapping[str, list[str]]) -> None:
    """Ids that the user names: by collection, and by credentials that stand for one in a parameter or in the documents' exchanges."""
    for collection, ids in known.items():
        session.ids.teach(collection, *(Id(ident) for ident in ids))
    for name, value in session.credentials.items():
        if collection := session.ids.named(name):
            session.ids.teach(collection, Id(value))
    for parameter, text in _in_exchanges(session):
        if (gap := _GAP.fullmatch(text)) and gap[1] in session.credentials:
            session.ids.teach(parameter.refers_to, Id(session.credentials[gap[1]]))


def _in_exchanges(session: Session) -> Iterator[tuple[Parameter, str]]:
    """The ids in the paths of the documents' exchanges that succeed, with their parameters."""
    for exchange in session.exchanges:
        if exchange.operation and exchange.reply["status"] < 300:
            path = exchange.request["path"].partition("?")[0]
            operation, segments = session.router.match(Call(exchange.request["method"], path))
            yield from ((p, segments[p.name]) for p in operation.parameters if p.refers_to and p.name in segments)


def _bindings(session: Session, operation: Operation, guessing: bool) -> Iterator[tuple[dict[str, str], Id]]:
    """Values for all that the operation needs, with the id that they were found by; none where an id is not known.

    With `guessing`, the ids of the documents' examples will do.
    """
    needed = [p for p in operation.parameters if p.required and p.place != "header"]
    plain = {p.name: text for p in needed if not p.refers_to and (text := _plain(session, p)) is not None}
    naming = [p for p in needed if p.refers_to]
    if not naming:
        yield plain, Id("")
        return
    for last in _known(session, naming[-1], guessing):
        values = {**plain, naming[-1].name: last.value}
        for parameter in naming[:-1]:
            others = _known(session, parameter, guessing)
            value = last.within.get(parameter.refers_to) or next((one.value for one in others), None)
            if value is not None:
                values[parameter.name] = value
        if len(values) == len(plain) + len(naming):
            yield values, last


def _known(session: Session, parameter: Parameter, guessing: bool) -> list[Id]:
    known = session.ids.of(parameter.refers_to)
    if not guessing:
        return known
    shown = [text for other, text in _in_exchanges(session) if other.refers_to == parameter.refers_to]
    example = [_text(parameter, parameter.example)] if parameter.example is not None else []
    return [*known, *(Id(text) for text in dict.fromkeys([*example, *shown]) if "{" not in text)]


def _plain(session: Session, parameter: Parameter) -> str | None:
    """A value for a parameter that names nothing: the credential of its name, its example, or one made from its schema."""
    for name, value in session.credentials.items():
        if folded(name) == folded(parameter.name):
            return value
    if parameter.example is not None:
        return _text(parameter, parameter.example)
    return next((_text(parameter, made) for made in sample(parameter.schema)), None)


def _text(parameter: Parameter, value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
