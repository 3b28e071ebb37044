"""Assets: files of five kinds, uploaded, replaced, listed and deleted."""

from __future__ import annotations

from io import BytesIO

from emulator.kit import Ask, Kind, Outcome, Refusal, World
from emulator.vendors.agillic import contexts, files, scripts

CREATED, CHANGED = 201, 200


def list_resources(ask: Ask, world: World) -> Outcome:
    """The resources of a folder."""
    return _listed(ask, world, files.RESOURCES)


def upload_resource(ask: Ask, world: World) -> Outcome:
    """A new resource."""
    files.create(world, files.RESOURCES, files.sent(ask.body))
    return Outcome(status=CREATED)


def put_resource(ask: Ask, world: World) -> Outcome:
    """A resource, new or replaced."""
    return _put(world, files.RESOURCES, files.sent(ask.body))


def delete_resource(ask: Ask, world: World) -> Outcome:
    """Deletes a resource. Raises `conflict` while a template mentions it."""
    path = files.pointed(ask.body)
    user = files.referenced(world, files.RESOURCES, path) if files.exists(world, files.RESOURCES, path) else ""
    if user:
        raise Refusal(Kind.CONFLICT, detail="in_use", facts={"name": path, "by": user})
    files.drop(world, files.RESOURCES, path)
    return Outcome()


def list_templates(ask: Ask, world: World) -> Outcome:
    """The templates of a folder."""
    return _listed(ask, world, files.TEMPLATES)


def upload_template(ask: Ask, world: World) -> Outcome:
    """A new template."""
    files.create(world, files.TEMPLATES, files.sent(ask.body))
    return Outcome(status=CREATED)


def put_template(ask: Ask, world: World) -> Outcome:
    """A template, new or replaced; it is to be committed again."""
    return _put(world, files.TEMPLATES, files.sent(ask.body))


def commit_template(ask: Ask, world: World) -> Outcome:
    """Commits a template. Raises `missing`."""
    path = files.pointed(ask.body)
    row = world.rows(files.FILES).get(f"{files.TEMPLATES}/{path}")
    if row is None:
        raise Refusal(Kind.MISSING, facts={"resource": files.TEMPLATES, "id": path})
    world.rows(files.FILES).put({**row, "committed": True})
    return Outcome()


def upload_extension(ask: Ask, world: World) -> Outcome:
    """A new extension; its annotations say who may call it."""
    file = files.sent(ask.body)
    files.create(world, files.EXTENSIONS, file)
    scripts.publish(world, file, _type(ask))
    return Outcome(status=CREATED)


def put_extension(ask: Ask, world: World) -> Outcome:
    """Replaces an extension. Raises `missing` where there is none."""
    file = files.sent(ask.body)
    if not files.exists(world, files.EXTENSIONS, file.path):
        raise Refusal(Kind.MISSING, facts={"resource": files.EXTENSIONS, "id": file.path})
    files.put(world, files.EXTENSIONS, file)
    scripts.publish(world, file, _type(ask))
    return Outcome()


def upload_context(ask: Ask, world: World) -> Outcome:
    """A new context parameter schema."""
    file = files.sent(ask.body)
    if files.exists(world, files.CONTEXTS, file.path):
        raise Refusal(Kind.CONFLICT, detail="exists", facts={"name": file.path})
    contexts.publish(world, file)
    return Outcome(status=CREATED)


def put_context(ask: Ask, world: World) -> Outcome:
    """A context parameter schema, new or extended. Raises `conflict` for a change of what exists."""
    return Outcome(status=CREATED if contexts.publish(world, files.sent(ask.body)) else CHANGED)


def upload_webapp(ask: Ask, world: World) -> Outcome:
    """A new web application."""
    files.create(world, files.WEBAPPS, _archive(files.sent(ask.body)))
    return Outcome(status=CREATED)


def put_webapp(ask: Ask, world: World) -> Outcome:
    """A web application, new or replaced."""
    return _put(world, files.WEBAPPS, _archive(files.sent(ask.body)))


def _listed(ask: Ask, world: World, kind: str) -> Outcome:
    items = []
    for name, is_folder, path in files.listing(world, kind, ask.query.get("folder", "")):
        item: dict[str, object] = {"name": name, "isFolder": is_folder}
        items.append(item if is_folder else {**item, "referenced": bool(files.referenced(world, kind, path))})
    return Outcome(data=items)


def _put(world: World, kind: str, file: files.Sent) -> Outcome:
    return Outcome(status=CREATED if files.put(world, kind, file) else CHANGED)


def _type(ask: Ask) -> str:
    given = ask.body.get("type", "")
    if not isinstance(given, str):
        raise Refusal(Kind.INVALID, detail="bad_file", facts={"field": "type", "expected": "text"})
    return given


def _archive(file: files.Sent) -> files.Sent:
    from zipfile import is_zipfile  # with all its compressions it takes long to import

    if not is_zipfile(BytesIO(file.content)):
        raise Refusal(Kind.INVALID, detail="bad_file", facts={"field": "file", "expected": "a ZIP archive"})
    return file
