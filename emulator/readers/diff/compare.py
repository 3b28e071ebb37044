"""Two contracts of a vendor become a list of judged changes, and the step that they ask of its version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator.contract.model import Contract
from emulator.readers.diff.change import ABSENT, STEPS, WORST, Change, Judged, Judgement, Step, Verdict, worst
from emulator.readers.diff.pair import Pair
from emulator.readers.diff.rules import judge
from emulator.readers.diff.schemas import judged
from emulator.readers.diff.walk import changes
from emulator.readers.diff.witness import Hunt

ORDER: tuple[Step, ...] = ("major", "minor", "patch", "none")


@dataclass(frozen=True)
class VendorDiff:
    """What changed of one vendor, the worst first. `contract` is the new one, or the old one if the vendor is gone."""

    vendor: str
    contract: Contract
    changes: tuple[Judged, ...]

    @property
    def step(self) -> Step:
        """What the changes ask of the vendor's version."""
        return least_step(self.changes)

    def count(self, verdict: Verdict) -> int:
        return sum(one.verdict == verdict for one in self.changes)


@dataclass(frozen=True)
class Diff:
    """What changed of all vendors. `hunted` tells whether instances were drawn besides those that changes suggest."""

    vendors: tuple[VendorDiff, ...]
    hunted: bool

    @property
    def changes(self) -> tuple[Judged, ...]:
        return tuple(one for vendor in self.vendors for one in vendor.changes)

    @property
    def step(self) -> Step:
        """What the changes ask of the version of all together."""
        return least_step(self.changes)

    @property
    def breaking(self) -> bool:
        return self.step == "major"


def least_step(found: tuple[Judged, ...]) -> Step:
    """major, minor, patch or none: the worst of the changes decides."""
    verdict = worst([one.verdict for one in found])
    return STEPS[verdict] if verdict is not None else "none"


def diff(old: Mapping[str, Contract], new: Mapping[str, Contract], hunt: Hunt | None = None) -> Diff:
    """What changed between the contracts of some vendors, by their names. `hunt` draws instances; without one, changes of
    schemas are judged by the values that they themselves suggest.
    """
    found = []
    for vendor in dict.fromkeys([*old, *new]):
        if vendor in old and vendor in new:
            found.append(_compared(vendor, old[vendor], new[vendor], hunt))
        else:
            found.append(_alone(vendor, old.get(vendor), new.get(vendor)))
    found.sort(key=lambda one: ORDER.index(one.step))
    return Diff(tuple(found), hunt is not None)


def _compared(vendor: str, old: Contract, new: Contract, hunt: Hunt | None) -> VendorDiff:
    pair = Pair(old, new)
    found = [_judged(change, pair, hunt) for change in changes(pair.old_files, pair.new_files)]
    found.sort(key=lambda one: WORST.index(one.verdict))
    return VendorDiff(vendor, new, tuple(found))


def _judged(change: Change, pair: Pair, hunt: Hunt | None) -> Judged:
    within = 0 <= change.schema < len(change.path) or ABSENT not in (change.old, change.new)
    if change.schema >= 0 and (within or change.path[-1] == "wrapper" or change.path[0] == "variants"):
        return judged(change, pair, hunt)
    found = sorted(judge(change, pair), key=lambda judgement: WORST.index(judgement.verdict))
    return Judged(change, tuple(found), pair.touched(change))


def _alone(vendor: str, old: Contract | None, new: Contract | None) -> VendorDiff:
    contract: Any = new or old
    change = Change(
        vendor, "vendor", "vendor.json", (), (), (), ABSENT if old is None else "", ABSENT if new is None else ""
    )
    says = f"{vendor} is {'new' if old is None else 'gone'}, with its {len(contract.operations)} operations"
    verdict: Verdict = "additive" if old is None else "breaking"
    return VendorDiff(vendor, contract, (Judged(change, (Judgement(verdict, says),)),))
