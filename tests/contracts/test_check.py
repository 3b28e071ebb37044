"""Each way to break a contract, and the file, the place and the words of the complaint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulator.cli import main
from emulator.contract.files import BadContract
from emulator.contract.load import load
from tests import toy

Files = dict[str, Any]
Break = Callable[[Files], Any]
GUESS = {"basis": "assumed"}
STRING = {"type": "string"}


def complaints(folder: Path, break_it: Break) -> list[str]:
    files = toy.files()
    break_it(files)
    contracts, _ = toy.write(folder, files)
    try:
        load(contracts / "toy")
    except BadContract as bad:
        return [str(complaint) for complaint in bad.complaints]
    return []


def put(file: str, *path: Any) -> Break:
    """Puts the last of `path` at the place that the others name."""
    *steps, last, value = path

    def change(files: Files) -> None:
        node = files[file]
        for step in steps:
            node = node[step]
        node[last] = value

    return change


def drop(file: str, *path: Any) -> Break:
    *steps, last = path

    def change(files: Files) -> None:
        node = files[file]
        for step in steps:
            node = node[step]
        del node[last]

    return change


def file(name: str, value: Any) -> Break:
    return lambda files: files.update({name: value})


def copied(name: str, to: str, **changes: Any) -> Break:
    return lambda files: files.update({to: {**files[name], **changes}})


CREATE, READ, FIND, MOTTO, HEAD = (
    "notes/create.json",
    "notes/read.json",
    "notes/find.json",
    "notes/motto.json",
    "vendor.json",
)
NOTE, EVENT, STIMULUS = "schemas/note.json", "events/noted.json", "stimuli/scribble.json"
BROKEN: list[tuple[str, Break, str]] = [
    # shape
    ("an unknown key", put(CREATE, "colour", 1), "toy/notes/create.json:/colour: unknown key 'colour'"),
    (
        "an unknown key within",
        put(CREATE, "body", "colour", 1),
        "toy/notes/create.json:/body/colour: unknown key 'colour'",
    ),
    ("an unknown key of the vendor", put(HEAD, "colour", 1), "toy/vendor.json:/colour: unknown key 'colour'"),
    ("an unknown key of an event", put(EVENT, "colour", 1), "toy/events/noted.json:/colour: unknown key 'colour'"),
    (
        "an unknown key of a stimulus",
        put(STIMULUS, "colour", 1),
        "toy/stimuli/scribble.json:/colour: unknown key 'colour'",
    ),
    ("no title", drop(CREATE, "title"), "toy/notes/create.json:/: 'title' is a required property"),
    ("a wrong method", put(CREATE, "method", "LOOK"), "toy/notes/create.json:/method: 'LOOK' is not one of"),
    ("an unknown kind of refusal", put(CREATE, "refusals", 0, "tired"), "toy/notes/create.json:/refusals/0:"),
    (
        "a guess without why",
        put(CREATE, "source", GUESS),
        "toy/notes/create.json:/source: a guess (assumed) needs `why`",
    ),
    (
        "a parameter's guess without why",
        put(READ, "parameters", 0, "source", GUESS),
        "toy/notes/read.json:/parameters/0/source: a guess (assumed) needs `why`",
    ),
    (
        "a fact without a document",
        put(CREATE, "source", {"basis": "documented"}),
        "toy/notes/create.json:/source: 'document' is a",
    ),
    ("schemas that are none", file(NOTE, {"note": {}}), "toy/schemas/note.json:/: a file of schemas is"),
    (
        "an operation called like a builtin",
        copied(FIND, "notes/list.json"),
        "toy/notes/list.json:/: 'list' is no name for an operation",
    ),
    (
        "an operation called like a keyword",
        copied(FIND, "notes/from.json"),
        "toy/notes/from.json:/: 'from' is no name for an operation",
    ),
    (
        "a resource called like no identifier",
        copied(FIND, "my-notes/find2.json"),
        "toy/my-notes/find2.json:/: 'my-notes' is no name",
    ),
    (
        "an operation two folders deep",
        copied(FIND, "a/b/c.json"),
        "toy/a/b/c.json:/: an operation stands in one folder",
    ),
    # schemas
    (
        "an unknown schema keyword",
        put(NOTE, "$defs", "note", "properties", "text", "nullable", True),
        "toy/schemas/note.json:/$defs/note/properties/text/nullable: unknown schema keyword 'nullable'",
    ),
    (
        "an unknown schema keyword of a parameter",
        put(READ, "parameters", 0, "schema", {"contains": {}}),
        "toy/notes/read.json:/parameters/0/schema/contains: unknown schema keyword 'contains'",
    ),
    (
        "a schema that is none",
        put(NOTE, "$defs", "note", "properties", "text", {"type": "text"}),
        "toy/schemas/note.json:/$defs/note/properties/text/type:",
    ),
    (
        "a pattern that validators read differently",
        put(NOTE, "$defs", "note", "properties", "text", {"pattern": "\\d"}),
        "toy/schemas/note.json:/$defs/note/properties/text/pattern: write the class out",
    ),
    (
        "a pattern whose end may stand before a newline",
        put(NOTE, "$defs", "note", "properties", "text", {"pattern": "^[a-z]+$"}),
        "toy/schemas/note.json:/$defs/note/properties/text/pattern: write (?!.|\\n) for the end",
    ),
    (
        "an unknown definition",
        put(CREATE, "body", "schema", {"$ref": "schemas/note.json#/$defs/letter"}),
        "toy/notes/create.json:/body/schema/$ref: 'schemas/note.json#/$defs/letter' names no definition",
    ),
    (
        "a reference written otherwise",
        put(CREATE, "body", "schema", {"$ref": "../schemas/note.json"}),
        "toy/notes/create.json:/body/schema/$ref: '../schemas/note.json' names no definition",
    ),
    (
        "a guess within a schema without why",
        put(NOTE, "$defs", "note", "properties", "text", {"x-source": GUESS}),
        "toy/schemas/note.json:/$defs/note/properties/text/x-source: a guess (assumed) needs `why`",
    ),
    # names
    (
        "an unknown document",
        put(CREATE, "source", {"basis": "documented", "document": "hearsay"}),
        "toy/notes/create.json:/source: no document is called 'hearsay'",
    ),
    (
        "an unknown document within a schema",
        put(NOTE, "$defs", "note", "properties", "text", {"x-source": {"basis": "documented", "document": "hearsay"}}),
        "toy/schemas/note.json:/$defs/note/properties/text/x-source: no document is called 'hearsay'",
    ),
    (
        "an unknown scheme",
        put(CREATE, "auth", "charm"),
        "toy/notes/create.json:/auth: vendor.json has no 'charm' in `auth`",
    ),
    (
        "an unknown limit",
        put(CREATE, "limits", ["sky"]),
        "toy/notes/create.json:/limits: vendor.json has no 'sky' in `limits`",
    ),
    (
        "an unknown paging style",
        put(FIND, "paging", "scroll"),
        "toy/notes/find.json:/paging: vendor.json has no 'scroll' in `paging`",
    ),
    (
        "an unknown role",
        put(CREATE, "access", ["king"]),
        "toy/notes/create.json:/access: vendor.json has no 'king' in `roles`",
    ),
    (
        "an unknown scheme of all",
        put(HEAD, "defaults", "auth", "charm"),
        "toy/vendor.json:/defaults/auth: vendor.json has no 'charm'",
    ),
    (
        "an unknown event",
        put(CREATE, "emits", ["shouted"]),
        "toy/notes/create.json:/emits: there is no event 'shouted'",
    ),
    (
        "an unknown webhook",
        put(EVENT, "webhook", "pigeon"),
        "toy/events/noted.json:/webhook: vendor.json has no 'pigeon' in `webhooks`",
    ),
    (
        "an unknown act",
        put(CREATE, "act", "toy.notes.sing"),
        "toy/notes/create.json:/act: there is no operation 'toy.notes.sing'",
    ),
    (
        "an unknown setting",
        put(HEAD, "figures", {"n": {"value": {"setting": "mood"}, "source": toy.SOURCE}}),
        "toy/vendor.json:/figures/n/value: there is no setting 'mood'",
    ),
    # refusals
    (
        "a refusal without a status",
        put(CREATE, "refusals", 2, "gone"),
        "toy/notes/create.json:/refusals/2: 'gone' has no status",
    ),
    (
        "a default refusal without a status",
        put(HEAD, "defaults", "refusals", ["unauthenticated", "throttled", "gone"]),
        "toy/vendor.json:/defaults/refusals: 'gone' has no status",
    ),
    (
        "nothing for paths that are none",
        drop(HEAD, "refusals", "not_found"),
        "toy/vendor.json:/refusals: 'not_found' needs a status",
    ),
    (
        "malformed not promised",
        put(CREATE, "refusals", ["invalid", "conflict"]),
        "toy/notes/create.json:/body: 'malformed' is not among the operation's refusals",
    ),
    (
        "invalid not promised",
        put(CREATE, "refusals", ["malformed", "conflict"]),
        "toy/notes/create.json:/body: 'invalid' is not among the operation's refusals",
    ),
    (
        "invalid not promised for a parameter",
        put(READ, "parameters", [toy.NOTE_ID, {"name": "n", "in": "query", "schema": {"type": "integer"}}]),
        "toy/notes/read.json:/parameters/1: 'invalid' is not among the operation's refusals",
    ),
    (
        "too_large not promised",
        put(HEAD, "max_body", {"bytes": 9, "source": toy.SOURCE}),
        "toy/notes/create.json:/body: 'too_large' is not among the operation's refusals",
    ),
    # paths
    (
        "a placeholder without a parameter",
        drop(READ, "parameters"),
        "toy/notes/read.json:/path: placeholder {note_id} has no parameter",
    ),
    (
        "a parameter without a placeholder",
        put(READ, "path", "/notes/one"),
        "toy/notes/read.json:/parameters: path parameter 'note_id' has no placeholder",
    ),
    (
        "a placeholder that stands twice",
        put(READ, "path", "/{note_id}/{note_id}"),
        "toy/notes/read.json:/path: placeholder {note_id} stands",
    ),
    (
        "two operations on one path",
        copied(READ, "notes/peek.json"),
        "toy/notes/read.json:/path: GET /notes/{note_id} is notes/peek.json's already",
    ),
    (
        "two operations on one path by another name",
        copied(
            READ,
            "notes/peek.json",
            path="/notes/{other}",
            parameters=[{"name": "other", "in": "path", "schema": STRING}],
        ),
        "toy/notes/read.json:/path: GET /notes/{note_id} is notes/peek.json's already",
    ),
    # examples
    (
        "an example of a body",
        put(CREATE, "body", "example", {"id": "a", "text": ""}),
        "toy/notes/create.json:/body/example/text: the example breaks its schema: ''",
    ),
    (
        "an example of a reply",
        put(CREATE, "replies", "201", "example", {"id": "a"}),
        "toy/notes/create.json:/replies/201/example/text: the example breaks its schema",
    ),
    (
        "an example of a parameter",
        put(READ, "parameters", [{**toy.NOTE_ID, "example": 5}]),
        "toy/notes/read.json:/parameters/0/example: the example breaks its schema",
    ),
    (
        "an example of a refusal",
        put(HEAD, "refusals", "missing", "example", {"problem": 5}),
        "toy/vendor.json:/refusals/missing/example/problem: the example breaks its schema",
    ),
    (
        "an example of an event",
        put(EVENT, "example", {}),
        "toy/events/noted.json:/example/note: the example breaks its schema",
    ),
    (
        "an example of a stimulus",
        put(STIMULUS, "body", "example", {}),
        "toy/stimuli/scribble.json:/body/example/text: the example",
    ),
    (
        "a default of a setting",
        put(HEAD, "settings", "calls", "default", 0),
        "toy/vendor.json:/settings/calls/default: the example breaks",
    ),
    (
        "a default of a parameter",
        put(HEAD, "paging", "offset", "parameters", 1, "schema", "default", 9),
        "toy/vendor.json:/paging/offset/parameters/1/schema/default: the example breaks its schema",
    ),
    (
        "a canned operation without an example",
        drop(MOTTO, "replies", "200", "example"),
        "toy/notes/motto.json:/behaviour: a canned operation",
    ),
    # wrappers
    (
        "a wrapper without a slot",
        put(HEAD, "wrapper", {"type": "object"}),
        "toy/vendor.json:/wrapper: a wrapper has exactly one",
    ),
    (
        "a paging wrapper with two slots",
        put(HEAD, "paging", "offset", "wrapper", {"prefixItems": [{"x-slot": "payload"}, {"x-slot": "payload"}]}),
        "toy/vendor.json:/paging/offset/wrapper: a wrapper has exactly one",
    ),
]


def test_the_toy_has_nothing_to_complain_about(tmp_path: Path) -> None:
    assert complaints(tmp_path, lambda files: None) == []


@pytest.mark.parametrize("break_it, told", [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_it_is_refused_with_file_and_place(tmp_path: Path, break_it: Break, told: str) -> None:
    assert any(complaint.startswith(told) for complaint in complaints(tmp_path, break_it)), complaints(
        tmp_path, break_it
    )


def test_every_complaint_comes_at_once(tmp_path: Path) -> None:
    def break_it(files: Files) -> None:
        for change in (put(CREATE, "emits", ["shouted"]), drop(READ, "parameters"), put(EVENT, "example", {})):
            change(files)

    assert [complaint.split(":")[0] for complaint in complaints(tmp_path, break_it)] == [
        "toy/events/noted.json",
        "toy/notes/create.json",
        "toy/notes/read.json",
    ]


def test_what_is_no_json_is_refused_with_line_and_column_in_every_file(tmp_path: Path) -> None:
    def break_it(files: Files) -> None:
        files[CREATE] = '{\n  "title": }'
        files[NOTE] = "{"

    found = complaints(tmp_path, break_it)
    assert [complaint.split(": ")[0] for complaint in found] == [
        "toy/notes/create.json:2:12",
        "toy/schemas/note.json:1:2",
    ]
    assert all("not JSON" in complaint for complaint in found)


def test_a_folder_without_its_head_is_none(tmp_path: Path) -> None:
    found = complaints(tmp_path, lambda files: files.pop(HEAD))
    assert found == ["toy/vendor.json:/: a vendor's folder needs this file"]


# -- what only assembly can know


def assembled(folder: Path, break_it: Break = lambda files: None, **modules: str) -> list[str]:
    files = toy.files()
    break_it(files)
    with pytest.raises(BadContract) as caught:
        toy.emulator(folder, files, **modules)
    return [str(complaint) for complaint in caught.value.complaints]


def test_an_operation_without_a_function_is_refused(tmp_path: Path) -> None:
    found = assembled(tmp_path, notes=toy.NOTES.replace("def read(", "def peek("))
    assert "toy/notes/read.json:/: no function toy.notes.read(ask, world)" in found
    assert any(complaint.endswith("no operation for the function peek") for complaint in found)


def test_an_operation_without_a_module_is_refused(tmp_path: Path) -> None:
    found = assembled(tmp_path, copied(READ, "letters/read.json", path="/letters/{note_id}"))
    assert found == ["toy/letters/read.json:/: no function toy.letters.read(ask, world)"]


def test_a_stimulus_without_a_function_is_refused(tmp_path: Path) -> None:
    found = assembled(tmp_path, stimuli="")
    assert found == ["toy/stimuli/scribble.json:/: no function toy.stimuli.scribble(ask, world)"]


def test_a_hidden_helper_needs_no_operation(tmp_path: Path) -> None:
    toy.emulator(tmp_path, notes=toy.NOTES + "\ndef _helper(): ...\n")


@pytest.mark.parametrize(
    "break_it, told",
    [
        (
            put(HEAD, "auth", "token", "kind", "charm"),
            "toy/vendor.json:/auth/token/kind: no kind 'charm'; there are basic, bearer, key_pair",
        ),
        (put(HEAD, "limits", "minute", "colour", 1), "toy/vendor.json:/limits/minute: unknown option 'colour'"),
        (drop(HEAD, "limits", "minute", "per"), "toy/vendor.json:/limits/minute: 'window' needs 'per'"),
        (drop(HEAD, "paging", "offset", "limit"), "toy/vendor.json:/paging/offset: 'offset' needs 'limit'"),
        (put(HEAD, "limits", "minute", "name", "x"), "toy/vendor.json:/limits/minute: unknown option 'name'"),
    ],
)
def test_a_part_of_an_unknown_kind_or_with_wrong_options_is_refused(tmp_path: Path, break_it: Break, told: str) -> None:
    assert told in assembled(tmp_path, break_it)


# -- the command


def test_the_command_prints_every_complaint_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = toy.files()
    put(CREATE, "emits", ["shouted"])(files)
    drop(READ, "parameters")(files)
    contracts, _ = toy.write(tmp_path, files)
    assert main(["check", str(contracts)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "toy/notes/create.json:/emits: there is no event 'shouted'",
        "toy/notes/read.json:/path: placeholder {note_id} has no parameter",
    ]


def test_the_command_takes_one_vendors_folder_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    contracts, _ = toy.write(tmp_path)
    assert main(["check", str(contracts / "toy")]) == 0
    assert capsys.readouterr().out == "toy: nothing to complain about\n"
