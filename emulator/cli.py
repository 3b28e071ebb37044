"""The command line: `emulator serve`, and the readers of contracts."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from emulator import __version__, data
from emulator.contract.files import BadContract

WRONG_USAGE = 2


class Stop(Exception):
    """Ends the command with a line that says what to do."""

    def __init__(self, told: str, status: int = WRONG_USAGE) -> None:
        super().__init__(told)
        self.status = status


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and answers its exit status: 0 fine, 1 the command found something, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except Stop as stop:
        told, status = str(stop), stop.status
    except BadContract as bad:
        told, status = str(bad), 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if options.debug:
            raise
        told, status = f"{type(error).__name__}: {error} (--debug shows where)", 1
    print(f"emulator: {told}" if status == WRONG_USAGE else told, file=sys.stderr)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="emulator", description="Emulates vendors' APIs, for tests, development and fuzzing."
    )
    parser.add_argument("--version", action="version", version=f"emulator {__version__}")
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    commands = parser.add_subparsers(required=True, metavar="command")
    _serve_options(_command(commands, "serve", _serve, "serve until SIGINT or SIGTERM, then drain"))
    routes = _command(commands, "routes", _routes, "every operation, with its contract and its behaviour")
    check = _command(commands, "check", _check, "load contracts and print every complaint")
    check.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="a folder of vendors, or one vendor's (default: the contracts that are built in)",
    )
    openapi = _command(commands, "openapi", _openapi, "OpenAPI 3.1 of one vendor")
    openapi.add_argument("vendor", metavar="V")
    openapi.add_argument("-o", "--output", type=Path, metavar="FILE")
    docs = _command(commands, "docs", _docs, "reference pages, static HTML")
    docs.add_argument("-o", "--output", type=Path, default=Path("build/docs"), metavar="DIR")
    coverage = _command(commands, "coverage", _coverage, "what is documented, what is inferred, what is assumed")
    for command in (routes, coverage):
        command.add_argument("vendor", nargs="?", metavar="V")
        command.add_argument("--json", action="store_true")
    explain = _command(commands, "explain", _explain, "why a call of the journal was answered as it was")
    explain.add_argument("id", type=int, metavar="ID")
    explain.add_argument("--url", default="http://127.0.0.1:8080", help="where the emulator is served")
    explain.add_argument("--sandbox", default="default")
    explain.add_argument("--admin-token", default=os.environ.get("EMULATOR_ADMIN_TOKEN", ""))
    return parser


def _command(commands: Any, name: str, run: Callable[[argparse.Namespace], int], about: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    command.set_defaults(run=run)
    return command


def _serve_options(serve: argparse.ArgumentParser) -> None:
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8080, help="0 takes a free one (default 8080)")
    serve.add_argument(
        "--vendor", action="append", default=[], metavar="V", help="serve this vendor only; may be given again"
    )
    serve.add_argument(
        "--world",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a world document that the default sandbox begins with",
    )
    serve.add_argument("--empty", action="store_true", help="begin without demo rows")
    serve.add_argument("--limits", choices=("documented", "off"), default="documented")
    serve.add_argument(
        "--store", default="memory:", metavar="memory:|sqlite:FILE", help="where the state of all sandboxes is kept"
    )
    serve.add_argument(
        "--public-url", default="", metavar="URL", help="how clients reach the emulator, if not by the host they name"
    )
    serve.add_argument("--tls", action="store_true", help="HTTPS too, on the next port, from a local authority")
    serve.add_argument(
        "--webhook-allow",
        action="append",
        default=[],
        metavar="CIDR",
        help="networks that webhooks may go to, besides private ones",
    )
    serve.add_argument("--admin-token", default=os.environ.get("EMULATOR_ADMIN_TOKEN", ""), metavar="T")
    serve.add_argument("--only-documented", action="store_true", help="answer 501 where an operation is a guess")
    serve.add_argument("--log", choices=("text", "json"), default="text")
    serve.add_argument("--quiet", action="store_true")


def _serve(options: argparse.Namespace) -> int:
    from emulator.service import ServeOptions, run

    if not 0 <= options.port <= 65535:  # the system would take it modulo 65536
        raise Stop("--port goes from 0 to 65535")
    try:
        return run(
            ServeOptions(**{name: value for name, value in vars(options).items() if name not in ("run", "debug")})
        )
    except (ValueError, OSError) as error:
        raise Stop(str(error)) from error


def _check(options: argparse.Namespace) -> int:
    from emulator.assembly import assemble, vendors_in
    from emulator.contract.load import load

    folder: Path = options.folder or data.folder("contracts")
    if not folder.is_dir():
        raise Stop(f"{folder} is no folder")
    single = (folder / "vendor.json").exists()
    vendors = [folder.name] if single else vendors_in(folder)
    if not vendors:
        raise Stop(f"{folder} has no vendor: a folder with a vendor.json")
    complaints = []
    for vendor in vendors:
        try:
            load(folder if single else folder / vendor)
        except BadContract as bad:
            complaints += bad.complaints
    if options.folder is None and not complaints:
        assemble()
    for complaint in complaints:
        print(complaint)
    if not complaints:
        print(f"{', '.join(vendors)}: nothing to complain about")
    return 1 if complaints else 0


def _routes(options: argparse.Namespace) -> int:
    from emulator.assembly import assemble, located
    from emulator.readers.routes import as_table, routes

    if options.vendor:
        _vendor_folder(options.vendor)
    assembly = assemble([options.vendor] if options.vendor else [])
    rows = [row for vendor, engine in assembly.engines.items() for row in routes(engine.contract, located(engine))]
    print(json.dumps(rows, indent=2) if options.json else as_table(rows))
    return 0


def _openapi(options: argparse.Namespace) -> int:
    from emulator.contract.load import load
    from emulator.readers.openapi import openapi

    contract = load(_vendor_folder(options.vendor), thorough=False)
    text = json.dumps(openapi(contract, f"http://127.0.0.1:8080/{options.vendor}"), indent=2, ensure_ascii=False)
    if options.output:
        options.output.write_text(text + "\n", encoding="utf-8")
    else:
        print(text)
    return 0


def _docs(options: argparse.Namespace) -> int:
    from emulator.assembly import vendors_in
    from emulator.contract.load import load
    from emulator.readers.docs import write

    folder = data.folder("contracts")
    write([load(folder / vendor, thorough=False) for vendor in vendors_in(folder)], options.output)
    print(f"{options.output}/index.html")
    return 0


def _coverage(options: argparse.Namespace) -> int:
    from emulator.assembly import vendors_in
    from emulator.contract.load import load
    from emulator.readers.coverage import coverage

    vendors = [options.vendor] if options.vendor else vendors_in(data.folder("contracts"))
    found = [coverage(load(_vendor_folder(vendor), thorough=False)) for vendor in vendors]
    if options.json:
        print(json.dumps([one.as_json() for one in found], indent=2, ensure_ascii=False))
    else:
        print("\n\n".join(one.as_text() for one in found))
    return 0


def _explain(options: argparse.Namespace) -> int:
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    url = f"{options.url.rstrip('/')}/_emulator/sandboxes/{options.sandbox}/journal/{options.id}"
    headers = {"Authorization": f"Bearer {options.admin_token}"} if options.admin_token else {}
    if not url.startswith(("http://", "https://")):
        raise Stop(f"{options.url!r} is no http address")
    try:
        with urlopen(Request(url, headers=headers), timeout=30) as reply:
            entry = json.load(reply)
    except HTTPError as error:
        raise Stop(json.load(error).get("detail", str(error)), 1) from None
    except URLError as error:
        raise Stop(f"no emulator answers at {options.url}: {error.reason}", 1) from None
    request = entry["request"]
    print(
        f"{request['method']} {request['path']} -> {entry['reply']['status']} ({entry['operation'] or 'no operation'})"
    )
    for line in entry["why"]:
        print(f"  {line}")
    return 0


def _vendor_folder(vendor: str) -> Path:
    from emulator.assembly import vendors_in

    folder = data.folder("contracts")
    if vendor not in (known := vendors_in(folder)):
        raise Stop(f"no vendor is called {vendor!r}; there are {', '.join(known)}")
    return folder / vendor
