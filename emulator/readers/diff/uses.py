"""Where a contract uses its schemas: what clients send, and what they are sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from emulator.contract.model import Contract, Event, Header, Operation, Parameter
from emulator.contract.read import typed
from emulator.contract.schema import Schema
from emulator.contract.vocabulary import subschemas
from emulator.readers.sample import sample
from emulator.wire import NOTHING

Key = tuple[str, ...]
MISSING: Any = object()


@dataclass(frozen=True)
class Use:
    """One schema where it is used. `sent` is by the client; `subject` is the operation, stimulus, event or setting.

    `show` puts a value where it is used, as data: the call or the reply that bears it. `status` is of the refusal that a call gets.
    """

    key: Key
    sent: Literal["request", "reply"]
    subject: str
    schema: Schema
    show: Callable[[Any], Mapping[str, Any]]
    example: Any = MISSING
    status: int = 0
    parameter: Parameter | None = None

    def accepts(self, value: Any) -> bool:
        """Whether the contract allows the value here; a parameter is read from its text first, as calls are."""
        parameter = self.parameter
        if parameter is not None and "array" not in parameter.types and not isinstance(value, list | dict):
            text = as_text(value)
            value = typed(parameter.spellings.get(text.lower(), text), parameter.types)
        return bool(self.schema.valid(value))

    def sendable(self, value: Any) -> bool:
        """Whether a value can be written where this one stands."""
        if self.parameter is None:
            return True
        scalar = not isinstance(value, list | dict) and value is not None
        return scalar or (
            isinstance(value, list) and bool(value) and not any(isinstance(v, list | dict) for v in value)
        )

    def why_not(self, value: Any) -> list[Any]:
        """Every rule that the value breaks, as violations."""
        if self.parameter is not None and not isinstance(value, list | dict):
            value = typed(as_text(value), self.parameter.types)
        return self.schema.explain(value)


@dataclass(frozen=True)
class Sides:
    """One use before, with a single change made, and after all changes.

    A change shows where the first two differ, and the last agrees with the second: what another change makes good is no difference.
    """

    old: Use
    alone: Use
    new: Use

    @property
    def sent(self) -> Literal["request", "reply"]:
        return self.old.sent

    @property
    def decisive(self) -> Literal["lost", "gained"]:
        """The witness that makes a change breaking: a call that is accepted no longer, or a reply that never was."""
        return "lost" if self.sent == "request" else "gained"

    def shown(self, value: Any) -> Literal["lost", "gained", ""]:
        """Whether a value was allowed and is not (`lost`), or the other way round; empty where it shows nothing."""
        if value is MISSING or not self.old.sendable(value):
            return ""
        before, then = self.old.accepts(value), self.alone.accepts(value)
        if before == then or self.new.accepts(value) != then:
            return ""
        return "lost" if before else "gained"


def uses(contract: Contract) -> dict[Key, Use]:
    """Every use of every schema of a contract, by a key that the same use has in another contract of the vendor."""
    found: list[Use] = []
    for operation in contract.operations.values():
        found += [*_requests(contract, operation), *_replies(operation)]
    for stimulus in contract.stimuli.values():
        found += [*_requests(contract, stimulus), *_replies(stimulus)]
    found += [_event(event) for event in contract.events.values()]
    for setting in contract.settings.values():
        show = _setting_shown(contract.vendor, setting.name)
        found.append(
            Use(
                ("setting", setting.name),
                "request",
                f"setting {setting.name}",
                setting.schema,
                show,
                setting.default,
                422,
            )
        )
    return {use.key: use for use in found}


def _requests(contract: Contract, operation: Operation) -> Iterator[Use]:
    def status(kind: Any) -> int:
        promised = operation.refusals.get(kind) or contract.refusals.get(kind)
        return promised.status if promised else 0

    for p in operation.parameters:
        key: Key = (operation.id, "parameter", p.place, p.name)
        example = p.example if p.example is not None else MISSING
        yield Use(key, "request", operation.id, p.schema, _parameter_shown(operation, p), example, status(p.refusal), p)
    if (body := operation.body) is not None:
        show = _body_shown(operation, body.media[0])
        example = body.example if body.example is not None else MISSING
        yield Use((operation.id, "body"), "request", operation.id, body.schema, show, example, status(body.refusal))
        for name, schema in operation.variants.items():
            key = (operation.id, "variant", name)
            yield Use(key, "request", operation.id, schema, show, example, status(body.refusal))


def _replies(operation: Operation) -> Iterator[Use]:
    for status, promise in operation.replies.items():
        key = (operation.id, "reply", str(status))
        if promise.whole is not None:
            example = MISSING
            if promise.has_example:  # of the payload; it stands within its wrappers
                example = (
                    next(iter(sample(promise.whole, promise.example)), MISSING) if promise.shell else promise.example
                )
            yield Use(key, "reply", operation.id, promise.whole, _reply_shown(operation, status), example)
        yield from _headers(operation, key, status, promise.headers)
    for kind, refusal in operation.refusals.items():
        key = (operation.id, "refusal", kind)
        if refusal.schema is not None:
            example = refusal.example if refusal.example is not None else MISSING
            yield Use(key, "reply", operation.id, refusal.schema, _reply_shown(operation, refusal.status), example)
        yield from _headers(operation, key, refusal.status, refusal.headers)


def _headers(operation: Operation, key: Key, status: int, headers: Mapping[str, Header]) -> Iterator[Use]:
    for name, header in headers.items():
        yield Use((*key, "header", name), "reply", operation.id, header.schema, _header_shown(operation, status, name))


def _event(event: Event) -> Use:
    def show(value: Any) -> Mapping[str, Any]:
        return {"event": event.name, "body": value}

    return Use(("event", event.name), "reply", event.name, event.schema, show, event.example)


# -- values where they stand


def line(operation: Operation, given: Mapping[str, Any] = NOTHING) -> str:
    """Method and path of a call; placeholders are filled where the parameters have examples."""
    path = operation.path
    for p in operation.parameters:
        if p.place == "path":
            value = given.get(p.name, p.example)
            if value is not None:
                path = path.replace(f"{{{p.name}}}", quote(as_text(value), safe=""))
                path = path.replace(f"{{{p.name}*}}", quote(as_text(value)))
    return f"{operation.method} {path}"


def as_text(value: Any) -> str:
    """A value as it is written in an address or a header."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(as_text, value))
    return f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)


def _parameter_shown(operation: Operation, p: Parameter) -> Callable[[Any], Mapping[str, Any]]:
    def show(value: Any) -> Mapping[str, Any]:
        if p.place == "path":
            return {"request": line(operation, {p.name: value})}
        if p.place == "header":
            return {"request": line(operation), "headers": {p.name: as_text(value)}}
        return {"request": f"{line(operation)}?{p.name}={quote(as_text(value), safe=',:')}"}

    return show


def _body_shown(operation: Operation, media: str) -> Callable[[Any], Mapping[str, Any]]:
    return lambda value: {"request": _called(operation), "media": media, "body": value}


def _reply_shown(operation: Operation, status: int) -> Callable[[Any], Mapping[str, Any]]:
    return lambda value: {"request": _called(operation), "status": status, "body": value}


def _called(operation: Operation) -> str:
    return line(operation) if operation.method else f"POST …/stimuli/{operation.id.replace('.stimuli.', '/')}"


def _header_shown(operation: Operation, status: int, name: str) -> Callable[[Any], Mapping[str, Any]]:
    return lambda value: {"request": line(operation), "status": status, "headers": {name: as_text(value)}}


def _setting_shown(vendor: str, name: str) -> Callable[[Any], Mapping[str, Any]]:
    return lambda value: {"request": "PATCH …/settings", "body": {vendor: {name: value}}}


# -- which uses a definition reaches


def reach(contract: Contract) -> Callable[[Use], frozenset[str]]:
    """A function that answers the shared definitions which a use depends on, directly or through others."""
    direct = {name: _named(raw) for name, raw in contract.definitions.items()}

    def of(use: Use) -> frozenset[str]:
        found: set[str] = set()
        waiting = [*_named(use.schema.raw)]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += direct.get(name, ())
        return frozenset(found)

    return of


def _named(raw: Any) -> frozenset[str]:
    refs = (sub.get("$ref") for _, sub in subschemas(raw) if isinstance(sub, dict))
    return frozenset(ref.removeprefix("#/$defs/") for ref in refs if isinstance(ref, str))
