"""What a verification found, as text for people, as JSON, and as evidence to be kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from emulator.verify.judge import Finding, Probe
from emulator.wire import Call
from emulator.world.journal import hidden_in_query

FEW = 5
Redact = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Departure:
    """One thing that a server does otherwise than the contract says. `call` is the call that showed it first."""

    operation: str
    call: str
    about: str
    said: str
    place: str
    basis: str
    source: str
    sent: str

    @classmethod
    def of(cls, operation: str, probe: Probe, finding: Finding, redact: Redact) -> Departure:
        """A finding with the call that led to it, without secrets."""
        source = finding.source
        ground = ", ".join(filter(None, [source.document, source.section])) or source.why
        call = shown_call(probe.call, redact)
        return cls(
            operation,
            call,
            redact(probe.about),
            redact(finding.said),
            finding.place,
            source.basis,
            ground,
            redact(finding.sent),
        )


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not asked, or that the server had nothing to show for, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Report:
    """What came of a verification.

    `operations` has, for each operation of the contract, its outcomes that were met, each with whether it was always as promised,
    and whether it was `reached`: done at least once. What belongs to no operation stands under the vendor's name.
    """

    vendor: str
    contract: str
    """The digest of the contract that was held against the server."""
    target: str
    at: str
    share: float
    writes: bool
    calls: int
    operations: Mapping[str, Mapping[str, Any]]
    departures: tuple[Departure, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    stopped: str = ""
    """Why the calls ended before everything was asked; empty if they did not."""

    @property
    def reached(self) -> list[str]:
        """The operations that were done at least once."""
        return [name for name, one in self.operations.items() if one["reached"]]

    @property
    def _asked(self) -> int:
        return sum(name != self.vendor for name in self.operations)

    @property
    def fine(self) -> bool:
        """Whether something was verified and nothing departs."""
        return bool(self.reached) and not self.departures

    def as_json(self) -> dict[str, Any]:
        """The report as a JSON value."""
        return {**asdict(self), "fine": self.fine}

    def as_text(self) -> str:
        """The departures first, each with both sides; then what was not asked; a summary last."""
        lines = []
        for one in self.departures:
            ground = f"{one.basis}, {one.source}" if one.source else one.basis
            lines += [f"{one.operation}  {one.call}  ({one.about})"]
            lines += [f"  contract: {one.said}  [{one.place}; {ground}]", f"  server:   {one.sent}", ""]
        if self.skipped:
            lines += ["not asked, or nothing there to show it:"]
            whys: dict[str, list[str]] = {}
            for skipped in self.skipped:
                whys.setdefault(skipped.why, []).append(skipped.what)
            lines += [f"  {_some(what)}: {why}" for why, what in whys.items()] + [""]
        if self.stopped:
            lines += [f"stopped early: {self.stopped}", ""]
        return "\n".join([*lines, self.summary])

    @property
    def summary(self) -> str:
        """One line."""
        done = f"{len(self.reached)} of {self._asked} operations done in {self.calls} calls"
        count = len(self.departures)
        found = (
            f"{count} departure{'s' * (count != 1)} from the contract" if count else "no departure from the contract"
        )
        return f"{self.vendor} at {self.target}: {done}; {found if self.reached else 'nothing could be verified'}"


def _some(names: list[str]) -> str:
    """The names, or how many there are."""
    return ", ".join(names) if len(names) <= FEW else f"{', '.join(names[:FEW])} and {len(names) - FEW} more"


def shown_call(call: Call, redact: Redact) -> str:
    """A call in one line, without secrets."""
    return redact(f"{call.method} {call.path}" + (f"?{hidden_in_query(call.query)}" if call.query else ""))
