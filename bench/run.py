"""`make bench`: one GET, one validated POST and one page of 100, at several numbers of connections; start-up; memory.

The emulator and a constant-bytes application on the same server are loaded in turn, in one run; each figure is the median of the
rounds. What counts is the server's own processor time per request, and its ratio to the floor: requests a second depend on
whatever else the machine does.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from emulator import __version__

sys.path.insert(0, str(Path(__file__).parent))
from load import request
from target import Target, free_port, measure

HERE = Path(__file__).parent
TOKEN = "Bearer demo-amio-token"
CONNECTIONS = (1, 16, 64)


@dataclass(frozen=True)
class Case:
    """One request, sent again and again."""

    name: str
    request: bytes


def prepare(emulator: Target) -> list[Case]:
    """The cases, over a channel with a contact who has received at least a hundred messages."""
    channel = emulator.call("POST", "/amio/v1/channels", TOKEN, {"type": "amio_chat", "name": "Bench"})["id"]
    stimulus = "/_emulator/sandboxes/default/stimuli/amio/message_received"
    emulator.call("POST", stimulus, TOKEN, {"channel_id": channel, "text": "hello"})
    contact = emulator.call("GET", f"/amio/v1/channels/{channel}/contacts", TOKEN)[0]["id"]
    message = {"channel": {"id": channel}, "contact": {"id": contact}, "content": {"type": "text", "payload": "hello"}}
    for _ in range(110):
        emulator.call("POST", "/amio/v1/messages", TOKEN, message)
    return [
        Case("GET one", request("GET", f"/amio/v1/channels/{channel}", TOKEN)),
        Case("POST validated", request("POST", "/amio/v1/messages", TOKEN, message)),
        Case("page of 100", request("GET", f"/amio/v1/channels/{channel}/contacts/{contact}/messages?max=100", TOKEN)),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each measurement")
    parser.add_argument("--connections", type=int, nargs="*", default=list(CONNECTIONS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    rows: list[dict[str, object]] = []
    with Target.emulator("--limits", "off") as emulator, _floor() as bare:
        memory = emulator.memory()
        for case in prepare(emulator):
            for connections in options.connections:
                both = [
                    [measure(target, case.request, connections, options.seconds) for target in (emulator, bare)]
                    for _ in range(options.rounds)
                ]
                rows.append({"case": case.name, "connections": connections, **_medians(both)})
        grown = emulator.memory()
    starts = [_start() for _ in range(options.rounds)]
    told = {
        "emulator": __version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rounds": options.rounds,
        "start_to_first_200_seconds": statistics.median(wall for wall, _ in starts),
        "start_cpu_seconds": statistics.median(spent for _, spent in starts),
        "memory_at_start_mib": memory,
        "memory_after_load_mib": grown,
        "rows": rows,
    }
    print(json.dumps(told, indent=2) if options.json else text(told))
    return 0


def _floor() -> Target:
    port = free_port()
    return Target([sys.executable, str(HERE / "floor.py"), str(port)], port, "/")


def _medians(rounds: Sequence[Sequence[dict[str, float]]]) -> dict[str, float]:
    found = {key: statistics.median(mine[key] for mine, _ in rounds) for key in ("rate", "p50", "p99", "cpu")}
    return found | {"cpu_over_floor": statistics.median(mine["cpu"] / its["cpu"] for mine, its in rounds)}


def _start() -> tuple[float, float]:
    """Seconds to the first 200, and the processor's."""
    with Target.emulator() as target:
        return target.started, target.cpu()


def text(told: dict[str, object]) -> str:
    """The figures as the tables of docs/performance.md."""
    lines = [
        "| request | connections | requests/s | p50 µs | p99 µs | server CPU µs/request | over constant bytes |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['case']} | {row['connections']} | {row['rate']:,.0f} | {row['p50']:,.0f} | {row['p99']:,.0f} "
        f"| {row['cpu']:.0f} | {row['cpu_over_floor']:.1f} |"
        for row in told["rows"]  # type: ignore[attr-defined]
    ]
    memory = f"{told['memory_at_start_mib']:.0f} MiB at start, {told['memory_after_load_mib']:.0f} MiB after the load"
    measured = f"Python {told['python']}, {told['machine']}, median of {told['rounds']} rounds"
    start = f"{told['start_to_first_200_seconds']:.2f} s, {told['start_cpu_seconds']:.2f} s of processor time"
    lines += ["", f"Start to first 200: {start}. Memory: {memory}. {measured}."]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
