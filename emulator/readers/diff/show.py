"""A diff as text, worst first, or as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from emulator.contract.model import Contract
from emulator.readers.diff.change import ABSENT, WORST, Judged, written
from emulator.readers.diff.compare import Diff, VendorDiff
from emulator.readers.diff.journal import Replay
from emulator.readers.diff.uses import line

FEW = 3
ALL, SHARED = "what holds for all (vendor.json)", "what is shared (schemas)"


def as_text(found: Diff, replay: Replay | None = None) -> str:
    """The diff for people: by vendor and operation, each change with its place, verdict and witness."""
    lines = [text for vendor in found.vendors if vendor.changes for text in _vendor(vendor)]
    if not found.hunted and lines:
        lines += ["hypothesis is not installed: schemas were judged by the values that each change suggests", ""]
    if replay is not None:
        lines += [*_replay(replay), ""]
    changed = sum(bool(vendor.changes) for vendor in found.vendors)
    counts = ", ".join(f"{sum(v.count(verdict) for v in found.vendors)} {verdict}" for verdict in WORST)
    last = f"{found.step}: {counts}, in {_many(changed, 'vendor')}" if changed else "no difference"
    return "\n".join([*lines, last])


def _vendor(vendor: VendorDiff) -> Iterator[str]:
    counts = ", ".join(f"{count} {verdict}" for verdict in WORST if (count := vendor.count(verdict)))
    yield f"{vendor.vendor}: {vendor.step} ({counts})"
    groups: dict[str, list[Judged]] = {}
    for one in vendor.changes:
        groups.setdefault(_heading(one, vendor.contract), []).append(one)
    for heading, changes in groups.items():
        yield f"\n  {heading}"
        for one in changes:
            yield from (f"    {text}" for text in _change(one))
    yield ""


def _heading(one: Judged, contract: Contract) -> str:
    subject = one.change.owner or (one.touches[0] if len(one.touches) == 1 else "")
    operation = contract.operations.get(subject)
    if operation is not None:
        return f"{subject}  {operation.method} {operation.path}"
    if not subject:
        return ALL if one.change.kind == "vendor" else SHARED
    return f"event {subject}" if subject in contract.events else subject


def _change(one: Judged) -> Iterator[str]:
    change = one.change
    yield f"{one.verdict:<8}  {change.place}  {written(change.old)} -> {written(change.new)}"
    indent = " " * 10
    for judgement in one.judgements:
        other = f"{judgement.verdict}: " if judgement.verdict != one.verdict else ""
        yield f"{indent}{other}{judgement.says}"
    if len(one.touches) > 1:
        rest = f" and {len(one.touches) - FEW} more" if len(one.touches) > FEW else ""
        yield f"{indent}in {', '.join(one.touches[:FEW])}{rest}"


def _replay(replay: Replay) -> Iterator[str]:
    yield f"journal: {len(replay.departures)} of {_many(replay.calls, 'recorded call')} would fare otherwise"
    for departure in replay.departures:
        yield f"  call {departure.id}  {departure.call} ({departure.vendor})"
        yield from (f"    {text}" for text in departure.says)
    for why, count in replay.skipped.items():
        yield f"  not judged: {_many(count, 'call')} ({why})"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def as_json(found: Diff, old: str, new: str, replay: Replay | None = None) -> dict[str, Any]:
    """The diff as a JSON value; docs/diff.md describes it."""
    told: dict[str, Any] = {
        "old": old,
        "new": new,
        "step": found.step,
        **{verdict: sum(v.count(verdict) for v in found.vendors) for verdict in WORST},
        "generated": found.hunted,
        "vendors": [_vendor_told(vendor) for vendor in found.vendors],
    }
    if replay is not None:
        told["journal"] = {
            "calls": replay.calls,
            "departures": [
                {"id": d.id, "vendor": d.vendor, "call": d.call, "says": list(d.says)} for d in replay.departures
            ],
            "skipped": dict(replay.skipped),
        }
    return told


def _vendor_told(vendor: VendorDiff) -> dict[str, Any]:
    return {
        "vendor": vendor.vendor,
        "step": vendor.step,
        **{verdict: vendor.count(verdict) for verdict in WORST},
        "changes": [_change_told(one, vendor.contract) for one in vendor.changes],
    }


def _change_told(one: Judged, contract: Contract) -> dict[str, Any]:
    change = one.change
    operation = contract.operations.get(change.owner)
    return {
        "verdict": one.verdict,
        "step": one.step,
        "subject": change.owner or None,
        "call": line(operation) if operation is not None else None,
        "place": change.place,
        "change": change.how,
        **({"old": change.old} if change.old is not ABSENT else {}),
        **({"new": change.new} if change.new is not ABSENT else {}),
        "touches": list(one.touches),
        "tried": one.tried,
        "findings": [
            {"verdict": j.verdict, "says": j.says, "witness": dict(j.witness) or None} for j in one.judgements
        ],
    }
