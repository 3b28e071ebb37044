"""Strategies of weather for a scenario, drawn against what its operations' contracts permit; they shrink towards clear skies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from hypothesis import strategies as st

from emulator.contract.model import Contract, Operation
from emulator.fuzz.scenario import Scenario
from emulator.fuzz.weather import KINDS, Event, Weather
from emulator.wire import Kind
from emulator.world.world import CREDENTIALS

Sort = Literal["lawful", "rough", "all"]

HOW_MANY = st.sampled_from((0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6))
MIXED = 0.25
"""The part of a hunt's examples that no kind has to itself."""
LEAST = 3
"""Examples that a kind must have to itself, or none has."""
MOST_ROUGH = 3
"""Rough events that befall one operation: a client that tries five times gets through."""
WHEN = (1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 7, 8, 10, 12)
"""The calls of an operation that events are meant for: the first ones more often, for there may be no others."""
SERVERS_TROUBLE = (Kind.UNAVAILABLE, Kind.FAILED, Kind.UPSTREAM)
SECONDS_LATE = (45, 5, 300)
COMING_AND_GOING = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Fitting:
    """An operation that a kind of event can befall, and the values that it takes there."""

    operation: str
    values: tuple[Any, ...]


Events = Mapping[str, st.SearchStrategy[Event]]


def skies(scenario: Scenario, contract: Contract, sort: Sort = "all") -> st.SearchStrategy[Weather]:
    """Weathers of a starting world and at most six events of these sorts. One in ten or so is clear."""
    return _skies(scenario, scenario.start(), _events(scenario, contract, sort))


def shares(
    scenario: Scenario, contract: Contract, sort: Sort, examples: int
) -> list[tuple[st.SearchStrategy[Weather], int]]:
    """What a hunt of so many examples is made of: weathers of any kind, and of each kind those in which it comes first, with how many.

    Hypothesis makes many an example from the one before; left to itself, it leaves out a kind now and then. A hunt that is too
    short for that has weathers of any kind only: the first example of a share is its simplest, in the smallest world.
    """
    events, start = _events(scenario, contract, sort), scenario.start()
    foremost = [one for kind, places in _fitting(scenario, contract, sort).items() for one in _apart(kind, places)]
    strategies = [_skies(scenario, start, events), *(_skies(scenario, start, events, one) for one in foremost)]
    own = round(examples * (1 - MIXED))
    own = own if own >= LEAST * len(foremost) > 0 else 0
    each, more = divmod(own, max(1, len(foremost)))
    counts = [examples - own, *(each + (number < more) for number in range(len(foremost)))]
    return [(strategy, count) for strategy, count in zip(strategies, counts, strict=True) if count]


def _fitting(scenario: Scenario, contract: Contract, sort: Sort) -> dict[str, list[Fitting]]:
    fitting = fitting_kinds(scenario, contract)
    return {kind: found for kind, found in fitting.items() if sort in ("all", KINDS[kind].weather)}


def _events(scenario: Scenario, contract: Contract, sort: Sort) -> Events:
    """What can happen, by kind, for a call that is drawn later."""
    fitting = _fitting(scenario, contract, sort)
    return {kind: st.one_of([_event(kind, place) for place in found]) for kind, found in fitting.items()}


def _apart(kind: str, places: list[Fitting]) -> Iterator[st.SearchStrategy[Event]]:
    """The events of a kind; where its values differ as kinds do, the events of each."""
    values = [(value,) for value in KINDS[kind].values] if KINDS[kind].apart else [None]
    for only in values:
        fits = places if only is None else [replace(place, values=only) for place in places if only[0] in place.values]
        if fits:
            yield st.one_of([_event(kind, place) for place in fits])


def fitting_kinds(scenario: Scenario, contract: Contract) -> dict[str, list[Fitting]]:
    """Where each kind of event can happen in a scenario, simple kinds first; those that cannot are left out."""
    found: dict[str, list[Fitting]] = {kind: [] for kind in KINDS}
    for ident in scenario.operations:
        for kind, values in _kinds(scenario, contract, contract.operations[ident]):
            found[kind].append(Fitting(ident, values))
    return {kind: places for kind, places in found.items() if places}


def _kinds(scenario: Scenario, contract: Contract, operation: Operation) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The kinds that make sense for an operation, with their values."""
    none = (None,)
    if operation.replies[operation.success].whole is not None:
        yield "mutate", KINDS["mutate"].values
    if operation.paging and scenario.change is not None:
        yield from ((kind, COMING_AND_GOING) for kind in scenario.changes)
    if Kind.THROTTLED in operation.refusals:
        yield "throttle", none
    if operation.auth and operation.creates != CREDENTIALS and _renewable(scenario, contract):
        yield "expire", none
    if operation.paging and _ends(contract.paging[operation.paging].part.options):
        yield "stale", none
    trouble = [
        kind for kind in SERVERS_TROUBLE if kind in operation.refusals and operation.refusals[kind].status >= 500
    ]
    if trouble:
        yield "refuse", tuple(kind.value for kind in trouble)
    yield "fail", KINDS["fail"].values
    yield from ((kind, none) for kind in ("lose", "reset"))
    yield "slow", SECONDS_LATE
    yield from ((kind, none) for kind in ("cut", "garble"))


def _renewable(scenario: Scenario, contract: Contract) -> bool:
    """Whether a client of the job fetches tokens, and so can fetch another."""
    return any(contract.operations[ident].creates == CREDENTIALS for ident in scenario.operations)


def _ends(options: Mapping[str, Any]) -> bool:
    """Whether a paging style tells of a time after which what it made is gone."""
    return any(isinstance(value, str) and value.startswith("P") for value in options.values())


def _event(kind: str, place: Fitting) -> st.SearchStrategy[Event]:
    """What happens at a place, for a call that is drawn later."""
    return st.sampled_from([Event(place.operation, 0, kind, value) for value in place.values])


@st.composite
def _skies(
    draw: st.DrawFn,
    scenario: Scenario,
    starts: st.SearchStrategy[dict[str, Any]],
    events: Events,
    foremost: st.SearchStrategy[Event] | None = None,
) -> Weather:
    start, kinds = draw(starts), st.sampled_from(list(events))
    moments = tuple(nth for nth in WHEN if nth <= scenario.calls(start) + 1)
    found: list[Event] = []
    for number in range(max(draw(HOW_MANY), foremost is not None) if events else 0):
        event = draw(foremost if foremost is not None and not number else events[draw(kinds)])
        event = replace(event, nth=draw(_moment(found, event.operation, moments)))
        if _rough(event) and sum(_rough(e) and e.operation == event.operation for e in found) == MOST_ROUGH:
            continue
        found.append(event)
    return Weather(start, tuple(found))


def _moment(events: list[Event], operation: str, moments: tuple[int, ...]) -> st.SearchStrategy[int]:
    """For which call an event is meant: any of these, or the same as the one before it or the next."""
    if not events or events[-1].operation != operation:
        return _moments(moments)
    return _close(events[-1].nth, moments)


@cache
def _moments(moments: tuple[int, ...]) -> st.SearchStrategy[int]:
    return st.sampled_from(moments)


@cache
def _close(nth: int, moments: tuple[int, ...]) -> st.SearchStrategy[int]:
    return st.one_of(st.integers(nth, nth + 1), _moments(moments))


def _rough(event: Event) -> bool:
    return KINDS[event.kind].weather == "rough"
