"""The two contracts of a vendor, and the old one with a single change made: what each rule looks at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from emulator.contract.files import Files, definition
from emulator.contract.load import built
from emulator.contract.model import Contract, Operation
from emulator.contract.route import Router
from emulator.contract.schema import Schema
from emulator.readers.diff.change import Change, Judgement
from emulator.readers.diff.uses import Key, Sides, Use, line, reach, uses
from emulator.readers.diff.walk import patched
from emulator.wire import NOTHING, Call, Kind, Refusal

ANYTHING = Schema(True, NOTHING, "")
Rule = Callable[[Change, "Pair"], list[Judgement]]


@dataclass(frozen=True)
class Pair:
    """A vendor before and after."""

    old: Contract
    new: Contract

    @cached_property
    def old_files(self) -> Files:
        return Files(self.old.vendor, self.old.folder, self.old.raw)

    @cached_property
    def new_files(self) -> Files:
        return Files(self.old.vendor, self.new.folder, self.new.raw)

    @cached_property
    def uses(self) -> Mapping[Key, Use]:
        """The old contract's uses of schemas."""
        return uses(self.old)

    @cached_property
    def _reach(self) -> Mapping[Key, frozenset[str]]:
        of = reach(self.old)
        return {key: of(use) for key, use in self.uses.items()}

    def alone(self, change: Change) -> Contract:
        """The old contract with this change and no other; the new one, where it cannot be made alone."""
        try:
            return built(patched(self.old_files, self.new_files, change))
        except (KeyError, TypeError, ValueError, AttributeError):
            return self.new

    @cached_property
    def _new_uses(self) -> Mapping[Key, Use]:
        return uses(self.new)

    def used(self, change: Change, alone: Contract) -> list[Sides]:
        """The uses of schemas that a change reaches: as they were, with the change alone, and as they are."""
        before, after = dict(self.uses), uses(alone)
        for here, there in ((before, after), (after, before)):
            for key in [key for key in there if key not in here and key[1] == "variant"]:
                here[key] = replace(there[key], schema=ANYTHING)  # a variant that is not there asks nothing
        found = [Sides(use, after[k], self._new_uses.get(k, after[k])) for k, use in before.items() if k in after]
        if change.kind == "schemas":
            name = definition(change.file, str(change.path[1]))
            return [sides for sides in found if name in self._reach.get(sides.old.key, ())]
        return [sides for sides in found if sides.old.schema.raw != sides.alone.schema.raw]

    def operation(self, change: Change) -> Operation | None:
        """The operation or stimulus in whose file the change stands, as it was, or as it is if it is new."""
        for contract in (self.old, self.new):
            found = contract.operations.get(change.owner) or contract.stimuli.get(change.owner)
            if found is not None:
                return found
        return None

    def touched(self, change: Change) -> tuple[str, ...]:
        """The operations that something of vendor.json is about; none where it is about all."""
        steps = [*map(str, change.path), "", ""]
        section, name = steps[0], steps[1]
        by: Mapping[str, Callable[[Operation], Any]] = {
            "limits": lambda o: name in o.limits,
            "paging": lambda o: o.paging == name,
            "auth": lambda o: name in o.auth,
            "roles": lambda o: name in o.access,
            "refusals": lambda o: name in o.refusals,
        }
        if change.kind != "vendor" or section not in by:
            return (change.owner,) if change.owner else ()
        return tuple(o.id for o in self.new.operations.values() if by[section](o))


def answered(contract: Contract, operation: Operation) -> tuple[Operation | None, str]:
    """What a contract does with a call of this method and path: the operation it reaches, or the refusal in words."""
    method, path = line(operation).split(" ", 1)
    try:
        return Router(contract).match(Call(method, path))[0], ""
    except Refusal as refusal:
        return None, refused(contract.refusals[refusal.kind].status, refusal.kind)


def refused(status: int, kind: Kind | str) -> str:
    """`422 (invalid)`."""
    return f"{status} ({kind})"
