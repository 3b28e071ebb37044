"""Changes of schemas, judged by witnesses: what clients may send, and what they may be sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from emulator.contract.vocabulary import ANNOTATIONS, NAMED_SUBSCHEMAS, SUBSCHEMAS
from emulator.readers.diff.change import ABSENT, WORST, Change, Judged, Judgement, Verdict, written
from emulator.readers.diff.pair import Pair
from emulator.readers.diff.uses import Sides, Use, as_text
from emulator.readers.diff.witness import Found, Hunt, Witness, witnesses
from emulator.wire import Violation

MOST_USES = 12  # whose witnesses are looked for; one is enough, and a shared definition may have a hundred
HUNTED = 2  # in which instances are drawn
NO_WITNESS = "no difference found"


def judged(change: Change, pair: Pair, hunt: Hunt | None) -> Judged:
    """What a change within a schema means, in both directions of its use."""
    alone = pair.alone(change)
    used = pair.used(change, alone)
    touches = tuple(dict.fromkeys(sides.old.subject for sides in used))
    word = keyword(change)
    if word in ANNOTATIONS:
        return Judged(change, (_annotated(change, word, used),), touches)
    judgements: list[Judgement] = []
    tried = 0
    for sent in ("request", "reply"):
        here = [sides for sides in used if sides.sent == sent]
        if here:
            sides, found, count = _searched(here, hunt)
            tried += count
            judgements += _told(sides, found)
    if not judgements:
        judgements = [_nothing_found(used, tried, hunt)]
    judgements.sort(key=lambda judgement: WORST.index(judgement.verdict))
    return Judged(change, tuple(judgements), touches, tried)


def keyword(change: Change) -> str:
    """The keyword that changed; empty where it is a schema, a member of one or a definition as a whole."""
    word = ""
    steps = iter(change.path[change.schema :])
    for step in steps:
        if step in NAMED_SUBSCHEMAS or step in SUBSCHEMAS:
            last = next(steps, None)
            if last is None:
                return str(step)
            word = ""
        else:
            word = str(step)
    return word


def _searched(used: list[Sides], hunt: Hunt | None) -> tuple[Sides, Found, int]:
    """The first use that has a witness: by the change's own values in many uses, then by drawing in a few."""
    best, tried = (used[0], Found()), 0
    for sides in used[:MOST_USES]:
        found = witnesses(sides, None)
        tried += found.tried
        if found.lost or found.gained:
            best = sides, found
            break
    if hunt is not None and not best[1].of(best[0].decisive):
        for sides in [best[0]] if best[1].lost or best[1].gained else used[:HUNTED]:
            found = witnesses(sides, hunt)
            tried += found.tried
            if found.lost or found.gained:
                best = sides, found
                break
    return *best, tried


def _nothing_found(used: list[Sides], tried: int, hunt: Hunt | None) -> Judgement:
    if not used:
        return Judgement("neutral", "nothing that is sent or answered uses it")
    how = "" if hunt is not None else ", made from the change itself: none were drawn"
    return Judgement("neutral", f"{NO_WITNESS} in {tried:,} instances{how}")


def _told(sides: Sides, found: Found) -> Iterator[Judgement]:
    old, new = sides.old, sides.alone
    for witness in found.lost:
        why = witness.why_not(new, witness.spot.new)
        if old.sent == "request":
            yield _refused_now(old, new, witness.value, why)
        else:
            yield _said_no_more(old, witness, why)
    for witness in found.gained:
        why = witness.why_not(old, witness.spot.old)
        yield (_accepted_now if old.sent == "request" else _said_now)(old, new, witness.value, why)


def _data(use: Use, effect: str, value: Any) -> Mapping[str, Any]:
    return {"effect": effect, **use.show(value)}


def _refused_now(old: Use, new: Use, value: Any, why: list[Violation]) -> Judgement:
    status = f" with {new.status}" if new.status else ""
    says = f"{_call(old, value, why)} was accepted and is refused{status}: {reason(why)}"
    return Judgement("breaking", says, _data(old, "refused now", value))


def _accepted_now(old: Use, new: Use, value: Any, why: list[Violation]) -> Judgement:
    says = f"{_call(old, value, why)} was refused ({reason(why)}) and is accepted"
    return Judgement("additive", says, _data(new, "accepted now", value))


def _said_now(old: Use, new: Use, value: Any, why: list[Violation]) -> Judgement:
    only_more = bool(why) and all(violation.keyword == "additionalProperties" for violation in why)
    verdict: Verdict = "additive" if only_more else "breaking"
    told = "a member that it did not have" if only_more else "as it never was"
    return Judgement(verdict, f"{_answer(new, value)} {_parts(why)}, {told}", _data(new, "answered now", value))


def _said_no_more(old: Use, witness: Witness, why: list[Violation]) -> Judgement:
    """Fewer replies than before surprise nobody, unless a member that was listed has gone for good."""
    spot = witness.spot
    listed = [side.get("properties", {}) if isinstance(side, dict) else {} for side in (spot.old, spot.new)]
    gone = {name for name in listed[0] if name not in listed[1]}
    rules = {violation.keyword for violation in why}
    taken = rules == {"additionalProperties"} and any(violation.at[-1] in gone for violation in why)
    verdict: Verdict = "breaking" if taken else "additive" if rules == {"required"} else "neutral"
    told = _answer(old, witness.value).replace(" may be ", " is no longer ", 1)
    return Judgement(verdict, f"{told} {_parts(why)}", _data(old, "no longer answered", witness.value))


def _call(use: Use, value: Any, why: list[Violation]) -> str:
    shown = use.show(value)
    if "headers" in shown:
        return f"{shown['request']} with {', '.join(f'{name}: {text}' for name, text in shown['headers'].items())}"
    if "body" not in shown:
        return str(shown["request"])
    place = f"with {_part(why[0])} " if why and why[0].at else ""
    return f"{shown['request']} {place or written(shown['body'])}".rstrip()


def _answer(use: Use, value: Any) -> str:
    shown = use.show(value)
    if "event" in shown:
        return f"the event {shown['event']} may be sent"
    called = f"{shown['request']} may be answered {shown['status']}"
    return f"{called} with the header {next(iter(shown['headers']))}" if "headers" in shown else called


def _parts(why: list[Violation]) -> str:
    return "with " + " and ".join(map(_part, why[:2])) if why else ""


def _part(violation: Violation) -> str:
    place = violation.place or "the whole"
    if violation.keyword == "required":
        return f"no {place}"
    value = violation.value
    if isinstance(value, str) and len(value) > 60:
        return f"{place} of {len(value)} characters"
    if isinstance(value, list) and violation.keyword in ("minItems", "maxItems"):
        return f"{place} of {len(value)} items"
    return f"{place} = {written(value, 60)}"


def reason(why: list[Violation]) -> str:
    """Why a value is refused, in a line: the first rule that it breaks."""
    if not why:
        return "it breaks the schema"
    violation = why[0]
    place = f"{violation.place}: " if violation.place else ""
    if violation.keyword == "required":
        return f'"{violation.expected}" is required'
    if violation.keyword == "type":
        kinds = violation.expected if isinstance(violation.expected, list) else [violation.expected]
        return f"{place}{written(violation.value, 60)} is no {' or '.join(map(str, kinds))}"
    if len(str(violation.said)) > 100:
        return f"{place}breaks {violation.keyword} {written(violation.expected, 60)}"
    return f"{place}{violation.said}"


def _annotated(change: Change, word: str, used: list[Sides]) -> Judgement:
    if word == "x-source":
        return sourced(change)
    sent = [sides for sides in used if sides.sent == "request" and sides.old.key[0] != "setting"]
    if word == "default" and sent:
        return _defaulted(change, sent[0].old, sent[0].alone)
    return Judgement("neutral", f"{word} annotates; nothing is sent or answered differently")


def _defaulted(change: Change, old: Use, new: Use) -> Judgement:
    if old.parameter is not None and new.parameter is not None:
        name, was, now = old.parameter.name, old.parameter, new.parameter
        before = as_text(was.default) if was.has_default else "nothing"
        after = as_text(now.default) if now.has_default else "nothing"
        called = str(old.show("")["request"]).partition("?")[0]
        return Judgement(
            "breaking",
            f"{called} without {name} meant {before} and means {after}",
            {"effect": "another default", "request": called, "was": written(change.old), "is": written(change.new)},
        )
    name = next((str(step) for step in reversed(change.path[:-1]) if step not in NAMED_SUBSCHEMAS), "it")
    called = str(old.show({})["request"])
    before, after = ("nothing" if side is ABSENT else written(side) for side in (change.old, change.new))
    says = f"{called} without {name} meant {before} and means {after}"
    return Judgement("breaking", says, {"effect": "another default", "request": called})


def sourced(change: Change) -> Judgement:
    """A source that is told otherwise: the basis is shown."""
    was, now = (
        side.get("basis", "unsaid") if isinstance(side, dict) else "unsaid" for side in (change.old, change.new)
    )
    says = f"{was} -> {now}" if was != now else f"{now} still; the source is told otherwise"
    return Judgement("neutral", says)
