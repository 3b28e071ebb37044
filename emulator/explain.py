"""Why a call was answered as it was: the journal's entry with what the contract and the world have to say to it."""

from __future__ import annotations

from typing import Any

from emulator.contract.model import Contract
from emulator.engine import Engine
from emulator.wire import Kind, Refusal
from emulator.world.brief import brief
from emulator.world.journal import Entry, explained

MOST_WORDED = 20


def explain(entry: Entry, engine: Engine) -> dict[str, Any]:
    """The entry with `why`: lines for people, the decisive one first; never part of the vendor's reply."""
    return {**entry.show(), "why": reasons(entry, engine)}


def reasons(entry: Entry, engine: Engine) -> list[str]:
    """Why, in lines."""
    lines: list[str] = []
    refusal = entry.refusal
    operation = engine.contract.operations.get(entry.operation)
    if entry.fault:
        lines.append(f"a test planned it: {entry.fault}")
    if "contract_breach" in entry.facts:
        lines.append(f"the emulator broke its contract: {entry.facts['contract_breach']}")
    if refusal is not None:
        lines += [
            f"{v['where']} {v['at'] or '(the whole)'}: {v['said'] or v['rule']} (rule {v['rule']}, {v['contract']})"
            for v in explained(refusal)["violations"]
        ]
        lines += _facts(refusal.kind, dict(refusal.facts))
        promised = (operation.refusals if operation is not None else engine.contract.refusals).get(refusal.kind)
        if promised is not None and promised.source is not None:
            source = promised.source
            lines.append(
                f"{refusal.kind} is {promised.status} here: {source.basis}, {source.says or source.why or source.section}"
            )
        if refusal.kind is Kind.NOT_FOUND and (near := engine.router.nearest(entry.call.method, entry.call.path)):
            lines.append(f"the nearest operation is {near.id}: {near.method} {near.path}")
    place = f" ({operation.file})" if operation is not None else ""
    lines += [f"remark: {remark}{place}" for remark in entry.remarks]
    if entry.attempt > 1:
        lines.append(f"the very same call was made {entry.attempt} times in a row")
    if not lines:
        lines.append(f"{entry.operation or 'the call'} was done as asked")
    return lines


def worded(refusal: Refusal, contract: Contract) -> str:
    """A refusal in one line for people: each rule that was broken, or the vendor's own wording, or the bare facts."""
    if refusal.violations:
        first = brief(refusal).violations[:MOST_WORDED]
        return "; ".join(f"{v.place or 'the body'}: {v.said or v.keyword}" for v in first)
    promised = contract.refusals.get(refusal.kind)
    if promised is not None and refusal.detail in promised.messages:
        return promised.message(refusal.detail, refusal.facts)
    return ", ".join([refusal.kind, *(f"{name} {value}" for name, value in refusal.facts.items())])


def _facts(kind: Kind, facts: dict[str, Any]) -> list[str]:
    facts.pop("planned", None)
    if kind is Kind.THROTTLED and facts.keys() >= {"limit", "taken", "calls", "resets_in"}:
        taken = f"limit {facts['limit']}: {facts['taken']} of {facts['calls']} calls were taken"
        return [f"{taken}; the window ends in {facts['resets_in']} s of virtual time"]
    return [f"{name}: {value}" for name, value in facts.items()]
