"""Lists of a million rows and of a thousand: what the same page costs in each, and a page deep in the large one.

One process, no socket: a call is handed to the engine, and its processor time is taken. Both worlds are asked in turn; each ratio
is the median of the rounds. Rows are the demo world's, one of them again and again under other ids.
"""

from __future__ import annotations

import argparse
import base64
import os
import platform
import re
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

sys.path.insert(0, str(Path(__file__).parent))
from page import put

from emulator import Emulator
from emulator.wire import Call

FEW = 1000
SIZE = 100
CALLS = 20  # of each measurement
Values = Mapping[str, str]


@dataclass(frozen=True)
class List:
    """A list: the rows that it shows, and how the page after so many of them is asked for, given what the first page answered."""

    name: str
    vendor: str
    collection: str
    who: Callable[[Values], dict[str, str]]
    ask: Callable[[int, Any, Values], tuple[str, str]]
    changes: Mapping[str, Any]


def pair(values: Values) -> dict[str, str]:
    """The Authorization header of a developer key and its secret."""
    text = f"{values['client_id']}:{values['client_secret']}"
    return {"authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}


LISTS = (
    List(
        "Amio: messages with a contact, newest first",
        "amio",
        "messages",
        lambda values: {"authorization": f"Bearer {values['token']}"},
        lambda after, first, values: (
            "/v1/channels/7391051513856000001/contacts/7392501065318400001/messages",
            f"max={SIZE}&offset={after}",
        ),
        {"channel_id": "7391051513856000001", "contact_id": "7392501065318400001"},
    ),
    List(
        "Agillic: recipients, from a document",
        "agillic",
        "recipients",
        pair,
        lambda after, first, values: (
            "/recipients",
            f"objectResponse=true&pageSize={SIZE}&pageStart={after + 1}"
            + (f"&documentId={_document(first)}" if first else ""),
        ),
        {},
    ),
    List(
        "Amilia: persons of an organization",
        "amilia",
        "persons",
        lambda values: {"x-amilia-apikey": values["api_key"], "x-amilia-apisecret": values["api_secret"]},
        lambda after, first, values: (
            f"/api/v3/en/org/{values['organization_id']}/persons",
            f"page={after // SIZE + 1}&perPage={SIZE}",
        ),
        {},
    ),
    List(
        "Ameyo: callbacks of a campaign",
        "ameyo",
        "customer_callbacks",
        lambda values: {"sessionid": values["session_id"]},
        lambda after, first, values: (
            "/ameyorestapi/voice/customerCallbacks/getFiltered",
            f"campaignId=131&limit={SIZE}&offset={after}",
        ),
        {"campaign_id": 131},
    ),
)


def _document(first: Any) -> str:
    """The document's id, from the links of its first page."""
    found = re.search(r"documentId=([^&\"]+)", orjson.dumps(first).decode())
    return found[1] if found else ""


class Asked:
    """One list over so many rows, and how it is called."""

    def __init__(self, one: List, rows: int) -> None:
        self.emulator = Emulator(vendors=[one.vendor], limits="off")
        self.one, self.rows, self.first = one, rows, None
        self.world = self.emulator.sandboxes.default.worlds[one.vendor]
        self.engine = self.emulator.assembly.engines[one.vendor]
        pattern = {**next(iter(self.world.rows(one.collection).all())).data, **one.changes}
        self.world.store.fill(one.collection, ({**pattern, "id": f"{10**12 + n}"} for n in range(rows)), {})
        self.headers = one.who(self.world.credentials)
        self.first = orjson.loads(self.page(0))

    def page(self, after: int) -> bytes:
        """The page after so many rows, as its body."""
        path, query = self.one.ask(after, self.first, self.world.credentials)
        answer = self.engine.handle(Call("GET", path, query, self.headers), self.world)
        if answer.status != 200:
            raise RuntimeError(f"{path}?{query}: {answer.status} {answer.body!r}")
        return answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)

    def cost(self, after: int) -> float:
        """Microseconds of processor time of the page; a different one of the same depth each time would cost the same."""
        began = time.process_time()
        for _ in range(CALLS):
            self.page(after)
        return (time.process_time() - began) / CALLS * 1e6


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table; with --write, it goes to docs/performance.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", default=[one.vendor for one in LISTS])
    parser.add_argument("--write", action="store_true", help="put the figures into docs")
    options = parser.parse_args(arguments)
    lines = [
        f"| page of {SIZE} | first of {FEW:,} rows, µs | first of {options.rows:,} | ratio | the last of them | ratio |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_compared(one, options.rows, options.rounds) for one in LISTS if one.vendor in options.only]
    lines += ["", f"Python {platform.python_version()}, {platform.machine()}, load average {os.getloadavg()[0]:.0f}."]
    print("\n".join(lines))
    if options.write:
        put("bench/growth.py", "\n".join(lines))
    return 0


def _compared(one: List, rows: int, rounds: int) -> str:
    small, large = Asked(one, FEW), Asked(one, rows)
    seen = [(small.cost(0), large.cost(0), large.cost(rows - SIZE)) for _ in range(rounds)]
    few, first, last = (statistics.median(each) for each in zip(*seen, strict=True))
    ratios = [statistics.median(found[at] / found[0] for found in seen) for at in (1, 2)]
    return f"| {one.name} | {few:,.0f} | {first:,.0f} | {ratios[0]:.2f} | {last:,.0f} | {ratios[1]:.2f} |"


if __name__ == "__main__":
    sys.exit(main())
