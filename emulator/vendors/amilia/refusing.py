"""Why the world does not let something happen: refusals of stimuli."""

from __future__ import annotations

from emulator.kit import Kind, Refusal


def impossible(reason: str) -> Refusal:
    """What is asked contradicts what is."""
    return Refusal(Kind.UNPROCESSABLE, detail="impossible", facts={"reason": reason})
