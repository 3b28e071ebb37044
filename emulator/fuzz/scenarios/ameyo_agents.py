"""Ameyo: every agent of a contact centre."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from emulator.fuzz.scenario import Finding, Run, Scenario
from emulator.fuzz.scenarios.ameyo_rows import CAMPAIGNS, OTHER_CAMPAIGN, VENDOR, agent, center
from emulator.fuzz.scenarios.common import (
    ALIKE,
    BARE,
    FIRST,
    TEXT,
    TEXTS,
    Json,
    begun,
    each_once,
    leaving,
    listing,
    members,
    turn,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from emulator.testing.client import Box

PAGED = ("ameyo.monitoring.find", "limit")


def start() -> SearchStrategy[Json]:
    """How many agents, whether each works in two campaigns, and what is odd about them."""
    from hypothesis import strategies as st

    from emulator.fuzz import starts

    return st.fixed_dictionaries(
        {
            "agents": starts.amounts(*PAGED),
            "in_two_campaigns": st.booleans(),
            "odd": starts.odd([*TEXTS, ALIKE, BARE]),
        }
    )


def begin(box: Box, start: Mapping[str, Any], notes: Json) -> Json:
    """The agents in the order in which they signed in, and one of another contact centre."""
    number = center(box)
    campaigns = CAMPAIGNS if start["in_two_campaigns"] else CAMPAIGNS[:1]
    shifts = [(n // len(campaigns), campaigns[n % len(campaigns)]) for n in range(start["agents"])]
    begun(notes, [agent(box, f"m{n:05d}", n, campaign, start["odd"]) for n, campaign in shifts])
    agent(box, "elsewhere", 0, OTHER_CAMPAIGN)
    notes["next"] = start["agents"]
    return {"cc_id": number}


def change(box: Box, kind: str, count: int, notes: Json) -> None:
    """Agents sign in, of names before or after those that are there, or sign out."""
    if kind == "leave":
        for ident in leaving(notes, count):
            box.state(VENDOR).rows("agents").drop(ident)
        return
    letter = "a" if turn(notes) == FIRST else "z"
    for _ in range(count):
        notes["other"].append(agent(box, f"{letter}{notes['next']:05d}", notes["next"], CAMPAIGNS[0]))
        notes["next"] += 1


def judge(run: Run) -> Iterator[Finding]:
    """Each agent in each campaign once."""
    return each_once(run, "agent")


SCENARIO = Scenario(
    name="ameyo.agents",
    title="List every agent of a contact centre",
    operations=(PAGED[0],),
    inputs=members(cc_id={"type": "integer"}),
    result=listing(TEXT),
    oracle="each interaction_id of the contact centre's agents exactly once, however many fit on a page",
    start=start,
    begin=begin,
    judge=judge,
    calls=lambda start: 2 * start["agents"] + 5,  # in every page size, also of one
    change=change,
)
