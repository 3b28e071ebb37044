"""Exports: activity as tasks whose rows are read in pages, and files that Agillic wrote."""

from __future__ import annotations

from datetime import datetime, timedelta

from emulator.kit import Ask, Kind, Outcome, Refusal, World
from emulator.vendors.agillic import files
from emulator.vendors.agillic.addresses import named
from emulator.vendors.agillic.dates import canonical, formats, rfc3339
from emulator.vendors.agillic.documents import opened
from emulator.vendors.agillic.tasks import AT_WORK, EXPORTS, accepted, state

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def start(ask: Ask, world: World) -> Outcome:
    """Starts an export of one type of activity in a window that is short enough and not too old."""
    begin, end = _moment(ask, world, "from"), _moment(ask, world, "to")
    longest, oldest = (timedelta(seconds=world.figure(name)) for name in ("export_window", "export_age"))
    if not begin < end <= begin + longest:
        facts = {"start": ask.body["from"], "end": ask.body["to"], "hours": longest // HOUR}
        raise Refusal(Kind.INVALID, detail="window", facts=facts)
    if begin < world.clock.utc() - oldest:
        raise Refusal(Kind.INVALID, detail="too_old", facts={"days": oldest // DAY, "actual": ask.body["from"]})
    waiting = len(world.rows(EXPORTS).where(status=AT_WORK[EXPORTS]))
    if waiting >= world.figure("export_queue"):
        raise Refusal(Kind.THROTTLED, detail="export_queue", facts={"queued": waiting})
    given = {"fileType": ask.body["fileType"], "from": canonical(begin), "to": canonical(end)}
    return accepted(world, {"do": "export", "given": given}, ask.body.get("configuration"), EXPORTS)


def task(ask: Ask, world: World) -> Outcome:
    """How an export is getting on."""
    return state(world, named(ask, "taskId"), EXPORTS)


def read(ask: Ask, world: World) -> Outcome:
    """A page of an export's rows. Raises `conflict` until it is done, `missing` when its time is over."""
    ident = named(ask, "taskId")
    kept = world.rows(EXPORTS).get(ident)
    if kept is None:
        raise Refusal(Kind.MISSING, facts={"resource": "export", "id": ident})
    if kept["status"] == AT_WORK[EXPORTS]:
        raise Refusal(Kind.CONFLICT, detail="not_done", facts={"id": ident})
    document = opened(world, ident)
    begin, size = ask.query["pageStart"], ask.query["pageSize"]
    links = document.links(f"{ask.call.base_url}/export/activity/{ident}", begin, size)
    return Outcome(
        data={"links": links, "content": document.items(begin, size), "page": document.measures(begin, size)}
    )


def list_files(ask: Ask, world: World) -> Outcome:
    """The files of a folder."""
    listed = files.listing(world, files.EXPORTED, ask.query.get("folder", ""))
    return Outcome(data=[{"name": name, "isFolder": is_folder} for name, is_folder, _ in listed])


def download(ask: Ask, world: World) -> Outcome:
    """One file. Raises `too_large` above what is handed out."""
    path = files.tidy(ask.query["file"])
    row = world.rows(files.FILES).get(f"{files.EXPORTED}/{path}")
    if row is None:
        raise Refusal(Kind.MISSING, facts={"resource": files.EXPORTED, "id": path})
    if row.get("size", 0) > world.figure("download_bytes"):
        raise Refusal(Kind.TOO_LARGE, facts={"size": row["size"], "limit": world.figure("download_bytes")})
    return Outcome(data=files.content(world, files.EXPORTED, path))


def remove(ask: Ask, world: World) -> Outcome:
    """Deletes a file, or a folder with all that is in it."""
    path = files.tidy(ask.query["file"])
    chosen = [
        other
        for other in list(files.paths(world, files.EXPORTED))
        if path and (other == path or other.startswith(path + "/"))
    ]
    if not chosen:
        raise Refusal(Kind.MISSING, facts={"resource": files.EXPORTED, "id": path})
    for other in chosen:
        files.drop(world, files.EXPORTED, other)
    return Outcome()


def _moment(ask: Ask, world: World, name: str) -> datetime:
    when = rfc3339(ask.body[name], formats(world).place)
    if when is None:
        raise Refusal(Kind.INVALID, detail="bad_date", facts={"field": name, "actual": ask.body[name]})
    return when
