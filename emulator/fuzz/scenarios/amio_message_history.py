"""Amio: every message of one conversation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from emulator.fuzz.scenario import Finding, Run, Scenario
from emulator.fuzz.scenarios.amio_rows import CHANNEL, CONTACTS, MESSAGES, MINUTE, channel, contact, message
from emulator.fuzz.scenarios.common import (
    ALIKE,
    HUGE_IDS,
    TEXT,
    TEXTS,
    Json,
    begun,
    calls_for,
    each_once,
    first_id,
    listing,
    members,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from emulator.testing.client import Box

PAGED = ("amio.messages.find", "max")
PLATFORMS = ("amio_chat", "mobile", "whatsapp")
ONE_MOMENT = "one moment"


def start() -> SearchStrategy[Json]:
    """A platform, how many messages, and what is odd about them."""
    from hypothesis import strategies as st

    from emulator.fuzz import starts

    return st.fixed_dictionaries(
        {
            "messages": starts.amounts(*PAGED),
            "platform": st.sampled_from(PLATFORMS),
            "odd": starts.odd([*TEXTS, ALIKE, HUGE_IDS, ONE_MOMENT]),
        }
    )


def begin(box: Box, start: Mapping[str, Any], notes: Json) -> Json:
    """A contact with the messages, newest first in the list, and a neighbour with one message."""
    count, odd = start["messages"], start["odd"]
    channel(box, start["platform"])
    mine = contact(box, CHANNEL, 0, first_id(odd, 1, CONTACTS), odd)
    other = contact(box, CHANNEL, 1, CONTACTS - 1)
    ident, now = first_id(odd, count, MESSAGES), box.clock.now()
    step = 0.0 if ONE_MOMENT in odd else MINUTE
    message(box, other, 1, MESSAGES - 1, now - count * step - MINUTE)
    there = [message(box, mine, number, ident + number, now - (count - number) * step, odd) for number in range(count)]
    begun(notes, reversed(there))
    notes |= {"contact": mine, "next": count, "first id": ident}
    return {"channel_id": CHANNEL, "contact_id": mine}


def change(box: Box, kind: str, count: int, notes: Json) -> None:
    """Messages are sent and received: each pushes those that are there down by one place."""
    for _ in range(count):
        number = notes["next"]
        notes["other"].append(message(box, notes["contact"], number, notes["first id"] + number, box.clock.now()))
        notes["next"] += 1


def judge(run: Run) -> Iterator[Finding]:
    """Each message once."""
    return each_once(run, "message")


SCENARIO = Scenario(
    name="amio.message_history",
    title="Read a whole conversation",
    operations=("amio.messages.find",),
    inputs=members(channel_id=TEXT, contact_id=TEXT),
    result=listing(TEXT),
    oracle="each message exactly once",
    start=start,
    begin=begin,
    judge=judge,
    calls=lambda start: calls_for(start["messages"]),
    change=change,
    changes=("arrive",),  # no document lets a single message go
)
