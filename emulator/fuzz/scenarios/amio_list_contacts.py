"""Amio: every contact of a channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from emulator.fuzz.scenario import Finding, Run, Scenario
from emulator.fuzz.scenarios.amio_rows import CHANNEL, CONTACTS, OTHER_CHANNEL, VENDOR, channel, contact
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
    leaving,
    listing,
    members,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from emulator.testing.client import Box

PAGED = ("amio.contacts.find", "max")
PLATFORMS = ("amio_chat", "mobile", "facebook_messenger")


def start() -> SearchStrategy[Json]:
    """A platform, how many contacts, and what is odd about them."""
    from hypothesis import strategies as st

    from emulator.fuzz import starts

    return st.fixed_dictionaries(
        {
            "contacts": starts.amounts(*PAGED),
            "platform": st.sampled_from(PLATFORMS),
            "odd": starts.odd([*TEXTS, ALIKE, HUGE_IDS]),
        }
    )


def begin(box: Box, start: Mapping[str, Any], notes: Json) -> Json:
    """The channel with its contacts, and another with one of its own."""
    channel(box, start["platform"])
    channel(box, "amio_chat", OTHER_CHANNEL)
    count, odd = start["contacts"], start["odd"]
    ident = first_id(odd, count, CONTACTS)
    there = [contact(box, CHANNEL, number, ident + number, odd) for number in range(count)]
    contact(box, OTHER_CHANNEL, 0, CONTACTS - 1)
    begun(notes, there)
    notes["next"] = count
    notes["first id"] = ident
    return {"channel_id": CHANNEL}


def change(box: Box, kind: str, count: int, notes: Json) -> None:
    """Contacts write for the first time, or are deleted. The oldest stand first in the list, so that who comes stands last."""
    if kind == "leave":
        for ident in leaving(notes, count):
            box.state(VENDOR).rows("contacts").drop(ident)
        return
    for _ in range(count):
        notes["other"].append(contact(box, CHANNEL, notes["next"], notes["first id"] + notes["next"]))
        notes["next"] += 1


def judge(run: Run) -> Iterator[Finding]:
    """Each contact once."""
    return each_once(run, "contact")


SCENARIO = Scenario(
    name="amio.list_contacts",
    title="List every contact of a channel",
    operations=("amio.contacts.find",),
    inputs=members(channel_id=TEXT),
    result=listing(TEXT),
    oracle="each contact of the channel exactly once",
    start=start,
    begin=begin,
    judge=judge,
    calls=lambda start: calls_for(start["contacts"]),
    change=change,
)
