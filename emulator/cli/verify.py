"""`emulator verify`: whether a server, the vendor's own or another, answers as the contract says."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from emulator import __version__
from emulator.cli.common import Stop, command, vendor_folder

if TYPE_CHECKING:
    from emulator.contract.model import Contract
    from emulator.verify.report import Report
    from emulator.verify.run import Account

ENVIRONMENT = "EMULATOR_VERIFY_"


def add(commands: Any) -> None:
    """Adds `verify`."""
    verify = command(commands, "verify", _verify, "ask a server, and report where it departs from the contract")
    verify.add_argument("--vendor", required=True, metavar="V")
    verify.add_argument("--target", required=True, metavar="URL", help="what stands for the vendor's own host")
    verify.add_argument(
        "--credentials",
        type=Path,
        metavar="FILE",
        help=f"a JSON object of the account's credentials; {ENVIRONMENT}<NAME> in the environment adds to it",
    )
    verify.add_argument(
        "--share", type=float, default=0.5, help="of the vendor's limits, at most (default: %(default)s)"
    )
    verify.add_argument("--writes", action="store_true", help="make the documents' requests that write, too")
    verify.add_argument(
        "--exact", action="store_true", help="compare the values of the documents' examples: the target has their data"
    )
    verify.add_argument("--json", action="store_true")
    verify.add_argument(
        "--evidence", type=Path, metavar="FILE", help="keep the result; in a folder, under a name of its own"
    )


def _verify(options: argparse.Namespace) -> int:
    from emulator.assembly import assemble
    from emulator.verify.line import Line, Silent
    from emulator.verify.pace import Pace, windows
    from emulator.verify.run import verify
    from emulator.verify.session import Unknown
    from emulator.world.clock import Clock

    vendor_folder(options.vendor)
    if not 0 < options.share <= 1:
        raise Stop("--share is a part of the vendor's limits: above 0, at most 1")
    maker = assemble([options.vendor]).makers[options.vendor]
    account = _account(options.credentials, maker.contract)
    try:
        line = Line(options.target)
    except ValueError as error:
        raise Stop(str(error)) from None
    pace = Pace(windows(maker.contract, account.settings), options.share)
    try:
        report = verify(
            maker,
            account,
            line.send,
            pace,
            target=line.target,
            at=Clock().stamp(millis=False),
            writes=options.writes,
            exact=options.exact,
        )
    except (Silent, Unknown) as error:
        raise Stop(str(error), 1) from None
    finally:
        line.close()
    told = json.dumps({"emulator": __version__, **report.as_json()}, indent=2, ensure_ascii=False)
    if options.evidence:
        _keep(options.evidence, report, told)
    print(told if options.json else report.as_text())
    return 0 if report.fine else 1


def _account(file: Path | None, contract: Contract) -> Account:
    """What the file and the environment say of the account. Raises Stop for what the vendor does not have."""
    from emulator.verify.run import Account

    given = _read(file) if file is not None else {}
    given = given.get(contract.vendor, given) if isinstance(given, dict) else None
    if not isinstance(given, dict):
        raise Stop(f"{file} is to hold a JSON object of credentials")
    given |= {name: value for name in contract.credentials if (value := os.environ.get(ENVIRONMENT + name.upper()))}
    settings, known = given.pop("settings", {}), given.pop("known", {})
    for name, value in given.items():
        if name not in contract.credentials:
            there = ", ".join(contract.credentials)
            raise Stop(f"{contract.vendor} has no credential {name!r}; there are {there}, and settings and known")
        if not isinstance(value, str) or not value:
            raise Stop(f"{name}: a text")
    if not given:
        names = " or ".join(ENVIRONMENT + name.upper() for name in contract.credentials)
        raise Stop(f"no credentials: give --credentials FILE, or set {names}")
    return Account(given, _settings(settings, contract), _known(known, contract))


def _settings(settings: Any, contract: Contract) -> Mapping[str, Any]:
    if not isinstance(settings, dict):
        raise Stop("settings: a JSON object")
    for name, value in settings.items():
        if name not in contract.settings:
            raise Stop(f"{contract.vendor} has no setting {name!r}; there are {', '.join(contract.settings)}")
        if broken := contract.settings[name].schema.explain(value):
            raise Stop(f"settings: {name}: {broken[0].said}")
    return settings


def _known(known: Any, contract: Contract) -> Mapping[str, list[str]]:
    collections = {p.refers_to for o in contract.operations.values() for p in o.parameters if p.refers_to}
    if not isinstance(known, dict) or not all(isinstance(ids, list) for ids in known.values()):
        raise Stop('known: lists of ids by collection, as {"channels": ["7391051513856000001"]}')
    if strangers := sorted(known.keys() - collections):
        there = ", ".join(sorted(collections))
        raise Stop(f"known: nothing of {contract.vendor} is called {', '.join(strangers)}; there are {there}")
    return {collection: [str(ident) for ident in ids] for collection, ids in known.items()}


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Stop(f"{file}: {error.strerror}") from None
    except ValueError as error:
        raise Stop(f"{file} is no JSON: {error}") from None


def _keep(place: Path, report: Report, told: str) -> None:
    if place.is_dir():
        host = (urlsplit(report.target).hostname or "").replace(":", "-")
        place /= f"{report.vendor}-{host}-{report.at.replace(':', '')}.json"
    try:
        place.write_text(told + "\n", encoding="utf-8")
    except OSError as error:
        raise Stop(f"{place}: {error.strerror}") from None
