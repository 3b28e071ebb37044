"""A long run: mixed traffic over every vendor through 200 sandboxes that are reset, kept, restored, removed and made again.

Every connection has sandboxes of its own, goes through them one by one, and asks again as soon as it was answered. Recorded over
time, of the server's process: resident memory, descriptors, threads, processor time per request; of the vendors' calls: p50 and p99.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import platform
import selectors
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from load import Asker, request
from page import DOCS, put
from panels import chart
from target import Target

ROUNDS = 2  # of the calls, at one visit to a sandbox
SAMPLES = 200
BOUNDARY = "soak"


@dataclass(frozen=True)
class Sample:
    """What was seen after so many requests."""

    requests: int
    memory: float
    descriptors: int
    threads: int
    cpu: float
    p50: float
    p99: float


@dataclass
class Run:
    """What a run has come to so far."""

    server: Target
    every: int
    samples: list[Sample] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    requests: int = 0
    failures: list[str] = field(default_factory=list)
    spent: float = 0.0

    def answered(self, asker: Asker, status: bytes, vendors: bool) -> None:
        self.requests += 1
        if vendors:
            self.latencies.append(time.perf_counter() - asker.asked)
        if not status.startswith(b"HTTP/1.1 2"):
            self.failures.append(f"{asker.request.splitlines()[0].decode()} -> {status.decode()}")
        if self.requests % self.every == 0:
            self._look()

    def _look(self) -> None:
        pid, cpu, latencies = self.server.process.pid, self.server.cpu(), sorted(self.latencies)
        self.samples.append(
            Sample(
                self.requests,
                self.server.memory(),
                sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()),
                sum(1 for _ in Path(f"/proc/{pid}/task").iterdir()),
                (cpu - self.spent) / self.every * 1e6,
                latencies[len(latencies) // 2] * 1e3,
                latencies[int(len(latencies) * 0.99)] * 1e3,
            )
        )
        self.spent, self.latencies = cpu, []


def calls(box: dict[str, Any]) -> list[bytes]:
    """What is asked of a sandbox's vendors: reads, writes, pages, a document, an upload."""
    vendors = {name: each["credentials"] for name, each in box["vendors"].items()}
    at = {name: f"/~{box['name']}/{name}" for name in vendors}
    amio, agillic = f"Bearer {vendors['amio']['token']}", _basic(vendors["agillic"], "client_id", "client_secret")
    ameyo, key = _basic(vendors["ameyo"], "username", "password"), vendors["amilia"]
    message = {"channel": {"id": "7391052017172488193"}, "contact": {"phone_number": "+420606123456"}}
    message["content"] = {"type": "text", "payload": "hello"}
    recipients, agents = f"{at['agillic']}/recipients", "cc-list/1/monitoring/user-session-information"
    made = [
        request("GET", f"{at['amio']}/v1/channels?max=5", amio),
        request("POST", f"{at['amio']}/v1/messages", amio, message),
        request("GET", f"{at['amio']}/v1/channels/7391052017172488193/contacts", amio),
        request("PUT", f"{recipients}/new@example.com", agillic, {"personData": {"FIRSTNAME": "New"}}),
        request("GET", f"{recipients}/new@example.com", agillic),
        request("GET", f"{recipients}?objectResponse=true&pageSize=10", agillic),
        request("GET", f"{at['ameyo']}/v4/{agents}?limit=10", ameyo),
        _upload(f"{at['ameyo']}/v1/cc-list/1/process-list/13/leads/17/contact-upload-tasks", ameyo),
    ]
    shown = f"X-AMILIA-APIKEY: {key['api_key']}\r\nX-AMILIA-APISECRET: {key['api_secret']}"
    for path in ("programs", "activities", "locations"):
        plain = request("GET", f"{at['amilia']}/api/v3/en/org/{key['organization_id']}/{path}", "-")
        made.append(plain.replace(b"Authorization: -", shown.encode()))
    return made


def _basic(own: dict[str, str], name: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{own[name]}:{own[secret]}".encode()).decode()


def _upload(path: str, authorization: str) -> bytes:
    """A small table for a lead list."""
    parts = {"user_id": "john", "header_mapping": '{"name": "customer_name", "phone1": "phone1"}'}
    body = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parts.items()
    )
    body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'
    body += f"customer_name,phone1\r\nAnn,9810000001\r\n--{BOUNDARY}--\r\n"
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {authorization}\r\n"
    head += f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


def life(boxes: Sequence[dict[str, Any]]) -> Iterator[tuple[bytes, bool]]:
    """What one connection asks, for ever, and whether a vendor is asked. A sandbox that is made again has its credentials again."""
    lives = [(calls(box), cycle(_changes(box["name"]))) for box in boxes]
    for asked, changes in cycle(lives):
        yield from ((one, True) for one in asked * ROUNDS)
        yield from ((one, False) for one in next(changes))


def _changes(name: str) -> list[list[bytes]]:
    """What befalls a sandbox between visits, in turn."""
    path = "/_emulator/sandboxes"

    def ask(method: str, below: str = "", body: object = None) -> bytes:
        return request(method, f"{path}/{name}{below}", "-", body)

    return [
        [ask("POST", "/snapshots", {"name": "kept"})],
        [ask("POST", "/snapshots/kept/restore")],
        [ask("POST", "/reset"), ask("GET", "/journal?limit=1")],
        [ask("DELETE"), request("POST", path, "-", {"name": name, "limits": "off"})],
    ]


def soak(server: Target, requests: int, sandboxes: int, connections: int) -> Run:
    """Asks so often. Raises RuntimeError if anything was answered otherwise than with success."""
    wishes = [{"name": f"soak-{number}", "limits": "off"} for number in range(sandboxes)]
    boxes = [server.call("POST", "/_emulator/sandboxes", "", wish) for wish in wishes]
    run = Run(server, max(1, requests // SAMPLES))
    run.spent = server.cpu()
    selector = selectors.DefaultSelector()
    for number in range(connections):
        lived = life(boxes[number::connections])
        asker = Asker(server.address, b"")
        selector.register(asker.socket, selectors.EVENT_READ, (asker, lived, [False]))
        _ask(asker, lived, selector.get_key(asker.socket).data[2])
    while run.requests < requests and not run.failures:
        for key, _ in selector.select(1):
            asker, lived, vendors = key.data
            status = asker.answered()
            if status is not None:
                run.answered(asker, status, vendors[0])
                _ask(asker, lived, vendors)
    if run.failures:
        raise RuntimeError(run.failures[0])
    return run


def _ask(asker: Asker, lived: Iterator[tuple[bytes, bool]], vendors: list[bool]) -> None:
    asker.request, vendors[0] = next(lived)
    asker.ask()


def text(run: Run, seconds: float, command: str) -> str:
    """The figures for docs/performance.md."""
    samples, last = run.samples, len(run.samples)
    lines = [
        f"`{command}`: {run.requests:,} requests in {seconds:,.0f} s, every one answered with success.",
        f"Python {platform.python_version()}, {platform.machine()}, load average {os.getloadavg()[1]:.0f}.",
        "",
        "| after requests | resident MiB | descriptors | threads | CPU µs/request | p50 ms | p99 ms |",
        "|---|---|---|---|---|---|---|",
    ]
    for part in (1, last // 10, last // 4, last // 2, 3 * last // 4, last):
        s = samples[max(0, part - 1)]
        lines.append(
            f"| {s.requests:,} | {s.memory:.0f} | {s.descriptors} | {s.threads} | {s.cpu:.0f} | {s.p50:.1f} | {s.p99:.1f} |"
        )
    third, fourth = (samples[last * n // 4 : last * (n + 1) // 4] for n in (2, 3))
    grown = _mean([s.memory for s in fourth]) - _mean([s.memory for s in third])
    tail = _mean([s.p99 for s in fourth]) / _mean([s.p99 for s in third])
    half, end = samples[last // 2], samples[-1]
    lines += [
        "",
        f"The last quarter beside the one before: resident memory {grown:+.1f} MiB and p99 {tail:.2f} times in the mean.",
    ]
    lines += [
        f"Half-way and at the end: {half.descriptors} and {end.descriptors} descriptors, {half.threads} and {end.threads} threads."
    ]
    return "\n".join(lines)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures and writes the plot to build/soak.svg; with --write, both go to docs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--sandboxes", type=int, default=200)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--json", type=Path, metavar="FILE", help="every sample, for other uses")
    parser.add_argument("--write", action="store_true", help="put the figures and the plot into docs")
    options = parser.parse_args(arguments)
    with Target.emulator() as server:
        began = time.perf_counter()
        run = soak(server, options.requests, options.sandboxes, options.connections)
        seconds = time.perf_counter() - began
    told = text(run, seconds, f"bench/soak.py --requests {options.requests}")
    xs = [s.requests for s in run.samples]
    panels = {
        "Resident memory, MiB": {"memory": [s.memory for s in run.samples]},
        "Latency of vendors' calls, ms": {"p50": [s.p50 for s in run.samples], "p99": [s.p99 for s in run.samples]},
        "Descriptors and threads": {
            "descriptors": [float(s.descriptors) for s in run.samples],
            "threads": [float(s.threads) for s in run.samples],
        },
    }
    plot = DOCS / "soak.svg" if options.write else DOCS.parent / "build" / "soak.svg"
    plot.parent.mkdir(exist_ok=True)
    plot.write_text(chart(xs, panels, "requests"), encoding="utf-8")
    if options.json:
        options.json.write_text(json.dumps([vars(s) for s in run.samples]))
    if options.write:
        put("bench/soak.py", f"{told}\n\n![Memory, latency, descriptors and threads over the run](soak.svg)")
    print(told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
