"""Whatever order things are made, read, listed and deleted in: what was made is there, and what was deleted is missing."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from emulator.contract.model import Operation
from emulator.engine import Answer
from emulator.fuzz.calls import valid_call
from emulator.readers.credentials import Credential
from emulator.wire import Call
from tests.fuzz.support import PROBLEM, VENDORS, Bench, bench

STEPS = 20
Thing = tuple[str, str, Call]
"""A collection, an id in it, and the call that made it."""


class Lives(RuleBasedStateMachine):
    """Calls of one vendor, with what they made."""

    vendor = ""
    things = Bundle("things")

    def __init__(self) -> None:
        super().__init__()
        self.at: Bench = bench(self.vendor)
        operations = list(self.at.contract.operations.values())
        self.makers = [o for o in operations if o.creates and o.creates != "credentials"]
        self.operations = [o for o in operations if o.resource not in ("sessions", "oauth", "authentication")]

    @initialize()
    def begin(self) -> None:
        self.at.reset()

    @precondition(lambda self: self.makers)
    @rule(target=things, data=st.data())
    def make(self, data: st.DataObject) -> Any:
        op = data.draw(st.sampled_from(self.makers), "operation")
        before = self._ids(op.creates)
        call, answer = self._call(data, op)
        made = [ident for ident in self._ids(op.creates) if ident not in set(before)]
        if answer.status >= 300:
            assert not made, ("refused, and made something", call, answer)
            return multiple()
        return multiple(*((op.creates, ident, call) for ident in made[:3]))

    @rule(data=st.data())
    def do_anything(self, data: st.DataObject) -> None:
        self._call(data, data.draw(st.sampled_from(self.operations), "operation"))

    @rule(thing=things)
    def find(self, thing: Thing) -> None:
        collection, ident, _ = thing
        there = ident in self._ids(collection)
        for op, call in self._about(thing, "GET"):
            answer = self._handled(op, call)
            if op.paging or "missing" not in op.refusals:
                continue
            assert (self.at.refusal() == "missing") != there, ("there" if there else "gone", call, answer)
        listed = self._listed(thing)
        assert listed in (None, there), ("there" if there else "gone", thing)

    @rule(thing=consumes(things))
    def delete(self, thing: Thing) -> None:
        collection, ident, _ = thing
        for op, call in self._about(thing, "DELETE"):
            if op.deletes != collection:
                continue
            there = ident in self._ids(collection)
            answer = self._handled(op, call)
            if answer.status < 300:
                assert there, ("deleted what was not there", call)
                assert ident not in self._ids(collection), ("deleted, and still there", call)
                assert self._listed(thing) in (None, False), ("deleted, and still listed", thing)
                self._handled(op, call)
                assert self.at.refusal() == "missing" or "missing" not in op.refusals, ("deleted twice", call)
                for read, again in self._about(thing, "GET"):
                    self._handled(read, again)
                    assert "missing" not in read.refusals or self.at.refusal() == "missing", (
                        "read though deleted",
                        again,
                    )
            elif there:
                assert ident in self._ids(collection), ("not deleted, and gone", call, answer)

    def _ids(self, collection: str) -> list[str]:
        return [row.id for row in self.at.world.rows(collection).all()]

    def _call(self, data: st.DataObject, op: Operation) -> tuple[Call, Answer]:
        known = {name: [*self._ids(name)[:8], *self._ids(name)[-8:]] for name in self.at.known}
        call = data.draw(valid_call(self.at.contract, op, known, self.at.credentials), op.id)
        return call, self._handled(op, call)

    def _handled(self, op: Operation, call: Call) -> Answer:
        answer = self.at.handle(call)
        assert answer.headers.get("Content-Type") != PROBLEM, (op.id, call, answer.body)
        return answer

    def _about(self, thing: Thing, method: str) -> Iterator[tuple[Operation, Call]]:
        """Calls that name the thing, and else only what the call that made it named."""
        collection, ident, made = thing
        _, segments = self.at.engine.router.match(made)
        for op in self.at.contract.operations.values():
            inner = [p for p in op.parameters if p.place == "path"]
            own = [p for p in inner if p.refers_to == collection]
            others = {p.name for p in inner if p not in own}
            needed = [p for p in op.parameters if p.required and p.place != "path"]
            if op.method != method or len(own) != 1 or not others <= set(segments) or needed or op.body:
                continue
            text = quote(quote(ident, safe=""), safe="") if own[0].twice else quote(ident, safe="")
            path = op.path
            for name, value in {**segments, own[0].name: text}.items():
                path = path.replace("{" + name + "}", value)
            shown = next((c for c in self.at.credentials if self._same_caller(c, made)), Credential("", {}))
            query = "&".join(f"{name}={value}" for name, value in shown.query)
            yield op, Call(method, path, query, dict(shown.headers))

    @staticmethod
    def _same_caller(credential: Credential, made: Call) -> bool:
        in_headers = all(made.headers.get(name) == text for name, text in credential.headers.items())
        return in_headers and all(text in made.query for _, text in credential.query)

    def _listed(self, thing: Thing) -> bool | None:
        """Whether the list beside the call that made it has it; None where there is no such list or it does not fit a page."""
        _, ident, made = thing
        listing = Call("GET", made.path, "", {n: t for n, t in made.headers.items() if n != "content-type"})
        try:
            op, _ = self.at.engine.router.match(listing)
        except Exception:
            return None
        style = self.at.contract.paging.get(op.paging)
        largest = 0
        for p in style.parameters if style else ():
            if p.name == style.part.options.get("limit") and isinstance(p.schema.raw, dict):
                largest = p.schema.raw.get("maximum", 0)
                listing = Call("GET", made.path, f"{p.name}={largest}", listing.headers)
        answer = self._handled(op, listing)
        if answer.status != 200 or (largest and len(self._ids(thing[0])) > largest):
            return None
        return _has(orjson.loads(answer.body), ident)


def _has(value: Any, ident: str) -> bool:
    if isinstance(value, dict):
        return any(_has(v, ident) for v in value.values())
    if isinstance(value, list):
        return any(_has(v, ident) for v in value)
    return str(value) == ident and not isinstance(value, bool)


@pytest.mark.parametrize("vendor", VENDORS)
def test_lives(vendor: str) -> None:
    machine = type(f"Lives_{vendor}", (Lives,), {"vendor": vendor})
    examples = max(12, settings.default.max_examples // 5)
    run_state_machine_as_test(
        machine,
        settings=settings(
            settings.default, max_examples=examples, stateful_step_count=STEPS, suppress_health_check=list(HealthCheck)
        ),
    )
