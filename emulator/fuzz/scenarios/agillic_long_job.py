"""Agillic: recipients read one after the other, in a job that lasts longer than a token."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from emulator.fuzz.scenario import Finding, Run, Scenario
from emulator.fuzz.scenarios.agillic_rows import IDENTIFIER, STRANGE_IDS, TOKEN, VENDOR, instance, recipient
from emulator.fuzz.scenarios.common import (
    ALIKE,
    BARE,
    TEXT,
    TEXTS,
    Json,
    begun,
    each_once,
    listing,
    members,
    misshapen,
    shown,
)
from emulator.wire import Kind

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from emulator.testing.client import Box

READ = "agillic.recipients.read"
MOST_RECIPIENTS, MOST_MINUTES = 40, 20
MINUTE = 60.0
EARLY = 1  # requests more than lifetimes: who renews a little before the end needs one more in a long job
RECIPIENT: Json = {"type": "object", "required": ["personData"], "properties": {"personData": {"type": "object"}}}
OWN = ("id", "CREATED", "LAST_UPDATED", "BIRTHDATE")  # what the API shows otherwise than it is kept


def start() -> SearchStrategy[Json]:
    """How many recipients, how many minutes of work there are with each, and what is odd about them."""
    from hypothesis import strategies as st

    from emulator.fuzz import starts

    return st.fixed_dictionaries(
        {
            "recipients": st.integers(0, MOST_RECIPIENTS),
            "minutes": st.integers(0, MOST_MINUTES),
            "odd": starts.odd([*TEXTS, ALIKE, BARE, STRANGE_IDS]),
        }
    )


def begin(box: Box, start: Mapping[str, Any], notes: Json) -> Json:
    """The instance and its recipients."""
    instance(box)
    ids = [recipient(box, number, start["odd"]) for number in range(start["recipients"])]
    begun(notes, ids)
    return {"recipient_ids": ids}


def judge(run: Run) -> Iterator[Finding]:
    """Every recipient, once and as the API gave it; and no more tokens than the time and the refusals asked for."""
    yield from _tokens(run)
    if not misshapen(run):
        yield from _altered(run)
    yield from each_once(run, "recipient", key=_identifier)


def _identifier(item: Json) -> Any:
    return item["personData"].get(IDENTIFIER)


def _altered(run: Run) -> Iterator[Finding]:
    """The first recipient that lacks or changes a field of those that the world has, and is not what a reply gave either."""
    rows = {row.data[IDENTIFIER]: row.data for row in run.box.state(VENDOR).rows("recipients").all()}
    replies = [entry.reply_body for entry in run.entries if entry.operation == READ and entry.status == 200]
    for item in run.result:
        known = {name: value for name, value in rows.get(_identifier(item), {}).items() if name not in OWN}
        wrong = [name for name, value in known.items() if item["personData"].get(name) != value]
        if wrong and item not in [json.loads(reply) for reply in replies]:
            yield Finding(
                "result", f"The recipient {shown(_identifier(item))} is not as the API gave it: {wrong[0]} differs."
            )
            return


def _tokens(run: Run) -> Iterator[Finding]:
    asked = tuple(entry.id for entry in run.entries if entry.operation == TOKEN)
    refused = sum(entry.refusal is not None and entry.refusal.kind is Kind.UNAUTHENTICATED for entry in run.entries)
    troubled = sum(happened.event.operation == TOKEN for happened in run.happened)
    lifetimes = max(1, math.ceil((run.ended - run.began) / run.box.state(VENDOR).figure("token_life")))
    if len(asked) > lifetimes + EARLY + refused + troubled:
        told = f"It asked for {len(asked)} tokens in a time of {lifetimes} and with {refused} calls refused for want of one."
        yield Finding("renews", told, asked)


SCENARIO = Scenario(
    name="agillic.long_job",
    title="Read recipients for longer than a token lives",
    operations=(READ, TOKEN),
    inputs=members(recipient_ids=listing(TEXT)),
    result=listing(RECIPIENT),
    oracle="every recipient is read, once and as the API gave it; token requests are within one per lifetime plus one per refusal",
    start=start,
    begin=begin,
    judge=judge,
    calls=lambda start: 3 * start["recipients"] + 5,
    pace=lambda start: MINUTE * start["minutes"],
    repeatable=frozenset({TOKEN}),  # tokens that were handed out before stay good
)
