"""Pages of Agillic's documents over 200,000 recipients and over 2,000: what the server spends on each, and memory per recipient.

Both servers are `emulator serve` processes, seeded by batches over HTTP and loaded in turn, in one run. What counts is the
ratio of the larger to the smaller, not the microseconds: those depend on whatever else the machine does.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parent))
from load import request
from target import Target, measure

KEY = "Basic ZGVtb0tleTEyMzQ1OmRlbW9TZWNyZXQxMjM0NTY="  # the demo world's developer key and secret
PATH = "/agillic/recipients"
BATCH = 1000
CITIES = ("Copenhagen", "Aarhus", "Odense", "Aalborg", "Esbjerg")
FILTER = "CITY!=Esbjerg;AGE>=18"
FEW, WHOLE = 10, 1000


@dataclass(frozen=True)
class Page:
    """A page of a document: its filter, its size, and where it starts in the small document and in the large one."""

    name: str
    filter: str
    size: int
    small: int
    large: int


PAGES = (
    Page("unfiltered, first page of 10", "", FEW, 1, 1),
    Page("unfiltered, page 150 of 10", "", FEW, 1491, 1491),
    Page("filtered, first page of 10", FILTER, FEW, 1, 1),
    Page("filtered, page 150 of 10", FILTER, FEW, 1491, 1491),
    Page("unfiltered, first page of 1000", "", WHOLE, 1, 1),
    Page("unfiltered, page 150 of 1000 (small: page 2)", "", WHOLE, 1001, 149_001),
)


def person(number: int) -> dict[str, str]:
    """The fields of a recipient."""
    return {
        "EMAIL": f"person{number:07d}@shop.example.com",
        "FIRSTNAME": f"First {number % 997}",
        "LASTNAME": f"Last {number % 4999}",
        "AGE": str(18 + number % 70),
        "CITY": CITIES[number % len(CITIES)],
        "CUSTOMER_ID": str(1_000_000 + number),
        "NEWSLETTER": "true" if number % 3 else "false",
        "LOYALTY_POINTS": str(number % 5000),
    }


def seed(target: Target, count: int) -> float:
    """Upserts so many recipients in batches; answers the seconds that it took."""
    began = time.perf_counter()
    for start in range(0, count, BATCH):
        entries = [{"personData": person(number)} for number in range(start, min(start + BATCH, count))]
        told = target.call("POST", f"{PATH}/:batch", KEY, entries)
        if told["created"] != len(entries):
            raise RuntimeError(f"a batch was answered {told}")
    return time.perf_counter() - began


class Documents:
    """The documents of one server, each made when first asked for. `made` tells the seconds that took."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.made: dict[str, float] = {}
        self._idents: dict[str, str] = {}

    def request(self, page: Page, start: int) -> bytes:
        """The bytes that ask for a page of a document that exists."""
        query = {"objectResponse": "true", "pageStart": start, "pageSize": page.size}
        return request("GET", f"{PATH}?{urlencode(query | {'documentId': self._ident(page.filter)})}", KEY)

    def _ident(self, wanted: str) -> str:
        if wanted not in self._idents:
            query = {"objectResponse": "true", "pageSize": FEW} | ({"filter": wanted} if wanted else {})
            began = time.perf_counter()
            told = self.target.call("GET", f"{PATH}?{urlencode(query)}", KEY)
            self.made[wanted] = time.perf_counter() - began
            self._idents[wanted] = told["page"]["documentId"]
        return self._idents[wanted]


def compared(page: Page, small: Documents, large: Documents, rounds: int, seconds: float) -> dict[str, object]:
    """What a page costs the small server and the large one, loaded in turn over one connection."""
    asked = ((small.target, small.request(page, page.small)), (large.target, large.request(page, page.large)))
    both = [[measure(target, data, 1, seconds) for target, data in asked] for _ in range(rounds)]
    row: dict[str, object] = {"case": page.name}
    for key in ("cpu", "p50"):
        row |= {f"{key}_small": statistics.median(a[key] for a, _ in both)}
        row |= {f"{key}_large": statistics.median(b[key] for _, b in both)}
        row |= {f"{key}_ratio": statistics.median(b[key] / a[key] for a, b in both)}
    return row


def told(options: argparse.Namespace) -> dict[str, object]:
    """Everything that was measured."""
    serve = ("--vendor", "agillic", "--limits", "off")
    with Target.emulator(*serve) as few, Target.emulator(*serve) as many:
        seed(few, options.small)
        took = seed(many, options.large)
        seeded = many.memory()
        per_recipient = (seeded - few.memory()) * 1024 * 1024 / (options.large - options.small)
        small, large = Documents(few), Documents(many)
        rows = [compared(page, small, large, options.rounds, options.seconds) for page in PAGES]
        return {
            "python": platform.python_version(),
            "rounds": options.rounds,
            "recipients": [options.small, options.large],
            "seeding_seconds": took,
            "memory_seeded_mib": seeded,
            "memory_with_documents_mib": many.memory(),
            "bytes_per_recipient": per_recipient,
            "document_seconds": {name or "unfiltered": [small.made[name], large.made[name]] for name in small.made},
            "rows": rows,
        }


def text(told: dict[str, object]) -> Iterator[str]:
    """The figures as the tables of docs/performance.md."""
    small, large = (f"{count:,}" for count in told["recipients"])  # type: ignore[attr-defined]
    yield f"| page | CPU µs at {small} | at {large} | ratio | p50 µs at {small} | at {large} | ratio |"
    yield "|---|---|---|---|---|---|---|"
    for row in told["rows"]:  # type: ignore[attr-defined]
        cells = [
            f"{row[f'{key}_small']:,.0f} | {row[f'{key}_large']:,.0f} | {row[f'{key}_ratio']:.2f}"
            for key in ("cpu", "p50")
        ]
        yield f"| {row['case']} | {' | '.join(cells)} |"
    yield ""
    for name, (few, many) in told["document_seconds"].items():  # type: ignore[attr-defined]
        yield f"Making the document, {name}: {few * 1000:.0f} ms and {many * 1000:.0f} ms."
    yield (
        f"Seeding {large}: {told['seeding_seconds']:.0f} s in batches of {BATCH:,}. Memory: {told['memory_seeded_mib']:.0f} MiB seeded, "
        f"{told['memory_with_documents_mib']:.0f} MiB with both documents; {told['bytes_per_recipient']:.0f} bytes a recipient."
    )
    yield f"Python {told['python']}, median of {told['rounds']} rounds."


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints tables, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=2_000)
    parser.add_argument("--large", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each measurement")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    found = told(options)
    print(json.dumps(found, indent=2) if options.json else "\n".join(text(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
