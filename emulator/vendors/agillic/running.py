"""What flows do: they wait, run and send; and what is remembered of it, as communication and as activity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from emulator.kit import Kind, Refusal, World, stamp
from emulator.vendors.agillic.groups import members
from emulator.vendors.agillic.variables import set_all

RUNS = "runs"
COMMUNICATIONS = "communications"
ACTIVITIES = "activities"


def flow(world: World, name: str) -> dict[str, Any]:
    """The flow of this name. Raises `missing`."""
    found = world.rows("flows").get(name)
    if found is None:
        raise Refusal(Kind.MISSING, facts={"resource": "flow", "id": name})
    return found


def begin(
    world: World,
    flow_id: str,
    recipient: str | None,
    *,
    queued: bool = False,
    timeout: int | None = None,
    after: Mapping[str, Any] | None = None,
) -> str:
    """Starts a flow, or queues it behind its other runs, for one recipient or for its target group; answers the run's id.

    A run that would wait longer than its timeout leaves the queue without having run.
    """
    now, delay = world.clock.now(), float(world.settings["flow_delay"])
    waiting = [row.data["due"] for row in world.rows(RUNS).where(flow=flow_id)]
    starts = max([now, *waiting]) if queued else now
    due, runs = starts + delay, True
    if timeout is not None and starts - now > timeout:
        due, runs = now + timeout, False
    ident = world.ids.uuid()
    row = {"id": ident, "flow": flow_id, "recipient": recipient, "starts": starts, "due": due, "runs": runs}
    world.rows(RUNS).add({**row, "after": dict(after or {})})
    if due <= now:
        finish(world, ident)
    else:
        world.later("run_due", {"run": ident}, due=due, title=f"flow {flow_id} runs")
    return ident


def finish(world: World, run_id: str) -> None:
    """Lets a run come to its end: it sends what its flow sends, and sets the variables that were to be set after it."""
    run = world.rows(RUNS).get(run_id)
    if run is None:
        return
    world.rows(RUNS).drop(run_id)
    described = world.rows("flows").get(run["flow"])
    if not run["runs"] or described is None:
        return
    message = described.get("communication")
    if message:
        chosen = (
            [run["recipient"]] if run["recipient"] is not None else members(world, described.get("targetGroup", ""))
        )
        send(world, chosen, message["id"], message["type"])
    set_all(world, run["after"])


def state_of(world: World, run: Mapping[str, Any]) -> str:
    """`queued` until a run's turn has come, `active` from then on."""
    return "queued" if run["starts"] > world.clock.now() else "active"


def send(world: World, recipients: Iterable[str], communication: str, kind: str) -> None:
    """Remembers that something was sent to recipients (by AGILLIC_ID); those that are gone get nothing."""
    for ident in recipients:
        if world.rows("recipients").row(ident) is None:
            continue
        row = {"id": world.ids.uuid(), "recipient": ident, "communicationId": communication, "communicationType": kind}
        world.rows(COMMUNICATIONS).add({**row, "at": stamp(world.clock.now(), millis=False)})
        record(world, kind, ident, {"COMMUNICATION_ID": communication})


def record(world: World, kind: str, recipient: str, fields: Mapping[str, str]) -> None:
    """Remembers an activity, under the type of export that tells of it."""
    number = world.ids.uuid()
    row = {"id": number, "type": world.table("activity_types").get(kind, kind), "recipient": recipient}
    world.rows(ACTIVITIES).add({**row, "at": stamp(world.clock.now()), "fields": dict(fields)})


def achieve(world: World, recipient: str, event: Mapping[str, Any]) -> None:
    """Marks an event as achieved by a recipient, and starts the flows that wait for it."""
    world.rows("achievements").put({"id": f"{recipient}:{event['id']}", "recipient": recipient, "event": event["id"]})
    record(world, "event", recipient, {"EVENT_NAME": str(event["id"])})
    for name in event.get("flows", ()):
        if world.rows("flows").row(name) is not None:
            begin(world, name, recipient)


def event(world: World, name: str) -> dict[str, Any]:
    """The event of this name. Raises `missing`."""
    found = world.rows("events").get(name)
    if found is None:
        raise Refusal(Kind.MISSING, facts={"resource": "event", "id": name})
    return found
