"""Method and path -> operation, or a refusal: a tree of path segments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from emulator.contract.model import Contract, Operation
from emulator.wire import Call, Kind, Refusal

PLACEHOLDER = re.compile(r"\{[^}]*\}")


@dataclass(slots=True)
class _Node:
    static: dict[str, _Node] = field(default_factory=dict)
    dynamic: dict[tuple[str, str, str], _Node] = field(default_factory=dict)
    """By the text before the placeholder, its name, the text after it."""
    rest: dict[str, _Node] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)


class Router:
    """Finds the operation that a call is for. A fixed segment goes before a placeholder, that before a tail."""

    def __init__(self, contract: Contract) -> None:
        self._fold = contract.path_case_ignored
        self._slash = contract.trailing_slash_ignored
        self._aliases = [(self._case(prefix), target) for prefix, target, _ in contract.aliases]
        self._operations = contract.operations
        self._root = _Node()
        for operation in sorted(contract.operations.values(), key=_vagueness):
            self._add(operation)

    def match(self, call: Call) -> tuple[Operation, Mapping[str, str]]:
        """The operation and its path segments, still encoded.

        Raises Refusal: `not_found`, or `method_not_allowed` with the methods that the path has.
        """
        methods: set[str] = set()
        asked = call.path[:-1] if self._slash and call.path.endswith("/") and call.path != "/" else call.path
        for path in self._spellings(asked):
            found = self._walk(self._root, path.split("/")[1:], 0, call.method, methods)
            if found is not None:
                return found
        facts = {"method": call.method, "path": call.path}
        if methods:
            raise Refusal(Kind.METHOD_NOT_ALLOWED, facts={**facts, "allowed": sorted(methods)})
        raise Refusal(Kind.NOT_FOUND, facts=facts)

    def nearest(self, method: str, path: str) -> Operation | None:
        """The operation whose template looks most like the path, for an explanation."""

        from difflib import SequenceMatcher  # for explanations only

        def likeness(operation: Operation) -> tuple[float, bool]:
            return SequenceMatcher(None, operation.path, path).ratio(), operation.method == method

        return max(self._operations.values(), key=likeness, default=None)

    def _add(self, operation: Operation) -> None:
        node = self._root
        for segment in operation.path.split("/")[1:]:
            before, brace, after = segment.partition("{")
            if not brace:
                node = node.static.setdefault(self._case(segment), _Node())
                continue
            name, _, behind = after.partition("}")
            if name.endswith("*"):
                node = node.rest.setdefault(name[:-1], _Node())
            else:
                node = node.dynamic.setdefault((self._case(before), name, self._case(behind)), _Node())
        node.operations[operation.method] = operation

    def _spellings(self, path: str) -> Iterable[str]:
        yield path
        folded = self._case(path)
        for prefix, target in self._aliases:
            if folded.startswith(prefix) and folded[len(prefix) : len(prefix) + 1] in ("", "/"):
                yield target + path[len(prefix) :]

    def _case(self, text: str) -> str:
        return text.lower() if self._fold else text

    def _walk(
        self, node: _Node, segments: list[str], at: int, method: str, methods: set[str]
    ) -> tuple[Operation, dict[str, str]] | None:
        if at == len(segments):
            operation = node.operations.get(method)
            methods.update(node.operations)
            return (operation, {}) if operation is not None else None
        segment = segments[at]
        plain = self._case(unquote(segment) if "%" in segment else segment)
        if (child := node.static.get(plain)) is not None and (
            found := self._walk(child, segments, at + 1, method, methods)
        ):
            return found
        if segment:
            folded = self._case(segment)
            for (before, name, after), child in node.dynamic.items():
                value = segment[len(before) : len(segment) - len(after)]
                if value and folded.startswith(before) and folded.endswith(after):
                    found = self._walk(child, segments, at + 1, method, methods)
                    if found:
                        found[1][name] = value
                        return found
        for name, child in node.rest.items():
            if found := self._walk(child, [], 0, method, methods):
                found[1][name] = "/".join(segments[at:])
                return found
        return None


def _vagueness(operation: Operation) -> tuple[int, ...]:
    """Less where more text stands round the placeholders: `{id}:publish` is looked at before `{id}`."""
    return tuple(-len(PLACEHOLDER.sub("", segment)) for segment in operation.path.split("/"))
