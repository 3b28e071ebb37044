"""The upload of contacts by CSV as a task, and the file of the rows that failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from emulator.kit import Ask, Kind, Outcome, Refusal, Upload, Violation, World
from emulator.vendors.ameyo import csv_file, header_mapping, scope, upload_work

FLAGS = ("update_duplicate", "churn_updated_records", "migrate")


def create(ask: Ask, world: World) -> Outcome:
    """Accepts the file as a task, which is done at once or when its virtual time has come."""
    lead = scope.lead_list(ask, world)
    user = _text(ask.body, "user_id")
    if world.settings["unknown_user_id"] == "refuse" and world.rows("users").row(user) is None:
        raise scope.missing("user", user)
    upload = ask.body[csv_file.FILE]
    if not isinstance(upload, Upload):
        raise _refused(csv_file.FILE, upload, "is not a file")
    flags = {name: _flag(ask.body, name) for name in FLAGS}
    mapping = header_mapping.parsed(_text(ask.body, header_mapping.PART))
    header = _header(upload)
    added = world.table("error_columns")
    task = {
        "id": str(_task_id(world)),
        "contact_center_id": ask.path["ccId"],
        "process_id": lead["process_id"],
        "lead_id": int(lead["id"]),
        "user_id": user,
        "state": upload_work.RUNNING,
        "created": world.clock.stamp(),
        "header": _own(header, added),
        "plan": {
            "places": header_mapping.places(mapping, header, world),
            "width": len(header),
            "own": len(_own(header, added)),
            **flags,
        },
    }
    world.rows(upload_work.TASKS).add(task)
    _begin(task, upload, world)
    return Outcome(
        items=[{"data": {"task_id": int(task["id"])}, "http_code": ask.operation.success, "error_data": None}]
    )


def error_file(ask: Ask, world: World) -> Outcome:
    """The header and the failing rows of a task that is done."""
    lead = scope.lead_list(ask, world)
    task = world.rows(upload_work.TASKS).get(str(ask.path["taskId"]))
    if task is None or task["state"] != upload_work.FINISHED or task["lead_id"] != int(lead["id"]):
        raise scope.missing("task", ask.path["taskId"])
    head = csv_file.written([[*task["header"], *world.table("error_columns")]])
    pieces = list(world.rows(upload_work.ERRORS).where(task_id=task["id"]))
    return Outcome(
        data=(text.encode() for part in ([head], (piece.data["text"] for piece in pieces)) for text in part),
        media="text/csv",
        headers={"Content-Disposition": f'attachment; filename="contact-upload-task-{task["id"]}-errors.csv"'},
    )


def _begin(task: dict[str, Any], upload: Upload, world: World) -> None:
    wait = world.settings["upload_seconds"]
    if not wait:
        upload_work.work(task, csv_file.lines(upload), world)
        return
    upload_work.keep(task, csv_file.lines(upload), world)
    due = world.clock.now() + wait
    world.later("upload_task_runs", {"task_id": task["id"]}, due=due, title=f"upload task {task['id']} is done")


def _header(upload: Upload) -> list[str]:
    """The file's first row, once all of it was found to be readable: a task that has begun does not stumble."""
    rows = csv_file.rows(csv_file.lines(upload))
    header = next(rows, [])
    if not any(cell.strip() for cell in header):
        raise _refused(csv_file.FILE, "", "has no header")
    for _ in rows:
        pass
    return header


def _own(header: Sequence[str], added: Sequence[str]) -> list[str]:
    """The header without the columns that an error file has added to it: such a file may come back corrected."""
    return list(header[: -len(added)] if list(header[-len(added) :]) == list(added) else header)


def _task_id(world: World) -> int:
    reach = "task_id" if world.settings["task_ids"] == "within_2_53" else "task_id_beyond"
    return world.ids.integer(world.figure(f"{reach}_low"), world.figure(f"{reach}_high"))


def _text(body: Mapping[str, Any], name: str) -> str:
    """A part as text, also where a client sends it with a file name."""
    part = body[name]
    if not isinstance(part, Upload):
        return str(part)
    try:
        text = part.stream.read().decode()
    except UnicodeDecodeError:
        raise _refused(name, None, "is not text in UTF-8") from None
    if not text:
        raise _refused(name, "", "is empty")
    return text


def _flag(body: Mapping[str, Any], name: str) -> bool:
    text = str(body.get(name, "")).strip().lower()
    if text not in ("true", "false", ""):
        raise _refused(name, text, "is neither true nor false")
    return text == "true"


def _refused(name: str, value: Any, said: str) -> Refusal:
    return Refusal(Kind.INVALID, [Violation((name,), "type", value, said=said)])
