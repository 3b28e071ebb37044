"""An upload of 500,000 rows to Ameyo while another sandbox's client keeps calling: time, peak memory, the other client's latencies.

A process of its own sends the file, as one multipart request, to `emulator serve`; this one is the other sandbox's client, over
one connection, first alone and then during the upload.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import platform
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from load import Result, load, request
from target import Target

LEADS = "/cc-list/1/process-list/13/leads/17/contact-upload-tasks"
AGENTS = "/v4/cc-list/1/monitoring/user-session-information?limit=2"
COLUMNS = {"name": "customer_name", "phone1": "phone1", "email": "email", "phone2": "phone2", "twitter": "twitter"}
BOUNDARY = "a-line-that-no-file-has"
BAD = 50  # every so many rows one has no number in the place of its number
PIECE = 1 << 18
JOURNAL = 10_000  # calls that a sandbox's journal keeps


@dataclass(frozen=True)
class Client:
    """Where a sandbox is, and who calls."""

    path: str
    authorization: str

    @classmethod
    def of_new_sandbox(cls, target: Target, name: str) -> Client:
        """A client of a sandbox that is made for it."""
        wish = {"name": name, "limits": "off"}
        credentials = target.call("POST", "/_emulator/sandboxes", body=wish)["vendors"]["ameyo"]["credentials"]
        pair = base64.b64encode(f"{credentials['username']}:{credentials['password']}".encode()).decode()
        return cls(f"/~{name}/ameyo", f"Basic {pair}")


def write(path: Path, rows: int) -> int:
    """Writes a CSV of so many rows, each about 100 bytes; answers its size."""
    with path.open("w", newline="") as file:
        file.write(",".join(COLUMNS.values()) + "\r\n")
        for number in range(rows):
            phone = f"{9_000_000_000 + number * 7919 % 999_999_937}" if number % BAD else f"{number}x"
            email = f"customer{number:07d}@my-domain.example.com"
            file.write(f"Customer Number {number:07d},{phone},{email},{8_000_000_000 + number},handle_{number:07d}\r\n")
    return path.stat().st_size


def _part(name: str, value: str, more: str = "") -> bytes:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}'.encode()


def _pieces(path: Path) -> Iterator[bytes]:
    """The body of the request, never whole."""
    fields = {"user_id": "john", "header_mapping": json.dumps(COLUMNS)}
    fields |= {"update_duplicate": "false", "churn_updated_records": "false", "migrate": "false"}
    yield from (_part(name, value + "\r\n") for name, value in fields.items())
    yield _part("file", "", '; filename="contacts.csv"\r\nContent-Type: text/csv')
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
    yield f"\r\n--{BOUNDARY}--\r\n".encode()


def send(address: tuple[str, int], client: Client, path: Path) -> tuple[float, int]:
    """Uploads the file; answers the seconds until the reply was there, and the task's id."""
    length = sum(map(len, _pieces(path)))
    headers = {"Authorization": client.authorization, "Content-Length": str(length)}
    headers |= {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    connection = http.client.HTTPConnection(*address, timeout=600)
    began = time.perf_counter()
    connection.request("POST", f"{client.path}/v1{LEADS}", _pieces(path), headers)
    reply = connection.getresponse()
    told: Any = json.load(reply)
    if reply.status != 200:
        raise RuntimeError(f"the upload was answered {reply.status}: {told}")
    return time.perf_counter() - began, told["response"][0]["data"]["task_id"]


def failed(target: Target, client: Client, task: int) -> int:
    """How many rows the error file has."""
    connection = http.client.HTTPConnection(*target.address, timeout=600)
    connection.request(
        "GET", f"{client.path}{LEADS}/{task}/error-file", headers={"Authorization": client.authorization}
    )
    return connection.getresponse().read().count(b"\r\n") - 1


def milliseconds(result: Result) -> dict[str, float]:
    """The latencies of a run."""
    return {
        "calls": result.replies,
        "p50": result.at(0.5) / 1000,
        "p99": result.at(0.99) / 1000,
        "max": result.at(1) / 1000,
    }


def fill_journal(target: Target, ask: bytes) -> None:
    """Calls until the other sandbox's journal grows no more, so that it is not taken for memory of the upload."""
    calls = 0
    while calls < JOURNAL:
        calls += load(target.address, ask, 4, 1.0).replies


def uploaded(target: Target, path: Path, rows: int, alone: float) -> dict[str, object]:
    """One upload, and what the other client saw before it and meanwhile."""
    client, other = (Client.of_new_sandbox(target, name) for name in ("uploads", "other"))
    ask = request("GET", other.path + AGENTS, other.authorization)
    fill_journal(target, ask)
    before = load(target.address, ask, 1, alone)
    with ProcessPoolExecutor(1) as pool:
        pool.submit(abs, 0).result()
        idle, spent = target.memory(), target.cpu()
        target.forget_peak()
        upload = pool.submit(send, target.address, client, path)
        during = load(target.address, ask, 1, 600, upload.done)
        seconds, task = upload.result()
    peak, left, spent = target.peak(), target.memory(), target.cpu() - spent
    if before.failures or during.failures or failed(target, client, task) != -(-rows // BAD):
        raise RuntimeError("the other client was refused, or the error file has another length")
    return {
        "seconds": seconds,
        "server_cpu_seconds": spent,
        "idle_mib": idle,
        "peak_over_idle_mib": peak - idle,
        "left_over_idle_mib": left - idle,
        "other_alone_ms": milliseconds(before),
        "other_during_ms": milliseconds(during),
    }


def text(told: dict[str, Any]) -> Iterator[str]:
    """The figures as the table of docs/performance.md."""
    yield (
        "| run | seconds | server CPU s | idle MiB | peak over idle | left over idle "
        "| other: calls | p50 ms | p99 ms | max ms | alone: p50 ms | p99 ms |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|---|"
    for number, run in enumerate(told["runs"], 1):
        during, alone = run["other_during_ms"], run["other_alone_ms"]
        cells = [f"{run['seconds']:.1f}", f"{run['server_cpu_seconds']:.1f}"]
        cells += [f"{run[key]:.0f}" for key in ("idle_mib", "peak_over_idle_mib", "left_over_idle_mib")]
        cells += [f"{during['calls']:,}", *(f"{during[key]:.1f}" for key in ("p50", "p99", "max"))]
        cells += [f"{alone[key]:.1f}" for key in ("p50", "p99")]
        yield f"| {number} | {' | '.join(cells)} |"
    yield ""
    yield f"{told['rows']:,} rows, {told['bytes'] / 1e6:.1f} MB, every {BAD}th of them bad. Python {told['python']}."


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table, or JSON. Each run is a server of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0, help="in which the other client calls alone")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    told: dict[str, Any] = {"python": platform.python_version(), "rows": options.rows, "runs": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.csv"
        told["bytes"] = write(path, options.rows)
        for _ in range(options.rounds):
            with Target.emulator("--vendor", "ameyo", "--limits", "off") as target:
                told["runs"].append(uploaded(target, path, options.rows, options.seconds))
    print(json.dumps(told, indent=2) if options.json else "\n".join(text(told)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
