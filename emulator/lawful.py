"""Whether what a client sent is what the documents say: nothing that is merely tolerated, nothing that the contract refuses."""

from __future__ import annotations

from emulator.engine import Engine
from emulator.explain import reasons
from emulator.wire import Kind
from emulator.world.journal import Entry, hidden_in_query

UNLAWFUL = frozenset(
    {
        Kind.NOT_FOUND,
        Kind.METHOD_NOT_ALLOWED,
        Kind.MALFORMED,
        Kind.UNSUPPORTED_MEDIA,
        Kind.NOT_ACCEPTABLE,
        Kind.TOO_LARGE,
    }
)
"""How a call is refused for itself. Other refusals are for who calls, or for what there is, unless a rule of the contract was broken."""


def lawful(entry: Entry) -> bool:
    """Whether a call of the journal had no remark and broke no rule of the contract."""
    return not entry.remarks and not at_fault(entry)


def at_fault(entry: Entry) -> bool:
    """Whether a call was refused for a rule of the contract that it broke. What a test planned is not the client's doing."""
    refusal = entry.refusal
    if refusal is None or refusal.facts.get("planned"):
        return False
    return refusal.kind in UNLAWFUL or any(violation.pointer for violation in refusal.violations)


def offence(entry: Entry, engine: Engine) -> str:
    """A call that is not lawful, in lines for people: what is remarked upon or was refused, and the contract's place."""
    call = entry.call
    address = call.path + (f"?{hidden_in_query(call.query)}" if call.query else "")
    lines = [f"#{entry.id} {call.method} {address} -> {entry.status}"]
    return "\n".join([*lines, *(f"      {line}" for line in reasons(entry, engine))])
