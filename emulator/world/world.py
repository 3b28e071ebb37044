"""A world: everything of one vendor that changes in one sandbox, and the services that a behaviour may use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from emulator.contract.model import Contract
from emulator.wire import Call, ContractBreach, Row
from emulator.world.figures import resolve
from emulator.world.ids import Ids
from emulator.world.outbox import Outbox
from emulator.world.store import Collection, Snapshot, Store

if TYPE_CHECKING:
    from emulator.world.sandbox import Sandbox

TIMERS = "timers"
TIMER = {"stimulus": str, "body": dict, "due": int | float, "title": str}
"""What a row of TIMERS is made of."""
CREDENTIALS = "credentials"


class InFlight:
    """How many calls of each caller are being answered; apart from the store, for it outlasts no restart and no reset undoes it."""

    __slots__ = ("_counts",)
    _lock = threading.Lock()  # one for all: it is held for less than it costs to have one each

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def enter(self, name: str, most: float) -> int | None:
        """Counts one more and says how many there are now; None, and counts nothing, if there are `most` already."""
        with self._lock:
            count = self._counts.get(name, 0)
            if count >= most:
                return None
            self._counts[name] = count + 1
            return count + 1

    def leave(self, name: str) -> None:
        """Counts one less."""
        with self._lock:
            left = self._counts.get(name, 0) - 1
            if left > 0:
                self._counts[name] = left
            else:
                self._counts.pop(name, None)


class World:
    """One vendor's state in one sandbox. `lock` is held for a whole act; what a behaviour uses is safe under it."""

    def __init__(
        self, sandbox: Sandbox, contract: Contract, base: Snapshot | None, settings: Mapping[str, Any]
    ) -> None:
        self.sandbox = sandbox
        self.contract = contract
        self.vendor = contract.vendor
        self.clock = sandbox.clock
        self.faults = sandbox.faults
        self.journal = sandbox.journal
        self.lock = threading.RLock()
        self.in_flight = InFlight()
        self.store = Store(self.clock.now, base)
        self.sow(sandbox.seed)
        self.outbox = Outbox(self.store, contract.webhooks)
        self.limits_off = False
        self.only_documented = False
        self.approach: Callable[[Call], None] | None = None
        """Told of each call before anything comes of it, under the lock."""
        self.settings = settings

    @property
    def credentials(self) -> Mapping[str, str]:
        """What the sandbox's clients are handed."""
        return self.sandbox.credentials(self.vendor)

    def sow(self, seed: Any) -> None:
        """What is drawn from now on follows from this seed and the number of draws so far."""
        self.ids = Ids(self.store, self.clock, f"{seed}:{self.vendor}")

    def written(self, collection: str, ident: str, row: Row | None) -> None:
        """Told by the store of each row that is written, or taken away."""
        if collection == CREDENTIALS:
            self.sandbox.owns(self.vendor, ident, row is not None)

    def rows(self, name: str) -> Collection:
        """The collection of this name; an unknown one is empty."""
        return Collection(self.store, name)

    def figure(self, name: str) -> Any:
        """A number of the contract's, durations in seconds. Raises KeyError for a name it does not have."""
        return resolve(self.contract.figures[name].value, self.settings)

    def table(self, name: str) -> Any:
        """A table of the contract's. Raises KeyError for a name it does not have."""
        return self.contract.tables[name]

    def emit(
        self,
        event: str,
        body: Mapping[str, Any],
        *,
        url: str,
        secret: str | None = None,
        lane: str = "",
        verify_tls: bool = True,
    ) -> Row:
        """Puts a webhook in the outbox, to be sent now. `lane` is what keeps order: deliveries of one lane are sent one by one.

        Raises ContractBreach for a body that the event's schema does not allow.
        """
        promised = self.contract.events[event]
        if broken := promised.schema.explain(body):
            told = "; ".join(f"{v.place}: {v.said}" for v in broken[:5])
            raise ContractBreach(f"{self.vendor}: event {event} is sent outside its contract: {told}")
        style = self.contract.webhooks[promised.webhook]
        row = self.outbox.put(
            style,
            event,
            orjson.dumps(body),
            url,
            secret=secret,
            lane=lane,
            verify=verify_tls,
            order=self.settings.get("webhook_order", style.order),
            due=self.clock.now(),
        )
        self.sandbox.wake()
        return row

    def later(self, stimulus: str, body: Mapping[str, Any], *, due: float, title: str) -> Row:
        """Schedules one of the vendor's stimuli for a moment (epoch seconds)."""
        number = self.ids.next(TIMERS)
        row = self.rows(TIMERS).add({"id": str(number), "stimulus": stimulus, "body": body, "due": due, "title": title})
        self.sandbox.wake()
        return row


Maker = Callable[["Sandbox"], World]
