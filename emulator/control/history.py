"""What happened: the journal and the webhooks."""

from __future__ import annotations

from typing import Any

from emulator.control.desk import BOX, Problem, Route, Views, number, wanted_entries
from emulator.explain import explain
from emulator.world import outbox

MOST_ENTRIES = 1000


class History(Views):
    """Reads the journal and the outbox."""

    def routes(self) -> list[Route]:
        """The calls, in the order of the documentation."""
        return [
            Route("GET", f"{BOX}/journal", "The calls, with the reason of each refusal", self.journal),
            Route("GET", f"{BOX}/journal/<int:number>", "One call, explained", self.entry),
            Route("DELETE", f"{BOX}/journal", "Empties the journal", self.clear_journal, 204),
            Route("GET", f"{BOX}/deliveries", "The webhooks: attempts, statuses, next time", self.deliveries),
            Route("POST", f"{BOX}/deliveries/<delivery>/redeliver", "Sends a webhook again", self.redeliver),
        ]

    def journal(self, name: str) -> Any:
        sandbox, wanted = self.desk.box(name), wanted_entries()
        entries = sandbox.journal.entries(wanted)
        limit = min(number("limit", MOST_ENTRIES), MOST_ENTRIES)
        evicted = sandbox.journal.evicted
        return {
            "entries": [entry.show() for entry in entries[max(0, len(entries) - limit) :]],
            "total": len(entries),
            "evicted": {"from": evicted[0], "to": evicted[1]} if evicted else None,
        }

    def entry(self, name: str, number: int) -> Any:
        entry = self.desk.box(name).journal.find(number)
        if entry is None:
            raise Problem(404, f"The journal has no call {number}; it may have been let go.")
        return explain(entry, self.desk.assembly.engines[entry.vendor])

    def clear_journal(self, name: str) -> None:
        self.desk.box(name).journal.clear()

    def deliveries(self, name: str) -> Any:
        found = []
        for vendor, world in self.desk.box(name).worlds.items():
            with world.lock:
                found += [{"vendor": vendor, **outbox.show(row.data)} for row in world.outbox.rows.all()]
        for delivery in found:
            delivery["id"] = f"{delivery['vendor']}-{delivery['id']}"
        return sorted(found, key=lambda delivery: delivery["created"])

    def redeliver(self, name: str, delivery: str) -> Any:
        sandbox = self.desk.box(name)
        vendor, _, ident = delivery.rpartition("-")
        world = sandbox.worlds.get(vendor)
        if world is not None:
            with world.lock:
                again = world.outbox.again(ident, sandbox.clock.now())
                world.store.commit()
            if again is not None:
                sandbox.wake()
                return {"vendor": vendor, **outbox.show(again), "id": delivery}
        raise Problem(404, f"There is no delivery {delivery!r}.")
