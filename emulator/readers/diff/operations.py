"""What becomes of a call: operations that move, credentials and roles, parameters, bodies, replies and refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from emulator.contract.model import Contract, Operation
from emulator.contract.route import PLACEHOLDER
from emulator.readers.diff.change import Change, Judgement, written
from emulator.readers.diff.pair import Pair, answered, refused
from emulator.readers.diff.uses import line
from emulator.wire import Kind


def whole(change: Change, pair: Pair) -> list[Judgement]:
    """An operation, stimulus or event that comes or goes."""
    name = change.owner
    operation = pair.operation(change)
    if change.how == "added":
        says = f"{line(operation)} is served" if operation is not None and operation.method else f"{name} is new"
        return [Judgement("additive", says)]
    if operation is None or not operation.method:
        return [Judgement("breaking", f"{name} is gone")]
    other, why = answered(pair.new, operation)
    told = f"reaches {other.id}" if other is not None else f"is refused with {why}"
    return [Judgement("breaking", f"{line(operation)} {told}", {"effect": "gone", "request": line(operation)})]


def moved(change: Change, pair: Pair) -> list[Judgement]:
    """Another method or another path."""
    operation = pair.old.operations[change.owner]
    alone = pair.alone(change)
    now = alone.operations.get(change.owner) or operation
    if change.path == ("path",) and PLACEHOLDER.sub("{}", operation.path) == PLACEHOLDER.sub("{}", now.path):
        return [Judgement("neutral", "its placeholders have other names; calls are written as before")]
    other, why = answered(alone, operation)
    called, data = line(operation), {"effect": "moved", "request": line(operation), "is": line(now)}
    if other is not None and other.id == operation.id:
        return [Judgement("additive", f"{called} is answered still, and {line(now)} is too", data)]
    told = f"reaches {other.id}" if other is not None else f"is refused with {why}"
    return [Judgement("breaking", f"{called} {told}; it is {line(now)} now", data)]


def effective(
    of: Callable[[Operation], Iterable[str]],
    *,
    fewer: str,
    more: str,
    fewer_is_worse: bool = True,
    nothing: str = "",
) -> Callable[[Change, Pair], list[Judgement]]:
    """A rule about what holds for operations in the end, whether they say so themselves or vendor.json says it for all.

    `fewer` and `more` are told of a name that is taken away or added. Where no names mean that anything goes, `nothing` is told of that.
    """

    def rule(change: Change, pair: Pair) -> list[Judgement]:
        alone = pair.alone(change)
        found: dict[tuple[str, bool], list[str]] = {}
        for ident, operation in pair.old.operations.items():
            if ident not in alone.operations:
                continue
            was, now = [*of(operation)], [*of(alone.operations[ident])]
            lost, gained = [n for n in was if n not in now], [n for n in now if n not in was]
            if nothing and bool(was) != bool(now):
                lost, gained = ([], [nothing]) if was else ([nothing], [])
            for name in lost:
                found.setdefault((name, True), []).append(ident)
            for name in gained:
                found.setdefault((name, False), []).append(ident)
        return [*_held(found, pair, fewer, more, fewer_is_worse)] or [Judgement("neutral", "it says what held already")]

    return rule


def _held(
    found: Mapping[tuple[str, bool], list[str]], pair: Pair, fewer: str, more: str, fewer_is_worse: bool
) -> Iterator[Judgement]:
    for (name, lost), idents in found.items():
        first = pair.old.operations[idents[0]]
        also = f" (and {len(idents) - 1} more operations)" if len(idents) > 1 else ""
        says = (fewer if lost else more).format(call=line(first), name=name)
        data = {"request": line(first), "operations": idents, "effect": "no longer" if lost else "now", "name": name}
        yield Judgement("breaking" if lost == fewer_is_worse else "additive", says + also, data)


def refusals(change: Change, pair: Pair) -> list[Judgement]:
    """Ways to fail that come or go, of one operation or of all that share the default."""
    alone = pair.alone(change)
    found: dict[tuple[Kind, bool, bool], list[str]] = {}
    for ident, operation in pair.old.operations.items():
        now = alone.operations.get(ident, operation).refusals
        statuses = {promise.status for promise in operation.refusals.values()}
        for kind in [k for k in operation.refusals if k not in now]:
            found.setdefault((kind, False, False), []).append(ident)
        for kind in [k for k in now if k not in operation.refusals]:
            found.setdefault((kind, True, now[kind].status in statuses), []).append(ident)
    return [_failing(key, idents, pair.old, alone) for key, idents in found.items()] or [
        Judgement("neutral", "no operation fails otherwise")
    ]


def _failing(key: tuple[Kind, bool, bool], idents: list[str], old: Contract, alone: Contract) -> Judgement:
    kind, added, known = key
    first = old.operations[idents[0]]
    status = (alone if added else old).operations[first.id].refusals[kind].status
    also = f" (and {len(idents) - 1} more operations)" if len(idents) > 1 else ""
    data = {"request": line(first), "operations": idents, "status": status, "kind": kind.value}
    if not added:
        return Judgement("additive", f"{line(first)} is no longer refused with {refused(status, kind)}{also}", data)
    if known:
        says = f"{line(first)} may be refused as {kind}{also}; it was refused with {status} for other reasons already"
        return Judgement("neutral", says, data)
    return Judgement(
        "breaking", f"{line(first)} may be refused with {refused(status, kind)}{also}, as it never was", data
    )


def failing_status(change: Change, pair: Pair) -> list[Judgement]:
    """The status of a kind of refusal."""
    kind = _kind(change)
    touched = [o for o in _own(change, pair) if kind in o.refusals]
    called = f"{line(touched[0])}: " if touched else ""
    says = f"{called}what was refused with {change.old} is refused with {refused(change.new, kind)}"
    return [Judgement("breaking", says, {"effect": "another status", "was": change.old, "is": change.new})]


def _kind(change: Change) -> str:
    return str(change.path[1])


def _own(change: Change, pair: Pair) -> list[Operation]:
    operation = pair.operation(change)
    return [operation] if operation is not None else [*pair.old.operations.values()]


def broken_body(change: Change, pair: Pair) -> list[Judgement]:
    """The kind of refusal that what breaks its schema gets."""
    operation = pair.operation(change)
    if operation is None:
        return [Judgement("breaking", f"what breaks the schema is refused as {written(change.new)}")]
    old, new = (
        refused(promised.status, kind)
        if (promised := pair.old.refusals.get(kind) or operation.refusals.get(kind))
        else kind
        for kind in (Kind(side if isinstance(side, str) else "invalid") for side in (change.old, change.new))
    )
    what = "a body" if change.path[0] == "body" else f"a value of {change.path[-2]}"
    says = f"{line(operation)}: {what} that breaks its schema is refused with {new}; it was {old}"
    return [Judgement("neutral" if old[:3] == new[:3] else "breaking", says)]


def new_parameter(change: Change, pair: Pair) -> list[Judgement]:
    """A parameter that comes or goes."""
    name = change.path[-1]
    called = _called(change, pair)
    if change.how == "removed":
        place = change.old.get("in", "query")
        return [Judgement("breaking", f"{called}: the {place} parameter {name} counts no longer: it is not read")]
    if change.new.get("required") and change.new["in"] != "path":
        return [Judgement("breaking", f"{called} without {name} was accepted and is refused: it is required")]
    return [Judgement("additive", f"{called} may be given {name} ({change.new['in']})")]


def needed(change: Change, pair: Pair) -> list[Judgement]:
    """Whether a parameter or a body may be left out; of a reply's header, whether it is always there."""
    now = change.new is True or (change.new is not False and "body" in change.path)
    what = "a body" if change.path[-2] == "body" else str(change.path[-2])
    called = _called(change, pair)
    if now:
        return [Judgement("breaking", f"{called} without {what} was accepted and is refused: it is required")]
    return [Judgement("additive", f"{called} without {what} was refused and is accepted")]


def placed(change: Change, pair: Pair) -> list[Judgement]:
    """A parameter that is written elsewhere, or otherwise."""
    name, fact = change.path[-2], change.path[-1]
    called = _called(change, pair)
    if fact == "in":
        says = f"{called}: {name} is read from the {change.new}; it was the {change.old}"
    elif fact == "style":
        old, new = (side if isinstance(side, str) else "single" for side in (change.old, change.new))
        shapes = {"csv": f"{name}=a,b", "repeat": f"{name}=a&{name}=b", "single": f"{name}=a"}
        says = f"{called}: several values of {name} are written {shapes[new]}; it was {shapes[old]}"
    else:
        old, new = ("%252F" if side == "twice" else "%2F" for side in (change.old, change.new))
        says = f"{called}: a slash within {name} is written {new}; it was {old}"
    return [Judgement("breaking", says)]


def media(change: Change, pair: Pair) -> list[Judgement]:
    """The media types that a body may be of."""
    called = _called(change, pair)
    old, new = ([side] if isinstance(side, str) else side for side in (change.old, change.new))
    lost, gained = [m for m in old if m not in new], [m for m in new if m not in old]
    found = [Judgement("breaking", f"{called} with Content-Type: {m} was read and is not") for m in lost]
    found += [Judgement("additive", f"{called} may be sent with Content-Type: {m}") for m in gained]
    return found or [
        Judgement("neutral", "the same media types in another order; the first is assumed where none is given")
    ]


def _called(change: Change, pair: Pair) -> str:
    operation = pair.operation(change)
    if operation is not None:
        return line(operation)
    style = str(change.path[1])
    users = [o for o in pair.old.operations.values() if o.paging == style]
    return line(users[0]) if users else f"calls paged by {style}"


def reply(change: Change, pair: Pair) -> list[Judgement]:
    """A success that comes or goes."""
    called, status = _called(change, pair), change.path[-1]
    data = {"effect": change.how, "request": called, "status": int(status)}
    if change.how == "added":
        return [Judgement("breaking", f"{called} may be answered {status}, as it never was", data)]
    return [Judgement("neutral", f"{called} is no longer answered {status}", data)]


def paged(change: Change, pair: Pair) -> list[Judgement]:
    """How the list of an operation is cut."""
    called = _called(change, pair)
    if change.how == "added":
        return [Judgement("breaking", f"{called} answers in pages ({change.new}); it answered everything at once")]
    if change.how == "removed":
        return [Judgement("breaking", f"{called} answers everything at once; it answered in pages ({change.old})")]
    return [Judgement("breaking", f"{called} answers in pages of the style {change.new}; it was {change.old}")]


def listed(fewer: str, more: str) -> Callable[[Change, Pair], list[Judgement]]:
    """A rule about a plain list of names: one that goes breaks, one that comes adds."""

    def rule(change: Change, pair: Pair) -> list[Judgement]:
        old, new = (side if isinstance(side, list) else [] for side in (change.old, change.new))
        subject = change.owner or change.vendor
        found = [Judgement("breaking", fewer.format(name=n, subject=subject)) for n in old if n not in new]
        found += [Judgement("additive", more.format(name=n, subject=subject)) for n in new if n not in old]
        return found or [Judgement("neutral", "the same in another order")]

    return rule
