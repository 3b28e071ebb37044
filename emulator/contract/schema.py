"""A schema as the contract states it, ready to judge: jsonschema-rs says yes or no, jsonschema says why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Any

from emulator.contract.vocabulary import subschemas
from emulator.wire import Violation

MOST_TOLD = 200
DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Schema:
    """One schema, its references resolved against the vendor's definitions. Compiled when first used."""

    raw: Any
    pointer: str
    """File and place that state it."""

    def __init__(self, raw: Any, definitions: Mapping[str, Any], pointer: str) -> None:
        self.raw = raw
        self.definitions = definitions
        self.pointer = pointer

    def __repr__(self) -> str:
        return f"Schema({self.pointer})"

    @cached_property
    def closed(self) -> Any:
        """The same schema with the definitions it needs inside it, so that it stands on its own."""
        if isinstance(self.raw, bool):
            return self.raw
        needed = dict(sorted(reachable(self.raw, self.definitions).items()))
        return {"$schema": DIALECT, **self.raw, **({"$defs": needed} if needed else {})}

    @cached_property
    def valid(self) -> Any:
        """`valid(value)` tells whether a value meets the schema; about a microsecond for a small object."""
        import jsonschema_rs  # a twenty-fifth of the start, and what it brings is not needed before the first call

        return jsonschema_rs.Draft202012Validator(self.closed, validate_formats=False).is_valid

    @cached_property
    def _authority(self) -> Any:
        import jsonschema

        return jsonschema.Draft202012Validator(self.closed)

    def explain(self, value: Any, at: tuple[str | int, ...] = (), where: Any = "body") -> list[Violation]:
        """Every rule that the value breaks, in the order of the value, or MOST_TOLD of them; empty if none.

        Where the two validators disagree (none is known in what `check` lets pass), the refusal stands, as one of the whole.
        """
        if self.valid(value):
            return []
        broken = (v for e in self._authority.iter_errors(value) for v in self._violations(e, at, where))
        found = list(islice(broken, MOST_TOLD))
        if not found:
            found = [Violation(at, "schema", value, None, where, "is not allowed", self.pointer)]
        return sorted(set_aside(found), key=lambda v: [str(part) for part in v.at])

    def _violations(self, error: Any, at: tuple[str | int, ...], where: Any) -> Iterator[Violation]:
        """The error itself; or, where alternatives failed, the errors of the one that came nearest."""
        if error.validator in ("anyOf", "oneOf") and error.context:
            yield from self._nearest(error, at, where)
            return
        place = (*at, *error.absolute_path)
        value, expected = error.instance, error.validator_value
        if error.validator == "required":
            missing = [name for name in expected if name not in error.instance]
            # jsonschema reports each missing name in an error of its own; its message begins with the name
            name = next((n for n in missing if error.message.startswith(repr(n))), missing[0])
            place, value, expected = (*place, name), None, name
        elif error.validator == "additionalProperties" and isinstance(error.instance, Mapping):
            known, patterns = error.schema.get("properties", {}), error.schema.get("patternProperties", {})
            for name in (n for n in error.instance if n not in known and not any(re.search(p, n) for p in patterns)):
                yield self._violation(error, (*place, name), error.instance[name], None, where)
            return
        yield self._violation(error, place, value, expected, where)

    def _nearest(self, error: Any, at: tuple[str | int, ...], where: Any) -> Iterator[Violation]:
        branches: dict[int, list[Any]] = {}
        for sub in error.context:
            if sub.schema_path:  # a branch that is `false` has no more to say
                branches.setdefault(sub.schema_path[0], []).append(sub)

        def distance(errors: list[Any]) -> tuple[bool, int, int]:
            wrong_type = any(e.validator in ("type", "const", "enum") and len(e.path) <= 1 for e in errors)
            return wrong_type, -max(len(e.path) for e in errors), len(errors)

        best = sorted(branches.values(), key=distance)
        if not best or (len(best) > 1 and distance(best[0]) == distance(best[1])):
            yield self._violation(error, (*at, *error.absolute_path), error.instance, error.validator_value, where)
            return
        for sub in best[0]:
            yield from self._violations(sub, at, where)

    def _violation(self, error: Any, place: tuple[Any, ...], value: Any, expected: Any, where: Any) -> Violation:
        steps = "/".join(str(step).replace("~", "~0").replace("/", "~1") for step in error.absolute_schema_path)
        return Violation(place, str(error.validator), value, expected, where, error.message, f"{self.pointer}/{steps}")


class Late(Schema):
    """A schema that is put together when it is first looked at: a start needs few of the thousands that contracts state."""

    def __init__(self, make: Callable[[], Any], definitions: Mapping[str, Any], place: Callable[[], str]) -> None:
        self._make, self._place = make, place
        self.definitions = definitions

    @cached_property
    def raw(self) -> Any:
        """The schema as JSON."""
        return self._make()

    @cached_property
    def pointer(self) -> str:  # type: ignore[override]
        """File and place that state it."""
        return self._place()


def set_aside(found: list[Violation]) -> list[Violation]:
    """Without repetitions: two branches of an `allOf` may say the same of the same place."""
    kept: dict[tuple[Any, ...], Violation] = {}
    for violation in found:
        kept.setdefault((violation.at, violation.keyword, violation.where), violation)
    return list(kept.values())


def reachable(raw: Any, definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The definitions that a schema refers to, directly or through others."""
    found: dict[str, Any] = {}
    waiting = [raw]
    while waiting:
        for _, sub in subschemas(waiting.pop()):
            if isinstance(sub, dict) and isinstance(ref := sub.get("$ref"), str):
                name = ref.removeprefix("#/$defs/")
                if name not in found and name in definitions:
                    found[name] = definitions[name]
                    waiting.append(definitions[name])
    return found
