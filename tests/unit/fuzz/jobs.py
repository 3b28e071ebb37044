"""A small scenario over a real vendor, and clients for it: a good one, and some with one bug each."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import requests
from hypothesis import strategies as st

from emulator.fuzz.clients import Callee
from emulator.fuzz.scenario import Finding, Run, Scenario, Target
from emulator.fuzz.scenarios.amio_rows import CHANNEL, CONTACTS, channel, contact
from emulator.fuzz.weather import Event, Weather
from emulator.testing.client import Box

FIND = "amio.contacts.find"
PAGE = 10


def _begin(box: Box, start: Mapping[str, Any], notes: dict[str, Any]) -> dict[str, Any]:
    channel(box, "mobile")
    notes["there"] = [contact(box, CHANNEL, number, CONTACTS + number) for number in range(start["contacts"])]
    return {"channel_id": CHANNEL}


def _change(box: Box, kind: str, count: int, notes: dict[str, Any]) -> None:
    for _ in range(count):
        notes["more"] = notes.get("more", 0) + 1
        contact(box, CHANNEL, 500 + notes["more"], CONTACTS + 500 + notes["more"])


def _judge(run: Run) -> Iterator[Finding]:
    if missing := set(run.notes["there"]) - set(run.result):
        yield Finding("pages", f"{len(missing)} are missing.")
    if len(run.result) > len(set(run.result)):
        yield Finding("twice", "Some are there twice.")


LISTING = Scenario(
    name="amio.toy",
    title="List contacts",
    operations=(FIND,),
    inputs={"type": "object", "properties": {"channel_id": {"type": "string"}}},
    result={"type": "array"},
    oracle="each once",
    start=lambda: st.fixed_dictionaries({"contacts": st.integers(0, 45)}),
    begin=_begin,
    judge=_judge,
    calls=lambda start: 1 + start["contacts"] // PAGE,
    change=_change,
    changes=("arrive",),
)


def weather(contacts: int = 3, *events: tuple[Any, ...]) -> Weather:
    """Events of the listing: (nth, kind), or (nth, kind, value)."""
    return Weather({"contacts": contacts}, tuple(Event(FIND, *event) for event in events))


def asked(target: Target, inputs: Mapping[str, Any], offset: int = 0) -> requests.Response:
    """A page, however it is answered."""
    url = f"{target.base_url}/v1/channels/{inputs['channel_id']}/contacts"
    headers = {"Authorization": f"Bearer {target.credentials['token']}"}
    return requests.get(url, params={"offset": offset, "max": PAGE}, headers=headers, timeout=20)


def page(target: Target, inputs: Mapping[str, Any], offset: int) -> list[str]:
    """The ids of a page, after as many tries as it takes, but six at most."""
    for _ in range(6):
        try:
            reply = asked(target, inputs, offset)
            if reply.status_code == 200:
                return [row["id"] for row in reply.json()]
            ends = int(reply.headers["X-RateLimit-Reset"]) if reply.status_code == 429 else 0
            time.sleep(max(1.0, ends - time.time()))
        except (requests.RequestException, ValueError):
            time.sleep(1)
    raise RuntimeError("six tries")


def good(target: Target, inputs: Mapping[str, Any]) -> list[str]:
    """Every page, until one is empty; rows that came again because others came are taken once."""
    found: dict[str, None] = {}
    while rows := page(target, inputs, len(found)):
        found |= dict.fromkeys(rows)
    return list(found)


def one_page(target: Target, inputs: Mapping[str, Any]) -> list[str]:
    """Takes the first page for everything."""
    return page(target, inputs, 0)


def impatient(target: Target, inputs: Mapping[str, Any]) -> list[str]:
    """Takes a refusal for the end."""
    found: list[str] = []
    while isinstance(rows := asked(target, inputs, len(found)).json(), list) and rows:
        found += [row["id"] for row in rows]
    return found


def endless(target: Target, inputs: Mapping[str, Any]) -> list[str]:
    """Never stops, and catches everything that would stop it."""
    while True:
        try:
            page(target, inputs, 0)
            time.sleep(1)
        except:  # noqa: E722 - the bug
            pass


class Unsteady:
    """Fails in its first run with more than ten contacts, and never again."""

    def __init__(self) -> None:
        self.failed = False

    def __call__(self, target: Target, inputs: Mapping[str, Any]) -> list[str]:
        found = good(target, inputs)
        if len(found) > 10 and not self.failed:
            self.failed = True
            return found[:-1]
        return found


GOOD = Callee("tests.unit.fuzz.jobs:good", good)
ONE_PAGE = Callee("tests.unit.fuzz.jobs:one_page", one_page)
IMPATIENT = Callee("tests.unit.fuzz.jobs:impatient", impatient)
ENDLESS = Callee("tests.unit.fuzz.jobs:endless", endless)

SCENARIO = LISTING
