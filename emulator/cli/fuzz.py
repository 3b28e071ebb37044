"""Fuzzing clients: `fuzz`, `replay` and `scenarios`."""

from __future__ import annotations

import argparse
import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emulator.cli.common import Stop, command

if TYPE_CHECKING:
    from emulator.fuzz.clients import Client

FAILURES = Path(".emulator-failures")
WHOLE_TIME = "time-machine is not installed: datetime.now() tells the client the real time, not the sandbox's"


def add(commands: Any) -> None:
    """Adds the three."""
    fuzz = command(commands, "fuzz", _fuzz, "let a client do a job in all weathers, and judge it trait by trait")
    fuzz.add_argument(
        "--scenario", required=True, metavar="NAME", help="a name of `scenarios`, or a file or module of your own"
    )
    _client(fuzz, required=True)
    fuzz.add_argument("--examples", type=number, default=200, metavar="N", help="weathers to try (default: 200)")
    fuzz.add_argument("--seed", type=int, default=0, metavar="N", help="other weathers for another seed (default: 0)")
    fuzz.add_argument("--weather", choices=("lawful", "rough", "all"), default="all")
    fuzz.add_argument("--traits", default="", metavar="T,T", help="judge these traits only")
    fuzz.add_argument(
        "--ignore", action="append", default=[], metavar="TRAIT", help="do not judge it; may be given again"
    )
    fuzz.add_argument("--report", type=Path, metavar="DIR", help="write the verdict as text, JUnit XML, JSON and HTML")
    fuzz.add_argument(
        "--output", type=Path, default=FAILURES, metavar="DIR", help=f"failure files (default: {FAILURES})"
    )
    fuzz.add_argument(
        "--database", metavar="DIR|none", help="failure files whose weather is tried first (default: those of --output)"
    )
    replay = command(commands, "replay", _replay, "let a client do the job of a failure file once more")
    replay.add_argument("file", type=Path, metavar="FILE")
    _client(replay, required=False)
    scenarios = command(commands, "scenarios", _scenarios, "the jobs that `fuzz` knows")
    scenarios.add_argument("--json", action="store_true")


def _client(parser: argparse.ArgumentParser, required: bool) -> None:
    client = parser.add_mutually_exclusive_group(required=required)
    client.add_argument("--client", metavar="PKG.MOD:NAME", help="a callable (target, inputs) -> result")
    client.add_argument(
        "--command", metavar="COMMAND", help="a program that reads its job as JSON and prints the result"
    )
    parser.add_argument("--lines", action="store_true", help="the program lives on and is given a job in each line")
    parser.add_argument("--timeout", type=amount, metavar="SECONDS", help="of one run (default: 60; for a program 120)")
    parser.add_argument(
        "--compress",
        type=amount,
        default=360.0,
        metavar="FACTOR",
        help="for a program, the vendor's windows and lifetimes are so much shorter (default: 360)",
    )


def _fuzz(options: argparse.Namespace) -> int:
    from emulator.fuzz import failure, named
    from emulator.fuzz.report import text, write
    from emulator.fuzz.trial import Trial

    try:
        from emulator.fuzz.hunt import ALL, Trouble, hunt
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise Stop("fuzzing needs hypothesis: install vendor-emulator[fuzz]") from None
    wanted = _wanted(options, ALL)
    database = options.output if options.database is None else Path(options.database)
    known = [] if options.database == "none" else list(failure.known(database, options.scenario))
    if options.client and find_spec("time_machine") is None:
        print(f"emulator: {WHOLE_TIME}", file=sys.stderr)
    try:
        scenario, client = named.scenario(options.scenario), _named(options)
        assert client is not None
        with Trial(scenario, client, timeout=options.timeout, quiet=True) as trial:
            verdict = hunt(
                trial, examples=options.examples, seed=options.seed, sort=options.weather, wanted=wanted, known=known
            )
    except named.Unknown as error:
        raise Stop(str(error)) from None
    except Trouble as trouble:
        raise RuntimeError(str(trouble)) from trouble
    except KeyboardInterrupt:
        raise Stop("interrupted", 130) from None
    verdict = failure.keep(verdict, client, options.scenario, options.output, set(ALL) - set(wanted))
    print(text(verdict))
    if options.report:
        write([verdict], options.report)
        print(f"  report: {options.report / 'report.html'}")
    return 1 if verdict.failed else 0


def _replay(options: argparse.Namespace) -> int:
    from emulator.fuzz import failure
    from emulator.fuzz.clients import recorded
    from emulator.fuzz.named import Unknown

    try:
        kept = failure.read(options.file)
        client = _named(options) or recorded(kept.client)
        found = failure.replay(kept, client, options.timeout)
    except (ValueError, Unknown) as error:
        raise Stop(str(error)) from None
    for finding, story in found:
        print(f"FAIL  {finding.trait}")
        print("\n".join(f"  {line}".rstrip() for line in story), end="\n\n")
    told = "still fails" if found else "does its job now"
    print(f"{kept.scenario}  {client.name} {told}")
    return 1 if found else 0


def _scenarios(options: argparse.Namespace) -> int:
    from emulator.fuzz import scenarios

    found = scenarios.all()
    if options.json:
        print(json.dumps([scenario.show() for scenario in found], indent=2, ensure_ascii=False))
        return 0
    for scenario in found:
        print(f"{scenario.name}\n  {scenario.title}")
        print(f"  inputs: {', '.join(scenario.inputs.get('properties', {})) or 'none'}")
        print(f"  right if: {scenario.oracle}")
    return 0


def _named(options: argparse.Namespace) -> Client | None:
    """The client that the options name, if they do. Raises Unknown."""
    from emulator.fuzz.clients import Callee, Command

    if options.lines and not options.command:
        raise Stop("--lines goes with --command")
    if options.client:
        return Callee.load(options.client)
    if options.command:
        return Command(options.command, lines=options.lines, compress=options.compress)
    return None


def _wanted(options: argparse.Namespace, known: tuple[str, ...]) -> list[str]:
    """The traits that are to be judged."""
    chosen = options.traits.split(",") if options.traits else list(known)
    if strangers := [name for name in [*chosen, *options.ignore] if name not in known]:
        raise Stop(f"no trait is called {', '.join(strangers)}; there are {', '.join(known)}")
    return [name for name in chosen if name not in options.ignore]


def number(text: str) -> int:
    """A whole number from 1."""
    if (value := int(text)) < 1:
        raise argparse.ArgumentTypeError("a number from 1")
    return value


def amount(text: str) -> float:
    """A number from 1."""
    if not (value := float(text)) >= 1:
        raise argparse.ArgumentTypeError("a number from 1")
    return value
