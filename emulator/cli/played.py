"""Plays every operation's example on a demo world, so that the reference pages show what really happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from emulator import data
from emulator.assembly import assemble
from emulator.contract.model import Operation, Parameter
from emulator.engine import Answer
from emulator.readers.credentials import Credential, presented
from emulator.readers.demo import with_examples
from emulator.readers.request import example_call
from emulator.readers.transcript import Executed, call_text, reply_text
from emulator.wire import Call, Kind
from emulator.world.sandbox import DEFAULT, Sandbox
from emulator.world.world import CREDENTIALS

MOST_ROWS = 40  # that are tried for one operation until one of them will do
UNKNOWN: tuple[Any, ...] = (999999999, "999999999", "nobody@example.test", "unknown")
SECRET = ("header", "key_header", "secret_header")
PREFERRED = (Kind.MISSING, Kind.INVALID, Kind.MALFORMED, Kind.UNAUTHENTICATED)


def played(vendor: str) -> dict[str, list[Executed]]:
    """By operation: a call that succeeded, and one that was refused, where its example brings about either.

    Each operation is played on a demo world as it begins, on a clock that stands still; the same contract gives the same exchanges.
    """
    stage = _Stage(vendor)
    return {operation.id: stage.play(operation) for operation in stage.contract.operations.values()}


class _Stage:
    """One vendor's engine, and a demo world that goes back to its beginning before each operation."""

    def __init__(self, vendor: str) -> None:
        assembly = assemble([vendor])
        self.engine = assembly.engines[vendor]
        self.contract = with_examples(self.engine.contract)
        self.host = self.contract.hosts[0].replace("*", "example")
        self.box = Sandbox(DEFAULT, assembly.makers, clock={"now": _present(vendor), "mode": "frozen"})
        self.world = self.box.worlds[vendor]
        names = (part.options.get(option, "") for part in self.contract.auth.values() for option in SECRET)
        self.secrets = {name.lower(): name for name in ("Authorization", *filter(None, names))}
        for operation in self.contract.operations.values():
            if operation.creates == CREDENTIALS:
                self._done(operation)
        self.first = self.box.state()

    def play(self, operation: Operation) -> list[Executed]:
        """The success and the refusal, those that came about."""
        found = []
        for act in (self._done, self._refused):
            self._begin(operation)
            found.append(act(operation))
        return [one for one in found if one is not None]

    def _begin(self, operation: Operation) -> None:
        """Sets the world back, then creates what the operation takes and the demo world has none of."""
        self.box.restore(self.first)
        for parameter in operation.parameters:
            if parameter.refers_to and parameter.required and not self.world.rows(parameter.refers_to).all():
                for maker in self.contract.operations.values():
                    if maker.creates == parameter.refers_to:
                        self._done(maker)

    def _done(self, operation: Operation) -> Executed | None:
        """The first success among the operation's examples, with the credentials that open it."""
        for values in self._values(operation):
            for credential in self._credentials(operation):
                call = _shown(example_call(operation, values), credential)
                answer = self._answer(call)
                if answer.status in operation.replies:
                    return self._executed(operation, call, answer)
        return None

    def _refused(self, operation: Operation) -> Executed | None:
        """The most telling refusal that a wrong id, a wrong body or nobody's call brings about."""
        found: dict[str, Executed] = {}
        credentials = self._credentials(operation)
        for call in _wrong(operation):
            for credential in credentials[:2]:
                self._try(operation, _shown(call, credential), found)
        if operation.auth:
            self._try(operation, example_call(operation), found)
        return next((found[kind] for kind in PREFERRED if kind in found), next(iter(found.values()), None))

    def _try(self, operation: Operation, call: Call, found: dict[str, Executed]) -> None:
        answer = self._answer(call)
        refusal = self.box.journal.entries()[-1].refusal
        if refusal is not None and refusal.kind in operation.refusals:
            executed = self._executed(operation, call, answer)
            found.setdefault(refusal.kind, replace(executed, refusal=refusal.kind.value))

    def _answer(self, call: Call) -> Answer:
        answer = self.engine.handle(replace(call, base_url=f"https://{self.host}"), self.world)
        if answer.finished is not None:
            answer.finished()
        return answer

    def _executed(self, operation: Operation, call: Call, answer: Answer) -> Executed:
        body = answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)
        request = call_text(call, self.host, self.secrets)
        return Executed(operation.id, answer.status, request, reply_text(answer.status, answer.headers, body))

    def _values(self, operation: Operation) -> Iterator[Mapping[str, Any]]:
        """What is required; with all that has an example; then, row by row, what else the last thing that is named could be."""
        yield {}
        yield {parameter.name: parameter.example for parameter in operation.parameters if parameter.example is not None}
        naming = [p for p in operation.parameters if p.required and p.refers_to]
        if naming:
            rows = self.world.rows(naming[-1].refers_to).all()
            yield from ({naming[-1].name: row.id} for row in rows[:MOST_ROWS])

    def _credentials(self, operation: Operation) -> list[Credential | None]:
        rows = [row.data for row in self.world.rows(CREDENTIALS).all()]
        opening = [c for c in presented(self.contract, rows) if c.opens(operation) and c.headers]
        return [*opening, *([None] if not opening else [])]


def _present(vendor: str) -> str:
    """The moment at which a demo world's rows were written down; there they need not be moved."""
    file = data.folder("fixtures") / vendor / "world.json"
    return str(orjson.loads(file.read_bytes())["as_of"]) if file.exists() else "2026-01-05T09:00:00Z"


def _shown(call: Call, credential: Credential | None) -> Call:
    return replace(call, headers={**call.headers, **credential.headers}) if credential is not None else call


def _wrong(operation: Operation) -> Iterator[Call]:
    """The example with one thing wrong: an id of nothing, a value outside its schema, a body that lacks or is nothing."""
    for parameter in reversed(operation.parameters):
        if parameter.place == "path" and parameter.refers_to:
            yield from (example_call(operation, {parameter.name: one}) for one in _unknown(parameter))
    for parameter in operation.parameters:
        if parameter.place == "query" and not parameter.schema.valid("wrong"):
            yield example_call(operation, {parameter.name: "wrong"})
    if operation.body is not None:
        example = operation.body.example
        yield example_call(operation, body={})
        if isinstance(example, Mapping):
            less = ({name: value for name, value in example.items() if name != left} for left in example)
            yield from (example_call(operation, body=one) for one in less)
        yield replace(example_call(operation), body=b"{")


def _unknown(parameter: Parameter) -> Iterator[Any]:
    yield from (value for value in UNKNOWN if parameter.schema.valid(value))
