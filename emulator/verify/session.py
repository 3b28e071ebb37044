"""What is known while a server is verified: how to call it, what it showed, and what came of each call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from emulator.contract.model import Contract, Operation
from emulator.contract.route import PLACEHOLDER, Router
from emulator.readers.credentials import Credential
from emulator.readers.exchanges import Exchange, exchanges
from emulator.verify.ids import Ids
from emulator.verify.judge import Judge, Probe, Verdict
from emulator.verify.keys import Redaction, secrets_in
from emulator.verify.line import Seen
from emulator.verify.pace import Pace, Spent
from emulator.verify.report import Departure, Skipped, shown_call
from emulator.wire import NOTHING, Call, Kind


class Unknown(Exception):
    """The server knows none of the credentials; the text says what it refused."""


Pairs = tuple[tuple[str, str], ...]
ISSUING = "credentials"
"""What an operation creates that hands out tokens."""


@dataclass(frozen=True, slots=True)
class Base:
    """A call of an operation that the server did: what stood in path and query, whose credential it bore, and what came."""

    operation: Operation
    path: Mapping[str, str]
    query: Pairs
    key: Credential | None
    value: Any = None

    def call(
        self, query: Pairs | None = None, key: Credential | None = None, path: Mapping[str, str] = NOTHING
    ) -> Call:
        """The call, with another query, another credential or other values in the path."""
        return written(self.operation, {**self.path, **path}, self.query if query is None else query, key or self.key)


@dataclass
class Session:
    """One verification. `send` makes a call; everything else is what has been found so far."""

    contract: Contract
    send: Callable[[Call], Seen]
    pace: Pace
    judge: Judge
    redaction: Redaction
    credentials: Mapping[str, str]
    keys: list[Credential] = field(default_factory=list)
    calls: int = 0
    bases: dict[str, Base] = field(default_factory=dict)
    """By operation: the call whose variations are asked."""
    shown: dict[str, Base] = field(default_factory=dict)
    """By operation: the documents' own call, where the server did it."""
    accepted: set[str] = field(default_factory=set)
    """The schemes whose credential the server took at least once."""
    refused: dict[str, str] = field(default_factory=dict)
    """The others, with the call that was refused first."""
    departures: dict[tuple[str, str, str], Departure] = field(default_factory=dict)
    outcomes: dict[str, dict[str, bool]] = field(default_factory=dict)
    """By operation and outcome that was met: whether it was as promised every time."""
    skipped: list[Skipped] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.router = Router(self.contract)
        self.ids = Ids(self.contract)
        self.exchanges: list[Exchange] = exchanges(self.contract)
        for key in self.keys:
            self.redaction.know(key)

    def ask(self, probe: Probe) -> Verdict:
        """Makes a call, when its time has come, and keeps what came of it. Raises Spent, also where the server throttles; Silent."""
        self.pace.take()
        self.calls += 1
        seen = self.send(probe.call)
        verdict = self.judge.verdict(probe, seen)
        if probe.operation is not None and probe.operation.creates == ISSUING:
            self.redaction.add(*secrets_in(verdict.value))
        if verdict.outcome == Kind.THROTTLED and verdict.outcome not in probe.wanted:
            raise Spent(f"the server throttles: {seen.status} for {shown_call(probe.call, self.redaction)}")
        if probe.scheme and verdict.outcome == Kind.UNAUTHENTICATED:
            self.refused.setdefault(probe.scheme, f"{seen.status} for {shown_call(probe.call, self.redaction)}")
        elif probe.scheme and verdict.outcome:
            self.accepted.add(probe.scheme)
        self.note(probe, verdict)
        self._heed(seen)
        return verdict

    def note(self, probe: Probe, verdict: Verdict) -> None:
        """Keeps the departures of a reply, each once for an operation."""
        name = probe.operation.id if probe.operation is not None else self.contract.vendor
        met = self.outcomes.setdefault(name, {})
        due = [verdict.outcome] if not probe.wanted or verdict.outcome in probe.wanted else sorted(probe.wanted)
        if len(due) == 1 and due[0]:  # where several would have done, none of them departs
            met[due[0]] = met.get(due[0], True) and not verdict.findings
        for finding in verdict.findings:
            departure = Departure.of(name, probe, finding, self.redaction)
            self.departures.setdefault((name, departure.said, departure.place), departure)

    def skip(self, what: str, why: str) -> None:
        """Notes something that was not asked."""
        self.skipped.append(Skipped(what, self.redaction(why)))

    def keys_for(self, operation: Operation) -> list[Credential | None]:
        """Whose credentials may open the operation, in the order of its schemes; None where it asks nobody."""
        if not operation.auth:
            return [None]
        return [key for scheme in operation.auth for key in self.keys if key.scheme == scheme and key.opens(operation)]

    def insist(self) -> None:
        """Raises Unknown where the server refused every credential that it was shown."""
        if self.refused and not self.accepted:
            refused = "; ".join(f"{scheme}: {told}" for scheme, told in self.refused.items())
            raise Unknown(f"the server takes none of the credentials ({refused})")

    def _heed(self, seen: Seen) -> None:
        for part in self.contract.limits.values():
            limit, left = (
                seen.headers.get(str(part.options.get(f"{h}_header", "")).lower(), "") for h in ("limit", "remaining")
            )
            if limit.isdigit() and left.isdigit():
                self.pace.heed(part.name, int(limit), int(left))


def written(
    operation: Operation, path: Mapping[str, str], query: Iterable[tuple[str, str]], key: Credential | None
) -> Call:
    """A call as it is sent: values encoded, as often as the contract says, and the credential shown."""
    twice = {parameter.name for parameter in operation.parameters if parameter.twice}

    def placed(name: str) -> str:
        plain = name.strip("{}*")
        safe = "/" if name.endswith("*}") else ""
        text = quote(path[plain], safe=safe)
        return quote(text, safe=safe) if plain in twice else text

    address = PLACEHOLDER.sub(lambda match: placed(match[0]), operation.path)
    headers = {"accept": "*/*", **(key.headers if key is not None else {})}
    return Call(operation.method, address, urlencode(list(query)), headers)
