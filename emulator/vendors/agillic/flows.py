"""Flows: run for their group, for some recipients, or queued."""

from __future__ import annotations

from typing import Any

from emulator.kit import Ask, Kind, Outcome, Refusal, World
from emulator.vendors.agillic import running
from emulator.vendors.agillic.addresses import named
from emulator.vendors.agillic.contexts import validated
from emulator.vendors.agillic.fields import ROW_ID, person
from emulator.vendors.agillic.people import addressed, needed
from emulator.vendors.agillic.variables import checked, set_all


def execute(ask: Ask, world: World) -> Outcome:
    """Runs a flow for its own target group, after the call."""
    running.begin(world, _flow(ask, world), None)
    return Outcome()


def execute_with_context(ask: Ask, world: World) -> Outcome:
    """Runs a flow for the recipients that are listed: for all, or for none if one of them or its data is wrong."""
    flow, who = _flow(ask, world), person(world)
    chosen = []
    for entry in ask.body["recipients"]:
        data = dict(entry.get("context_parameters", entry.get("contextData", {})))
        name = data.pop("name", None) if "context_parameters" in entry else ask.body.get("schemaName")
        if not isinstance(name, str):
            raise Refusal(Kind.INVALID, detail="no_identifier", facts={"field": "context_parameters.name"})
        validated(world, data, name)
        chosen.append(needed(world, who, entry["recipientId"])[ROW_ID])
    for recipient in chosen:
        running.begin(world, flow, recipient)
    return Outcome()


def queue_recipient(ask: Ask, world: World) -> Outcome:
    """A recipient waits for the flow."""
    return _queued(ask, world)


def queue_recipient_with_context(ask: Ask, world: World) -> Outcome:
    """A recipient waits for the flow; the data must follow its schema."""
    data: dict[str, Any] = dict(ask.body["context_parameters"])
    addressed(ask, world)
    validated(world, data, data.pop("name"))
    return _queued(ask, world)


def queue_state(ask: Ask, world: World) -> Outcome:
    """How many runs wait, and how many are under way."""
    flow = _flow(ask, world)
    states = [running.state_of(world, row.data) for row in world.rows(running.RUNS).where(flow=flow)]
    active, queued = states.count("active"), states.count("queued")
    word = "active" if active else "queued" if queued else "idle"
    return Outcome(data={"status": world.table("queue_states")[word], "queuedCount": queued, "activeCount": active})


def queue(ask: Ask, world: World) -> Outcome:
    """Queues a flow for its group; variables are set at once and when it has run."""
    flow = _flow(ask, world)
    before, after = ask.body.get("preGlobalDataUpdates", {}), ask.body.get("postGlobalDataUpdates", {})
    checked(world, {**before, **after})
    set_all(world, before)
    return Outcome(data={"agillicQueueId": running.begin(world, flow, None, queued=True, after=after)})


def reset(ask: Ask, world: World) -> Outcome:
    """Everything that waits or runs is dropped."""
    runs = world.rows(running.RUNS)
    for row in list(runs.where(flow=_flow(ask, world))):
        runs.drop(row.id)
    return Outcome()


def _flow(ask: Ask, world: World) -> str:
    return str(running.flow(world, named(ask, "flowId"))["id"])


def _queued(ask: Ask, world: World) -> Outcome:
    recipient = addressed(ask, world)[ROW_ID]
    running.begin(world, _flow(ask, world), recipient, queued=True, timeout=ask.query.get("timeout"))
    return Outcome()
