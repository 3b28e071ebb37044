"""One change of one fact, and what is judged of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from emulator.contract.files import pointer
from emulator.wire import NOTHING

Verdict = Literal["breaking", "additive", "neutral"]
Step = Literal["major", "minor", "patch", "none"]
Place = tuple[str | int, ...]

STEPS: Mapping[str, Step] = {"breaking": "major", "additive": "minor", "neutral": "patch"}
WORST: tuple[Verdict, ...] = ("breaking", "additive", "neutral")
LONGEST = 90


class _Absent:
    """What stands where nothing does; not null, which is a JSON value."""

    def __repr__(self) -> str:
        return "(absent)"


ABSENT: Any = _Absent()


@dataclass(frozen=True)
class Change:
    """A fact that differs. `path` is its place with names for numbers (`parameters`, `max`, `required`), as the rules read it;
    `old_at` and `new_at` are the JSON pointers' steps in the two files, `schema` where within the path a schema begins (-1: none does).
    """

    vendor: str
    kind: Literal["vendor", "operations", "schemas", "events", "stimuli"]
    file: str
    path: Place
    old_at: Place
    new_at: Place
    old: Any
    new: Any
    schema: int = -1
    new_file: str = ""

    @property
    def place(self) -> str:
        """File and pointer where it stands: in the new contract, or in the old one if it is gone."""
        gone = self.new is ABSENT
        file = self.file if gone else self.new_file or self.file
        return f"{self.vendor}/{file}#{pointer(*(self.old_at if gone else self.new_at))}"

    @property
    def how(self) -> str:
        """`added`, `removed` or `changed`."""
        return "added" if self.old is ABSENT else "removed" if self.new is ABSENT else "changed"

    @property
    def owner(self) -> str:
        """The id of the operation or stimulus, or the event's name, whose file it stands in; empty for what many share."""
        if self.kind in ("vendor", "schemas"):
            return ""
        bare = (self.file if self.old is not ABSENT or not self.new_file else self.new_file).removesuffix(".json")
        return bare.removeprefix("events/") if self.kind == "events" else f"{self.vendor}.{bare.replace('/', '.')}"


@dataclass(frozen=True)
class Judgement:
    """What a change means in one direction: the verdict, the witness in words, and as data where it is a call or a reply."""

    verdict: Verdict
    says: str
    witness: Mapping[str, Any] = NOTHING


@dataclass(frozen=True)
class Judged:
    """A change with all that was found of it, the worst first. `touches` are the operations and events that it reaches;
    `tried` counts the instances that both contracts were asked about.
    """

    change: Change
    judgements: tuple[Judgement, ...]
    touches: tuple[str, ...] = ()
    tried: int = 0
    facts: Mapping[str, Any] = field(default_factory=lambda: NOTHING)

    @property
    def verdict(self) -> Verdict:
        return self.judgements[0].verdict

    @property
    def step(self) -> Step:
        return STEPS[self.verdict]


def worst(verdicts: list[Verdict]) -> Verdict | None:
    """The worst of some verdicts, or None of none."""
    return next((verdict for verdict in WORST if verdict in verdicts), None)


def same(old: Any, new: Any) -> bool:
    """Whether two JSON values are written alike: 1, 1.0 and true are not."""
    if old is ABSENT or new is ABSENT:
        return old is new
    return orjson.dumps(old, option=orjson.OPT_SORT_KEYS) == orjson.dumps(new, option=orjson.OPT_SORT_KEYS)


def written(value: Any, longest: int = LONGEST) -> str:
    """A value as JSON in one line, cut where it is long."""
    if value is ABSENT:
        return "(absent)"
    if isinstance(value, str) and len(value) > longest and len(set(value)) == 1:
        return f'"{value[0]}" {len(value)} times'
    text = orjson.dumps(value, default=repr).decode()
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
