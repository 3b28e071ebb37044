"""A filter's tree compiled once to a predicate over rows, by the types of the selectors."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from emulator.kit import Kind, Refusal, World, fixed
from emulator.vendors.agillic.dates import Formats, aware, formats
from emulator.vendors.agillic.rsql import Both, Comparison, Node, parse
from emulator.vendors.agillic.values import number

Predicate = Callable[[Mapping[str, Any]], bool]
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


@fixed
class Compiler:
    """How one endpoint's filters are understood: the selectors' types, their names in a row, the formats, whether case counts."""

    selectors: Mapping[str, str]
    formats: Formats
    keys: Mapping[str, str]
    case: bool = True

    def compiled(self, node: Node) -> Predicate:
        """The predicate. Raises `unprocessable` for an unknown selector and `invalid` for an argument that does not fit its selector."""
        if isinstance(node, Comparison):
            return self._comparison(node)
        parts = tuple(self.compiled(part) for part in node.parts)
        if isinstance(node, Both):
            return lambda row: all(part(row) for part in parts)
        return lambda row: any(part(row) for part in parts)

    def _comparison(self, node: Comparison) -> Predicate:
        kind = self.selectors.get(node.selector)
        if kind is None:
            raise Refusal(Kind.UNPROCESSABLE, facts={"selector": node.selector, "known": sorted(self.selectors)})
        if kind == "BOOLEAN" and node.operator not in ("eq", "ne", "in"):
            raise self._unfit(node, node.arguments[0][1], f"{kind} that can be ordered")
        key = self.keys.get(node.selector, node.selector)
        if kind == "STRING":
            return _present(key, self._strings(node), node.operator == "ne")
        wanted = [self._argument(node, kind, *argument) for argument in node.arguments]
        read = self._reader(kind)
        if node.operator in ("eq", "ne", "in"):
            return _present(key, lambda kept: read(kept) in wanted, node.operator == "ne")
        order, bound = _ORDER[node.operator], wanted[0]

        def ordered(kept: str) -> bool:
            value = read(kept)
            return value is not None and order(value, bound)

        return _present(key, ordered, False)

    def _strings(self, node: Comparison) -> Callable[[str], bool]:
        fold: Callable[[str], str] = str if self.case else str.casefold
        wanted = [fold(text) for text, _ in node.arguments]
        if node.operator == "eq":
            like = wildcard(wanted[0])
            return lambda kept: like(fold(kept))
        if node.operator in ("in", "ne"):
            return lambda kept: fold(kept) in wanted
        order, bound = _ORDER[node.operator], wanted[0]
        return lambda kept: order(fold(kept), bound)

    def _argument(self, node: Comparison, kind: str, text: str, position: int) -> Any:
        found: Any
        if kind == "NUMBER":
            found = number(text)
        elif kind == "BOOLEAN":
            found = {"true": "true", "false": "false"}.get(text.lower())
        else:
            found = self.formats.argument(text)
        if found is None:
            raise self._unfit(node, position, kind)
        return found

    def _reader(self, kind: str) -> Callable[[str], Any]:
        if kind == "NUMBER":
            return number
        if kind == "BOOLEAN":
            return str
        zone = self.formats.place if kind == "DATE" else UTC

        def moment(kept: str) -> datetime | None:
            try:
                return aware(datetime.fromisoformat(kept), zone)
            except ValueError:
                return None

        return moment

    @staticmethod
    def _unfit(node: Comparison, position: int, kind: str) -> Refusal:
        return Refusal(
            Kind.INVALID, detail="filter_value", facts={"position": position, "field": node.selector, "type": kind}
        )


def _present(key: str, holds: Callable[[str], bool], negated: bool) -> Predicate:
    """A row without the field matches nothing but `!=`."""

    def predicate(row: Mapping[str, Any]) -> bool:
        kept = row.get(key)
        if kept is None or kept == "":
            return negated
        return holds(str(kept)) is not negated

    return predicate


def wildcard(pattern: str) -> Callable[[str], bool]:
    """Whether a text is like a pattern of `?` (any one character) and `*` (any run); takes time in proportion to the text."""
    if "*" not in pattern and "?" not in pattern:
        return lambda text: text == pattern
    pieces = [
        re.compile("".join("." if c == "?" else re.escape(c) for c in piece), re.DOTALL) for piece in pattern.split("*")
    ]
    first, *middle = pieces
    if not middle:
        return lambda text: first.fullmatch(text) is not None
    last, length = middle.pop(), len(pattern.rsplit("*", 1)[1])

    def like(text: str) -> bool:
        head = first.match(text)
        if head is None:
            return False
        at = head.end()
        for piece in middle:
            found = piece.search(text, at)
            if found is None:
                return False
            at = found.end()
        return len(text) - length >= at and last.fullmatch(text, len(text) - length) is not None

    return like


def compiled(world: World, text: str, selectors: Mapping[str, str], keys: Mapping[str, str] | None = None) -> Predicate:
    """The predicate of a filter's text. Raises `invalid`, saying where, and `unprocessable` for an unknown selector."""
    operators = {**world.table("filter_operators"), **world.table("filter_aliases")}
    tree = parse(text, operators, int(world.figure("filter_depth")))
    return Compiler(selectors, formats(world), keys or {}, world.settings["filter_case"] == "sensitive").compiled(tree)
