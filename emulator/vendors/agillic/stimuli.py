"""What happens around the API: people, other systems, and time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from emulator.kit import Ask, Kind, Outcome, Refusal, World, stamp
from emulator.vendors.agillic import campaigns, contexts, files, people, running, scripts, tasks
from emulator.vendors.agillic.fields import ROW_ID, person
from emulator.vendors.agillic.values import blank, text_of


def recipient_saved(ask: Ask, world: World) -> Outcome:
    """A recipient is created or changed by its identifier."""
    who, data = person(world), ask.body["personData"]
    value = data.get(who.identifier)
    if blank(value):
        raise Refusal(Kind.INVALID, detail="no_identifier", facts={"field": who.identifier})
    people.upsert(world, who, f"{who.identifier}={text_of(value)}", data)
    return _id(people.needed(world, who, f"{who.identifier}={text_of(value)}")[ROW_ID])


def recipient_removed(ask: Ask, world: World) -> Outcome:
    """A recipient is deleted."""
    recipient = _recipient(ask, world)
    people.remove(world, recipient)
    return _id(recipient[ROW_ID])


def field_defined(ask: Ask, world: World) -> Outcome:
    """A field of person data is defined, or defined anew."""
    body = ask.body
    world.rows("person_fields").put({"id": body["name"], "type": body["type"], "unique": body.get("unique", False)})
    return _id(body["name"])


def communication_sent(ask: Ask, world: World) -> Outcome:
    """Something is sent to a recipient."""
    recipient = _recipient(ask, world)[ROW_ID]
    running.send(world, [recipient], ask.body["communicationId"], ask.body["communicationType"])
    return _id(recipient)


def communication_opened(ask: Ask, world: World) -> Outcome:
    """The recipient opens what was sent."""
    return _noted(ask, world, {"opened": stamp(world.clock.now(), millis=False)})


def communication_clicked(ask: Ask, world: World) -> Outcome:
    """The recipient follows a link in what was sent."""
    recipient = _recipient(ask, world)[ROW_ID]
    running.record(world, "click", recipient, {"COMMUNICATION_ID": ask.body["communicationId"]})
    return _noted(ask, world, {"clicked": stamp(world.clock.now(), millis=False)})


def communication_bounced(ask: Ask, world: World) -> Outcome:
    """What was sent comes back."""
    return _noted(ask, world, {"bounced": "true"})


def context_published(ask: Ask, world: World) -> Outcome:
    """A context parameter schema is uploaded."""
    name = contexts.schema_name(ask.body["name"])
    contexts.publish(world, files.Sent(name + contexts.SUFFIX, json.dumps(ask.body["schema"]).encode()))
    return _id(name)


def extension_scripted(ask: Ask, world: World) -> Outcome:
    """An extension is published, with what it answers."""
    body = ask.body
    row = {
        "id": body["extensionId"],
        "type": scripts.HTTP,
        "open": body["open"],
        "async": body.get("runs_async", False),
    }
    world.rows(scripts.SCRIPTS).put({**row, "replies": body["replies"]})
    return _id(body["extensionId"])


def activity_recorded(ask: Ask, world: World) -> Outcome:
    """A recipient does something that exports tell of."""
    recipient = _recipient(ask, world)[ROW_ID]
    running.record(world, ask.body["fileType"], recipient, ask.body.get("fields", {}))
    return _id(recipient)


def file_exported(ask: Ask, world: World) -> Outcome:
    """Agillic writes a file; it may pretend to be of another size."""
    file = files.Sent(files.tidy(ask.body["path"]), ask.body["content"].encode())
    files.put(world, files.EXPORTED, file)
    if "size" in ask.body:
        row = world.rows(files.FILES).get(f"{files.EXPORTED}/{file.path}") or {}
        world.rows(files.FILES).put({**row, "size": ask.body["size"]})
    return _id(file.path)


def task_due(ask: Ask, world: World) -> Outcome:
    """A task comes to its end."""
    tasks.finish(world, ask.body["collection"], ask.body["task"])
    return Outcome()


def run_due(ask: Ask, world: World) -> Outcome:
    """A flow's run comes to its end."""
    running.finish(world, ask.body["run"])
    return Outcome()


def campaign_due(ask: Ask, world: World) -> Outcome:
    """A campaign's time has come."""
    campaigns.deliver(world, ask.body["campaign"])
    return Outcome()


def _recipient(ask: Ask, world: World) -> Mapping[str, Any]:
    return people.needed(world, person(world), ask.body["recipientId"])


def _noted(ask: Ask, world: World, note: Mapping[str, Any]) -> Outcome:
    """Notes something on the newest communication of this id. Raises `missing`."""
    sent = world.rows(running.COMMUNICATIONS)
    mine = sent.where(recipient=_recipient(ask, world)[ROW_ID], communicationId=ask.body["communicationId"])
    newest = mine.newest_first().first()
    if newest is None:
        raise Refusal(Kind.MISSING, facts={"resource": "communication", "id": ask.body["communicationId"]})
    sent.put({**newest.data, **note})
    return _id(newest.id)


def _id(ident: str) -> Outcome:
    return Outcome(data={"id": ident})
