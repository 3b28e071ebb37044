"""Weather: what a server does to a client in one run, as data: a starting world and a script of events. Reads and writes JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from emulator.world.faults import MUTATIONS

Class = Literal["lawful", "rough"]


@dataclass(frozen=True, slots=True)
class What:
    """A kind of event. `unknown`: afterwards the client cannot know whether its call was done."""

    weather: Class
    told: str
    """What happened, in words for a story; `{value}` stands for the event's value."""
    values: tuple[Any, ...] = ()
    """The values it takes; empty: none, or any that the kind's user checks."""
    unknown: bool = False
    apart: bool = False
    """Its values differ as kinds do."""


KINDS: Mapping[str, What] = {
    # lawful: a careful client does not notice
    "mutate": What("lawful", "its reply was changed within the law: {value}", MUTATIONS, apart=True),
    "arrive": What("lawful", "before it, {value} more came to be"),
    "leave": What("lawful", "before it, {value} went away"),
    # rough: what every API does to its clients one day
    "throttle": What("rough", "the rate limit had been used up"),
    "expire": What("rough", "the access token had expired"),
    "stale": What("rough", "the paging document had expired"),
    "refuse": What("rough", "the server refused it: {value}", unknown=True),
    "fail": What("rough", "the server answered {value}, and nothing was done", (500, 502, 503, 504), unknown=True),
    "lose": What("rough", "it was done, and the reply was lost", unknown=True),
    "reset": What("rough", "the connection was reset before anything was done", unknown=True),
    "slow": What("rough", "it was done, and the reply came {value} seconds late", unknown=True),
    "cut": What("rough", "it was done, and the reply ended in the middle", unknown=True),
    "garble": What("rough", "it was done, and the reply was not HTTP", unknown=True),
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that befalls the `nth` call (from 1) of an operation, or the first after it to which it can happen."""

    operation: str
    nth: int
    kind: str
    value: Any = None

    def show(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "operation": self.operation,
            "nth": self.nth,
            self.kind: True if self.value is None else self.value,
        }

    @property
    def told(self) -> str:
        """What happened, in words."""
        return KINDS[self.kind].told.format(value=self.value)


@dataclass(frozen=True, slots=True)
class Weather:
    """A starting world, in the scenario's own JSON, and the events in the order in which they were drawn."""

    start: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[Event, ...] = ()

    def show(self) -> dict[str, Any]:
        """As JSON."""
        return {"start": dict(self.start), "events": [event.show() for event in self.events]}

    @classmethod
    def read(cls, shown: Any) -> Weather:
        """The weather that `show` gave. Raises ValueError, saying what is accepted, for what is none."""
        if not isinstance(shown, Mapping) or set(shown) - {"start", "events"}:
            raise ValueError('weather is {"start": {…}, "events": […]}')
        start, events = shown.get("start", {}), shown.get("events", [])
        if not isinstance(start, Mapping) or not isinstance(events, list):
            raise ValueError("start is an object and events is an array")
        return cls(dict(start), tuple(map(_event, events)))


def _event(shown: Any) -> Event:
    kinds = [key for key in shown if key in KINDS] if isinstance(shown, Mapping) else []
    if len(kinds) != 1 or set(shown) != {"operation", "nth", kinds[0]}:
        raise ValueError(f'an event is {{"operation": …, "nth": …, <kind>: value}} with one kind of {", ".join(KINDS)}')
    kind, nth, value = kinds[0], shown["nth"], shown[kinds[0]]
    if not isinstance(shown["operation"], str) or type(nth) is not int or nth < 1:
        raise ValueError("operation is a text and nth a number from 1")
    allowed = KINDS[kind].values
    if allowed and value not in allowed:
        raise ValueError(f"{kind} takes one of {', '.join(map(str, allowed))}")
    return Event(shown["operation"], nth, kind, None if value is True else value)
