"""What plain schemas are made of: kinds of values, equality as JSON Schema has it, the schema of a member by its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

KINDS = ("null", "boolean", "integer", "number", "string", "array", "object")


def key(value: Any) -> Any:
    """Something hashable that is equal for values that JSON Schema holds equal: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, bool) or value is None:
        return ("just", value)
    if isinstance(value, int | float):
        return ("number", value)
    if isinstance(value, Mapping):
        return ("object", frozenset((name, key(member)) for name, member in value.items()))
    if isinstance(value, list | tuple):
        return ("array", tuple(key(item) for item in value))
    return ("string", value)


def same(a: Any, b: Any) -> bool:
    """Whether JSON Schema holds two values equal."""
    return bool(key(a) == key(b))


def unique(values: Iterable[Any]) -> list[Any]:
    """The values without repetitions, in their order."""
    return list({key(value): value for value in values}.values())


def common_types(a: list[str], b: list[str]) -> list[str]:
    """The types that both lists allow; an integer is a number."""
    found = [kind for kind in KINDS if kind in a and kind in b]
    if not {"integer", "number"} & {*found} and (
        ("integer" in a and "number" in b) or ("number" in a and "integer" in b)
    ):
        found.append("integer")
    return found


def is_a(value: Any, kind: str) -> bool:
    """Whether a value is of a JSON Schema type."""
    if kind == "integer":
        return not isinstance(value, bool) and (
            isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        )
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    types: dict[str, Any] = {"null": type(None), "boolean": bool, "string": str, "array": list, "object": dict}
    return isinstance(value, types[kind])


@lru_cache(maxsize=512)
def matcher(pattern: str) -> re.Pattern[str]:
    """A pattern of the contract, to be searched with."""
    return re.compile(pattern)


def named(plain: Mapping[str, Any], name: str) -> Any:
    """The schema that a member of this name must meet; False where there may be none."""
    parts = [plain["properties"][name]] if name in plain.get("properties", {}) else []
    parts += [sub for pattern, sub in plain.get("patternProperties", {}).items() if matcher(pattern).search(name)]
    if not parts:
        return plain.get("additionalProperties", True)
    if any(part is False for part in parts):
        return False
    return parts[0] if len(parts) == 1 else {"allOf": parts}
