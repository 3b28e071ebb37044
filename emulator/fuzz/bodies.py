"""Bodies as bytes: JSON, forms, multipart; and texts percent-encoded, in the ways that mean the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, quote_plus

import orjson
from hypothesis import reject
from hypothesis import strategies as st

from emulator.contract.model import Body
from emulator.contract.schema import Schema
from emulator.fuzz.normal import Normal
from emulator.fuzz.plain import named

_SENDABLE: dict[int, tuple[Schema, Schema]] = {}
FORM = {
    "type": "object",
    "propertyNames": {"type": "string", "pattern": "^[A-Za-z0-9_.-]+(?!.|\\n)"},
    "additionalProperties": {"type": "string"},
}
BOUNDARY = "emulator-fuzz-7d1f"


def encoded(draw: Any, text: str, safe: str = "") -> str:
    """A text percent-encoded: as much as is needed, or every byte of it."""
    if text.isalnum() and text.isascii() and draw(st.integers(0, 15)):
        return text
    if draw(st.integers(0, 7)):
        return quote(text, safe=safe)
    return "".join(chr(byte) if chr(byte) in safe else f"%{byte:02x}" for byte in text.encode())


def sendable(body: Body, schema: Schema) -> Schema:
    """What of a schema can be written in the body's media type: a form has only texts."""
    if "json" in body.media[0] or "form" not in body.media[0]:
        return schema
    kept = _SENDABLE.get(id(schema))
    if kept is None or kept[0] is not schema:
        both = Schema({"allOf": [schema.raw, FORM]}, schema.definitions, schema.pointer)
        kept = _SENDABLE[id(schema)] = (schema, both)
    return kept[1]


def rendered_body(draw: Any, body: Body, value: Any) -> tuple[str, bytes]:
    """A value as the Content-Type and the bytes of a body that takes it."""
    media = draw(st.sampled_from(body.media))
    if "json" in media:
        return draw(st.sampled_from([media, media, f"{media}; charset=utf-8"])), as_json(draw, value)
    if media == "application/x-www-form-urlencoded":
        return media, as_form(value)
    if media == "multipart/form-data":
        return f"{media}; boundary={BOUNDARY}", as_multipart(value, _files(body))
    content = value if isinstance(value, str) else ""
    return media, draw(st.one_of(st.binary(max_size=200), st.just(content.encode())))


def as_json(draw: Any, value: Any) -> bytes:
    """JSON text, compact or not, escaped or not."""
    how = draw(st.integers(0, 4))
    if how == 0:
        return json.dumps(value).encode()
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 if how == 1 else None)


def as_form(value: Any) -> bytes:
    """A form; what is no object of strings cannot be one."""
    if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
        return reject()
    return "&".join(f"{quote_plus(name)}={quote_plus(text)}" for name, text in value.items()).encode()


def as_multipart(value: Any, files: set[str]) -> bytes:
    """A multipart body. A member that is a file is sent with its value as the file's name."""
    if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
        return reject()
    found = b""
    for name, text in value.items():
        if not _quotable(name) or f"--{BOUNDARY}" in text:
            return reject()
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'
        if name in files:
            text = "".join(filter(_quotable, text)) or "list.csv"
            head += f'; filename="{text}"\r\nContent-Type: text/csv'
            text = "email,name\r\na@example.test,Ä\r\n"
        found += f"{head}\r\n\r\n{text}\r\n".encode()
    return found + f"--{BOUNDARY}--\r\n".encode()


def _quotable(text: str) -> bool:
    return text != "" and text.isprintable() and not set(text) & set('"\\%')


def _files(body: Body) -> set[str]:
    """The members that are files: those whose schema says of what media type their content is."""
    shapes = Normal(body.schema.definitions)
    return {
        name
        for plain in shapes.alternatives(body.schema.raw)
        for name in plain.get("properties", {})
        for member in shapes.alternatives(named(plain, name))
        if "contentMediaType" in member
    }
