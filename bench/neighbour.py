"""A slow neighbour: what one sandbox's client sees while another sandbox's calls hang in a planned delay of thirty seconds.

One client at 16 connections, alone and beside the hanging calls, in turn; each ratio is the median of the rounds. An upload as the
neighbour is measured by `bench/upload.py`.
"""

from __future__ import annotations

import argparse
import os
import platform
import select
import socket
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from load import load, request
from page import put
from target import Target

PATH = "/amio/v1/channels?max=10"
HANGING = 200
DELAY = 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table; with --write, it goes to docs/performance.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    parser.add_argument("--write", action="store_true", help="put the figures into docs")
    options = parser.parse_args(arguments)
    with Target.emulator("--limits", "off") as server:
        slow, mine = (asked(server, name) for name in ("slow", "mine"))
        fault = {"match": {"vendor": "amio"}, "do": {"delay": DELAY}}
        server.call("POST", "/_emulator/sandboxes/slow/faults", body=fault)
        rounds = []
        for _ in range(options.rounds):
            alone = load(server.address, mine, 16, options.seconds)
            with hanging(server, slow):
                beside = load(server.address, mine, 16, options.seconds)
            if alone.failures or beside.failures:
                raise RuntimeError("the client was refused")
            rounds.append([(found.at(0.5), found.at(0.99)) for found in (alone, beside)])
    told = [
        f"| of {HANGING} calls that hang for {DELAY} s | p50 µs | p99 µs |",
        "|---|---|---|",
        *(
            f"| {name} | {_median(rounds, at, 0)} | {_median(rounds, at, 1)} |"
            for at, name in enumerate(("none", "all"))
        ),
        f"| ratio | {_ratio(rounds, 0)} | {_ratio(rounds, 1)} |",
        "",
        f"Python {platform.python_version()}, {platform.machine()}, load average {os.getloadavg()[0]:.0f}.",
    ]
    print("\n".join(told))
    if options.write:
        put("bench/neighbour.py", "\n".join(told))
    return 0


def asked(server: Target, name: str) -> bytes:
    """A call of a client of a sandbox that is made for it."""
    made = server.call("POST", "/_emulator/sandboxes", body={"name": name, "limits": "off"})
    return request("GET", f"/~{name}{PATH}", f"Bearer {made['vendors']['amio']['credentials']['token']}")


@contextmanager
def hanging(server: Target, ask: bytes) -> Iterator[None]:
    """Calls that wait for their replies, each over its own connection."""
    with ExitStack() as open_:
        waiting = [open_.enter_context(socket.create_connection(server.address)) for _ in range(HANGING)]
        for connection in waiting:
            connection.sendall(ask)
        yield
        if select.select(waiting, [], [], 0)[0]:
            raise RuntimeError("a call that was to hang was answered")


def _median(rounds: Sequence[Sequence[tuple[float, float]]], at: int, which: int) -> str:
    return f"{statistics.median(found[at][which] for found in rounds):,.0f}"


def _ratio(rounds: Sequence[Sequence[tuple[float, float]]], which: int) -> str:
    return f"{statistics.median(found[1][which] / found[0][which] for found in rounds):.2f}"


if __name__ == "__main__":
    sys.exit(main())
