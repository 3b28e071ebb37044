"""The readers of contracts: `routes`, `check`, `openapi`, `docs`, `coverage`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from emulator import data
from emulator.cli.common import Stop, command, vendor_folder
from emulator.contract.files import BadContract


def add(commands: Any) -> None:
    """Adds the readers."""
    routes = command(commands, "routes", _routes, "every operation, with its contract and its behaviour")
    check = command(commands, "check", _check, "load contracts and print every complaint")
    check.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="a folder of vendors, or one vendor's (default: the contracts that are built in)",
    )
    openapi = command(commands, "openapi", _openapi, "OpenAPI 3.1 of one vendor")
    openapi.add_argument("vendor", metavar="V")
    openapi.add_argument("-o", "--output", type=Path, metavar="FILE")
    docs = command(commands, "docs", _docs, "reference pages, static HTML")
    docs.add_argument("-o", "--output", type=Path, default=Path("build/docs"), metavar="DIR")
    coverage = command(commands, "coverage", _coverage, "what is documented, what is inferred, what is assumed")
    for reader in (routes, coverage):
        reader.add_argument("vendor", nargs="?", metavar="V")
        reader.add_argument("--json", action="store_true")
    coverage.add_argument(
        "--evidence", type=Path, metavar="FILE", help="what `verify --evidence` kept: a file, or a folder of them"
    )


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
        vendor_folder(options.vendor)
    assembly = assemble([options.vendor] if options.vendor else [])
    rows = [row for vendor, engine in assembly.engines.items() for row in routes(engine.contract, located(engine))]
    print(json.dumps(rows, indent=2) if options.json else as_table(rows))
    return 0


def _openapi(options: argparse.Namespace) -> int:
    from emulator.contract.load import load
    from emulator.readers.openapi import openapi

    contract = load(vendor_folder(options.vendor), thorough=False)
    text = json.dumps(openapi(contract, f"http://127.0.0.1:8080/{options.vendor}"), indent=2, ensure_ascii=False)
    if options.output:
        options.output.write_text(text + "\n", encoding="utf-8")
    else:
        print(text)
    return 0


def _docs(options: argparse.Namespace) -> int:
    from emulator.assembly import vendors_in
    from emulator.cli.played import played
    from emulator.contract.load import load
    from emulator.readers.docs import write

    folder = data.folder("contracts")
    vendors = vendors_in(folder)
    executed = {ident: made for vendor in vendors for ident, made in played(vendor).items()}
    write([load(folder / vendor, thorough=False) for vendor in vendors], options.output, executed)
    print(f"{options.output}/index.html")
    return 0


def _coverage(options: argparse.Namespace) -> int:
    from emulator.assembly import vendors_in
    from emulator.contract.load import load
    from emulator.readers.coverage import coverage
    from emulator.readers.evidence import evidence

    vendors = [options.vendor] if options.vendor else vendors_in(data.folder("contracts"))
    try:
        kept = evidence(options.evidence) if options.evidence else []
    except ValueError as error:
        raise Stop(str(error)) from None
    found = [coverage(load(vendor_folder(vendor), thorough=False), evidence=kept) for vendor in vendors]
    if options.json:
        print(json.dumps([one.as_json() for one in found], indent=2, ensure_ascii=False))
    else:
        print("\n\n".join(one.as_text() for one in found))
    return 0
