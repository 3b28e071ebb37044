"""`make bench-peers`: the emulator against its peers, the same three shapes of request, loaded in turn in one run.

Peers are installed into `build/peers` from the registries that npm and pip are set up for; one that cannot be had is left out and
named. What counts is each server's own processor time per request, and the peer's over ours, taken round by round.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from emulator import __version__

sys.path.insert(0, str(Path(__file__).parent))
import plots
from load import load
from run import prepare
from shapes import PEERS, SHAPES, Peer
from target import Target, free_port, measure

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "build" / "peers"
PAGE = ROOT / "docs" / "performance.md"
WHERE = {"peers": "<!-- bench/peers.py writes what is between this line -->", "end": "<!-- and this one -->"}
WARMING = 3.0  # seconds, before the first round: the JVM and V8 compile while they serve
Figures = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, writes `build/peers/results.json`, and with `--write` the tables and plots of the documentation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--only", nargs="*", metavar="PEER", help=", ".join(peer.name for peer in PEERS))
    parser.add_argument("--offline", action="store_true", help="install nothing")
    parser.add_argument("--write", action="store_true", help="docs/performance.md and the plots beside it")
    options = parser.parse_args(arguments)
    wanted = [peer for peer in PEERS if not options.only or peer.name in options.only]
    left_out: dict[str, str] = {}
    ready = [peer for peer in wanted if _installed(peer, options.offline, left_out)]
    told = _compared(ready, options, left_out)
    told["growth"] = _growing(options)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "results.json").write_text(json.dumps(told, indent=2))
    print(table(told))
    if options.write:
        write(told)
    return 0


def _installed(peer: Peer, offline: bool, left_out: dict[str, str]) -> bool:
    """Whether the peer is there, or could be installed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    steps: list[list[str]] = []
    if peer.npm:
        steps.append(["npm", "install", "--no-audit", "--no-fund", "--prefix", str(FOLDER), *peer.npm])
    if peer.pypi:
        steps.append([sys.executable, "-m", "venv", str(FOLDER / "venv")])
        steps.append([str(FOLDER / "venv" / "bin" / "python"), "-m", "pip", "install", "--quiet", *peer.pypi])
    for step in () if offline else steps:
        try:
            subprocess.run(step, check=True, capture_output=True, text=True, timeout=900)
        except (OSError, subprocess.SubprocessError) as error:
            said = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
            left_out[peer.name] = f"it cannot be installed: {said[-1] if said else error}"
            return False
    return True


@contextlib.contextmanager
def _served(peer: Peer) -> Iterator[Target]:
    """The peer, serving what it was given in a folder of its own."""
    port, folder = free_port(), FOLDER / "served" / peer.name.replace(" ", "-")
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in {".keep": "", **peer.files(port)}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    if peer.name == "WireMock":
        jar = next(FOLDER.glob("node_modules/wiremock/**/wiremock*.jar"), None)
        if jar is None:
            raise RuntimeError("its package has no jar")
        shutil.copy(jar, folder / "wiremock.jar")
    with Target(peer.command(FOLDER, port), port, peer.probe, folder) as target:
        for asked in peer.prepare:
            load(target.address, asked, 1, 5, over=_once())
        yield target


def _once() -> Any:
    asked = iter((False, True))
    return lambda: next(asked, True)


def _compared(peers: Sequence[Peer], options: argparse.Namespace, left_out: dict[str, str]) -> Figures:
    """Rates, processor time and ratios by peer and shape; starts and memory by peer."""
    rows: dict[str, Figures] = {}
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(Target.emulator("--limits", "off"))
        rows["emulator"] = {
            "start": [ours.started],
            "memory": ours.memory(),
            "told": "stateful, validated both ways, journal on",
        }
        serving: list[tuple[str, Target, Sequence[bytes]]] = [
            ("emulator", ours, [case.request for case in prepare(ours)])
        ]
        for peer in peers:
            try:
                target = stack.enter_context(_served(peer))
            except (RuntimeError, OSError) as error:
                left_out[peer.name] = str(error)
                continue
            rows[peer.name] = {"start": [target.started], "memory": target.memory(), "told": peer.told}
            serving.append((peer.name, target, peer.asked))
        for place, shape in enumerate(SHAPES):
            rounds: list[dict[str, dict[str, float]]] = []
            for number in range(options.rounds + 1):
                seen: dict[str, dict[str, float]] = {}
                for name, target, asked in serving:
                    try:
                        seconds = options.seconds if number else WARMING
                        found = _patiently(target, asked[place], options.connections, seconds)
                        alone = _patiently(target, asked[place], 1, seconds)["p50"]
                        seen[name] = {**found, "alone": alone}
                    except (RuntimeError, OSError) as error:
                        left_out[f"{name}, {shape}"] = str(error)
                rounds += [seen] if number else []  # the first warms up
            for name, row in rows.items():
                mine = [(seen[name], seen["emulator"]) for seen in rounds if name in seen]
                if mine:
                    row[shape] = {
                        key: statistics.median(one[key] for one, _ in mine)
                        for key in ("rate", "p50", "p99", "cpu", "alone")
                    }
                    row[shape]["over_ours"] = statistics.median(one["cpu"] / other["cpu"] for one, other in mine)
        for name, target, _ in serving:
            rows[name]["grown"] = target.memory()
    _start_again(peers, rows, options.starts - 1)
    return {
        "at": datetime.now(UTC).strftime("%Y-%m-%d"),
        "emulator": __version__,
        "python": platform.python_version(),
        "machine": f"{os.cpu_count()} processors, {platform.machine()}, load {os.getloadavg()[0]:.1f}",
        "options": {key: getattr(options, key) for key in ("rounds", "seconds", "connections", "starts")},
        "rows": rows,
        "left_out": left_out,
    }


def _patiently(target: Target, request: bytes, connections: int, seconds: float) -> dict[str, float]:
    """A measurement; a longer one, if no reply came in its time."""
    try:
        return measure(target, request, connections, seconds)
    except RuntimeError:
        return measure(target, request, connections, WARMING)


def _start_again(peers: Sequence[Peer], rows: Mapping[str, Figures], times: int) -> None:
    for _ in range(times):
        with Target.emulator() as ours:
            rows["emulator"]["start"].append(ours.started)
        for peer in peers:
            if peer.name in rows:
                with contextlib.suppress(RuntimeError, OSError), _served(peer) as target:
                    rows[peer.name]["start"].append(target.started)


def _growing(options: argparse.Namespace) -> dict[str, list[tuple[float, float]]]:
    """Requests a second against connections, of the emulator alone."""
    found: dict[str, list[tuple[float, float]]] = {}
    with Target.emulator("--limits", "off") as ours:
        for case in prepare(ours):
            found[case.name] = [
                (float(number), measure(ours, case.request, number, options.seconds)["rate"])
                for number in (1, 4, 16, 64)
            ]
    return found


def table(told: Figures) -> str:
    """The figures for docs/performance.md."""
    lines = [
        "| server | "
        + " | ".join(f"{shape}: /s, CPU µs, over ours, p50 alone" for shape in SHAPES)
        + " | start s | MiB at start, after |",
        "|---|" + "---|" * (len(SHAPES) + 2),
    ]
    for name, row in told["rows"].items():
        cells = [
            f"{row[shape]['rate']:,.0f}, {row[shape]['cpu']:,.0f}, {row[shape]['over_ours']:.1f}, {row[shape]['alone']:,.0f}"
            if shape in row
            else "–"
            for shape in SHAPES
        ]
        memory = f"{row['memory']:.0f}, {row['grown']:.0f}"
        lines.append(f"| {name} | {' | '.join(cells)} | {statistics.median(row['start']):.2f} | {memory} |")
    lines += [
        "",
        f"At {told['options']['connections']} connections; p50 alone is in µs at one.",
        "",
        "What each does: " + "; ".join(f"**{name}** {row['told']}" for name, row in told["rows"].items()) + ".",
    ]
    if told["left_out"]:
        lines += ["", "Left out: " + "; ".join(f"{name} ({why})" for name, why in told["left_out"].items()) + "."]
    measured = ", ".join(f"{value} {key}" for key, value in told["options"].items())
    lines += ["", f"{told['at']}, Python {told['python']}, {told['machine']}; {measured}."]
    return "\n".join(lines)


def write(told: Figures) -> None:
    """Puts the table into the documentation, and the plots beside it."""
    text = PAGE.read_text()
    before, mark, rest = text.partition(WHERE["peers"])
    _, end, after = rest.partition(WHERE["end"])
    if not (mark and end):
        raise SystemExit(f"{PAGE} has no place for the table: {WHERE['peers']} … {WHERE['end']}")
    shown = "![requests a second against connections](throughput.svg)\n\n![start-up](start-up.svg)"
    PAGE.write_text(f"{before}{mark}\n\n{table(told)}\n\n{shown}\n\n{end}{after}")
    (PAGE.parent / "throughput.svg").write_text(plots.lines("Requests a second", "connections", told["growth"]))
    starts = {name: statistics.median(row["start"]) for name, row in told["rows"].items()}
    (PAGE.parent / "start-up.svg").write_text(plots.bars("From the command to the first 200", starts, "s"))


if __name__ == "__main__":
    sys.exit(main())
