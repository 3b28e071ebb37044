"""Work that is accepted now and done later: its states, and telling the caller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Kind, Outcome, Refusal, World
from emulator.vendors.agillic import works

TASKS, MESSAGE_TASKS, EXPORTS = "tasks", "message_tasks", "exports"
EVENTS = {TASKS: "task_finished", EXPORTS: "task_finished", MESSAGE_TASKS: "message_task_finished"}
AT_WORK = {TASKS: "processing", EXPORTS: "processing", MESSAGE_TASKS: "running"}
DONE, FAILED = "completed", "failed"


def accepted(
    world: World, work: Mapping[str, Any], configuration: Mapping[str, Any] | None, collection: str = TASKS
) -> Outcome:
    """Starts a task and answers its id. Without a delay it is done at once, and its caller is told at once."""
    ident = world.ids.uuid()
    callback = (configuration or {}).get("callback")
    world.rows(collection).add(
        {"id": ident, "status": AT_WORK[collection], "work": work, "callback": callback, "details": None}
    )
    delay = float(world.settings["task_delay"])
    if delay:
        due = world.clock.now() + delay
        world.later("task_due", {"task": ident, "collection": collection}, due=due, title=f"task {ident} ends")
    else:
        finish(world, collection, ident)
    return Outcome(data={"taskId": ident})


def finish(world: World, collection: str, ident: str) -> None:
    """Does a task's work and tells the caller, if that is wanted."""
    task = world.rows(collection).get(ident)
    if task is None or task["status"] != AT_WORK[collection]:
        return
    succeeded, details = works.carry_out(world, ident, task["work"])
    task |= {"status": DONE if succeeded or collection != MESSAGE_TASKS else FAILED, "details": details, "work": None}
    world.rows(collection).put(task)
    callback = task["callback"]
    if callback and callback["on"] in ("every", "success" if succeeded else "failure"):
        world.emit(EVENTS[collection], _shown(task), url=callback["url"], lane=ident)


def state(world: World, ident: str, collection: str = TASKS) -> Outcome:
    """How a task is getting on. Raises `missing`."""
    task = world.rows(collection).get(ident)
    if task is None:
        raise Refusal(Kind.MISSING, facts={"resource": "task", "id": ident})
    return Outcome(data=_shown(task))


def _shown(task: Mapping[str, Any]) -> dict[str, Any]:
    shown = {"taskId": task["id"], "status": task["status"]}
    return shown if task["details"] is None else {**shown, "details": task["details"]}
