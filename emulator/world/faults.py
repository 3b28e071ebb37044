"""What a test planned to go wrong: which calls, how often, before or after their effect, and how."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from emulator.contract.model import Contract
from emulator.wire import Call, Kind, Refusal, Reply, Wire, fixed
from emulator.world.clock import nothing

CONNECTIONS = ("reset", "close", "truncate", "garbage")
MUTATIONS = ("extra-field", "drop-optional", "null-nullable", "new-enum-value", "reorder-keys")
LONGEST_DELAY = 3600.0
MOST_FAULTS = 1000
LARGEST_FAULT = 1024 * 1024
_KEYS = {"match", "times", "when", "do"}
_MATCH = {"vendor", "operation", "method", "path", "nth"}


@dataclass(slots=True)
class Fault:
    """One planned fault. `seen` counts the calls that matched, `struck` those that were hit."""

    id: int
    match: Mapping[str, Any]
    do: Mapping[str, Any]
    when: str = "before"
    times: int | None = None
    seen: int = 0
    struck: int = 0

    def show(self) -> dict[str, Any]:
        """As the control plane shows it."""
        return {
            "id": self.id,
            "match": dict(self.match),
            "do": dict(self.do),
            "when": self.when,
            "times": self.times,
            "seen": self.seen,
            "struck": self.struck,
        }

    @property
    def text(self) -> str:
        """As the journal names it."""
        key, value = next(iter(self.do.items()))
        return f"fault {self.id}: {self.when} the effect, {key} {value}"

    def meant(self, vendor: str, operation: str, call: Call) -> bool:
        """Whether a call is one that the fault is for, whatever its number."""
        match = self.match
        return (
            bool(match.get("vendor", vendor) == vendor)
            and match.get("operation", operation) == operation
            and match.get("method", call.method).upper() == call.method
            and match.get("path", call.path) == call.path
        )

    def due(self) -> bool:
        """Whether the call just counted is hit."""
        if self.times is not None and self.struck >= self.times:
            return False
        nth = self.match.get("nth")
        if nth is None:
            return True
        first, last = (nth, nth) if isinstance(nth, int) else nth
        return bool(first <= self.seen <= last)


@fixed
class Strike:
    """What hits one call: the planned faults that are due, in the order in which they were planned."""

    faults: tuple[Fault, ...] = ()
    text: str = ""

    def before(self) -> Reply | None:
        """Raises the refusal, or gives the reply, that stands in the place of the act; None: the act goes on."""
        for fault in self.faults:
            if fault.when == "before" and (reply := _instead(fault.do)) is not None:
                return reply
        return None

    def after(self, reply: Reply) -> Reply:
        """What becomes of the reply once the effect is there. Raises the refusal that takes its place."""
        for fault in self.faults:
            if fault.when == "after" and "connection" not in fault.do and (other := _instead(fault.do)) is not None:
                reply = other.but(wire=reply.wire)
            reply = _marred(reply, fault.do)
        return reply

    @property
    def mutations(self) -> list[str]:
        """The changes to the reply's body that are asked for."""
        return [fault.do["mutate"] for fault in self.faults if "mutate" in fault.do]


CALM = Strike()


class Faults:
    """The faults of a sandbox. Counting is exact whatever the number of threads."""

    def __init__(self) -> None:
        self._faults: dict[int, Fault] = {}
        self._lock = threading.Lock()
        self._last = 0
        self.changed: Callable[[], None] = nothing

    def add(self, plan: Mapping[str, Any]) -> Fault:
        """Plans a fault. Raises ValueError, saying what is accepted, for a plan that makes no sense."""
        complaint = _complaint(plan)
        if complaint:
            raise ValueError(complaint)
        with self._lock:
            if len(self._faults) >= MOST_FAULTS:
                raise ValueError(f"at most {MOST_FAULTS} faults are planned at once")
            self._last += 1
            fault = Fault(
                self._last, dict(plan.get("match", {})), dict(plan["do"]), plan.get("when", "before"), plan.get("times")
            )
            self._faults[fault.id] = fault
        self.changed()
        return fault

    def strike(self, vendor: str, operation: str, call: Call) -> Strike:
        """Counts a call against every plan and says what hits it."""
        if not self._faults:
            return CALM
        hit = []
        counted = False
        with self._lock:
            for fault in self._faults.values():
                if fault.meant(vendor, operation, call):
                    fault.seen += 1
                    counted = True
                    if fault.due():
                        fault.struck += 1
                        hit.append(fault)
        if counted:
            self.changed()
        return Strike(tuple(hit), "; ".join(fault.text for fault in hit)) if hit else CALM

    def all(self) -> list[Fault]:
        """Every planned fault."""
        return list(self._faults.values())

    def remove(self, number: int) -> bool:
        """Takes one back; false if there is none of that number."""
        with self._lock:
            found = self._faults.pop(number, None) is not None
        self.changed()
        return found

    def clear(self) -> None:
        """Takes all back."""
        with self._lock:
            self._faults.clear()
        self.changed()

    def dump(self) -> list[dict[str, Any]]:
        """Every plan with its counts."""
        return [fault.show() for fault in self.all()]

    def load(self, dumped: list[dict[str, Any]]) -> None:
        """The plans that `dump` gave, in the place of those that are. Raises ValueError for what is none; then nothing changes."""
        for raw in dumped:
            plan = {key: value for key, value in raw.items() if key not in ("id", "seen", "struck")}
            counts = [raw["id"], raw.get("seen", 0), raw.get("struck", 0)]
            if complaint := _complaint(plan) or (
                "" if all(type(n) is int for n in counts) else "id, seen and struck are numbers"
            ):
                raise ValueError(f"faults: {complaint}")
        with self._lock:
            self._faults = {raw["id"]: Fault(**raw) for raw in dumped}
            self._last = max(self._faults, default=0)
        self.changed()


def unheard_of(plan: Mapping[str, Any], contracts: Mapping[str, Contract]) -> str:
    """What a plan names that there is not; empty if nothing. Whether it makes sense otherwise is judged by `Faults.add`."""
    match, do = plan.get("match"), plan.get("do")
    named = match if isinstance(match, Mapping) else {}
    vendor, operation = named.get("vendor"), named.get("operation")
    kind = do.get("refuse") if isinstance(do, Mapping) else None
    if isinstance(vendor, str) and vendor not in contracts:
        return f"There is no vendor {vendor!r}; there are {', '.join(contracts)}."
    if isinstance(operation, str):
        vendor = operation.partition(".")[0]
        if vendor not in contracts or operation not in contracts[vendor].operations:
            return f"There is no operation {operation!r}; `emulator routes` lists them."
    if isinstance(vendor, str) and kind in list(Kind) and Kind(kind) not in contracts[vendor].refusals:
        return f"{vendor} documents no refusal {kind!r}; it has {', '.join(sorted(contracts[vendor].refusals))}."
    return ""


def _instead(do: Mapping[str, Any]) -> Reply | None:
    if "refuse" in do:
        raise Refusal(Kind(do["refuse"]), facts={"planned": True})
    if "status" in do:
        body = do.get("body")
        return Reply(do["status"], body.encode() if isinstance(body, str) else body)
    if "connection" in do:
        return Reply(200, {"planned": do["connection"]}, wire=Wire(connection=do["connection"]))
    return None


def _marred(reply: Reply, do: Mapping[str, Any]) -> Reply:
    """The reply with what happens to it on its way."""
    wire = reply.wire or Wire()
    if "delay" in do:
        wire = Wire(float(do["delay"]), wire.drip, wire.connection)
    elif "drip" in do:
        wire = Wire(wire.delay, do["drip"], wire.connection)
    elif "connection" in do:
        wire = Wire(wire.delay, wire.drip, do["connection"])
    else:
        return reply
    return reply.but(wire=wire)


def _complaint(plan: Mapping[str, Any]) -> str:
    """What is wrong with a plan; empty if nothing."""
    if set(plan) - _KEYS or not isinstance(plan.get("do"), Mapping):
        return 'a fault is {"match"?: {…}, "times"?: number, "when"?: "before"|"after", "do": {…}}'
    match, times = plan.get("match", {}), plan.get("times")
    if not isinstance(match, Mapping) or set(match) - _MATCH:
        return "match takes vendor, operation, method, path and nth"
    if any(not isinstance(match[key], str) for key in set(match) - {"nth"}):
        return "vendor, operation, method and path are texts"
    nth = match.get("nth", 1)
    pair = isinstance(nth, list) and len(nth) == 2 and all(_count(n) for n in nth) and nth[0] <= nth[1]
    if not (_count(nth) or pair):
        return "nth is a number from 1, or two of them: [first, last]"
    if times is not None and not _count(times):
        return "times is a number from 1"
    if plan.get("when", "before") not in ("before", "after"):
        return "when is before or after"
    if len(orjson.dumps(plan, repr)) > LARGEST_FAULT:
        return f"a fault takes at most {LARGEST_FAULT} bytes of JSON"
    return _do_complaint(plan["do"])


def _do_complaint(do: Mapping[str, Any]) -> str:
    keys = set(do)
    if keys == {"refuse"}:
        kinds = [kind.value for kind in Kind]
        return "" if do["refuse"] in kinds else f"refuse takes one of {', '.join(kinds)}"
    if keys in ({"status"}, {"status", "body"}):
        return "" if _count(do["status"]) and 100 < do["status"] < 600 else "status is a number from 101 to 599"
    if keys == {"delay"}:
        fine = (
            isinstance(do["delay"], int | float)
            and not isinstance(do["delay"], bool)
            and 0 <= do["delay"] <= LONGEST_DELAY
        )
        return "" if fine else f"delay is in seconds, at most {LONGEST_DELAY:g}"
    if keys == {"drip"}:
        return "" if _count(do["drip"]) else "drip is a number of bytes a second, from 1"
    if keys == {"connection"}:
        return "" if do["connection"] in CONNECTIONS else f"connection takes one of {', '.join(CONNECTIONS)}"
    if keys == {"mutate"}:
        return "" if do["mutate"] in MUTATIONS else f"mutate takes one of {', '.join(MUTATIONS)}"
    return "do takes one of refuse, status (with body), delay, drip, connection, mutate"


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
