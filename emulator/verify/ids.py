"""Ids of things that exist: learned from replies, so that the next calls can name them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.contract.model import Contract, Operation, Parameter
from emulator.contract.route import PLACEHOLDER
from emulator.wire import NOTHING

MOST = 40  # of one collection; more would teach nothing
_WORDS = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Id:
    """An id, the ids of what it stands in by their collection, and whether the very list above its path showed it."""

    value: str
    within: Mapping[str, str] = NOTHING
    listed: bool = False


class Ids:
    """The ids of each collection that the contract's parameters refer to.

    Which member of a reply is an id of what follows from the contract: a member that is called as a parameter is, and so is the id of an
    item in a list, where a path goes on from the list with that id.
    """

    def __init__(self, contract: Contract) -> None:
        self._found: dict[str, dict[tuple[str, str], Id]] = {}
        self._named: dict[str, str] = {}
        self._below: dict[str, Parameter] = {}
        self._after: dict[str, Parameter] = {}
        for operation in contract.operations.values():
            for parameter in operation.parameters:
                if parameter.refers_to and folded(parameter.name) != "id":
                    self._named.setdefault(folded(parameter.name), parameter.refers_to)
            for before, parameter in _steps(operation):
                if parameter.refers_to:
                    self._below.setdefault(before, parameter)
                    self._after.setdefault(before.rpartition("/")[2], parameter)

    def teach(self, collection: str, *ids: Id) -> None:
        """These ids are known from now on, after those that were known before."""
        known = self._found.setdefault(collection, {})
        for one in ids:
            if len(known) < MOST:
                known.setdefault((one.value, repr(sorted(one.within.items()))), one)

    def learn(self, operation: Operation, path: Mapping[str, str], value: Any) -> None:
        """Takes the ids out of what this operation answered, called with these values in its path."""
        within = {p.refers_to: path[p.name] for p in operation.parameters if p.refers_to and p.name in path}
        template = _template(operation.path)
        below = self._below.get(template)
        listing = below or self._after.get(template.rpartition("/")[2])
        for item in _outermost(value):
            found = self._own(item)
            around = {**within, **dict(found)}
            if listing is not None and (shown := _id_of(item, listing)):
                others = {name: other for name, other in around.items() if name != listing.refers_to}
                self.teach(listing.refers_to, Id(shown, others, listed=below is not None))
            for name, other in [*found, *self._listed(item)]:
                self.teach(name, Id(other, {k: v for k, v in around.items() if k != name}))

    def of(self, collection: str) -> list[Id]:
        """What is known of a collection, the surest first."""
        return sorted(self._found.get(collection, {}).values(), key=lambda one: not one.listed)

    def named(self, name: str) -> str:
        """The collection that a parameter of this name refers to; empty if there is none."""
        return self._named.get(folded(name), "")

    def _own(self, item: Any) -> list[tuple[str, str]]:
        """The ids that an item's members are, with their collections."""
        found = []
        for name, value in _members(item):
            collection = self._named.get(name)
            if collection is not None and isinstance(value, str | int) and not isinstance(value, bool) and value != "":
                found.append((collection, str(value)))
        return found

    def _listed(self, item: Any) -> Iterator[tuple[str, str]]:
        """The ids of what stands in an item's own lists, where a path has a segment of the list's name before an id."""
        for name, value in item.items() if isinstance(item, dict) else ():
            if isinstance(value, list) and (parameter := self._after.get(name.lower())) is not None:
                yield from ((parameter.refers_to, text) for one in value if (text := _id_of(one, parameter)))


def folded(name: str) -> str:
    """A name without case and marks: `channel_id`, `channelId` -> `channelid`."""
    return _WORDS.sub("", name.lower())


def _steps(operation: Operation) -> Iterator[tuple[str, Parameter]]:
    """Each placeholder of a path, as its parameter, with the template before it."""
    parameters = {parameter.name: parameter for parameter in operation.parameters if parameter.place == "path"}
    segments = operation.path.split("/")
    for index, segment in enumerate(segments):
        match = PLACEHOLDER.search(segment)
        if match is not None and (name := match[0].strip("{}*")) in parameters:
            yield _template("/".join(segments[:index])), parameters[name]


def _template(path: str) -> str:
    return PLACEHOLDER.sub("{}", path).lower()


def _outermost(value: Any) -> Iterator[Any]:
    """The items of the lists that stand in no other list; of a value without a list, the value."""
    if isinstance(value, list):
        yield from value
    elif isinstance(value, dict):
        lists = [item for item in value.values() if isinstance(item, list)]
        yield from (item for one in lists for item in one)
        if not lists:
            yield value


def _members(item: Any, within: str = "") -> Iterator[tuple[str, Any]]:
    """The members of an object and of the objects in it, by folded name; `id` has that of what it is the id of before it."""
    for name, value in item.items() if isinstance(item, dict) else ():
        plain = folded(name)
        if isinstance(value, dict):
            yield from _members(value, plain)
        else:
            yield (within + plain if plain == "id" else plain), value


def _id_of(item: Any, parameter: Parameter) -> str:
    """What the parameter would call an item by: a member of its name, else `id`, else `name`; a bare text is an id itself."""
    if isinstance(item, dict):
        members = {folded(name): value for name, value in item.items()}
        item = next((members[name] for name in (folded(parameter.name), "id", "name") if name in members), None)
    return str(item) if isinstance(item, str | int) and not isinstance(item, bool) else ""
