"""Context parameter schemas, and contextual data held against them. The data is looked at and let go: nothing of it is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from emulator.kit import Kind, Refusal, World
from emulator.vendors.agillic import files
from emulator.vendors.agillic.dates import formats
from emulator.vendors.agillic.files import Sent
from emulator.vendors.agillic.values import blank, number

SCHEMAS = "contexts"
SUFFIX = ".json"
FLAT = ("person_data", "global_data")


def checked(world: World, text: bytes) -> dict[str, Any]:
    """A schema file's content. Raises `invalid`, saying what is wrong with it."""
    try:
        raw = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _bad(f"not JSON: {error}") from None
    shape = world.contract.operations["agillic.assets.put_context"].variants["file"]
    if broken := shape.explain(raw):
        raise _bad("; ".join(f"{violation.place or 'the file'}: {violation.said}" for violation in broken[:3]))
    return dict(raw)


def publish(world: World, file: Sent) -> bool:
    """Keeps a schema's file and puts it in force under the file's name; says whether it is new.

    Raises `invalid` for what is no schema, and `conflict` for a change of what an existing one says.
    """
    schema, name = checked(world, file.content), schema_name(file.path)
    rows = world.rows(SCHEMAS)
    old = rows.get(name)
    if old is not None and not _extends(schema, old["schema"]):
        raise Refusal(Kind.CONFLICT, detail="schema_changed", facts={"name": name})
    rows.put({"id": name, "schema": schema})
    return files.put(world, files.CONTEXTS, file) and old is None


def withdraw(world: World, path: str) -> None:
    """Deletes a schema and its file. Raises `missing`."""
    files.drop(world, files.CONTEXTS, path)
    world.rows(SCHEMAS).drop(schema_name(path))


def schema_name(path: str) -> str:
    """What calls know a schema by: its file's name without the ending."""
    return path.rsplit("/", 1)[-1].removesuffix(SUFFIX)


def validated(world: World, data: Mapping[str, Any], name: str) -> None:
    """Holds contextual data against the schema of this name. Raises `invalid` for the first thing that is wrong."""
    kept = world.rows(SCHEMAS).get(name.removesuffix(SUFFIX))
    if kept is None:
        raise Refusal(Kind.INVALID, detail="unknown_schema", facts={"name": name})
    checker = _Checker(world)
    taken: set[str] = set()
    for entry, described in kept["schema"].items():
        if "data_type" in described:
            checker.field(entry, described, data.get(entry))
            taken.add(entry)
        elif described["type"] in FLAT:
            taken |= checker.flat(entry, described, data)
        else:
            checker.listed(entry, described, data.get(entry))
            taken.add(entry)
    checker.no_strangers(data, taken)


class _Checker:
    """Checks values one by one, by the instance's formats."""

    def __init__(self, world: World) -> None:
        self.formats = formats(world)
        self.strict = world.settings["context_strangers"] == "refuse"

    def field(self, name: str, described: Mapping[str, Any], value: Any) -> None:
        if blank(value):
            if described.get("required"):
                raise Refusal(Kind.INVALID, detail="context_missing", facts={"name": name})
        elif not self._fits(described["data_type"], value):
            raise Refusal(
                Kind.INVALID,
                detail="context_type",
                facts={"name": name, "type": described["data_type"], "actual": value},
            )

    def flat(self, name: str, described: Mapping[str, Any], data: Mapping[str, Any]) -> set[str]:
        """Fields of a model that stand beside each other, or in an object under the model's name; answers the members it took."""
        fields = described["fields"]
        inner = data.get(name)
        if isinstance(inner, Mapping):
            self._fields(name, fields, inner)
            self.no_strangers(inner, set(fields), name)
            return {name}
        present = [field for field in fields if not blank(data.get(field))]
        if present or described.get("required"):
            self._fields("", fields, data)
        if described.get("required") and not present:
            raise Refusal(Kind.INVALID, detail="context_missing", facts={"name": name})
        return set(fields)

    def listed(self, name: str, described: Mapping[str, Any], value: Any) -> None:
        """Rows of a table's model."""
        if value is None or value == []:
            if described.get("required"):
                raise Refusal(Kind.INVALID, detail="context_missing", facts={"name": name})
            return
        if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
            raise Refusal(Kind.INVALID, detail="context_type", facts={"name": name, "type": "list of objects"})
        for index, row in enumerate(value):
            self._fields(f"{name}[{index}]", described["fields"], row)
            self.no_strangers(row, set(described["fields"]), f"{name}[{index}]")

    def no_strangers(self, data: Mapping[str, Any], known: set[str], within: str = "") -> None:
        if self.strict and (strangers := [member for member in data if member not in known]):
            raise Refusal(Kind.INVALID, detail="context_stranger", facts={"name": _joined(within, strangers[0])})

    def _fields(self, within: str, fields: Mapping[str, Any], data: Mapping[str, Any]) -> None:
        for field, described in fields.items():
            self.field(_joined(within, field), described, data.get(field))

    def _fits(self, kind: str, value: Any) -> bool:
        if kind == "number":
            return _numeric(value)
        if kind == "boolean":
            return isinstance(value, bool) or (isinstance(value, str) and value.lower() in ("true", "false"))
        if not isinstance(value, str):
            return False
        if kind == "date":
            return self.formats.day(value) is not None
        return kind == "string" or self.formats.moment(value) is not None


def _numeric(value: Any) -> bool:
    if isinstance(value, str):
        return number(value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def _joined(within: str, name: str) -> str:
    return f"{within}.{name}" if within else name


def _extends(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether everything old is there unchanged; models may have got more fields."""
    return all(name in new and _same(new[name], described) for name, described in old.items())


def _same(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    return dict(_flat(new)) | dict(_flat(old)) == dict(_flat(new)) and ("data_type" in new) == ("data_type" in old)


def _flat(described: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, Any]]:
    yield f"{within}required", described.get("required", False)
    yield f"{within}type", described.get("data_type") or described.get("type")
    for name, field in described.get("fields", {}).items():
        yield from _flat(field, f"{within}{name}.")


def _bad(problem: str) -> Refusal:
    return Refusal(Kind.INVALID, detail="bad_schema", facts={"problem": problem})
