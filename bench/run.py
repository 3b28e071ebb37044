"""`make bench`: one GET, one validated POST and one page of 100, at several numbers of connections; start-up; memory.

The emulator and a constant-bytes application on the same server are loaded in turn, in one run; each figure is the median of the
rounds. What counts is the server's own processor time per request, and its ratio to the floor: requests a second depend on
whatever else the machine does.
"""

from __future__ import annotations

import argparse
import json
import platform
import socket
import statistics
import sys
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from emulator import __version__

sys.path.insert(0, str(Path(__file__).parent))
from load import load  # noqa: E402
from target import Target  # noqa: E402

HERE = Path(__file__).parent
TOKEN = "demo-amio-token"
CONNECTIONS = (1, 16, 64)


@dataclass(frozen=True)
class Case:
    """One request, sent again and again."""

    name: str
    request: bytes


def request(method: str, path: str, body: object = None) -> bytes:
    """The bytes of a request."""
    data = json.dumps(body).encode() if body is not None else b""
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {TOKEN}"]
    head += ["Content-Type: application/json", f"Content-Length: {len(data)}"] if data else []
    return ("\r\n".join(head) + "\r\n\r\n").encode() + data


def prepare(port: int) -> list[Case]:
    """The cases, over a channel with a contact who has received at least a hundred messages."""

    def call(method: str, path: str, body: object = None) -> dict[str, object]:
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, headers, method=method)
        with urllib.request.urlopen(asked) as reply:
            found: dict[str, object] = json.load(reply)
            return found

    channel = call("POST", "/amio/v1/channels", {"type": "amio_chat", "name": "Bench"})["id"]
    stimulus = "/_emulator/sandboxes/default/stimuli/amio/message_received"
    call("POST", stimulus, {"channel_id": channel, "text": "hello"})
    with_token = urllib.request.Request(
        f"http://127.0.0.1:{port}/amio/v1/channels/{channel}/contacts", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(with_token) as reply:
        contact = json.load(reply)[0]["id"]
    message = {"channel": {"id": channel}, "contact": {"id": contact}, "content": {"type": "text", "payload": "hello"}}
    for _ in range(110):
        call("POST", "/amio/v1/messages", message)
    return [
        Case("GET one", request("GET", f"/amio/v1/channels/{channel}")),
        Case("POST validated", request("POST", "/amio/v1/messages", message)),
        Case("page of 100", request("GET", f"/amio/v1/channels/{channel}/contacts/{contact}/messages?max=100")),
    ]


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def measure(target: Target, case: Case, connections: int, seconds: float) -> dict[str, float]:
    """Rate, latencies and the server's processor time per request."""
    before = target.cpu()
    result = load(target.address, case.request, connections, seconds)
    if result.failures:
        raise RuntimeError(f"{case.name}: {result.failures} replies were no 2xx")
    spent = (target.cpu() - before) / result.replies * 1e6
    return {"rate": result.rate, "p50": result.at(0.5), "p99": result.at(0.99), "cpu": spent}


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each measurement")
    parser.add_argument("--connections", type=int, nargs="*", default=list(CONNECTIONS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    ours, floor = free_port(), free_port()
    serve = [sys.executable, "-m", "emulator", "serve", "--port", str(ours), "--limits", "off", "--quiet"]
    rows: list[dict[str, object]] = []
    with Target(serve, ours, "/_emulator/health") as emulator, Target([sys.executable, str(HERE / "floor.py"), str(floor)], floor, "/") as bare:
        memory = emulator.memory()
        for case in prepare(ours):
            for connections in options.connections:
                rounds = [
                    (measure(emulator, case, connections, options.seconds), measure(bare, case, connections, options.seconds))
                    for _ in range(options.rounds)
                ]
                row: dict[str, object] = {"case": case.name, "connections": connections}
                row |= {key: statistics.median(mine[key] for mine, _ in rounds) for key in ("rate", "p50", "p99", "cpu")}
                row["cpu_over_floor"] = statistics.median(mine["cpu"] / its["cpu"] for mine, its in rounds)
                rows.append(row)
        grown = emulator.memory()
    starts = sorted(_start() for _ in range(options.rounds))
    told = {
        "emulator": __version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rounds": options.rounds,
        "start_to_first_200_seconds": statistics.median(starts),
        "memory_at_start_mib": memory,
        "memory_after_load_mib": grown,
        "rows": rows,
    }
    print(json.dumps(told, indent=2) if options.json else text(told))
    return 0


def _start() -> float:
    port = free_port()
    with Target([sys.executable, "-m", "emulator", "serve", "--port", str(port), "--quiet"], port, "/_emulator/health") as target:
        return target.started


def text(told: dict[str, object]) -> str:
    """The figures as the tables of docs/performance.md."""
    lines = [
        "| request | connections | requests/s | p50 µs | p99 µs | server CPU µs/request | over constant bytes |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in told["rows"]:  # type: ignore[attr-defined]
        lines.append(
            f"| {row['case']} | {row['connections']} | {row['rate']:,.0f} | {row['p50']:,.0f} | {row['p99']:,.0f} "
            f"| {row['cpu']:.0f} | {row['cpu_over_floor']:.1f} |"
        )
    lines += [
        "",
        f"Start to first 200: {told['start_to_first_200_seconds']:.2f} s. Memory: {told['memory_at_start_mib']:.0f} MiB at start, "
        f"{told['memory_after_load_mib']:.0f} MiB after the load. Python {told['python']}, {told['machine']}, median of {told['rounds']} rounds.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
