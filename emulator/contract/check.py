"""Everything that can be wrong with a vendor's files, found at once, each with file and place."""

from __future__ import annotations

import builtins
import json
import keyword
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import jsonschema
from referencing import Registry, Resource

from emulator import data
from emulator.contract.files import EVENTS, SCHEMAS, STIMULI, VENDOR, Complaint, Files, pointer, resolved, target
from emulator.contract.load import slots
from emulator.contract.schema import DIALECT, Schema
from emulator.contract.vocabulary import dubious_patterns, strangers, subschemas

Place = tuple[str | int, ...]
Found = Iterator[tuple[str, Place, str]]
PLACEHOLDER = re.compile(r"\{([^{}*]+)\*?\}")


def complaints(files: Files) -> list[Complaint]:
    """All that is wrong with a vendor's files. Shape first: only well-shaped files are looked at more closely."""
    found = [*_shape(files)]
    if not found:
        found += [*_vocabulary(files), *_references(files)]
    if not found:
        for rule in _RULES:
            found += rule(files)
    return sorted({Complaint(files.named(file), pointer(*at), what) for file, at, what in found})


def _validator(file: str, definition: str | None = None) -> jsonschema.Draft202012Validator:
    folder = data.folder("contracts")
    loaded = {name: json.loads((folder / name).read_text()) for name in ("contract.schema.json", "vendor.schema.json")}
    registry = Registry().with_resources([(name, Resource.from_contents(value)) for name, value in loaded.items()])
    schema = {"$schema": DIALECT, "$ref": f"{file}#/$defs/{definition}" if definition else file}
    return jsonschema.Draft202012Validator(schema, registry=registry)


def _shape(files: Files) -> Found:
    shapes = {VENDOR: _validator("vendor.schema.json"), "operations": _validator("contract.schema.json", "operation")}
    shapes |= {
        STIMULI: _validator("contract.schema.json", "stimulus"),
        EVENTS: _validator("contract.schema.json", "event"),
    }
    for kind, validator in shapes.items():
        for file, value in files.of(kind):
            for error in validator.iter_errors(value):
                yield from ((file, at, what) for at, what in _told(error))
    for file, value in files.of(SCHEMAS):
        if not isinstance(value, dict) or set(value) - {"$defs", "title", "description"} or "$defs" not in value:
            yield file, (), 'a file of schemas is {"$defs": {name: schema}}'
    for file, _ in files.of("operations", STIMULI, EVENTS):
        for step in file.removesuffix(".json").split("/"):
            if not step.isidentifier() or keyword.iskeyword(step) or hasattr(builtins, step):
                yield (
                    file,
                    (),
                    f"{step!r} is no name for an operation: it must be an identifier, neither keyword nor builtin",
                )
        if file.count("/") != 1:
            yield file, (), "an operation stands in one folder, its resource"


def _told(error: Any) -> Iterator[tuple[Place, str]]:
    """A schema error in the words of somebody who writes contracts."""
    at = tuple(error.absolute_path)
    if error.validator in ("anyOf", "oneOf") and error.context:
        deepest = max(error.context, key=lambda e: len(e.absolute_path))
        if len(deepest.absolute_path) > len(at):
            yield from _told(deepest)
            return
    if error.validator == "additionalProperties" and isinstance(error.instance, Mapping):
        known = {*error.schema.get("properties", {})}
        patterns = [re.compile(p) for p in error.schema.get("patternProperties", {})]
        for key in error.instance:
            if key not in known and not any(p.search(key) for p in patterns):
                yield (*at, key), f"unknown key {key!r}"
    elif error.validator == "required" and "'why'" in error.message and "basis" in error.instance:
        yield at, f"a guess ({error.instance['basis']}) needs `why`"
    else:
        yield (
            at,
            error.message if len(error.message) < 200 else f"breaks {error.validator}: {error.validator_value!r}"[:200],
        )


def schemas_in(kind: str, value: Any) -> Iterator[tuple[Place, Any]]:
    """Every schema that a file states, with its place."""
    if kind == SCHEMAS:
        yield from ((("$defs", name), schema) for name, schema in value["$defs"].items())
        return
    for at, node in _nodes(value):
        if at and at[-1] == "schema" and "example" not in at and "default" not in at:
            yield at, node
    yield from ((("variants", name), schema) for name, schema in value.get("variants", {}).items())
    if "wrapper" in value:
        yield ("wrapper",), value["wrapper"]
    for name, style in value.get("paging", {}).items() if isinstance(value.get("paging"), dict) else ():
        if "wrapper" in style:
            yield ("paging", name, "wrapper"), style["wrapper"]


def _nodes(value: Any, at: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every value within a file that is no schema's inside: the walk stops at `schema` and at examples."""
    yield at, value
    if at and at[-1] in ("schema", "example", "default", "variants", "wrapper", "tables"):
        return
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in steps:
        yield from _nodes(item, (*at, step))


def _all_schemas(files: Files) -> Iterator[tuple[str, Place, Any]]:
    for kind in (VENDOR, SCHEMAS, "operations", STIMULI, EVENTS):
        for file, value in files.of(kind):
            yield from ((file, at, schema) for at, schema in schemas_in(kind, value))


def _vocabulary(files: Files) -> Found:
    for file, at, schema in _all_schemas(files):
        for place, what in (*strangers(schema), *dubious_patterns(schema)):
            yield file, (*at, *place), what
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            yield file, (*at, *error.absolute_path), error.message


def _references(files: Files) -> Found:
    known = {target(f"{file}#/$defs/{name}", file) for file, v in files.of(SCHEMAS) for name in v["$defs"]}
    for file, at, schema in _all_schemas(files):
        for place, sub in subschemas(schema):
            if isinstance(sub, dict) and "$ref" in sub and target(sub["$ref"], file) not in known:
                yield file, (*at, *place, "$ref"), f"{sub['$ref']!r} names no definition of schemas/"


def _sources(files: Files) -> Found:
    """Guesses within schemas say why, and every document named is one of the vendor's."""
    validator = _validator("contract.schema.json", "source")
    documents = files.head["documents"]
    for file, at, schema in _all_schemas(files):
        for place, sub in subschemas(schema):
            if isinstance(sub, dict) and "x-source" in sub:
                here = (*at, *place, "x-source")
                for error in validator.iter_errors(sub["x-source"]):
                    yield from ((file, (*here, *where), what) for where, what in _told(error))
                if sub["x-source"].get("document", "") not in ("", *documents):
                    yield file, here, f"no document is called {sub['x-source']['document']!r}"
    for file, value in files.of(VENDOR, "operations", STIMULI, EVENTS):
        for at, node in _nodes(value):
            if (
                at
                and at[-1] == "source"
                and isinstance(node, dict)
                and node.get("document", "") not in ("", *documents)
            ):
                yield file, at, f"no document is called {node['document']!r}"


def _names(files: Files) -> Found:
    """Whatever an operation names exists in vendor.json, or among the other operations."""
    head = files.head
    sections = {"auth": "auth", "limits": "limits", "paging": "paging", "access": "roles"}
    ids = {f"{files.vendor}.{file.removesuffix('.json').replace('/', '.')}" for file, _ in files.of("operations")}
    events = {file.removeprefix(EVENTS + "/").removesuffix(".json") for file, _ in files.of(EVENTS)}
    for file, value in (*files.of("operations", STIMULI, EVENTS), (VENDOR, head["defaults"])):
        at: Place = ("defaults",) if file == VENDOR else ()
        for key, section in sections.items():
            given = value.get(key) or ()
            for name in (given,) if isinstance(given, str) else given:
                if name not in head.get(section, {}):
                    yield file, (*at, key), f"vendor.json has no {name!r} in `{section}`"
        for name in value.get("emits", ()):
            if name not in events:
                yield file, ("emits",), f"there is no event {name!r}"
        if "webhook" in value and value["webhook"] not in head.get("webhooks", {}):
            yield file, ("webhook",), f"vendor.json has no {value['webhook']!r} in `webhooks`"
        if "act" in value and value["act"] not in ids:
            yield file, ("act",), f"there is no operation {value['act']!r}"
    for at, node in _nodes(head):
        if (
            isinstance(node, dict)
            and "setting" in node
            and "kind" not in node
            and node["setting"] not in head["settings"]
        ):
            yield VENDOR, at, f"there is no setting {node['setting']!r}"


def _statuses(files: Files) -> Found:
    """Each kind of refusal that is promised has a status."""
    known = files.head["refusals"]
    for file, value in files.of("operations"):
        for index, given in enumerate(value.get("refusals", ())):
            kind = given if isinstance(given, str) else given["kind"]
            if kind not in known and (isinstance(given, str) or "status" not in given):
                yield file, ("refusals", index), f"{kind!r} has no status, here or in vendor.json"
    for kind in files.head["defaults"].get("refusals", ()):
        if kind not in known:
            yield VENDOR, ("defaults", "refusals"), f"{kind!r} has no status in `refusals`"
    for kind in ("not_found", "method_not_allowed"):
        if kind not in known:
            yield VENDOR, ("refusals",), f"{kind!r} needs a status: a path or a method may always be wrong"


def _unpromised(files: Files) -> Found:
    """What reading a call may refuse is among the operation's refusals."""
    for file, value in files.of("operations"):
        promised = _promised(files, value)
        for index, raw in enumerate(value.get("parameters", ())):
            kind = raw.get("refusal", "invalid")
            if kind not in promised and _can_be_broken(raw):
                yield file, ("parameters", index), f"{kind!r} is not among the operation's refusals"
        if "body" not in value:
            continue
        kind = value["body"].get("refusal", "invalid")
        if kind not in promised and value["body"]["schema"] is not True:
            yield file, ("body",), f"{kind!r} is not among the operation's refusals"
        if "json" in str(value["body"]["media"]) and "malformed" not in promised:
            yield file, ("body",), "'malformed' is not among the operation's refusals, but any JSON body may be"
        if "max_body" in files.head and "too_large" not in promised:
            yield file, ("body",), "'too_large' is not among the operation's refusals, but vendor.json has `max_body`"


def _promised(files: Files, value: Mapping[str, Any]) -> set[str]:
    own = {given if isinstance(given, str) else given["kind"] for given in value.get("refusals", ())}
    style = files.head.get("paging", {}).get(value.get("paging"), {})
    return own | {*files.head["defaults"].get("refusals", ())} | {*style.get("refusals", ())}


def _can_be_broken(raw: Mapping[str, Any]) -> bool:
    schema = raw["schema"]
    plain = isinstance(schema, dict) and not set(schema) - {
        "type",
        "title",
        "description",
        "default",
        "format",
        "x-source",
    }
    if raw["in"] == "path" and isinstance(schema, dict) and schema.get("minLength") == 1:  # a segment is never empty
        plain = not set(schema) - {"type", "minLength", "title", "description", "format", "x-source"}
    free = plain and schema.get("type") in (None, "string")
    return not free or (raw["in"] != "path" and raw.get("required", False))


def _paths(files: Files) -> Found:
    seen: dict[tuple[str, str], str] = {}
    for file, value in files.of("operations"):
        placeholders = PLACEHOLDER.findall(value["path"])
        given = [p["name"] for p in value.get("parameters", ()) if p["in"] == "path"]
        for name in placeholders:
            if name not in given:
                yield file, ("path",), f"placeholder {{{name}}} has no parameter"
        for name in given:
            if name not in placeholders:
                yield file, ("parameters",), f"path parameter {name!r} has no placeholder"
        for name in {p for p in placeholders if placeholders.count(p) > 1}:
            yield file, ("path",), f"placeholder {{{name}}} stands twice"
        key = value["method"], PLACEHOLDER.sub("{}", value["path"])
        if key in seen:
            yield file, ("path",), f"{value['method']} {value['path']} is {seen[key]}'s already"
        seen.setdefault(key, file)


def _examples(files: Files) -> Found:
    definitions = files.definitions()

    def judge(file: str, schema: Any, example: Any, *at: str | int) -> Found:
        judged = Schema(resolved(schema, file), definitions, file)
        for broken in judged.explain(example):
            yield file, (*at, *broken.at), f"the example breaks its schema: {broken.said}"

    for kind in (VENDOR, "operations", STIMULI, EVENTS):
        for file, value in files.of(kind):
            for at, node in _nodes(value):
                if not isinstance(node, dict) or "schema" not in node or (at and at[-1] in ("example", "default")):
                    continue
                if isinstance(node["schema"], dict) and "default" in node["schema"]:
                    yield from judge(file, node["schema"], node["schema"]["default"], *at, "schema", "default")
                for key in ("example", "default"):
                    if key in node and "multipart/form-data" not in str(node.get("media")):
                        yield from judge(file, node["schema"], node[key], *at, key)
    for file, value in files.of("operations"):
        if value["behaviour"] == "canned" and not any("example" in r for r in value["replies"].values()):
            yield file, ("behaviour",), "a canned operation answers its example, and there is none"


def _wrappers(files: Files) -> Found:
    wrappers: list[tuple[Place, Any]] = [(("wrapper",), files.head["wrapper"])] if "wrapper" in files.head else []
    wrappers += [
        (("paging", n, "wrapper"), s["wrapper"]) for n, s in files.head.get("paging", {}).items() if "wrapper" in s
    ]
    for at, wrapper in wrappers:
        if len(slots(wrapper)) != 1:
            yield VENDOR, at, 'a wrapper has exactly one {"x-slot": "payload"}'


_RULES: tuple[Callable[[Files], Found], ...] = (_sources, _names, _statuses, _unpromised, _paths, _examples, _wrappers)
