"""Limits, lifetimes and other numbers: which way is worse for a client, and the call or the moment that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.contract.duration import seconds
from emulator.readers.diff.change import ABSENT, Change, Judgement, Verdict, written
from emulator.readers.diff.pair import Pair
from emulator.readers.words import duration

LEAST = frozenset({"delay", "throttle", "wait", "low", "min", "minimum", "least", "begin"})
"""Words in the name of a number of which more is worse; of any other, less is."""
SHAPES = frozenset({"length", "letters"})
"""Words in the name of a number that says what values look like: any change shows."""
RESULTS = ("is refused", "is answered")


def calls(change: Change, pair: Pair) -> list[Judgement]:
    """How many calls a limit allows, or one of the figures that it is picked from."""
    name = str(change.path[1])
    part = pair.old.limits[name]
    if not _number(change.old) or not _number(change.new):
        return [Judgement("breaking", f"how many calls {name} allows is found otherwise: {_both(change)}")]
    where = f" where {change.path[-1]} is set" if "values" in change.path else ""
    if change.path[-1] == "times":
        return [_more(change, f"{change.new:g} times as many calls as the setting says; it was {change.old:g} times")]
    return [counted(part.options, change.old, change.new, where)]


def counted(options: Mapping[str, Any], old: Any, new: Any, where: str = "") -> Judgement:
    """The first call that fares otherwise when a limit's number changes; null and 0 stand for no limit."""
    within = f"in {duration(seconds(options['per']))}" if "per" in options else "at one time"
    least = min(v for v in (old, new) if v)
    tighter = bool(new) and (not old or new < old)
    call = f"the {ordinal(int(least) + 1)} call {within} {RESULTS[not tighter]}{where}"
    other = old if tighter else new
    was = f"it was the {ordinal(int(other) + 1)}" if tighter else "it was refused"
    if not other:
        was = "there was no limit" if tighter else "it was refused; there is no limit now"
    elif not tighter:
        was += f"; the {ordinal(int(other) + 1)} is now"
    data = {"effect": RESULTS[not tighter], "call": int(least) + 1, "within": within}
    return Judgement("breaking" if tighter else "additive", f"{call}; {was}", data)


def window(change: Change, pair: Pair) -> list[Judgement]:
    """How long the stretch is that a limit counts calls in."""
    was, now = seconds(change.old), seconds(change.new)
    longer = now > was
    says = f"what is used up comes back after {duration(now)}; it was {duration(was)}"
    return [Judgement("breaking" if longer else "additive", says, {"effect": "window", "was": was, "is": now})]


def ordinal(number: int) -> str:
    """1001 -> `1,001st`."""
    tail = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 not in (11, 12, 13) else 0, "th")
    return f"{number:,}{tail}"


def figure(change: Change, pair: Pair) -> list[Judgement]:
    """A number or a duration that behaviours use; its name tells whether more or less of it is worse."""
    name = str(change.path[1])
    return [_valued(name, change)]


def option(change: Change, pair: Pair) -> list[Judgement]:
    """An option of a part: a duration is judged as one; of anything else any change shows."""
    name = f"{change.path[1]}'s {change.path[-1]}"
    if isinstance(_value(change.old), float) and isinstance(_value(change.new), float):
        return [_valued(name, change)]
    return [Judgement("breaking", f"{name}: {_both(change)}")]


def _valued(name: str, change: Change) -> Judgement:
    old, new = _value(change.old), _value(change.new)
    if not _number(old) or not _number(new):
        return Judgement("breaking", f"{name}: {_both(change)}")
    says = f"{name} is {_spelled(change.new)}; it was {_spelled(change.old)}"
    words = {*name.replace("'s ", "_").split("_")}
    if words & SHAPES:
        return Judgement("breaking", f"{says}: values look otherwise")
    worse = new > old if words & LEAST else new < old
    return Judgement("breaking" if worse else "additive", says, {"effect": name, "was": old, "is": new})


def size(change: Change, pair: Pair) -> list[Judgement]:
    """The largest body that is taken."""
    old, new = (side["bytes"] if isinstance(side, dict) else side for side in (change.old, change.new))
    if ABSENT in (old, new):
        verdict: Verdict = "breaking" if old is ABSENT else "additive"
        bound = new if old is ABSENT else old
        says = (
            f"a body of {bound + 1:,} bytes is {'refused; it was taken' if old is ABSENT else 'taken; it was refused'}"
        )
        return [Judgement(verdict, says, {"effect": "body size", "bytes": bound + 1})]
    least = min(old, new) + 1
    says = f"a body of {least:,} bytes is {'refused; it was taken' if new < old else 'taken; it was refused'}"
    return [Judgement("breaking" if new < old else "additive", says, {"effect": "body size", "bytes": least})]


def schedule(change: Change, pair: Pair) -> list[Judgement]:
    """When a webhook that failed is sent again."""
    old, new = ([seconds(delay) for delay in side] for side in (change.old, change.new))
    was, now = sum(old), sum(new)
    data = {"effect": "redelivery", "was": old, "is": new}
    if now < was:
        says = (
            f"a receiver that is away for longer than {duration(now)} loses events ({1 + len(new)} attempts); "
            f"it had {duration(was)} ({1 + len(old)} attempts)"
        )
        return [Judgement("breaking", says, data)]
    if now > was:
        says = f"events are kept for a receiver that is away for up to {duration(now)}; it was {duration(was)}"
        return [Judgement("additive", says, data)]
    return [
        Judgement(
            "neutral", f"the last attempt is after {duration(now)} still; those before it are at other times", data
        )
    ]


def patience(change: Change, pair: Pair) -> list[Judgement]:
    """How long a receiver may take to answer."""
    was, now = seconds(change.old), seconds(change.new)
    says = f"a receiver that takes longer than {duration(now)} to answer has failed; it was {duration(was)}"
    return [Judgement("breaking" if now < was else "additive", says, {"effect": "timeout", "was": was, "is": now})]


def preset(change: Change, pair: Pair) -> list[Judgement]:
    """A setting's default: what it does to the limits that depend on it, else a different behaviour where nobody sets it."""
    name = str(change.path[1])
    before = {key: setting.default for key, setting in pair.old.settings.items()}
    found = []
    for part in pair.old.limits.values():
        old = resolved(part.options.get("calls"), before)
        new = resolved(part.options.get("calls"), {**before, name: change.new})
        if old != new and (_number(old) or old is None) and (_number(new) or new is None):
            found.append(counted(part.options, old, new))
    says = f"where nobody sets {name}, it is {written(change.new)}; it was {written(change.old)}"
    return found or [Judgement("breaking", says, {"effect": "another default", "setting": name})]


def resolved(raw: Any, settings: Mapping[str, Any]) -> Any:
    """A figure under some settings."""
    if not isinstance(raw, Mapping):
        return raw
    value = settings.get(raw["setting"])
    if "values" in raw:
        value = resolved(raw["values"].get(value), settings)
    return value * raw["times"] if "times" in raw and _number(value) else value


def _more(change: Change, says: str) -> Judgement:
    return Judgement("breaking" if change.new < change.old else "additive", says)


def _value(raw: Any) -> Any:
    """A number; a duration as its seconds, a float."""
    if isinstance(raw, str):
        try:
            return seconds(raw)
        except ValueError:
            return raw
    return raw


def _spelled(raw: Any) -> str:
    value = _value(raw)
    return duration(value) if isinstance(raw, str) else f"{value:,}"


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _both(change: Change) -> str:
    return f"{written(change.old)} -> {written(change.new)}"
