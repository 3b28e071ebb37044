"""What the journal keeps of a refusal: all of it where it is small; of long texts the ends, of large values how large they were.

A refusal holds parsed values of the body that was refused, which may take many times the room of its bytes.
"""

from __future__ import annotations

from typing import Any

import orjson

from emulator.wire import Refusal, Violation

LONGEST = 1000  # characters, or bytes of JSON
END = 300


def brief(refusal: Refusal) -> Refusal:
    """The refusal with values that are not too large to be kept."""
    violations = [
        Violation(
            tuple(abridged(step) for step in v.at),
            v.keyword,
            abridged(v.value),
            abridged(v.expected),
            v.where,
            abridged(v.said),
            v.pointer,
        )
        for v in refusal.violations
    ]
    facts = {name: abridged(value) for name, value in refusal.facts.items()}
    return Refusal(refusal.kind, violations, abridged(refusal.detail), facts)


def size(refusal: Refusal) -> int:
    """Bytes that a brief refusal takes, roughly."""
    return sum(2 * END + len(v.said) for v in refusal.violations)


def abridged(value: Any) -> Any:
    """The value if it is small; a text of what it was if it is not."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST else f"{value[:END]} … {value[-END:]}"
    if isinstance(value, list | dict):
        try:
            small = len(orjson.dumps(value)) <= LONGEST
        except TypeError:  # nested too deeply, or no JSON
            small = False
        return value if small else f"[{'an object' if isinstance(value, dict) else 'a list'} of {len(value)} members]"
    return value
