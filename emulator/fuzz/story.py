"""A run in words, for people who have not seen the client: where it began, each call with what befell it, and how it ended."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from emulator.fuzz.scenario import Finding, Happened, Run
from emulator.fuzz.weather import KINDS
from emulator.world.journal import Entry, hidden_in_query, shown_body

PART = re.compile(rb'[; ]name="([^"]*)"')
LONGEST = 100
"""Characters of a value that a story quotes."""


def tell(run: Run, finding: Finding) -> list[str]:
    """The story in lines, the gist first. The calls that show the finding are marked with `>`."""
    struck = _struck(run)
    lines = [finding.told]
    if gist := _gist(run, struck):
        lines.append(gist)
    lines.append("")
    lines.append(
        f"It began with {quoted(run.weather.start)}." if run.weather.start else "It began with an empty world."
    )
    for alike in _folded(run.entries, struck):
        lines += _call(run, alike, struck, finding)
    lines.append(_end(run))
    return lines


def quoted(value: Any) -> str:
    """A value as JSON, cut to a length."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"


def _gist(run: Run, struck: dict[int, list[Happened]]) -> str:
    """What befell the last call that something befell, and what the client did then."""
    rough = [
        entry for entry in run.entries if any(KINDS[h.event.kind].weather == "rough" for h in struck.get(entry.id, ()))
    ]
    hit = rough[-1] if rough else next((e for e in reversed(run.entries) if e.id in struck), None)
    if hit is None:
        return ""
    told = " and ".join(happened.event.told for happened in struck[hit.id])
    answered = f", answered {hit.status}" if hit.status >= 300 else ""
    begun = f"Call {_number(run, hit)} ({_asked(hit)}): {told}{answered}"
    after = [entry for entry in run.entries if entry.id > hit.id]
    if not after:
        return f"{begun}; the client made no further call and {_ending(run)}."
    then, waited = after[0], after[0].at - hit.at
    did = (
        "made the same call again"
        if _asked(then) == _asked(hit) and then.call.body == hit.call.body
        else f"went on with {_asked(then)}"
    )
    return f"{begun}; the client {did} {_later(waited)}."


def _call(run: Run, alike: list[Entry], struck: dict[int, list[Happened]], finding: Finding) -> Iterator[str]:
    entry = alike[0]
    marked = ">" if any(one.id in finding.calls for one in alike) else " "
    numbers = f"{_number(run, entry)}" if len(alike) == 1 else f"{_number(run, entry)}-{_number(run, alike[-1])}"
    waited = entry.at - _before(run, entry)
    if waited >= 1:
        yield f"     (waited {waited:.0f} s)"
    yield f"{marked} {numbers}. {_asked(entry)} -> {_answered(entry, run)}"
    if entry.call.body and entry.call.method != "GET":
        yield f"        sent {_sent(entry)}"
    for happened in struck.get(entry.id, ()):
        yield f"        {happened.event.told}"
    if entry.refusal is not None and not entry.fault:
        facts = ", ".join(f"{name} {value}" for name, value in entry.refusal.facts.items() if name != "planned")
        yield f"        refused: {entry.refusal.kind.value}{f' ({facts})' if facts else ''}"


def _sent(entry: Entry) -> str:
    """A body; of a form in parts, their names: the line between them is another one in each run."""
    if entry.call.headers.get("content-type", "").startswith("multipart/"):
        return f"the parts {', '.join(name.decode(errors='replace') for name in PART.findall(entry.call.body))}"
    return quoted(shown_body(entry.call.body))


def _asked(entry: Entry) -> str:
    query = hidden_in_query(entry.call.query)
    return f"{entry.call.method} {entry.call.path}{f'?{query}' if query else ''}"


def _answered(entry: Entry, run: Run) -> str:
    if entry.status >= 300:
        return str(entry.status)
    size = _items(entry)
    return f"{entry.status}{f', {size} items' if size is not None else ''}"


def _items(entry: Entry) -> int | None:
    """How many the reply lists, where it is a list or has one."""
    body = shown_body(entry.reply_body)
    if isinstance(body, dict):
        lists = [value for value in body.values() if isinstance(value, list)]
        body = lists[0] if len(lists) == 1 else None
    return len(body) if isinstance(body, list) else None


def _folded(entries: tuple[Entry, ...], struck: dict[int, list[Happened]]) -> Iterator[list[Entry]]:
    """Runs of the very same call with the very same answer as one."""
    for _, alike in groupby(entries, lambda e: (_asked(e), e.call.body, e.status, e.id if e.id in struck else 0)):
        yield list(alike)


def _struck(run: Run) -> dict[int, list[Happened]]:
    struck: dict[int, list[Happened]] = {}
    for happened in run.happened:
        struck.setdefault(happened.call, []).append(happened)
    return struck


def _before(run: Run, entry: Entry) -> float:
    return max((other.at for other in run.entries if other.id < entry.id), default=run.began)


def _number(run: Run, entry: Entry) -> int:
    return 1 + sum(other.id < entry.id for other in run.entries)


def _later(seconds: float) -> str:
    return f"{seconds:.0f} s later" if seconds >= 1 else "at once"


def _ending(run: Run) -> str:
    if run.stopped:
        return f"was stopped: {run.stopped}"
    return f"raised {run.error}" if run.error else f"answered {quoted(run.result)}"


def _end(run: Run) -> str:
    return f"Then it {_ending(run)}."
