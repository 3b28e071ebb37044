"""Ameyo: contacts uploaded as CSV into a lead list, and what the vendor says of the rows that failed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from emulator.fuzz.scenario import Finding, Run, Scenario
from emulator.fuzz.scenarios.ameyo_rows import VENDOR, center
from emulator.fuzz.scenarios.common import (
    TEXTS,
    Json,
    listing,
    members,
    misshapen,
    shown,
    text,
    unknown_outcome,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from emulator.testing.client import Box

UPLOAD, ERRORS = "ameyo.contact_upload_tasks.create", "ameyo.contact_upload_tasks.error_file"
MAPPINGS: Mapping[str, Mapping[str, str]] = {
    "plain": {"phone1": "phone", "name": "customer_name", "email": "mail"},
    "odd names": {"phone1": "Telefon, mobil", "name": 'Kunde "Name"', "email": "E-Mail é", "twitter": ""},
    "crossed": {"phone1": "name", "name": "email", "email": "phone1"},
}
"""Which column of the file fills which field, by how the columns are called."""
UNFIT = ("no phone", "bad phone", "bad mail", "short phone")
KINDS = ("new", "known", "repeated", *UNFIT)
BEYOND, LARGE_TASK_IDS = "beyond_2_53", "large task ids"
PHONE = "09810{:05d}"  # ten digits, the first a nought
MOST_ROWS = 8


def start() -> SearchStrategy[Json]:
    """The rows by what is the matter with them, the names of the columns, and the oddities of texts and of the task's id."""
    from hypothesis import strategies as st

    from emulator.fuzz import starts

    return st.fixed_dictionaries(
        {
            "rows": st.lists(st.sampled_from(KINDS), min_size=1, max_size=MOST_ROWS),
            "columns": st.sampled_from(list(MAPPINGS)),
            "update_duplicate": st.booleans(),
            "odd": starts.odd([*TEXTS, LARGE_TASK_IDS]),
        }
    )


def begin(box: Box, start: Mapping[str, Any], notes: Json) -> Json:
    """The lead list, with the contacts that some rows are about; and what it is to hold of each afterwards."""
    center(box)
    if LARGE_TASK_IDS in start["odd"]:
        box.settings.update({VENDOR: {"task_ids": BEYOND}})
    mapping = MAPPINGS[start["columns"]]
    found = [_row(kind, number, start["odd"]) for number, kind in enumerate(start["rows"])]
    known = {
        fields["phone1"]: {"phone1": fields["phone1"], "name": "Known before"}
        for kind, fields in found
        if kind == "known"
    }
    _add(box, known)
    rows = [{mapping[name]: value for name, value in fields.items()} for _, fields in found]
    held, failing = dict(known), []
    for (kind, fields), row in zip(found, rows, strict=True):
        before = held.get(fields["phone1"])
        if kind in UNFIT or (before is not None and not start["update_duplicate"]):
            failing.append(row)
        else:
            held[fields["phone1"]] = {**(before or {}), **fields}
    notes |= {"held": held, "failing": failing, "columns": list(mapping.values())}
    return {"rows": rows, "header_mapping": dict(mapping), "update_duplicate": start["update_duplicate"]}


def _row(kind: str, number: int, odd: Sequence[str]) -> tuple[str, dict[str, str]]:
    """A row's fields. A repeated one has the phone of the row before, if there is one."""
    phone = {"no phone": "", "bad phone": "none", "short phone": "12"}.get(kind, PHONE.format(number))
    if kind == "repeated":
        phone = PHONE.format(max(0, number - 1))
    mail = "not an address" if kind == "bad mail" else f"person{number}@example.test"
    return kind, {"phone1": phone, "name": text(odd, number, f"Person {number}"), "email": mail}


def _add(box: Box, contacts: Mapping[str, Mapping[str, str]]) -> None:
    """Writes contacts as the vendor keeps them: many to a row."""
    lead, process = int(box.ameyo.lead_id), int(box.ameyo.process_id)
    if contacts:
        packed = {phone: [lead, [contact["name"]]] for phone, contact in contacts.items()}
        row = {"id": "1", "process_id": process, "columns": ["name"], "contacts": packed}
        box.state(VENDOR).rows("contacts").add(row)


def judge(run: Run) -> Iterator[Finding]:
    """The lead list holds each row that is right, and the errors are those of the error file."""
    if found := misshapen(run):
        yield from found
        return
    yield from _lead_list(run)
    task = run.box.state(VENDOR).rows("contact_upload_tasks").get(str(run.result["task_id"]))
    if task is None:
        yield Finding("result", f"There is no upload task {run.result['task_id']}.")
        return
    yield from _errors(run, _error_file(run.box, task))


def _errors(run: Run, file: Sequence[Mapping[str, str]]) -> Iterator[Finding]:
    """The first way in which the errors are not those of the file, or say that a row failed which the lead list has as it was given."""
    told = run.result["errors"]
    for row in [*told, *file]:
        if file.count(row) > told.count(row):
            yield Finding("result", f"In the error file, and not among the errors: {shown(row)}.")
        elif file.count(row) < told.count(row):
            trait = "twice" if row in file else "result"
            yield Finding(trait, f"Among the errors more often than in the error file: {shown(row)}.")
        elif {name: row[name] for name in row if name in run.notes["columns"]} not in run.notes["failing"]:
            yield Finding("result", f"Among the errors, though the lead list has it as it was given: {shown(row)}.")
        else:
            continue
        return


def _lead_list(run: Run) -> Iterator[Finding]:
    seen = run.box.stimuli.ameyo.lead_list_opened(lead_id=int(run.box.ameyo.lead_id), limit=10 * MOST_ROWS)
    held, wanted = {contact["phone1"]: contact["fields"] for contact in seen["contacts"]}, run.notes["held"]
    for phone, fields in wanted.items():
        if phone not in held:
            yield Finding("result", f"The contact {phone} is not in the lead list.")
            return
        for name, value in fields.items():
            if held[phone].get(name) != value.strip():
                yield Finding(
                    "result", f"The contact {phone} has {name} {shown(held[phone].get(name))}, not {shown(value)}."
                )
                return
    if strangers := [phone for phone in held if phone not in wanted]:
        yield Finding("result", f"The lead list has the contact {strangers[0]}, whom nobody gave.")


def _error_file(box: Box, task: Mapping[str, Any]) -> list[dict[str, str]]:
    """The rows of a task's error file, as dictionaries."""
    world = box.state(VENDOR)
    header = [*task["header"], *world.table("error_columns")]
    pieces = [piece.data["text"] for piece in world.rows("contact_task_errors").where(task_id=task["id"])]
    return [dict(zip(header, cells, strict=True)) for cells in csv.reader(io.StringIO("".join(pieces), newline=""))]


ROW: Json = {"type": "object", "additionalProperties": {"type": "string"}}
SCENARIO = Scenario(
    name="ameyo.upload_contacts",
    title="Upload contacts and report the rows that failed",
    operations=(UPLOAD, ERRORS),
    inputs=members(rows=listing(ROW), header_mapping=ROW, update_duplicate={"type": "boolean"}),
    result=members(task_id={"type": "integer"}, errors=listing(ROW)),
    oracle="the lead list holds every row that is right; the errors are the rows of the task's error file, error columns included",
    start=start,
    begin=begin,
    judge=judge,
    calls=lambda start: 6,
    # a contact that is there already is updated or ignored, as update_duplicate says
    repeatable=frozenset({UPLOAD}),
    # no call tells of uploads, so that the task's id is lost with the reply
    knowable=lambda run: not unknown_outcome(run, UPLOAD),
)
