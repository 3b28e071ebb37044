"""What an upload task does in its time: rows go into the lead list, the failing ones into the error file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from emulator.kit import World
from emulator.vendors.ameyo import csv_file, scope
from emulator.vendors.ameyo.intake import Intake, Plan

TASKS, FILES, ERRORS = "contact_upload_tasks", "contact_task_files", "contact_task_errors"
RUNNING, FINISHED = "running", "finished"


def keep(task: dict[str, Any], lines: Iterable[str], world: World) -> None:
    """Puts the file by until the task runs."""
    for number, text in enumerate(csv_file.chunks(lines)):
        world.rows(FILES).add({"id": f"{task['id']}.{number:06d}", "task_id": task["id"], "text": text})


def run(task_id: str, world: World) -> None:
    """Does a task whose file was put by. Raises Refusal if there is none that still runs."""
    task = world.rows(TASKS).get(task_id)
    if task is None or task["state"] != RUNNING:
        raise scope.missing("task", task_id)
    pieces = [piece.id for piece in world.rows(FILES).where(task_id=task_id)]
    work(task, csv_file.lines_of(_texts(pieces, world)), world)
    for ident in pieces:
        world.rows(FILES).drop(ident)


def work(task: dict[str, Any], lines: Iterable[str], world: World) -> None:
    """Does a task and writes down how many rows went which way."""
    process = world.rows("processes").get(str(task["process_id"])) or {"id": task["process_id"]}
    intake = Intake(world, process, Plan(lead=task["lead_id"], **task["plan"]))
    rows = csv_file.rows(lines)
    next(rows)
    for number, bad in enumerate(intake.take(rows)):
        world.rows(ERRORS).add(
            {"id": f"{task['id']}.{number:06d}", "task_id": task["id"], "text": csv_file.written(bad)}
        )
    counts = {"rows": intake.counts.total(), "counts": dict(intake.counts)}
    world.rows(TASKS).put(task | counts | {"state": FINISHED, "finished": world.clock.stamp()})


def _texts(idents: Iterable[str], world: World) -> Iterator[str]:
    for ident in idents:
        piece = world.rows(FILES).get(ident)
        yield piece["text"] if piece else ""
