"""Reads a vendor's folder into JSON values, and resolves the references between its schemas."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

NESTING = (dict, list)
VENDOR, SCHEMAS, EVENTS, STIMULI = "vendor.json", "schemas", "events", "stimuli"


@dataclass(frozen=True, order=True, slots=True)
class Complaint:
    """One thing wrong with a contract, with its file and its place in it (a JSON pointer, or `line:column`)."""

    file: str
    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.place or '/'}: {self.what}"


class BadContract(Exception):
    """A contract that cannot be served. `complaints` are all that is wrong with it."""

    def __init__(self, complaints: list[Complaint]) -> None:
        super().__init__("\n".join(map(str, complaints)))
        self.complaints = complaints


def pointer(*steps: str | int) -> str:
    """A JSON pointer."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


@dataclass(frozen=True, slots=True)
class Files:
    """A vendor's folder as read: `files` by their path below it, in sorted order."""

    vendor: str
    folder: Path
    files: Mapping[str, Any]

    @property
    def head(self) -> Mapping[str, Any]:
        """vendor.json."""
        head: Mapping[str, Any] = self.files.get(VENDOR, {})
        return head

    def of(self, *kinds: str) -> Iterator[tuple[str, Any]]:
        """The files of `schemas`, `events`, `stimuli`, or, as `operations`, of every other folder."""
        for file, value in self.files.items():
            first = file.split("/", 1)[0] if "/" in file else VENDOR
            kind = first if first in (SCHEMAS, EVENTS, STIMULI, VENDOR) else "operations"
            if kind in kinds:
                yield file, value

    def named(self, file: str) -> str:
        """The file as complaints, `routes` and the journal name it: `amio/messages/send.json`."""
        return f"{self.vendor}/{file}"

    def definitions(self) -> Mapping[str, Any]:
        """Every shared schema by its name (`message.outgoing`), references resolved."""
        found = {}
        for file, value in self.of(SCHEMAS):
            for name, schema in (value.get("$defs") or {}).items() if isinstance(value, dict) else ():
                found[definition(file, name)] = schema, file
        return _Definitions(found)


class _Definitions(Mapping[str, Any]):
    """Shared schemas, the references of each resolved when it is first looked at."""

    def __init__(self, given: Mapping[str, tuple[Any, str]]) -> None:
        self._given = given
        self._resolved: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._resolved:
            self._resolved[name] = resolved(*self._given[name])
        return self._resolved[name]

    def __contains__(self, name: object) -> bool:
        return name in self._given

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


def read(folder: Path) -> Files:
    """Reads every JSON file of a vendor. Raises BadContract naming line and column of each that is not JSON."""
    complaints, files = [], {}
    for name in sorted(_below(str(folder)), key=lambda name: name.split("/")):
        try:
            with open(f"{folder}/{name}", "rb") as file:  # noqa: PTH123 - of some 350 files, paths cost more than the reading
                files[name] = orjson.loads(file.read())
        except orjson.JSONDecodeError as error:
            complaints.append(
                Complaint(f"{folder.name}/{name}", f"{error.lineno}:{error.colno}", f"not JSON: {error.msg}")
            )
    if VENDOR not in files and not complaints:
        complaints.append(Complaint(f"{folder.name}/{VENDOR}", "", "a vendor's folder needs this file"))
    if complaints:
        raise BadContract(complaints)
    return Files(folder.name, folder, files)


def _below(folder: str, within: str = "") -> Iterator[str]:
    """The JSON files of a folder, at any depth: `messages/send.json`."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _below(entry.path, f"{within}{entry.name}/")
            elif entry.name.endswith(".json"):
                yield within + entry.name


def definition(file: str, name: str) -> str:
    """`schemas/message.json`, `outgoing` -> `message.outgoing`."""
    return ".".join([*file.removeprefix(SCHEMAS + "/").removesuffix(".json").split("/"), name])


def target(ref: str, file: str) -> str | None:
    """The definition that a reference in a file names, or None if it is not written as references are."""
    path, mark, name = ref.partition("#/$defs/")
    if not mark or not name or "/" in name:
        return None
    path = path or file
    return definition(path, name) if path.startswith(SCHEMAS + "/") else None


def resolved(schema: Any, file: str) -> Any:
    """The schema with each `$ref` written as `#/$defs/<definition>`."""
    if type(schema) is dict:
        found = {key: resolved(value, file) if type(value) in NESTING else value for key, value in schema.items()}
        if isinstance(ref := schema.get("$ref"), str):
            found["$ref"] = f"#/$defs/{target(ref, file) or ref}"
        return found
    if type(schema) is list:
        return [resolved(item, file) if type(item) in NESTING else item for item in schema]
    return schema
