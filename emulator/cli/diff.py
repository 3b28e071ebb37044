"""`emulator diff`: what changed between two folders of contracts, or two revisions of them, and whom it breaks."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emulator.cli.common import Stop, command

if TYPE_CHECKING:
    from emulator.contract.model import Contract
    from emulator.readers.diff import Hunt, Replay

USUAL = "contracts"
"""The folder of a revision that is compared where none is named."""


def add(commands: Any) -> None:
    """Adds `diff`."""
    diff = command(
        commands, "diff", _diff, "what changed between two contracts: breaking, additive or neutral for a client"
    )
    what = "a folder of vendors, one vendor's folder, or a git revision: REV or REV:PATH (PATH is `contracts` unless given)"
    diff.add_argument("old", metavar="OLD", help=what)
    diff.add_argument("new", metavar="NEW", help="likewise")
    diff.add_argument("--json", action="store_true")
    diff.add_argument(
        "--journal",
        type=Path,
        metavar="FILE",
        help="say which of these recorded calls would fare otherwise: what GET …/journal answered, or a world document",
    )
    diff.add_argument(
        "--examples", type=int, default=100, metavar="N", help="instances drawn in each search for a witness"
    )


def _diff(options: argparse.Namespace) -> int:
    from emulator.contract.load import load
    from emulator.readers.diff import as_json, as_text, diff, replay

    if options.examples < 1:
        raise Stop("--examples needs a number from 1 on")
    journal = _recorded(options.journal) if options.journal else None
    with ExitStack() as stack:
        old, new = (_contracts(given, _folder(given, stack)) for given in (options.old, options.new))
        before, after = _matched(old, new)
        try:
            found = diff(before, after, _hunt(options.examples))
            told: Replay | None = replay(before, after, journal) if journal is not None else None
        except (KeyError, ValueError):
            for contract in (*old.values(), *new.values()):
                load(contract.folder)  # which says what is wrong with it, if that is the reason
            raise
    if options.json:
        print(json.dumps(as_json(found, options.old, options.new, told), indent=2, ensure_ascii=False))
    else:
        print(as_text(found, told))
    return 1 if found.breaking else 0


def _recorded(file: Path) -> list[Mapping[str, Any]]:
    """The calls of a saved journal. Raises Stop for a file that is none."""
    from emulator.readers.diff import entries

    try:
        return entries(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise Stop(f"{file}: {error}") from None


def _hunt(examples: int) -> Hunt | None:
    """The generator of instances, if what it needs is installed (the extra `fuzz`)."""
    try:
        from emulator.fuzz.witnesses import Hunter
    except ModuleNotFoundError:
        return None
    return Hunter(examples)


def _contracts(given: str, folder: Path) -> dict[str, Contract]:
    """The contracts in a folder by vendor. Raises Stop if there are none, BadContract for those that cannot be read."""
    from emulator.assembly import vendors_in
    from emulator.contract.load import load

    single = (folder / "vendor.json").exists()
    vendors = [folder.name] if single else vendors_in(folder)
    if not vendors:
        raise Stop(f"{given} has no vendor: a folder with a vendor.json")
    found = {}
    for vendor in vendors:
        where = folder if single else folder / vendor
        try:
            found[vendor] = load(where, thorough=False)
        except (KeyError, TypeError, ValueError, AttributeError):
            found[vendor] = load(where)  # which says what is wrong with it
    return found


def _matched(
    old: dict[str, Contract], new: dict[str, Contract]
) -> tuple[Mapping[str, Contract], Mapping[str, Contract]]:
    """Two single vendors are one, whatever their folders are called."""
    if len(old) == len(new) == 1 and old.keys() != new.keys():
        return {next(iter(new)): next(iter(old.values()))}, new
    return old, new


def _folder(given: str, stack: ExitStack) -> Path:
    """The folder that is meant; a revision's is written to a temporary place, kept as long as the stack."""
    import tarfile
    from tempfile import TemporaryDirectory

    folder = Path(given)
    if folder.is_dir():
        return folder.resolve()
    revision, colon, path = given.partition(":")
    path = path.strip("/") if colon else USUAL
    top = _git(given, "rev-parse", "--show-toplevel").decode().strip()
    commit = (
        _git(given, "-C", top, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
    )
    archive = _git(given, "-C", top, "archive", "--format=tar", f"{commit}:{path}")
    place = Path(stack.enter_context(TemporaryDirectory())) / (Path(path).name or USUAL)
    with tarfile.open(fileobj=BytesIO(archive)) as tar:
        tar.extractall(place, filter="data")
    return place


def _git(given: str, *arguments: str) -> bytes:
    """What git answers. Raises Stop, saying what was meant to be a folder or a revision, when it does not."""
    import subprocess

    try:
        done = subprocess.run(["git", *arguments], capture_output=True, check=True)
    except FileNotFoundError:
        raise Stop(f"{given!r} is no folder, and git, which could read it as a revision, is not installed") from None
    except subprocess.CalledProcessError as error:
        said = (error.stderr.decode(errors="replace").strip().splitlines() or ["git knows no such revision"])[0]
        raise Stop(f"{given!r} is neither a folder nor a revision (REV or REV:PATH): {said}") from None
    return done.stdout
