"""Amio: messages sent once each, whatever becomes of the replies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from emulator.fuzz.scenario import Finding, Run, Scenario
from emulator.fuzz.scenarios.amio_rows import CHANNEL, CONTACTS, MESSAGES, MINUTE, VENDOR, channel, contact, message
from emulator.fuzz.scenarios.common import (
    ALIKE,
    TEXT,
    TEXTS,
    Json,
    listing,
    members,
    misshapen,
    shown,
    text,
    unknown_outcome,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from emulator.testing.client import Box

SEND, HISTORY = "amio.messages.send", "amio.messages.find"
MOST_MESSAGES, MOST_CONTACTS = 6, 3


def start() -> SearchStrategy[Json]:
    """How many messages to how many contacts, what is odd about the texts, and whether each contact was sent them once before."""
    from hypothesis import strategies as st

    from emulator.fuzz import starts

    return st.fixed_dictionaries(
        {
            "messages": st.integers(0, MOST_MESSAGES),
            "contacts": st.integers(1, MOST_CONTACTS),
            "odd": starts.odd([ALIKE, *TEXTS]),
            "sent_before": st.booleans(),
        }
    )


def begin(box: Box, start: Mapping[str, Any], notes: Json) -> Json:
    """The contacts, with an older message of the same text where that is asked for."""
    channel(box, "amio_chat")
    contacts = [contact(box, CHANNEL, number, CONTACTS + number) for number in range(start["contacts"])]
    wishes = [
        {
            "channel_id": CHANNEL,
            "contact_id": contacts[number % len(contacts)],
            "text": text(start["odd"], number, f"Your parcel {number} is on its way."),
        }
        for number in range(start["messages"])
    ]
    if start["sent_before"]:
        long_ago = box.clock.now() - 1000 * MINUTE
        for number, wish in enumerate(wishes):
            content = {"type": "text", "payload": wish["text"]}
            message(box, wish["contact_id"], 2 * number, MESSAGES + number, long_ago, content=content)
    notes["before"] = [row.id for row in box.state(VENDOR).rows("messages").all()]
    return {"messages": wishes}


def judge(run: Run) -> Iterator[Finding]:
    """The ids in the order of the messages, and in the world each message once."""
    if found := misshapen(run):
        yield from found
        return
    wishes, before = run.inputs["messages"], set(run.notes["before"])
    sent = {row.id: _sent(row.data) for row in run.box.state(VENDOR).rows("messages").all() if row.id not in before}
    wanted, held = Counter(map(_wished, wishes)), Counter(sent.values())
    for wish in wanted:
        if held[wish] > wanted[wish]:
            yield Finding(
                "twice", f"The text {shown(wish[2])} was sent {_times(held[wish])}, not {_times(wanted[wish])}."
            )
        elif held[wish] < wanted[wish]:
            yield Finding(
                "result", f"The text {shown(wish[2])} was sent {_times(held[wish])}, not {_times(wanted[wish])}."
            )
    for wish in held.keys() - wanted.keys():
        yield Finding("result", f"The text {shown(wish[2])} was sent, which nobody asked for.")
    if len(run.result) != len(wishes):
        yield Finding("result", f"The result has {len(run.result)} ids for {len(wishes)} messages.")
    for ident, wish in zip(run.result, wishes, strict=False):
        if sent.get(ident) != _wished(wish):
            yield Finding("result", f"The result has {shown(ident)} where the id of {shown(wish['text'])} belongs.")
            break
    for ident, times in Counter(run.result).items():
        if times > 1:
            yield Finding("twice", f"The result has the id {shown(ident)} {_times(times)}.")
            break


def _wished(wish: Mapping[str, str]) -> tuple[str, str, str]:
    return wish["channel_id"], wish["contact_id"], wish["text"]


def _sent(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["channel_id"], row["contact_id"], str((row.get("content") or {}).get("payload"))


def _times(number: int) -> str:
    return {0: "never", 1: "once"}.get(number, f"{number} times")


SCENARIO = Scenario(
    name="amio.send_once",
    title="Send messages, each once",
    operations=(SEND, HISTORY),
    inputs=members(messages=listing(members(channel_id=TEXT, contact_id=TEXT, text=TEXT))),
    result=listing(TEXT),
    oracle="the world holds each message exactly once; the ids are in the order of the messages",
    start=start,
    begin=begin,
    judge=judge,
    calls=lambda start: 4 * start["messages"] + 2,
    # a conversation can be read, but nothing says how soon a message is in it: to find none proves nothing
    knowable=lambda run: not unknown_outcome(run, SEND),
)
