"""The story of one request: found, identified, counted, allowed, perhaps struck by a planned fault, understood, done, answered, kept.

Nothing here knows a vendor, reads or writes anything, or waits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import orjson

from emulator.contract.model import Contract, Operation, Promise, RefusalPromise
from emulator.contract.mutate import mutated
from emulator.contract.promise import hold, payload
from emulator.contract.read import Line, Reader
from emulator.contract.route import Router
from emulator.kit import Behaviour, Vendor
from emulator.parts.auth import Scheme
from emulator.parts.limits import Limit, Window
from emulator.parts.paging import Pager
from emulator.wire import (
    NOTHING,
    Anonymous,
    Ask,
    Call,
    ContractBreach,
    Encoded,
    Kind,
    Outcome,
    Principal,
    Refusal,
    Reply,
    Wire,
    fixed,
    packed,
)
from emulator.world.faults import CALM, Strike
from emulator.world.journal import Entry
from emulator.world.world import World

PROBLEM = "application/problem+json"
KNOWN_LINES = 2000  # first lines of calls whose meaning is kept
LONGEST_KNOWN = 1000  # characters of one
SILENT = Line(NOTHING, NOTHING, (), ())


@fixed
class Answer:
    """A reply as bytes. `finished` is to be called once it has been written, or has failed to be."""

    status: int
    headers: Mapping[str, str]
    body: bytes | Iterable[bytes]
    wire: Wire | None = None
    finished: Callable[[], None] | None = None


NOBODY = Anonymous()


@dataclass(slots=True)
class _Story:
    """What is known of a call so far; filled in as it goes along, read when it ends."""

    call: Call
    operation: Operation | None = None
    who: Principal | Anonymous = NOBODY
    stamp: dict[str, str] = field(default_factory=dict)
    releases: list[Callable[[], None]] = field(default_factory=list)
    strike: Strike = CALM
    refusal: Refusal | None = None
    ask: Ask | None = None
    facts: Mapping[str, Any] = NOTHING
    promise: Promise | RefusalPromise | None = None


class _Readers(dict[str, Reader]):
    """The operations' readers by id, each made when it is first needed."""

    def __init__(self, make: Callable[[str], Reader]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, ident: str) -> Reader:
        reader = self[ident] = self._make(ident)
        return reader


class Engine:
    """Answers one vendor's calls, by its contract, with its behaviours."""

    def __init__(
        self,
        contract: Contract,
        vendor: Vendor,
        acts: Mapping[str, Behaviour],
        schemes: Mapping[str, Scheme],
        limits: Mapping[str, Limit],
        pagers: Mapping[str, Pager],
    ) -> None:
        self.contract, self.vendor, self.acts = contract, vendor, acts
        self.schemes, self._limits, self._pagers = schemes, limits, pagers
        elsewhere = frozenset(filter(None, (getattr(scheme, "query", "") for scheme in schemes.values())))
        self._readers = _Readers(lambda ident: Reader(contract, contract.operations[ident], elsewhere, vendor.media))
        self._lines = lru_cache(KNOWN_LINES)(self._line)

    @cached_property
    def router(self) -> Router:
        """Finds the operation that a call is for."""
        return Router(self.contract)

    def handle(self, call: Call, world: World) -> Answer:
        """The answer to a call. Every call is answered, and every answer is in the journal."""
        story = _Story(call)
        with world.lock:
            if world.approach is not None:
                world.approach(call)
            try:
                reply = self._answered(story, world)
            except ContractBreach as breach:
                reply = _breach(story, str(breach))
            except Exception as error:  # a bug of ours: the caller is told so, the journal keeps where
                reply = _bug(story, error)
            world.store.commit()
            try:
                return self._kept(reply, story, world)
            except Exception as error:
                return self._kept(_bug(story, error), story, world)

    def stimulate(self, name: str, body: Any, world: World) -> Any:
        """Lets the outside world do something, and tells what came of it.

        Raises KeyError for an unknown stimulus, and Refusal for a body that it does not take or that makes no sense now.
        """
        stimulus = self.contract.stimuli[f"{self.contract.vendor}.stimuli.{name}"]
        if stimulus.body is not None and (broken := stimulus.body.schema.explain(body)):
            raise Refusal(Kind.INVALID, broken)
        with world.lock:
            world.store.mark()
            try:
                outcome = self.acts[stimulus.id](Ask(stimulus, Anonymous(), body=body), world)
                promise = stimulus.replies.get(200)
                told = payload(stimulus, promise, outcome) if promise else None
            except BaseException:
                world.store.undo()
                raise
            world.store.commit()
        return orjson.loads(told.text) if told is not None else None

    def operation(self, call: Call) -> str:
        """The id of the operation that a call is for; empty if there is none."""
        try:
            return self._meant(call)[0].id
        except Refusal:
            return ""

    def windows(self, operation: Operation, world: World) -> list[Window]:
        """The windows of calls that are in force for an operation, and of which a refused caller can tell when they end."""
        limits = [self._limits[name] for name in operation.limits]
        return [limit for limit in limits if isinstance(limit, Window) and limit.told(world)]

    def exhaust(self, call: Call, world: World) -> bool:
        """Uses up these windows; false where a call does not count against any."""
        operation = self.router.match(call)[0]
        who = self._identify(operation, call, world)
        return sum(window.exhaust(who, call, world) for window in self.windows(operation, world)) > 0

    def credentials(self, call: Call) -> Iterable[str]:
        """The ids of the credentials that a call bears, by which its sandbox can be found."""
        for scheme in self.schemes.values():
            presented = scheme.presented(call)
            if presented is not None:
                yield presented
        yield from self.vendor.named(call)

    # -- the chapters

    def _answered(self, story: _Story, world: World) -> Reply:
        try:
            return self._told(story, world)
        except Refusal as refusal:
            why = refusal
        try:
            return self._refused(why, story, world)
        except Refusal as planned:  # a test put it in the refusal's place
            return self._refused(planned, story, world)

    def _told(self, story: _Story, world: World) -> Reply:
        call = story.call
        if (
            call.method == "OPTIONS"
            and self.vendor.cors is not None
            and "access-control-request-method" in call.headers
        ):
            return Reply(204)
        lost, line = None, SILENT
        try:
            story.operation, line = self._meant(call)
        except Refusal as refusal:
            lost = refusal
        story.who = self._identify(story.operation, call, world)
        if not world.limits_off:
            self._charge(story, world)
        operation = story.operation
        if lost is not None or operation is None:
            raise lost or Refusal(Kind.NOT_FOUND)
        self._authorise(operation, story.who)
        if world.only_documented and operation.source.basis != "documented":
            return _not_documented(operation)
        story.strike = strike = world.faults.strike(self.contract.vendor, operation.id, call)
        instead = strike.before() if strike is not CALM else None
        reply = instead if instead is not None else self._done(story, operation, line, world)
        return strike.after(reply) if strike is not CALM else reply

    def _line(self, method: str, path: str, query: str) -> tuple[Operation, Line]:
        """The operation that a call's first line is for, and what the line says to it. Raises Refusal where there is none."""
        operation, segments = self.router.match(Call(method, path))
        return operation, self._readers[operation.id].line(segments, query)

    def _meant(self, call: Call) -> tuple[Operation, Line]:
        """The same for a call; kept, if it is not so long that a client could fill the memory with it."""
        short = len(call.path) + len(call.query) <= LONGEST_KNOWN
        return (self._lines if short else self._line)(call.method, call.path, call.query)

    def _identify(self, operation: Operation | None, call: Call, world: World) -> Principal | Anonymous:
        """The first scheme that knows the caller decides; else the first that saw something it does not know."""
        nobody: Anonymous | None = None
        for name in operation.auth if operation is not None else self.contract.default_auth:
            who = self.schemes[name].identify(call, world)
            if isinstance(who, Principal):
                return who
            if nobody is None or nobody.why == "missing":
                nobody = who
        return nobody or NOBODY

    def _charge(self, story: _Story, world: World) -> None:
        names = story.operation.limits if story.operation is not None else self.contract.default_limits
        for name in names:
            charge = self._limits[name].charge(story.who, story.call, world)
            if charge.headers:
                story.stamp.update(charge.headers)
            if charge.release is not None:
                story.releases.append(charge.release)
            if charge.refusal is not None:
                raise charge.refusal

    @staticmethod
    def _authorise(operation: Operation, who: Principal | Anonymous) -> None:
        if not operation.auth:
            return
        if isinstance(who, Anonymous):
            raise Refusal(
                Kind.UNAUTHENTICATED,
                detail=who.why,
                facts={**who.facts, "why": who.why, "schemes": list(operation.auth)},
            )
        if operation.access and not operation.access & who.roles:
            facts = {"principal": who.id, "roles": sorted(who.roles), "needs_one_of": sorted(operation.access)}
            raise Refusal(Kind.FORBIDDEN, detail="role", facts=facts)

    def _done(self, story: _Story, operation: Operation, line: Line, world: World) -> Reply:
        """The act and its reply; if anything goes wrong, nothing was done."""
        world.store.mark()
        try:
            story.ask = ask = self._readers[operation.id].ask(story.call, line, story.who)
            outcome = self.acts[operation.id](ask, world)
            reply = self._success(story, operation, outcome, ask, world)
        except BaseException:
            world.store.undo()
            raise
        return reply

    def _success(self, story: _Story, operation: Operation, outcome: Outcome, ask: Ask, world: World) -> Reply:
        """The outcome, cut into a page where the operation has pages, in the vendor's shape and within the contract."""
        story.promise = promise = operation.replies.get(outcome.status or operation.success)
        if promise is None:
            raise ContractBreach(f"{operation.id} answers {outcome.status}, which its contract does not have")
        page = None
        if operation.paging and outcome.items is not None:
            page = self._pagers[operation.paging].cut(outcome.items, ask, world)
        shown = payload(operation, promise, outcome, page)
        told = Outcome(promise.status, shown, page=page, media=outcome.media or promise.media)
        reply = self.vendor.envelope.success(told, ask, world)
        headers = {**self.contract.headers, **story.stamp, **outcome.headers, **reply.headers}
        if page is not None:
            headers |= page.headers
        if outcome.location:
            headers["Location"] = ask.call.base_url + outcome.location
        reply = Reply(reply.status, reply.body, headers, reply.media, reply.wire)
        if reply.status != promise.status:
            raise ContractBreach(f"{operation.id}: the envelope answers {reply.status} for {promise.status}")
        hold(operation, promise, reply)
        return reply

    def _refused(self, refusal: Refusal, story: _Story, world: World) -> Reply:
        """The refusal in the vendor's shape. One that the operation does not promise is our bug, unless a test planned it."""
        story.refusal = refusal
        operation = story.operation
        promised = operation.refusals.get(refusal.kind) if operation is not None else None
        belongs_to_none = operation is None or refusal.facts.get("planned")
        if promised is None and belongs_to_none:
            promised = self.contract.refusals.get(refusal.kind)
        if promised is None:
            name = operation.id if operation is not None else self.contract.vendor
            return _breach(story, f"{name} refuses with {refusal.kind}, which its contract does not have: {refusal}")
        reply = self.vendor.envelope.refusal(refusal, promised, operation, story.call, world)
        allow = {"Allow": ", ".join(refusal.facts["allowed"])} if "allowed" in refusal.facts else NOTHING
        headers = {**self.contract.headers, **allow, **story.stamp, **reply.headers}
        reply = reply.but(headers=headers, media=reply.media or promised.media)
        try:
            hold(operation or _NOBODY, promised, reply)
            if reply.status != promised.status:
                raise ContractBreach(f"the envelope answers {reply.status} for {promised.status}")
        except ContractBreach as breach:
            return _breach(story, str(breach))
        story.promise = promised
        return story.strike.after(reply) if story.strike is not CALM and not refusal.facts.get("planned") else reply

    def _kept(self, reply: Reply, story: _Story, world: World) -> Answer:
        """The reply as bytes, and the journal's entry of the call."""
        call, operation, who, ask, strike = story.call, story.operation, story.who, story.ask, story.strike
        body = encoded(reply.body)
        if strike is not CALM and strike.mutations and isinstance(story.promise, Promise) and isinstance(body, bytes):
            body = mutated(body, story.promise.whole, strike.mutations)
        headers = dict(reply.headers)
        if reply.body is not None:
            headers["Content-Type"] = reply.media or self.contract.media
        if self.vendor.cors is not None and "origin" in call.headers:
            headers |= self.vendor.cors(call, world)
        entry = Entry(
            world.clock.now(),
            self.contract.vendor,
            operation.id if operation is not None else "",
            who.id if isinstance(who, Principal) else "",
            call,
            reply.status,
            headers,
            body if isinstance(body, bytes) else b"",
            story.refusal,
            tuple(ask.remarks) if ask is not None else (),
            strike.text,
            story.facts,
        )
        world.journal.write(entry)
        releases = story.releases
        finished = (lambda: [release() for release in releases]) if releases else None
        return Answer(reply.status, headers, body, reply.wire, finished)  # type: ignore[arg-type]


def encoded(body: Any) -> bytes | Iterable[bytes]:
    """A reply's body as it is written: JSON for a value; bytes and streams as they are."""
    if isinstance(body, Encoded):
        return body.text
    if body is None:
        return b""
    if isinstance(body, bytes) or hasattr(body, "__next__"):
        return body  # type: ignore[no-any-return]
    return packed(body, _fragment)


def _fragment(value: Any) -> orjson.Fragment:
    if isinstance(value, Encoded):
        return orjson.Fragment(value.text)
    raise TypeError(f"{type(value).__name__} is not JSON")


def _breach(story: _Story, told: str, trace: str = "") -> Reply:
    """A shape that no vendor uses, so that nobody takes our bug for theirs."""
    story.promise = None
    story.facts = {"contract_breach": told, **({"trace": trace} if trace else {})}
    return Reply(
        500,
        {"type": "about:blank", "title": "The emulator broke its contract", "status": 500, "detail": told},
        media=PROBLEM,
    )


def _bug(story: _Story, error: Exception) -> Reply:
    import traceback

    return _breach(story, f"{type(error).__name__}: {error}", "".join(traceback.format_exception(error)))


def _not_documented(operation: Operation) -> Reply:
    source = operation.source
    told = f"{operation.id} is {source.basis}, not documented: {source.why}"
    return Reply(501, {"type": "about:blank", "title": "A guess", "status": 501, "detail": told}, media=PROBLEM)


_NOBODY = Operation(id="(no operation)", title="", source=None, file="")  # type: ignore[arg-type]
