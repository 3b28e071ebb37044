"""The rules as a table: for every fact that is no schema, what its coming, going or changing means for a client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.readers.diff import figures, operations
from emulator.readers.diff.change import Change, Judgement, Verdict, written
from emulator.readers.diff.operations import effective, listed
from emulator.readers.diff.pair import Pair, Rule, refused
from emulator.readers.diff.schemas import sourced
from emulator.readers.diff.uses import line
from emulator.wire import Kind

Said = Mapping[str, tuple[Verdict, str]]
"""By `added`, `removed`, `changed`: the verdict and the witness. {0}, {1}… are what the stars of the pattern stood for."""


def said(added: tuple[Verdict, str], removed: tuple[Verdict, str], changed: tuple[Verdict, str]) -> Said:
    return {"added": added, "removed": removed, "changed": changed}


def alike(verdict: Verdict, text: str) -> Said:
    return said((verdict, text), (verdict, text), (verdict, text))


def switch(off: str, on: str) -> Said:
    """Something tolerated: it breaks to take it away."""
    return said(("additive", on), ("breaking", off), ("breaking", off))


def truth(change: Change, pair: Pair) -> list[Judgement]:
    """A switch of which true is the better."""
    better = change.new is True
    name = change.path[-1]
    return [Judgement("additive" if better else "breaking", f"{name} is {'so now' if better else 'so no longer'}")]


def changed(rule: Rule) -> Rule:
    """A rule that needs both sides; where one is missing, what cannot be told is taken to show."""

    def guarded(change: Change, pair: Pair) -> list[Judgement]:
        if change.how == "changed":
            return rule(change, pair)
        return [
            Judgement(
                "breaking",
                f"{'/'.join(map(str, change.path))} is {change.how}: {written(change.old)} -> {written(change.new)}",
            )
        ]

    return guarded


def kind_of_all(change: Change, pair: Pair) -> list[Judgement]:
    """A kind of refusal that vendor.json describes or no longer does: two of them any call may get."""
    kind = str(change.path[1])
    if kind not in (Kind.NOT_FOUND, Kind.METHOD_NOT_ALLOWED):
        return [Judgement("neutral", "operations say themselves whether they refuse so")]
    if change.how == "removed":
        return [Judgement("breaking", f"nothing says how a call is refused as {kind}")]
    return [Judgement("breaking", f"any call may be refused with {refused(change.new['status'], kind)}")]


def alias(change: Change, pair: Pair) -> list[Judgement]:
    """Another way to write the beginning of a path."""
    raw = change.new if change.how == "added" else change.old
    if change.how == "added":
        return [
            Judgement("additive", f"paths may begin with {raw['prefix']} where they begin with {raw['stands_for']}")
        ]
    return [
        Judgement("breaking", f"paths that begin with {raw['prefix']} are not found; it stood for {raw['stands_for']}")
    ]


def case(change: Change, pair: Pair) -> list[Judgement]:
    """Letter case that begins or ceases to count."""
    first = next(iter(pair.old.operations.values()), None)
    called = line(first).replace(first.path, first.path.upper()) if first is not None else "a call"
    what = (
        change.path[1]
        if len(change.path) > 1
        else " and ".join(k for k in ("path", "query") if k in (change.new or change.old))
    )
    if change.how == "added":
        return [Judgement("additive", f"letter case does not count in the {what}: {called} is served")]
    return [Judgement("breaking", f"letter case counts in the {what}: {called} is not served as it was")]


ANNOTATED = alike("neutral", "{last} is for people; nothing is called or answered differently")
NAMED = alike("neutral", "{last} is the emulator's own; nothing is called or answered differently")
HEADERS = said(
    ("additive", "replies bear the header {name}"),
    ("breaking", "replies no longer bear the header {name}"),
    ("breaking", "the header {name} is {new}; it was {old}"),
)
NEEDED_HEADER = said(
    ("breaking", "the header {outer} may be missing"),
    ("additive", "the header {outer} is always there"),
    ("breaking", "the header {outer} may be there or not: required is {new}"),
)
AUTH = effective(
    lambda o: o.auth,
    fewer="{call} with {name} was answered and is refused",
    more="{call} may be made with {name}",
    nothing="no credentials",
)
ACCESS = effective(
    lambda o: o.access,
    fewer="{call} made by {name} was answered and is refused: the role no longer suffices",
    more="{call} may be made by {name}",
    nothing="anybody",
)
COUNTED = effective(
    lambda o: o.limits,
    fewer="{call} no longer counts against {name}",
    more="{call} counts against {name}",
    fewer_is_worse=False,
)
LOOKED_UP = "behaviours look it up ({path}): {old} -> {new}; what it means is theirs, so any change is taken to show"
FORGED = "{header} is made otherwise ({last}: {old} -> {new}): a receiver that checks it takes every event for forged"

RULES: tuple[tuple[str, str, Said | Rule], ...] = (
    # -- any file
    ("*", "**/source", lambda change, pair: [sourced(change)]),
    ("*", "id", alike("neutral", "it is named {new} here, as it was {old}; it is called as before")),
    # -- vendor.json
    ("vendor", "hosts", listed("{subject} is no longer served at {name}", "{subject} is served at {name} as well")),
    ("vendor", "aliases/*", alias),
    ("vendor", "case", case),
    ("vendor", "case/*", case),
    ("vendor", "trailing_slash", switch("a path with / at the end is not found", "a path may have / at the end")),
    ("vendor", "trailing_slash/*", NAMED),
    ("vendor", "media", alike("breaking", "JSON replies bear Content-Type: {new}; it was {old}")),
    ("vendor", "headers/*", HEADERS),
    ("vendor", "headers/*/value", HEADERS),
    ("vendor", "max_body", figures.size),
    ("vendor", "max_body/bytes", figures.size),
    ("vendor", "auth/*", alike("neutral", "operations say themselves by what they are opened")),
    ("vendor", "auth/*/title", ANNOTATED),
    (
        "vendor",
        "auth/*/*",
        said(
            ("additive", "credentials of {0} may be given otherwise, too ({1}: {new})"),
            ("breaking", "credentials of {0} are no longer read there ({1}: {old})"),
            ("breaking", "credentials of {0} are written otherwise ({1}: {old} -> {new})"),
        ),
    ),
    ("vendor", "roles/**", alike("neutral", "operations say themselves who may call them")),
    ("vendor", "limits/*", alike("neutral", "operations say themselves which limits count them")),
    ("vendor", "limits/*/title", ANNOTATED),
    ("vendor", "limits/*/calls/**", changed(figures.calls)),
    ("vendor", "limits/*/per", changed(figures.window)),
    ("vendor", "limits/*/retry_after", truth),
    *(
        (
            "vendor",
            f"limits/*/{header}",
            said(
                ("additive", "counted replies bear {new}"),
                ("breaking", "counted replies no longer bear {old}"),
                ("breaking", "counted replies bear {new}; it was {old}"),
            ),
        )
        for header in ("limit_header", "remaining_header", "reset_header")
    ),
    ("vendor", "limits/*/*", alike("breaking", "{0} counts otherwise: {1} is {new}; it was {old}")),
    ("vendor", "paging/*", alike("neutral", "operations say themselves how they are paged")),
    ("vendor", "paging/*/title", ANNOTATED),
    ("vendor", "paging/*/refusals", operations.refusals),
    (
        "vendor",
        "webhooks/*",
        switch("events are no longer delivered as {0} says", "events may be delivered as {0} says"),
    ),
    ("vendor", "webhooks/*/timeout", changed(figures.patience)),
    ("vendor", "webhooks/*/retry", changed(figures.schedule)),
    (
        "vendor",
        "webhooks/*/order",
        alike(
            "breaking",
            "the order of deliveries is {new}; it was {old}: a later event may or may not overtake a failed one",
        ),
    ),
    ("vendor", "webhooks/*/media", alike("breaking", "events bear Content-Type: {new}; it was {old}")),
    ("vendor", "webhooks/*/headers/*", HEADERS),
    (
        "vendor",
        "webhooks/*/signature",
        said(
            ("additive", "events are signed: {new}"),
            ("breaking", "events are no longer signed: {old}"),
            ("breaking", FORGED),
        ),
    ),
    ("vendor", "webhooks/*/signature/*", alike("breaking", FORGED)),
    (
        "vendor",
        "settings/*",
        switch("the setting {0} is gone: giving it is refused with 422", "there is a setting {0}"),
    ),
    ("vendor", "settings/*/title", ANNOTATED),
    ("vendor", "settings/*/default", changed(figures.preset)),
    ("vendor", "figures/*", alike("neutral", "a behaviour's own number comes or goes: {name}")),
    ("vendor", "figures/*/value", changed(figures.figure)),
    ("vendor", "figures/*/value/**", changed(figures.figure)),
    ("vendor", "tables/*", alike("neutral", "a behaviour's own table comes or goes: {name}")),
    (
        "vendor",
        "tables/*/value/**",
        said(("additive", LOOKED_UP), ("breaking", LOOKED_UP), ("breaking", LOOKED_UP)),
    ),
    ("vendor", "credentials/*", switch("sandboxes no longer hand out {0}", "sandboxes hand out {0}")),
    (
        "vendor",
        "credentials/*/demo",
        alike("breaking", "the demo's {0} is {new}; {old} is unknown: 401 where it is presented"),
    ),
    ("vendor", "credentials/*/*", alike("neutral", "{0} of new sandboxes is drawn otherwise ({1}: {old} -> {new})")),
    ("vendor", "defaults", alike("neutral", "it says what held already")),
    ("vendor", "defaults/auth", AUTH),
    ("vendor", "defaults/access", ACCESS),
    ("vendor", "defaults/limits", COUNTED),
    ("vendor", "defaults/refusals", operations.refusals),
    ("vendor", "refusals/*", kind_of_all),
    # -- parameters, headers and refusals, wherever they stand
    ("*", "**/parameters/*", operations.new_parameter),
    ("*", "**/parameters/*/required", operations.needed),
    ("*", "**/parameters/*/in", operations.placed),
    ("*", "**/parameters/*/style", operations.placed),
    ("*", "**/parameters/*/decode", operations.placed),
    ("*", "**/parameters/*/refusal", operations.broken_body),
    ("*", "**/parameters/*/*", ANNOTATED),
    ("*", "**/headers/*", HEADERS),
    ("*", "**/headers/*/required", NEEDED_HEADER),
    ("*", "**/headers/*/*", ANNOTATED),
    ("operations", "refusals/*", operations.refusals),
    ("*", "refusals/*/status", changed(operations.failing_status)),
    ("*", "refusals/*/kind", NAMED),
    ("*", "refusals/*/media", alike("breaking", "refusals of the kind {0} bear Content-Type: {new}; it was {old}")),
    ("*", "refusals/*/schema", alike("breaking", "the body of a refusal of the kind {0} comes or goes")),
    ("*", "refusals/*/messages", alike("neutral", "wordings come or go")),
    ("*", "refusals/*/messages/*", alike("neutral", "a wording comes or goes: {old} -> {new}")),
    ("*", "refusals/*/messages/*/text", alike("neutral", 'the wording is "{new}"; it was "{old}"')),
    (
        "*",
        "refusals/*/messages/*/code",
        said(
            ("additive", "the refusal {0} has the code {new}"),
            ("breaking", "the refusal {0} no longer has the code {old}"),
            ("breaking", "the refusal {0} has the code {new}; it was {old}"),
        ),
    ),
    # -- operations
    ("*", "", operations.whole),
    ("operations", "method", changed(operations.moved)),
    ("operations", "path", changed(operations.moved)),
    ("operations", "auth", AUTH),
    ("operations", "access", ACCESS),
    ("operations", "limits", COUNTED),
    (
        "operations",
        "body",
        said(
            ("breaking", "a call without a body is refused: one is required"),
            ("breaking", "a body is no longer read"),
            ("breaking", "the body is another"),
        ),
    ),
    ("operations", "body/media", changed(operations.media)),
    ("operations", "body/any_media", truth),
    ("operations", "body/required", operations.needed),
    ("operations", "body/refusal", operations.broken_body),
    ("operations", "replies/*", operations.reply),
    ("operations", "replies/*/media", alike("breaking", "a {0} bears Content-Type: {new}; it was {old}")),
    ("operations", "replies/*/schema", alike("breaking", "the body of a {0} comes or goes")),
    (
        "operations",
        "replies/*/wrapped",
        alike("breaking", "what stands round the payload of a {0} comes or goes: wrapped is {new}"),
    ),
    ("operations", "paging", operations.paged),
    ("*", "emits", listed("{subject} no longer sends the event {name}", "{subject} sends the event {name} as well")),
    ("operations", "creates", NAMED),
    ("operations", "deletes", NAMED),
    ("operations", "behaviour", NAMED),
    ("operations", "act", NAMED),
    # -- events and stimuli
    ("events", "webhook", alike("breaking", "it is delivered as {new} says; it was {old}")),
    ("stimuli", "reply/schema", alike("breaking", "what the stimulus answers comes or goes")),
    ("stimuli", "reply", alike("breaking", "what the stimulus answers comes or goes")),
    ("stimuli", "hidden", alike("breaking", "whether it is offered changes: hidden is {new}")),
    # -- the rest
    ("vendor", "paging/*/**", figures.option),
    ("schemas", "$defs/*", alike("neutral", "a shared definition comes or goes; it is judged where it is used")),
    ("*", "**/title", ANNOTATED),
    ("*", "**/description", ANNOTATED),
    ("*", "**/example", ANNOTATED),
    ("vendor", "version", ANNOTATED),
    ("vendor", "documents/**", ANNOTATED),
    ("*", "**", alike("breaking", "{path}: {old} -> {new}; no rule knows this fact, so it is taken to show")),
)


def judge(change: Change, pair: Pair) -> list[Judgement]:
    """What the first rule that fits says of a change."""
    for kind, pattern, rule in RULES:
        if kind in ("*", change.kind):
            stars = fits(tuple(filter(None, pattern.split("/"))), change.path)
            if stars is not None:
                return rule(change, pair) if callable(rule) else [_filled(rule[change.how], change, pair, stars)]
    raise AssertionError("the last rule fits everything")


def fits(pattern: tuple[str, ...], path: tuple[Any, ...]) -> list[str] | None:
    """What the single stars of a pattern stand for in a path, or None if it does not fit; `**` stands for any number of steps."""
    if not pattern:
        return None if path else []
    if pattern[0] == "**":
        for skipped in range(len(path) + 1):
            if (found := fits(pattern[1:], path[skipped:])) is not None:
                return found
        return None
    if not path or pattern[0] not in ("*", str(path[0])):
        return None
    rest = fits(pattern[1:], path[1:])
    return rest if rest is None or pattern[0] != "*" else [str(path[0]), *rest]


def _filled(row: tuple[Verdict, str], change: Change, pair: Pair, stars: list[str]) -> Judgement:
    verdict, text = row
    last = str(change.path[-1]) if change.path else ""
    outer = str(change.path[-2]) if len(change.path) > 1 else ""
    gaps = {
        "last": last,
        "outer": outer,
        "name": outer if last == "value" else last,
        "path": "/".join(map(str, change.path)),
        "old": change.old if isinstance(change.old, str) else written(change.old),
        "new": change.new if isinstance(change.new, str) else written(change.new),
    }
    if "{header}" in text:
        signature = pair.old.webhooks[str(change.path[1])].signature
        gaps["header"] = signature.header if signature is not None else "the signature"
    return Judgement(verdict, text.format(*stars, **gaps))
