"""What a vendor lets pass although no document names it: strangers in bodies, other spellings, other ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from emulator.contract.model import Contract, Operation
from emulator.wire import Call, Violation

OVERRIDE = "x-http-method-override"
MOST = 20  # remarks upon one body; the journal keeps them
LONGEST = 200  # characters of a place


class Tolerated:
    """Remarks upon the calls of one operation. What there is to look for is prepared once, so that looking costs little."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self._operation = operation
        self._deprecated = [
            p.name for p in operation.parameters if isinstance(p.schema.raw, dict) and p.schema.raw.get("deprecated")
        ]
        guessed = [
            (prefix + "/", stands_for + "/") for prefix, stands_for, s in contract.aliases if s.basis != "documented"
        ]
        path = operation.path
        self._prefixes = tuple(p for p, stands_for in guessed if path.startswith(stands_for) and not path.startswith(p))
        tail = path.endswith("*}")  # then a slash is part of what is named
        self._slash = contract.trailing_slash_ignored and not tail and not _documented(contract, "trailing_slash")
        self._body: _Known | None = None

    def remarks(self, call: Call, query: Mapping[str, Any], body: Any) -> list[str]:
        """Everything about an understood call that no document names."""
        found: list[str] = []
        if self._prefixes and call.path.startswith(self._prefixes):
            found.append(f"the path is another way to {self._operation.path}, which is not documented")
        if self._slash and call.path.endswith("/"):
            found.append("the path ends in a slash, which is not documented")
        if OVERRIDE in call.headers:
            found.append("X-HTTP-Method-Override means nothing here")
        if self._deprecated:
            found += [f"parameter {name!r} is deprecated" for name in self._deprecated if name in query]
        if type(body) is dict or type(body) is list:
            _look(body, self._known(), (), found)
        return found

    def _known(self) -> _Known:
        """What is known of the body, by its schema and by the operation's variants of it."""
        if self._body is None:
            told = self._operation.body
            schemas = [*([told.schema] if told is not None else ()), *self._operation.variants.values()]
            definitions = schemas[0].definitions if schemas else {}
            self._body = _Known([schema.raw for schema in schemas], definitions)
        return self._body


def _documented(contract: Contract, section: str) -> bool:
    stated = contract.raw.get("vendor.json", {}).get(section, {})
    return bool(stated.get("source", {}).get("basis") == "documented")


class _Known:
    """What some schemas say of one value, whichever of their alternatives hold: the members that an object may have, and a list's items.

    An object whose members nobody lists may have any. Looked into as far as values go, since schemas may refer to themselves.
    """

    __slots__ = ("_definitions", "_item", "_items", "_members", "deprecated", "kept", "open")

    def __init__(self, rules: Iterable[Any], definitions: Mapping[str, Any]) -> None:
        self._definitions = definitions
        self._members: dict[str, list[Any]] = {}
        self._items: list[Any] = []
        self.kept: dict[str, _Known] = {}
        self._item: _Known | None = None
        self.open = self.deprecated = False
        for rule in _alternatives(rules, definitions):
            if not isinstance(rule, dict):
                self.open |= rule is True
                continue
            for name, sub in rule.get("properties", {}).items():
                self._members.setdefault(name, []).append(sub)
            self._items += [rule["items"]] if "items" in rule else []
            self.open |= rule.get("additionalProperties", False) is not False or "patternProperties" in rule
            self.deprecated |= bool(rule.get("deprecated"))
        self.open |= not self._members

    def member(self, name: str) -> _Known | None:
        """What is known of a member, which is kept from then on; None if nobody names it."""
        if name not in self._members:
            return None
        self.kept[name] = _Known(self._members[name], self._definitions)
        return self.kept[name]

    def item(self) -> _Known:
        """What is known of an item."""
        if self._item is None:
            self._item = _Known(self._items, self._definitions)
        return self._item


def _alternatives(rules: Iterable[Any], definitions: Mapping[str, Any]) -> Iterator[Any]:
    """The schemas and those that they stand for, are made of or offer, each once."""
    waiting, seen = list(rules), set()
    while waiting:
        rule = waiting.pop(0)
        if id(rule) in seen:
            continue
        seen.add(id(rule))
        yield rule
        if not isinstance(rule, dict):
            continue
        if "$ref" in rule:
            waiting.append(definitions[rule["$ref"].removeprefix("#/$defs/")])
        for keyword in ("allOf", "anyOf", "oneOf"):
            waiting += rule.get(keyword, ())
        waiting += [rule[keyword] for keyword in ("if", "then", "else") if keyword in rule]


def _look(value: Any, known: _Known, at: tuple[str | int, ...], found: list[str]) -> None:
    """Finds the members of an object or a list that nobody names, and those that are deprecated."""
    if type(value) is list:
        item = known.item()
        for index, inner in enumerate(value):
            if type(inner) is dict or type(inner) is list:
                _look(inner, item, (*at, index), found)
        return
    kept = known.kept
    for name, inner in value.items():
        if len(found) >= MOST:
            return
        sub = kept.get(name) or known.member(name)
        if sub is None:
            if not known.open:
                found.append(f"property {_place(*at, name)!r} is not documented")
            continue
        if sub.deprecated:
            found.append(f"property {_place(*at, name)!r} is deprecated")
        if type(inner) is dict or type(inner) is list:
            _look(inner, sub, (*at, name), found)


def _place(*at: str | int) -> str:
    return Violation(at, "").place[:LONGEST]
