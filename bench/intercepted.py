"""One intercepted call in process: `Emulator.intercept` against responses (for requests) and respx (for httpx), in turn, in one run.

python -m pip install --target build/peers/site responses respx pyyaml
PYTHONPATH=build/peers/site python bench/intercepted.py
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence

import httpx
import requests

from emulator.testing.client import Emulator

URL = "https://api.amio.io/v1/channels"
HEADERS = {"Authorization": "Bearer demo-amio-token"}
BODY = b'[{"id":"7391051513856000001","type":"amio_chat","name":"Forest Shop web chat","mode":"production","webhook":null}]'


def cost(call: Callable[[], object], times: int) -> float:
    """Microseconds of processor time for one call."""
    began = time.thread_time()
    for _ in range(times):
        call()
    return (time.thread_time() - began) / times * 1e6


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table."""
    import responses  # type: ignore[import-not-found]
    import respx  # type: ignore[import-not-found]

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=200)
    options = parser.parse_args(arguments)
    session, client = requests.Session(), httpx.Client()
    asked: dict[str, Callable[[], object]] = {
        "requests": lambda: session.get(URL, headers=HEADERS).raise_for_status(),
        "httpx": lambda: client.get(URL, headers=HEADERS).raise_for_status(),
    }
    emulator = Emulator(vendors=["amio"], limits="off")
    seen: dict[str, list[tuple[float, float]]] = {name: [] for name in asked}
    for _ in range(options.rounds):
        with emulator.intercept():
            ours = {name: cost(call, options.calls) for name, call in asked.items()}
        with responses.RequestsMock() as mock:
            mock.get(URL, body=BODY, content_type="application/json")
            theirs = {"requests": cost(asked["requests"], options.calls)}
        with respx.mock:
            respx.get(URL).mock(return_value=httpx.Response(200, content=BODY))
            theirs["httpx"] = cost(asked["httpx"], options.calls)
        for name in asked:
            seen[name].append((ours[name], theirs[name]))
    print("| library | emulator, CPU µs a call | responses, respx | ours over theirs |\n|---|---|---|---|")
    for name, pairs in seen.items():
        mine, its = (statistics.median(pair[place] for pair in pairs) for place in (0, 1))
        print(f"| {name} | {mine:.0f} | {its:.0f} | {statistics.median(a / b for a, b in pairs):.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
