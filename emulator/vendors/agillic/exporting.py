"""Exports of activity: what happened in a window, frozen when the export is done and kept for a while."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from emulator.kit import World, moment
from emulator.vendors.agillic.dates import formats
from emulator.vendors.agillic.documents import freeze
from emulator.vendors.agillic.fields import person
from emulator.vendors.agillic.running import ACTIVITIES

LOCAL = "%Y-%m-%d %H:%M:%S"


def export(world: World, task: str, given: Any) -> None:
    """Freezes the activities of a type in a window under the task's id, and lets task and rows expire together."""
    begin, end = moment(given["from"]), moment(given["to"])
    rows = [
        _row(world, row.data)
        for row in world.rows(ACTIVITIES).where(type=given["fileType"])
        if begin <= moment(row.data["at"]) < end
    ]
    life = float(world.figure("export_life"))
    until = world.clock.now() + life
    freeze(world, map(orjson.dumps, rows), ident=task, chunk=int(world.figure("export_chunk")), idle=life, until=until)
    world.rows("exports").touch(task, until)


def _row(world: World, activity: dict[str, Any]) -> dict[str, str]:
    """One activity as exports show it: times are local to the instance."""
    at = datetime.fromisoformat(activity["at"]).astimezone(formats(world).place).strftime(LOCAL)
    who = person(world)
    recipient = world.rows("recipients").get(activity["recipient"])
    identifier = who.value(recipient, who.identifier) if recipient is not None else ""
    return {"TIMESTAMP": at, "AGILLIC_ID": activity["recipient"], "RECIPIENT_ID": identifier, **activity["fields"]}
