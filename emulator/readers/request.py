"""A request as a contract's examples make it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from emulator.contract.model import Body, Operation, Parameter
from emulator.contract.schema import Schema
from emulator.readers import pieces
from emulator.wire import NOTHING, Call

BOUNDARY = "example-boundary"
FILE_NAME = re.compile(r"[\w./-]*\w\.\w{1,8}")


def example_call(operation: Operation, values: Mapping[str, Any] = NOTHING, body: Any = None) -> Call:
    """The call that the examples make. `values` replace parameters' examples by name; `body` replaces the body's."""
    given = {p.name: values.get(p.name, example_of(p)) for p in operation.parameters if p.required or p.name in values}
    path = re.sub(r"\{([^}*]+)(\*?)\}", lambda at: quote(flat(given[at[1]]), safe="/" if at[2] else ""), operation.path)
    query = [(p.name, flat(given[p.name])) for p in operation.parameters if p.place == "query" and p.name in given]
    headers = {p.key: flat(given[p.name]) for p in operation.parameters if p.place == "header" and p.name in given}
    content = b""
    if operation.body is not None:
        media, content = encoded(operation.body, _content(operation.body) if body is None else body)
        headers |= {"content-type": media} if content else {}
    return Call(operation.method, path, urlencode(query), headers, content)


def example_of(parameter: Parameter) -> Any:
    """A parameter's example, or a value made from its schema."""
    found = pieces.exemplified(parameter.schema, parameter.example, parameter.example is not None)
    return found.get("example", found.get("examples", {}).get("made", {}).get("value", parameter.name))


def flat(value: Any) -> str:
    """A value as the text of a parameter."""
    if isinstance(value, list):
        return ",".join(map(flat, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def encoded(body: Body, value: Any) -> tuple[str, bytes]:
    """A value as the media type and the bytes of a body that takes it; text that is no JSON value is sent as it is."""
    media = body.media[0]
    if value is None and not body.required:
        return media, b""
    if media == "multipart/form-data" and isinstance(value, Mapping):
        return f"{media}; boundary={BOUNDARY}", _multipart(value, files(body.schema))
    if media == "application/x-www-form-urlencoded" and isinstance(value, Mapping):
        return media, urlencode({name: flat(item) for name, item in value.items()}).encode()
    if "json" in media and not isinstance(value, bytes):
        return media, json.dumps(value, ensure_ascii=False).encode()
    return media, value if isinstance(value, bytes) else flat(value or "").encode()


def files(schema: Schema) -> set[str]:
    """The parts that are files: those whose schema says of what media type their content is."""

    def properties(raw: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(raw, Mapping):
            yield from raw.get("properties", {}).items()
            for part in (*raw.get("allOf", ()), *_referred(raw, schema)):
                yield from properties(part)

    return {
        name
        for name, raw in properties(schema.raw)
        for one in (raw, *_referred(raw, schema))
        if isinstance(one, Mapping) and "contentMediaType" in one
    }


def _content(body: Body) -> Any:
    if body.example is not None:
        return body.example
    made = pieces.exemplified(body.schema, None, False).get("examples", {})
    return made["made"]["value"] if made and "json" in body.media[0] else None


def _referred(raw: Any, schema: Schema) -> list[Any]:
    return (
        [schema.definitions[raw["$ref"].removeprefix("#/$defs/")]] if isinstance(raw, Mapping) and "$ref" in raw else []
    )


def _multipart(value: Mapping[str, Any], named: set[str]) -> bytes:
    found = b""
    for name, item in value.items():
        text, extra = flat(item).encode(), ""
        if name in named:
            file = flat(item) if FILE_NAME.fullmatch(flat(item)) else "list.csv"
            text = _file(file) if file == flat(item) else text
            extra = f'; filename="{file}"\r\nContent-Type: application/octet-stream'
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'
        found += head.encode() + text + b"\r\n"
    return found + f"--{BOUNDARY}--\r\n".encode()


def _file(name: str) -> bytes:
    """What a file of this name might hold."""
    if name.endswith(".zip"):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as bundle:
            bundle.writestr(zipfile.ZipInfo("index.html"), "<p>Hello</p>")
        return archive.getvalue()
    return {".json": b"{}", ".html": b"<p>Hello</p>"}.get(name[name.rindex(".") :], b"...")
