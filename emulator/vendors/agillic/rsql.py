"""Agillic's filter language: text becomes a tree, or a refusal that says where it went wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from emulator.kit import Kind, Refusal, fixed

_WORD = re.compile(r"[^\s\"'();,=!~<>]+")
_SPACE = re.compile(r"\s*")
_OPERATOR = re.compile(r"=[a-z]*=|!=|[<>]=?")
_AND = re.compile(r"\s*;\s*|\s+and(?=[\s(])\s*")
_OR = re.compile(r"\s*,\s*|\s+or(?=[\s(])\s*")


@fixed
class Comparison:
    """`selector operator argument`, with the places of the selector and of each argument in the text, from 1."""

    selector: str
    operator: str
    arguments: tuple[tuple[str, int], ...]
    position: int


@fixed
class Either:
    """At least one of the parts holds."""

    parts: tuple[Node, ...]


@fixed
class Both:
    """All of the parts hold."""

    parts: tuple[Node, ...]


Node = Comparison | Either | Both


def parse(text: str, operators: Mapping[str, str], depth: int) -> Node:
    """The tree of a filter; `operators` gives each operator's meaning, `depth` how deeply parentheses may nest.

    Raises Refusal of kind `invalid` with the position of the fault, counted from 1.
    """
    return _Parser(text, operators, depth).whole()


class _Parser:
    """Recursive descent over the text; `at` is where it stands."""

    def __init__(self, text: str, operators: Mapping[str, str], depth: int) -> None:
        self.text, self.operators, self.left = text, operators, depth
        self.at = 0

    def whole(self) -> Node:
        self._skip(_SPACE)
        if self.at == len(self.text):
            raise self._fault("the filter is empty")
        node = self._either()
        self._skip(_SPACE)
        if self.at < len(self.text):
            raise self._fault(f"unexpected {self.text[self.at]!r}")
        return node

    def _either(self) -> Node:
        return self._chain(_OR, self._both, Either)

    def _both(self) -> Node:
        return self._chain(_AND, self._constraint, Both)

    def _chain(self, joint: re.Pattern[str], part: Callable[[], Node], whole: type[Either] | type[Both]) -> Node:
        parts = [part()]
        while self._skip(joint):
            parts.append(part())
        return parts[0] if len(parts) == 1 else whole(tuple(parts))

    def _constraint(self) -> Node:
        self._skip(_SPACE)
        if not self._take("("):
            return self._comparison()
        if not self.left:
            raise self._fault("parentheses are nested too deeply")
        self.left -= 1
        node = self._either()
        self._skip(_SPACE)
        if not self._take(")"):
            raise self._fault("a closing parenthesis is missing")
        self.left += 1
        return node

    def _comparison(self) -> Comparison:
        start = self.at
        selector = _WORD.match(self.text, self.at)
        if selector is None:
            raise self._fault("a selector is missing")
        self.at = selector.end()
        self._skip(_SPACE)
        written = _OPERATOR.match(self.text, self.at)
        if written is None or written.group() not in self.operators:
            raise self._fault(f"{written.group()!r} is no operator" if written else "an operator is missing")
        self.at = written.end()
        self._skip(_SPACE)
        meaning = self.operators[written.group()]
        arguments = self._list() if meaning == "in" else (self._value(),)
        return Comparison(selector.group(), meaning, arguments, start + 1)

    def _list(self) -> tuple[tuple[str, int], ...]:
        """Values in parentheses, between them `,` or `or`; a single value needs none."""
        if not self._take("("):
            return (self._value(),)
        values = []
        while True:
            self._skip(_SPACE)
            values.append(self._value())
            if not self._skip(_OR):
                break
        self._skip(_SPACE)
        if not self._take(")"):
            raise self._fault("a closing parenthesis is missing")
        return tuple(values)

    def _value(self) -> tuple[str, int]:
        start = self.at
        quote = self.text[start : start + 1]
        if quote and quote in "\"'":
            return self._quoted(quote), start + 1
        word = _WORD.match(self.text, start)
        if word is None:
            raise self._fault("an argument is missing")
        self.at = word.end()
        return word.group(), start + 1

    def _quoted(self, quote: str) -> str:
        start, found = self.at, []
        self.at += 1
        while self.at < len(self.text) and self.text[self.at] != quote:
            if self.text[self.at] == "\\" and self.at + 1 < len(self.text):
                self.at += 1
            found.append(self.text[self.at])
            self.at += 1
        if self.at == len(self.text):
            self.at = start
            raise self._fault("a quote is not closed")
        self.at += 1
        if not found:
            self.at = start
            raise self._fault("the argument is empty")
        return "".join(found)

    def _take(self, character: str) -> bool:
        if not self.text.startswith(character, self.at):
            return False
        self.at += 1
        return True

    def _skip(self, what: re.Pattern[str]) -> bool:
        match = what.match(self.text, self.at)
        if match is None or match.end() == self.at:
            return False
        self.at = match.end()
        return True

    def _fault(self, problem: str) -> Refusal:
        return Refusal(
            Kind.INVALID,
            detail="filter_syntax",
            facts={"position": self.at + 1, "problem": problem, "filter": self.text},
        )
