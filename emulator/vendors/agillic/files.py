"""Files of an instance (resources, templates, extensions, schemas, web applications, exports), by kind and path."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from emulator.kit import Kind, Refusal, Upload, World, fixed

RESOURCES, TEMPLATES, EXTENSIONS, CONTEXTS, WEBAPPS, EXPORTED = (
    "resources",
    "templates",
    "extensions",
    "contexts",
    "webapps",
    "exported",
)
FILES, CONTENTS = "files", "file_contents"


@fixed
class Sent:
    """A file as a client sent it: its path and its bytes."""

    path: str
    content: bytes


def sent(body: Mapping[str, Any]) -> Sent:
    """The file of a multipart body. Raises `invalid` where it is no file, has no name, or its folder is no text."""
    upload = body["file"]
    if not isinstance(upload, Upload) or not tidy(upload.filename):
        raise _bad("file", "a file with a name")
    folder = _text(body, "folder")
    upload.stream.seek(0)
    with upload.stream:
        return Sent(_joined(folder, tidy(upload.filename)), upload.stream.read())


def pointed(body: Mapping[str, Any]) -> str:
    """The path that a multipart body names as text. Raises `invalid`."""
    if not isinstance(body["file"], str) or not tidy(body["file"]):
        raise _bad("file", "the path of a file, as text")
    return _joined(_text(body, "folder"), tidy(body["file"]))


def put(world: World, kind: str, file: Sent) -> bool:
    """Writes a file; says whether it is new."""
    rows, ident = world.rows(FILES), f"{kind}/{file.path}"
    new = rows.row(ident) is None
    rows.put({"id": ident, "kind": kind, "path": file.path, "size": len(file.content)})
    world.rows(CONTENTS).put({"id": ident, "base64": base64.b64encode(file.content).decode()})
    return new


def create(world: World, kind: str, file: Sent) -> None:
    """Writes a new file. Raises `conflict` if there is one."""
    if exists(world, kind, file.path):
        raise Refusal(Kind.CONFLICT, detail="exists", facts={"name": file.path})
    put(world, kind, file)


def exists(world: World, kind: str, path: str) -> bool:
    """Whether there is a file."""
    return world.rows(FILES).row(f"{kind}/{path}") is not None


def drop(world: World, kind: str, path: str) -> None:
    """Deletes a file. Raises `missing`."""
    if not world.rows(FILES).drop(f"{kind}/{path}"):
        raise Refusal(Kind.MISSING, facts={"resource": kind, "id": path})
    world.rows(CONTENTS).drop(f"{kind}/{path}")


def content(world: World, kind: str, path: str) -> bytes | None:
    """A file's bytes. A row may also hold plain text, which is how people write worlds by hand."""
    row = world.rows(FILES).get(f"{kind}/{path}")
    if row is None:
        return None
    if "text" in row:
        return str(row["text"]).encode()
    kept = world.rows(CONTENTS).get(f"{kind}/{path}")
    return b"" if kept is None else base64.b64decode(kept["base64"])


def text(world: World, kind: str, path: str) -> str | None:
    """A file's text."""
    found = content(world, kind, path)
    return None if found is None else found.decode(errors="replace")


def paths(world: World, kind: str) -> Iterator[str]:
    """The paths of all files of a kind."""
    return (row.data["path"] for row in world.rows(FILES).where(kind=kind))


def listing(world: World, kind: str, folder: str) -> list[tuple[str, bool, str]]:
    """What stands in a folder: name, whether it is a folder, path. Raises `missing` for a folder that has nothing in it."""
    prefix = f"{tidy(folder)}/" if tidy(folder) else ""
    found: dict[str, bool] = {}
    for path in paths(world, kind):
        if path.startswith(prefix):
            name, deeper, _ = path[len(prefix) :].partition("/")
            found[name] = found.get(name, False) or bool(deeper)
    if prefix and not found:
        raise Refusal(Kind.MISSING, facts={"resource": "folder", "id": folder})
    return [(name, is_folder, prefix + name) for name, is_folder in sorted(found.items())]


def referenced(world: World, kind: str, path: str) -> str:
    """What refers to a file: the template that mentions a resource, the campaign made from a template; empty if nothing does."""
    if kind == RESOURCES:
        return next((other for other in paths(world, TEMPLATES) if path in (text(world, TEMPLATES, other) or "")), "")
    campaign = world.rows("campaigns").where(templateName=path).first() if kind == TEMPLATES else None
    return "" if campaign is None else str(campaign.data["name"])


def tidy(path: str) -> str:
    """A path with plain slashes, none at its ends, and no steps that lead nowhere."""
    return "/".join(step for step in path.replace("\\", "/").split("/") if step not in ("", ".", ".."))


def _joined(folder: str, name: str) -> str:
    return f"{tidy(folder)}/{name}" if tidy(folder) else name


def _text(body: Mapping[str, Any], field: str) -> str:
    value = body.get(field, "")
    if not isinstance(value, str):
        raise _bad(field, "text")
    return value


def _bad(field: str, expected: str) -> Refusal:
    return Refusal(Kind.INVALID, detail="bad_file", facts={"field": field, "expected": expected})
