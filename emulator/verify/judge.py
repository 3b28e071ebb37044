"""Where a reply parts from the contract: its status, its media type, its headers, its body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson

from emulator.contract.model import Contract, Header, Operation, Promise, RefusalPromise, Source
from emulator.contract.schema import Schema
from emulator.verify.line import Seen
from emulator.verify.stamps import unlikely
from emulator.wire import Call, Kind, Violation
from emulator.world.journal import HIDDEN, secret, shown_body

MOST_VIOLATIONS = 5
SHORT = 120


@dataclass(frozen=True, slots=True)
class Probe:
    """A call and what it is for. `wanted` are the outcomes that will do (`200`, `missing`); none named, any that is promised will."""

    about: str
    call: Call
    operation: Operation | None = None
    wanted: frozenset[str] = frozenset()
    scheme: str = ""
    """Whose credential the call bears; empty for none that the server could know."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One departure of a reply: what the contract says, where and on what ground, and what was sent instead."""

    said: str
    place: str
    source: Source
    sent: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reply came to: the promised outcome it is nearest to (empty if none), its body, and its departures."""

    outcome: str
    seen: Seen
    value: Any = None
    findings: tuple[Finding, ...] = ()

    def but(self, *findings: Finding) -> Verdict:
        """The same with other departures."""
        return Verdict(self.outcome, self.seen, self.value, findings)


@dataclass
class Judge:
    """Holds replies against one contract. `settings` are those that the account is known to have."""

    contract: Contract
    settings: Mapping[str, Any] = field(default_factory=dict)

    def verdict(self, probe: Probe, seen: Seen) -> Verdict:
        """What the reply to a probe came to."""
        promised = self.promised(probe.operation)
        fitting = {name: promise for name, promise in promised.items() if promise.status == seen.status}
        body = _Body.of(seen)
        if not fitting:
            due = {name: promised[name] for name in promised if not probe.wanted or name in probe.wanted}
            return Verdict("", seen, body.value, (self._status(probe.operation, due, seen, body),))
        due = {name: promise for name, promise in fitting.items() if not probe.wanted or name in probe.wanted}
        if not due:
            wanted = {name: promised[name] for name in promised if name in probe.wanted}
            return Verdict(next(iter(fitting)), seen, body.value, (self._status(probe.operation, wanted, seen, body),))
        judged = {name: list(self._held(probe, promise, seen, body)) for name, promise in due.items()}
        best = min(judged, key=lambda name: len(judged[name]))
        return Verdict(best, seen, body.value, tuple(judged[best]))

    def promised(self, operation: Operation | None) -> dict[str, Promise | RefusalPromise]:
        """Every outcome by its name; of no operation, the refusals that belong to none."""
        if operation is None:
            return {kind.value: promise for kind, promise in self.contract.refusals.items()}
        replies: dict[str, Promise | RefusalPromise] = {str(s): promise for s, promise in operation.replies.items()}
        return replies | {kind.value: promise for kind, promise in operation.refusals.items()}

    def _status(
        self, operation: Operation | None, due: Mapping[str, Promise | RefusalPromise], seen: Seen, body: _Body
    ) -> Finding:
        said = " or ".join(dict.fromkeys(_named(name, promise) for name, promise in due.items())) or "no such call"
        promise = next(iter(due.values()), None)
        sent = f"{seen.status}, {body.shown}" if body.shown else str(seen.status)
        return Finding(f"the status is {said}", self.place(operation, promise), self.source(operation, promise), sent)

    def _held(self, probe: Probe, promise: Promise | RefusalPromise, seen: Seen, body: _Body) -> Iterator[Finding]:
        operation = probe.operation
        place, source = self.place(operation, promise), self.source(operation, promise)
        schema = promise.whole if isinstance(promise, Promise) else promise.schema
        if schema is None:
            empty = isinstance(promise, RefusalPromise) or not promise.media
            if empty and seen.body:
                yield Finding(f"{seen.status} has no body", place, source, body.shown)
        else:
            yield from self._media(promise, seen, place, source)
            yield from _body(schema, body, place, source)
        for name, header in promise.headers.items():
            yield from _header(name, header, seen, f"{place}/headers/{name}", header.source or source)
        yield from _location(promise, seen, body, place, source)
        for name, value in self.contract.headers.items():
            if seen.headers.get(name.lower()) != value:
                sent = _sent_header(name, seen)
                yield Finding(f"{name}: {value}", f"{self._head}#/headers/{name}", self._header_source(name), sent)
        yield from self._stamps(probe, promise, seen)

    def _stamps(self, probe: Probe, promise: Promise | RefusalPromise, seen: Seen) -> Iterator[Finding]:
        """The headers by which limits tell how they stand, for a call that is counted."""
        if isinstance(promise, RefusalPromise) and promise.kind is Kind.UNAUTHENTICATED:
            return
        names = probe.operation.limits if probe.operation is not None else self.contract.default_limits
        for part in (self.contract.limits[name] for name in names):
            if probe.scheme or part.options.get("counted_by", "principal") != "principal":
                for option, header, said in unlikely(self.contract, part, self.settings, seen.headers):
                    place = f"{part.pointer}/{option}"
                    yield Finding(f"{header} is sent, {said}", place, part.source, _sent_header(header, seen))

    def _media(self, promise: Promise | RefusalPromise, seen: Seen, place: str, source: Source) -> Iterator[Finding]:
        said, sent = promise.media or self.contract.media, seen.headers.get("content-type", "")
        if _media(said) != _media(sent):
            yield Finding(f"Content-Type: {said}", place, source, _sent_header("Content-Type", seen))

    def place(self, operation: Operation | None, promise: Promise | RefusalPromise | None) -> str:
        """File and pointer of what is promised."""
        if isinstance(promise, Promise) and operation is not None:
            return f"{operation.file}#/replies/{promise.status}"
        if isinstance(promise, RefusalPromise):
            own = operation is not None and promise is not self.contract.refusals.get(promise.kind)
            return f"{operation.file}#/refusals" if own and operation else f"{self._head}#/refusals/{promise.kind}"
        return f"{operation.file}#" if operation is not None else f"{self._head}#"

    def source(self, operation: Operation | None, promise: Promise | RefusalPromise | None) -> Source:
        """Where what is promised comes from."""
        own = promise.source if promise is not None else None
        return own or (operation.source if operation is not None else self.contract.source)

    @property
    def _head(self) -> str:
        return f"{self.contract.vendor}/vendor.json"

    def _header_source(self, name: str) -> Source:
        return Source(**self.contract.raw["vendor.json"]["headers"][name]["source"])


@dataclass(frozen=True, slots=True)
class _Body:
    """A body as JSON where it is, as text for people, and as bytes."""

    value: Any
    is_json: bool
    shown: str

    @classmethod
    def of(cls, seen: Seen) -> _Body:
        if not seen.body:
            return cls(None, False, "")
        try:
            return cls(orjson.loads(seen.body), True, told(seen.body))
        except orjson.JSONDecodeError:
            return cls(None, False, told(seen.body[: 4 * SHORT]))


def _body(schema: Schema, body: _Body, place: str, source: Source) -> Iterator[Finding]:
    if not body.is_json:
        said = "the body is JSON of the contract's schema"
        if not schema.valid(""):  # a text of another media type is judged by its media type alone
            yield Finding(said, place, source, body.shown or "no body")
        return
    for violation in schema.explain(body.value)[:MOST_VIOLATIONS]:
        at = violation.place or "the body"
        hidden = secret(violation.place)
        sent = "nothing" if violation.keyword == "required" else HIDDEN if hidden else shown(violation.value)
        yield Finding(
            f"{at}: {_rule(violation)}", violation.pointer, nearest(schema, violation) or source, f"{at}: {sent}"
        )


def _rule(violation: Violation) -> str:
    """The rule in a few words."""
    if violation.keyword == "required":
        return "is required"
    if violation.keyword == "additionalProperties":
        return "there is no such member"
    return f"{violation.keyword} {shown(violation.expected)}"


def nearest(schema: Schema, violation: Violation) -> Source | None:
    """The source that stands nearest to the rule that was broken, on the way to it."""
    found: Source | None = None
    rule: Any = schema.raw
    for step in violation.pointer.removeprefix(schema.pointer).split("/")[1:]:
        if isinstance(rule, dict) and step == "$ref":
            rule = schema.definitions.get(rule["$ref"].removeprefix("#/$defs/"))
        elif isinstance(rule, dict):
            rule = rule.get(step.replace("~1", "/").replace("~0", "~"))
        elif isinstance(rule, list) and step.isdigit() and int(step) < len(rule):
            rule = rule[int(step)]
        if isinstance(rule, dict) and isinstance(stated := rule.get("x-source"), dict):
            found = Source(**stated)
    return found


def _header(name: str, header: Header, seen: Seen, place: str, source: Source) -> Iterator[Finding]:
    value = seen.headers.get(name.lower())
    if value is None:
        if header.required:
            yield Finding(f"{name} is sent", place, source, _sent_header(name, seen))
        return
    kind = header.schema.raw.get("type") if isinstance(header.schema.raw, dict) else None
    typed = int(value) if kind == "integer" and value.lstrip("-").isdigit() else value
    for violation in header.schema.explain(typed):
        yield Finding(f"{name}: {_rule(violation)}", violation.pointer, source, _sent_header(name, seen))


def _location(
    promise: Promise | RefusalPromise, seen: Seen, body: _Body, place: str, source: Source
) -> Iterator[Finding]:
    """A Location is an address; where a thing is answered that has an id, it is that thing's."""
    sent = seen.headers.get("location")
    if sent is None or "Location" not in promise.headers:
        return
    path = urlsplit(sent).path
    ident = body.value.get("id") if isinstance(body.value, dict) else None
    if not path or (ident is not None and unquote(path.rpartition("/")[2]) != str(ident)):
        said = "Location says where the new thing is" + (f": its path ends in {ident}" if ident is not None else "")
        yield Finding(
            said,
            f"{place}/headers/Location",
            promise.headers["Location"].source or source,
            _sent_header("Location", seen),
        )


def _media(text: str) -> tuple[str, ...]:
    """A media type so that those can be compared that mean the same."""
    first, *rest = (part.strip().lower().replace('"', "") for part in text.split(";"))
    return first, *sorted(rest)


def _named(name: str, promise: Promise | RefusalPromise) -> str:
    return str(promise.status) if isinstance(promise, Promise) else f"{promise.status} ({name})"


def _sent_header(name: str, seen: Seen) -> str:
    value = seen.headers.get(name.lower())
    return f"no {name}" if value is None else f"{name}: {HIDDEN if secret(name) else shortened(value)}"


def shown(value: Any) -> str:
    """A value as short JSON, without what stands under the names of secrets."""
    try:
        return told(orjson.dumps(value))
    except TypeError:
        return shortened(str(value))


def told(body: bytes) -> str:
    """A body in short, without what stands under the names of secrets."""
    value = shown_body(body)
    return shortened(value if isinstance(value, str) and body[:1] != b'"' else orjson.dumps(value).decode())


def shortened(text: str) -> str:
    """The text, or its beginning."""
    text = " ".join(text.split())
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"
