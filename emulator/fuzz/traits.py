"""Traits: what every client must do, whatever its job, judged from the journal of a run and what befell it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import parse_qsl, unquote

from emulator.fuzz.scenario import Finding, Happened, Run
from emulator.fuzz.weather import KINDS
from emulator.lawful import at_fault
from emulator.wire import Kind
from emulator.world.journal import Entry, secret
from emulator.world.world import CREDENTIALS

UNTOLD = 0.5
"""Virtual seconds that a throttled client must wait at least where the vendor tells no end. Our own measure of backing off."""
EARLY = 0.1
"""The last part of a token's life in which renewing it is foresight, not waste."""
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})


@dataclass(frozen=True)
class Trait:
    """A trait's name, what it asks for, when a run says nothing about it, and its judge, who answers None for such a run."""

    name: str
    title: str
    unexercised: str
    judge: Callable[[Run], Iterable[Finding] | None]


def judge(run: Run) -> dict[str, list[Finding] | None]:
    """Every trait's findings in a run; None for a trait that the run says nothing about."""
    told: dict[str, list[Finding] | None] = {}
    for trait in TRAITS:
        found = trait.judge(run)
        told[trait.name] = None if found is None else list(found)
    if run.finished:
        for finding in run.scenario.judge(run):
            findings = told[finding.trait]
            told[finding.trait] = [*(findings or []), finding]
    return told


def _finished(run: Run) -> Iterable[Finding] | None:
    """The scenario's own oracle has the word."""
    return [] if run.finished else None


def _paged(run: Run) -> Iterable[Finding] | None:
    operations = run.engine.contract.operations
    pages = any(entry.operation in operations and operations[entry.operation].paging for entry in run.entries)
    return [] if run.finished and pages else None


# -- what a client sends


def _lawful(run: Run) -> Iterable[Finding] | None:
    """Nothing that the vendor merely bears, and nothing that it refuses for its form."""
    return _unlawful(run) if run.entries else None


def _unlawful(run: Run) -> Iterator[Finding]:
    for entry in run.entries:
        for remark in entry.remarks:
            yield Finding("lawful", f"It sent what the contract does not have: {remark}.", (entry.id,))
        refusal = entry.refusal
        if refusal is None or not at_fault(entry) or refusal.kind in run.scenario.refusable:
            continue
        broken = "; ".join(f"{v.where} {v.place or '(the whole)'}: {v.said or v.keyword}" for v in refusal.violations)
        yield Finding(
            "lawful", f"Its call was refused as {refusal.kind.value}{f': {broken}' if broken else ''}.", (entry.id,)
        )


def _secrets(run: Run) -> Iterable[Finding] | None:
    """No secret in a URL where the contract has a header for it."""
    return _shown_secrets(run) if run.entries else None


def _shown_secrets(run: Run) -> Iterator[Finding]:
    known = {value for name, value in run.box.vendor(run.scenario.vendor).credentials.items() if secret(name)}
    for entry in run.entries:
        operation = run.engine.contract.operations.get(entry.operation)
        asked = {p.name for p in operation.parameters if p.place == "query"} if operation is not None else set()
        for name, value in parse_qsl(entry.call.query):
            if name not in asked and (secret(name) or value in known):
                yield Finding("secrets", f"It put a secret into the URL, as {name}.", (entry.id,))
        if any(len(value) > 8 and value in unquote(entry.call.path) for value in known):
            yield Finding("secrets", "It put a secret into the URL's path.", (entry.id,))


# -- what a client does when it is told to wait


def _waits(run: Run) -> Iterable[Finding] | None:
    """No call before the window's end where the vendor tells it; else some time."""
    throttled = [e for e in run.entries if e.refusal is not None and e.refusal.kind is Kind.THROTTLED]
    return _impatience(run, throttled) if throttled else None


def _impatience(run: Run, throttled: list[Entry]) -> Iterator[Finding]:
    for entry in throttled:
        until, told = _end(run, entry)
        early = next(
            (e for e in run.entries if e.id > entry.id and e.at < until and _counted_with(run, e, entry)), None
        )
        if early is None:
            continue
        waited = early.at - entry.at
        asked = f"the window ends after {until - entry.at:.0f} s" if told else "no end is told, so it has to back off"
        yield Finding(
            "waits", f"It was throttled and called again after {waited:.2f} s; {asked}.", (entry.id, early.id)
        )


def _end(run: Run, entry: Entry) -> tuple[float, bool]:
    """When a throttled client may call again, and whether the reply told it so."""
    facts: Mapping[str, object] = entry.refusal.facts if entry.refusal is not None else {}
    limit = run.engine.contract.limits.get(str(facts.get("limit", "")))
    ends = facts.get("resets_at")
    if (
        limit is not None
        and isinstance(ends, float | int)
        and ("reset_header" in limit.options or limit.options.get("retry_after"))
    ):
        return float(ends), True
    return entry.at + UNTOLD, False


def _counted_with(run: Run, later: Entry, throttled: Entry) -> bool:
    """Whether a call counts against the limit that another met."""
    operation = run.engine.contract.operations.get(later.operation)
    limit = str(throttled.refusal.facts.get("limit", "")) if throttled.refusal is not None else ""
    if operation is None or not limit:
        return later.operation == throttled.operation
    return limit in operation.limits and later.principal == throttled.principal


# -- what a client does with its token


def _renews(run: Run) -> Iterable[Finding] | None:
    """A new token only when the one in hand is refused, has ended or is about to."""
    issuing = {o.id for o in run.engine.contract.operations.values() if o.creates == CREDENTIALS}
    issued = [entry for entry in run.entries if entry.operation in issuing and entry.status < 300]
    used = [entry for entry in run.entries if entry.operation not in issuing]
    return _waste(run, issued) if issued and len(used) > 1 else None


def _waste(run: Run, issued: list[Entry]) -> Iterator[Finding]:
    lost = {happened.call for happened in run.happened if KINDS[happened.event.kind].unknown}
    for before, after in pairwise(issued):
        between = [entry for entry in run.entries if before.id < entry.id < after.id]
        refused = any(
            entry.refusal is not None
            and entry.refusal.kind is Kind.UNAUTHENTICATED
            and _bears(run, entry, before.reply_body)
            for entry in between
        )
        if refused or before.id in lost or before.principal != after.principal:
            continue
        left = _left(run, before, after.at)
        if left > 0:
            told = f"It fetched a token although the one in hand was good for another {left:.0f} s."
            yield Finding("renews", told, (before.id, after.id))


def _bears(run: Run, entry: Entry, issued: bytes) -> bool:
    """Whether a call's credential is one that a reply handed out."""
    for scheme in run.engine.schemes.values():
        presented = scheme.presented(entry.call)
        if presented is not None and presented.partition(":")[2].encode() in issued:
            return True
    return False


def _left(run: Run, issue: Entry, now: float) -> float:
    """Virtual seconds for which an issued token was good at a moment, but for the last part of its life; nought if it is gone."""
    world = run.box.state(run.scenario.vendor)
    for row in world.rows(CREDENTIALS).all():
        if row.expires is not None and row.id.partition(":")[2].encode() in issue.reply_body:
            return row.expires - EARLY * (row.expires - issue.at) - now
    return 0.0


# -- what a client does when something goes wrong


def _unsafe(run: Run) -> Iterable[Finding] | None:
    """A call that is not safe to repeat, and whose outcome is unknown, is not made again before something was read."""
    unknown = [entry for entry in map(_struck(run), run.happened) if entry is not None and not _repeatable(run, entry)]
    return _repeated(run, unknown) if unknown else None


def _repeated(run: Run, unknown: list[Entry]) -> Iterator[Finding]:
    for entry in unknown:
        for later in run.entries:
            if later.id <= entry.id:
                continue
            if later.call.method == "GET" and later.status < 300:
                break  # it had a look
            if _same(later, entry):
                told = "It repeated a call that may have been done already"
                yield Finding("unsafe", f"{told}: {entry.call.method} {entry.call.path}.", (entry.id, later.id))
                break


def _struck(run: Run) -> Callable[[Happened], Entry | None]:
    entries = {entry.id: entry for entry in run.entries}
    return lambda happened: entries.get(happened.call) if KINDS[happened.event.kind].unknown else None


def _repeatable(run: Run, entry: Entry) -> bool:
    operation = run.engine.contract.operations.get(entry.operation)
    return (
        entry.call.method in REPEATABLE
        or operation is None
        or operation.creates == CREDENTIALS
        or operation.id in run.scenario.repeatable
    )


def _same(one: Entry, other: Entry) -> bool:
    return (one.call.method, one.call.path, one.call.body) == (other.call.method, other.call.path, other.call.body)


def _survives(run: Run) -> Iterable[Finding] | None:
    """A client ends well where nothing went wrong, however odd the replies were."""
    if any(KINDS[happened.event.kind].weather == "rough" for happened in run.happened):
        return None
    if run.error:
        return [Finding("survives", f"It gave up though nothing went wrong: {run.error}")]
    return []


def _gives_up(run: Run) -> Iterable[Finding] | None:
    """A client gives up only where it cannot know what came of a call."""
    rough = [h for h in run.happened if KINDS[h.event.kind].weather == "rough"]
    if not rough or run.stopped:
        return None
    if run.error and not run.scenario.knowable(run):
        return None
    if run.error:
        return [Finding("gives_up", f"It gave up though the trouble ended: {run.error}", tuple(h.call for h in rough))]
    return []


def _bounded(run: Run) -> Iterable[Finding] | None:
    """So many calls as the job needs, and for each trouble the job once more and a few tries."""
    if run.stopped:
        return [Finding("bounded", f"It was stopped: {run.stopped}.")]
    rough = sum(KINDS[happened.event.kind].weather == "rough" for happened in run.happened)
    most = run.scenario.calls(run.weather.start) * (1 + rough) + TRIES * rough + SLACK
    made = len(run.entries)
    if made > most:
        told = f"It made {made} calls; the job needs {run.scenario.calls(run.weather.start)}, and {rough} went wrong."
        return [Finding("bounded", told)]
    return []


TRIES = 6
SLACK = 4

TRAITS: tuple[Trait, ...] = (
    Trait(
        "survives",
        "survives unknown fields, new values, missing ones and nulls",
        "no run was without trouble",
        _survives,
    ),
    Trait("result", "ends with the right result", "no run was finished", _finished),
    Trait("pages", "pages to the end", "nothing was paged", _paged),
    Trait("twice", "nothing twice", "no run was finished", _finished),
    Trait("unsafe", "does not repeat unsafe calls", "no unsafe call's outcome became unknown", _unsafe),
    Trait("waits", "waits as told when throttled", "no call was throttled", _waits),
    Trait("renews", "renews tokens once", "no token was issued, or only one call was made with it", _renews),
    Trait("gives_up", "goes on when the trouble has ended", "no trouble struck", _gives_up),
    Trait("lawful", "sends only what the contract allows", "no call was made", _lawful),
    Trait("secrets", "puts no secret into a URL", "no call was made", _secrets),
    Trait("bounded", "ends in bounded calls", "no run was made", _bounded),
)
"""In the order in which a run's failures are told: what is wrong with the outcome first, then with the manners."""
