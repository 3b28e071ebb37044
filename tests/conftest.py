"""Profiles of hypothesis, and the tally of what the contracts promise against what the engines were seen to answer."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from emulator import data
from emulator.assembly import vendors_in
from emulator.contract.load import load
from emulator.contract.model import Promise, RefusalPromise
from emulator.engine import Engine
from emulator.world.faults import CALM

collect_ignore = ["project"]  # a user's, with a pytest of its own: see system/test_project.py
Pair = tuple[str, str]
OF_NO_OPERATION = ("not_found", "method_not_allowed")
SEEN: pytest.StashKey[set[Pair]] = pytest.StashKey()
MISSING: pytest.StashKey[list[Pair]] = pytest.StashKey()

settings.register_profile(
    "ci", derandomize=True, max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("deep", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def promised() -> set[Pair]:
    """Every (operation, outcome) that a contract promises; the outcomes that belong to no operation stand under the vendor's name."""
    folder = data.folder("contracts")
    pairs: set[Pair] = set()
    for vendor in vendors_in(folder):
        for operation in load(folder / vendor, thorough=False).operations.values():
            pairs |= {(operation.id, str(status)) for status in operation.replies}
            pairs |= {(operation.id, kind.value) for kind in operation.refusals}
        pairs |= {(vendor, kind) for kind in OF_NO_OPERATION}
    return pairs


def pytest_configure(config: pytest.Config) -> None:
    """Every engine's last chapter tells the tally what was really answered."""
    seen = config.stash[SEEN] = set()
    kept = Engine._kept

    def noted(engine: Engine, reply: Any, story: Any, world: Any) -> Any:
        answer = kept(engine, reply, story, world)
        if story.strike is CALM and (pair := _outcome(engine, story)) is not None:
            seen.add(pair)
        return answer

    Engine._kept = noted  # type: ignore[method-assign]
    config.add_cleanup(lambda: setattr(Engine, "_kept", kept))


def _outcome(engine: Engine, story: Any) -> Pair | None:
    """What a story came to; None for what no contract promises (a breach, a preflight, a guess not served)."""
    name = story.operation.id if story.operation is not None else engine.contract.vendor
    if isinstance(story.promise, RefusalPromise):
        return name, story.promise.kind.value
    return (name, str(story.promise.status)) if isinstance(story.promise, Promise) else None


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: Any) -> None:
    """A worker hands in what it saw."""
    handed: Iterable[str] = getattr(node, "workeroutput", {}).get("seen", ())
    node.config.stash[SEEN].update((name, outcome) for name, _, outcome in (text.partition(" ") for text in handed))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A whole run that did not see everything has failed."""
    config = session.config
    if (output := getattr(config, "workeroutput", None)) is not None:
        output["seen"] = [f"{name} {outcome}" for name, outcome in sorted(config.stash[SEEN])]
        return
    if config.option.collectonly:
        return
    config.stash[MISSING] = sorted(promised() - config.stash[SEEN])
    if config.stash[MISSING] and _whole(config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _whole(config: pytest.Config) -> bool:
    """Whether nothing was selected: what is missing then is missing."""
    option = config.option
    narrowed = option.keyword or option.markexpr or option.deselect or option.ignore or option.ignore_glob
    narrowed = narrowed or getattr(option, "lf", False) or getattr(option, "stepwise", False)
    return not narrowed and config.args_source is pytest.Config.ArgsSource.TESTPATHS


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """How much of what the contracts promise was seen; in a whole run, what was not."""
    missing = config.stash.get(MISSING, None)
    if missing is None:
        return
    total = len(promised())
    terminalreporter.write_line(f"contract coverage: {total - len(missing)} of {total} (operation, outcome) pairs")
    if _whole(config):
        for name, outcome in missing:
            terminalreporter.write_line(f"  never seen: {name} {outcome}")
