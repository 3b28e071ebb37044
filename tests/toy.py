"""A vendor that does not exist, written into a folder: it proves that the core knows none of those that do."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from emulator.testing.client import Emulator

SOURCE = {"basis": "documented", "document": "manual", "says": "so it is"}
NOTE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "text"],
    "properties": {
        "id": {"type": "string"},
        "text": {"type": "string", "minLength": 1, "maxLength": 20},
        "colour": {"enum": ["red", "blue"]},
    },
}
ERROR = {"type": "object", "required": ["problem"], "properties": {"problem": {"type": "string"}}}
NOTE_ID = {"name": "note_id", "in": "path", "schema": {"type": "string"}}

FILES: dict[str, Any] = {
    "vendor.json": {
        "title": "Toy",
        "version": "1",
        "source": SOURCE,
        "documents": {"manual": {"title": "The manual"}},
        "hosts": ["api.toy.test"],
        "media": "application/json",
        "auth": {"token": {"kind": "bearer", "source": SOURCE}},
        "limits": {
            "minute": {
                "kind": "window",
                "source": SOURCE,
                "calls": {"setting": "calls"},
                "per": "PT1M",
                "remaining_header": "X-Left",
                "retry_after": True,
            },
            "pair": {"kind": "concurrent", "source": SOURCE, "calls": 2},
        },
        "paging": {
            "offset": {
                "kind": "offset",
                "source": SOURCE,
                "offset": "from",
                "limit": "most",
                "total_header": "X-Total",
                "parameters": [
                    {"name": "from", "in": "query", "schema": {"type": "integer", "minimum": 0, "default": 0}},
                    {
                        "name": "most",
                        "in": "query",
                        "schema": {"type": "integer", "minimum": 1, "maximum": 5, "default": 2},
                    },
                ],
                "headers": {"X-Total": {"schema": {"type": "integer"}}},
                "wrapper": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["notes"],
                    "properties": {"notes": {"x-slot": "payload"}},
                },
                "refusals": ["invalid"],
            }
        },
        "webhooks": {
            "plain": {
                "timeout": "PT5S",
                "retry": ["PT1M", "PT1H"],
                "source": SOURCE,
                "signature": {"header": "X-Signed", "algorithm": "sha256", "encoding": "hex", "source": SOURCE},
            }
        },
        "refusals": {
            kind: {"status": status, "schema": ERROR, "source": SOURCE}
            for kind, status in {
                "unauthenticated": 401,
                "throttled": 429,
                "not_found": 404,
                "method_not_allowed": 405,
                "malformed": 400,
                "invalid": 422,
                "missing": 404,
                "conflict": 409,
            }.items()
        },
        "settings": {
            "calls": {
                "title": "calls a minute",
                "schema": {"type": "integer", "minimum": 1},
                "default": 100,
                "source": SOURCE,
            },
            "hook": {"title": "where notes are told", "schema": {"type": "string"}, "default": "", "source": SOURCE},
        },
        "credentials": {"token": {"demo": "toy-token", "length": 20}},
        "defaults": {"auth": "token", "limits": ["minute", "pair"], "refusals": ["unauthenticated", "throttled"]},
    },
    "schemas/note.json": {"$defs": {"note": NOTE}},
    "notes/create.json": {
        "title": "Write a note",
        "source": SOURCE,
        "method": "POST",
        "path": "/notes",
        "body": {"media": "application/json", "schema": {"$ref": "schemas/note.json#/$defs/note"}},
        "replies": {
            "201": {
                "schema": {"$ref": "schemas/note.json#/$defs/note"},
                "headers": {"Location": {"schema": {"type": "string"}}},
            }
        },
        "refusals": ["malformed", "invalid", "conflict"],
        "creates": "notes",
        "emits": ["noted"],
        "behaviour": "stateful",
    },
    "notes/find.json": {
        "title": "List notes",
        "source": SOURCE,
        "method": "GET",
        "path": "/notes",
        "paging": "offset",
        "replies": {"200": {"schema": {"type": "array", "items": {"$ref": "schemas/note.json#/$defs/note"}}}},
        "behaviour": "stateful",
    },
    "notes/read.json": {
        "title": "Read a note",
        "source": {"basis": "inferred", "why": "there must be a way"},
        "method": "GET",
        "path": "/notes/{note_id}",
        "parameters": [NOTE_ID],
        "replies": {"200": {"schema": {"$ref": "schemas/note.json#/$defs/note"}}},
        "refusals": ["missing"],
        "behaviour": "stateful",
    },
    "notes/motto.json": {
        "title": "The motto",
        "source": SOURCE,
        "method": "GET",
        "path": "/motto",
        "auth": None,
        "replies": {"200": {"schema": {"type": "string"}, "example": "write it down"}},
        "behaviour": "canned",
    },
    "events/noted.json": {
        "title": "A note was written",
        "source": SOURCE,
        "schema": {"type": "object", "required": ["note"], "properties": {"note": {"type": "string"}}},
        "webhook": "plain",
        "example": {"note": "1"},
    },
    "stimuli/scribble.json": {
        "title": "Somebody scribbles",
        "source": SOURCE,
        "body": {
            "schema": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}},
            "example": {"text": "x"},
        },
        "reply": {"schema": {"type": "object"}},
    },
}

INIT = """
from emulator.kit import Reply, Vendor
class Envelope:
    def success(self, outcome, ask, world):
        body = {"notes": outcome.data} if outcome.page else outcome.data
        return Reply(outcome.status, body)
    def refusal(self, refusal, promised, operation, call, world):
        return Reply(promised.status, {"problem": str(refusal)})
def enrol(world, credentials):
    world.rows("credentials").add({"id": "token:" + credentials["token"], "principal": "me", "roles": []})
VENDOR = Vendor(envelope=Envelope(), enrol=enrol)
"""
NOTES = """
from emulator.kit import Kind, Outcome, Refusal
def create(ask, world):
    notes = world.rows("notes")
    if notes.get(ask.body["id"]):
        raise Refusal(Kind.CONFLICT)
    note = notes.add(ask.body)
    if world.settings["hook"]:
        world.emit("noted", {"note": note.id}, url=world.settings["hook"], secret="s", lane="all")
    if ask.body["text"] == "break":
        return Outcome(status=201, data={"no": "note"})
    return Outcome(status=201, data=note, location="/notes/" + note.id)
def find(ask, world):
    return Outcome(items=world.rows("notes").all())
def read(ask, world):
    row = world.rows("notes").row(ask.path["note_id"])
    if row is None:
        raise Refusal(Kind.MISSING, facts={"id": ask.path["note_id"]})
    return Outcome(data=row)
"""
STIMULI = """
from emulator.kit import Outcome
def scribble(ask, world):
    row = world.rows("notes").add({"id": "s" + str(world.ids.next("scribble")), "text": ask.body["text"]})
    return Outcome(data=row)
"""
WORLD = {
    "as_of": "2026-01-05T09:00:00Z",
    "collections": {"notes": [{"id": f"n{i}", "text": f"note {i}"} for i in range(5)]},
}


def files() -> dict[str, Any]:
    """The toy's contract, to be changed at will."""
    return deepcopy(FILES)


def write(folder: Path, contract: Mapping[str, Any] | None = None, **modules: str) -> tuple[Path, Path]:
    """Writes the toy below a folder: contracts, fixtures and its package. Answers the folders of contracts and fixtures."""
    for name, value in (contract if contract is not None else FILES).items():
        path = folder / "contracts" / "toy" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value))
    package = folder / "package" / "toy"
    package.mkdir(parents=True, exist_ok=True)
    for name, text in {"__init__": INIT, "notes": NOTES, "stimuli": STIMULI, **modules}.items():
        (package / f"{name}.py").write_text(text)
    (folder / "fixtures" / "toy").mkdir(parents=True, exist_ok=True)
    (folder / "fixtures" / "toy" / "world.json").write_text(json.dumps(WORLD))
    return folder / "contracts", folder / "fixtures"


def emulator(folder: Path, contract: Mapping[str, Any] | None = None, **modules: str) -> Emulator:
    """The toy, ready to be served."""
    contracts, fixtures = write(folder, contract, **modules)
    for name in [name for name in sys.modules if name == "toy" or name.startswith("toy.")]:
        del sys.modules[name]
    sys.path.insert(0, str(folder / "package"))
    try:
        return Emulator(contracts=contracts, fixtures=fixtures, package="")
    finally:
        sys.path.remove(str(folder / "package"))
