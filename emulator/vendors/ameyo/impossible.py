"""What the outside world cannot do as things stand, in words for whoever asked for it."""

from __future__ import annotations

from emulator.kit import Kind, Refusal


def absent(resource: str, ident: object) -> Refusal:
    """Something that a stimulus names and that does not exist."""
    return Refusal(Kind.MISSING, detail="entity", facts={"resource": resource, "id": str(ident)})


def conflict(reason: str, ident: str) -> Refusal:
    """Something that is there, but in no state for this."""
    return Refusal(Kind.CONFLICT, detail="impossible", facts={"id": ident, "reason": reason})
