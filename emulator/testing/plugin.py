"""The pytest plugin: a server a session, a sandbox a test, in the report of a failing test its sandboxes' last calls, and replays.

Nothing of the emulator is imported before a test asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from emulator import data

if TYPE_CHECKING:
    from emulator.testing.client import Box, Emulator, Handle

LAST_CALLS = 10
_BOXES: pytest.StashKey[list[Box]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--emulator-vendor V`: serve only these vendors."""
    group = parser.getgroup("emulator")
    group.addoption(
        "--emulator-vendor",
        action="append",
        default=[],
        metavar="V",
        help="emulate this vendor only; may be given again",
    )


def pytest_configure(config: pytest.Config) -> None:
    """The mark that replays a failure file."""
    config.addinivalue_line(
        "markers",
        "emulator_replay(file, client=None, command='', timeout=None): fails while the client, or the file's own, fails in "
        "the file's weather; a client is a callable or its name `pkg.mod:attr`; the file is found from the test's folder",
    )


@pytest.fixture(scope="session")
def emulator(pytestconfig: pytest.Config) -> Iterator[Emulator]:
    """One server for the session (with xdist, for each worker)."""
    from emulator.testing.client import Emulator

    with Emulator(vendors=pytestconfig.getoption("--emulator-vendor")) as running:
        yield running


@pytest.fixture
def sandbox(emulator: Emulator, request: pytest.FixtureRequest) -> Iterator[Box]:
    """A sandbox that no other test has."""
    box = emulator.sandbox()
    _reported(request.node, box)
    yield box
    box.remove()


@pytest.fixture
def vendor_hosts(emulator: Emulator, request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """Calls to the vendors' own hosts are answered here: in the sandbox that owns their credential, else in the default one.

    The default sandbox, which all tests share, is as new afterwards.
    """
    _reported(request.node, emulator.default)
    with emulator.intercept():
        yield emulator
    emulator.default.reset()


def _reported(item: pytest.Item, box: Box) -> None:
    item.stash.setdefault(_BOXES, []).append(box)


def _handle(vendor: str) -> Callable[[Box], Handle]:
    def fixture(sandbox: Box) -> Handle:
        return sandbox.vendor(vendor)

    fixture.__doc__ = f"The test's own {vendor}: base_url and credentials."
    return fixture


for _path in sorted(data.folder("contracts").glob("*/vendor.json")):
    globals()[_path.parent.name] = pytest.fixture(name=_path.parent.name)(_handle(_path.parent.name))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Replays the failure files that a test is marked with, then lets the test go on."""
    for mark in item.iter_markers("emulator_replay"):
        if told := _replayed(item.path.parent, *mark.args, **mark.kwargs):
            pytest.fail(told, pytrace=False)
    yield


def _replayed(folder: Path, file: str, client: Any = None, command: str = "", timeout: float | None = None) -> str:
    """The stories of what is wrong with the client; empty if it does its job."""
    from emulator.fuzz import failure
    from emulator.fuzz.clients import Callee, Command

    kept = failure.read(folder / file)
    if command:
        client = Command(command)
    elif isinstance(client, str):
        client = Callee.load(client)
    elif client is not None:
        client = Callee(getattr(client, "__qualname__", "the client"), client)
    found = failure.replay(kept, client, timeout)
    return "\n\n".join("\n".join([f"{kept.scenario}: {finding.trait}", *story]) for finding, story in found)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds the last calls of the test's sandboxes, each with why it was refused, to a failure's report."""
    report = yield
    if report.when == "call" and report.failed:
        for box in item.stash.get(_BOXES, []):
            lines = [line for call in box.journal.calls()[-LAST_CALLS:] for line in _told(box, call)]
            report.sections.append((f"emulator: the last calls of sandbox {box.name}", "\n".join(lines) or "none"))
    return report


def _told(box: Box, call: dict[str, Any]) -> list[str]:
    request, reply = call["request"], call["reply"]
    why = box.journal.explain(call["id"])["why"] if reply["status"] >= 400 else []
    return [
        f"#{call['id']} {request['method']} {request['path']} -> {reply['status']}",
        *(f"      {line}" for line in why),
    ]
