"""Does the suite notice when a contract lies? Each mutation in turn, in a copy of the repository: `python -m tests.contracts.mutants`.

By hand, since it runs a vendor's tests a hundred times. What was found is kept in build/mutants.json, so that a run that was stopped
goes on where it was; docs/mutations.md is written from it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.contracts.mutations import MUTATIONS, Mutation

HERE = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "build", "dist", "__pycache__", ".*_cache", ".hypothesis")
FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)
NOTHING, NOT_RUN, UNPROVED = ENDS = ("nothing to notice", "not run", "**UNPROVED**")
SAME = "no difference found"
"""The witness of an edit that changes no call and no reply: there is nothing that a test could see."""
LIKELY, STAGES = 3, 3
PYTEST = ("-q", "-x", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")

HEAD = """\
# Mutations

Single facts of the contracts, each changed alone: what [`emulator diff`](diff.md) says of it, and the first test that fails
when the contract says so. The changes and the verdicts expected of them stand in `tests/contracts/mutations.py`, and every run
of the suite holds `diff` against them; this table is written by `make mutants`, which runs the vendor's tests in a copy of the
repository with one change at a time.

"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="TEXT", help="mutations with this in their name")
    parser.add_argument("--again", choices=("none", "unproved", "all"), default="none", help="of those that were run")
    parser.add_argument("--home", type=Path, metavar="DIR", help="this is the copy; the results go there")
    options = parser.parse_args()
    if options.home is None:
        with tempfile.TemporaryDirectory() as place:
            copy = Path(place) / "repository"
            shutil.copytree(HERE, copy, ignore=LEFT_OUT)
            command = [sys.executable, "-m", "tests.contracts.mutants", *sys.argv[1:], "--home", str(HERE)]
            return subprocess.call(command, cwd=copy)
    run(options.home, options.only, options.again)
    return 0


def run(home: Path, only: str, again: str) -> None:
    """Makes the mutations that are due, one by one, in the copy that this is; writes down each result, and the page at the end."""
    file = home / "build" / "mutants.json"
    file.parent.mkdir(exist_ok=True)
    kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    wanted = [m for m in MUTATIONS if only in m.name and _is_due(kept.get(m.name), again)]
    suite, done = Suite(), set[str]()
    for stage in range(STAGES):  # in breadth, so that a run that is stopped has found the most
        for mutation in wanted:
            if mutation.name in done:
                continue
            found = suite.killer(mutation, stage)
            if found or stage == STAGES - 1:
                kept[mutation.name] = found
                done.add(mutation.name)
                print(f"{mutation.name}: {found or 'UNPROVED'}", flush=True)
                file.write_text(json.dumps(kept, indent=1))
    (home / "docs" / "mutations.md").write_text(HEAD + "\n".join(page(kept)) + "\n", encoding="utf-8")


def _is_due(killer: str | None, again: str) -> bool:
    return killer is None or again == "all" or (again == "unproved" and not killer)


class Suite:
    """The tests in this copy of the repository. Those that fail without any mutation do not count."""

    def __init__(self) -> None:
        self._sound: set[str] = set()
        self._unsound: list[str] = []
        # so that each run, a fork of this process, has them already
        import httpx, hypothesis, jsonschema, pytest, requests  # noqa: E401, F401, I001
        import emulator.app, emulator.testing.plugin  # noqa: E401, F401

    def killer(self, mutation: Mutation, stage: int) -> str:
        """The first test of a stage that fails with the mutation made and passes without; empty if there is none."""
        while True:
            with made(HERE / "contracts" / mutation.file, mutation):
                failed = self._failed(self._tests(mutation, stage))
            if not failed or failed in self._sound:
                return failed
            if self._failed([failed]):
                self._unsound.append(failed)
            else:
                self._sound.add(failed)

    @staticmethod
    def _tests(mutation: Mutation, stage: int) -> list[str]:
        """What is run: the documents' figures; then the likeliest of the vendor's stories, by the words they share with the change;
        then the other stories, the documents' exchanges and what holds for all contracts.
        """
        heads = [*HERE.glob("contracts/*/vendor.json")]
        others = " and ".join(f"not {head.parent.name}" for head in heads if head.parent.name != mutation.vendor)
        words = {
            word.lower()
            for word in re.split(r"[^A-Za-z0-9_-]+", f"{mutation.file} {mutation.pointer}")
            if len(word) > 2
        }

        def speaks(test: Path) -> int:
            text = test.read_text(encoding="utf-8").lower()
            return -sum(word in text for word in words)

        tests = sorted((HERE / "tests" / "vendors" / mutation.vendor).glob("test_*.py"))
        stories = sorted((test for test in tests if test.name != "test_figures.py"), key=speaks)
        names = [str(test.relative_to(HERE)) for test in stories]
        last = [f"tests/contracts/{name}.py" for name in ("test_exchanges", "test_contracts")]
        figures = [f"tests/vendors/{mutation.vendor}/test_figures.py"]
        return [*(figures, names[:LIKELY], [*names[LIKELY:], *last])[stage], "-k", others]

    def _failed(self, tests: list[str]) -> str:
        """The first of some tests that fails, or the end of what was said if none could be run; empty if all pass."""
        aside = [argument for test in self._unsound for argument in ("--deselect", test)]
        with tempfile.NamedTemporaryFile("r+") as told:
            child = os.fork()
            if not child:
                os.dup2(told.fileno(), 1)
                os.dup2(told.fileno(), 2)
                import pytest

                code = pytest.main([*PYTEST, *tests, *aside])
                sys.stdout.flush()
                os._exit(code)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            said = Path(told.name).read_text(encoding="utf-8", errors="replace")
        return "" if code in (0, 5) else next(iter(FAILED.findall(said)), said[-200:])


@contextmanager
def made(file: Path, mutation: Mutation) -> Iterator[None]:
    """The file with the mutation, for as long as it is needed."""
    text = file.read_text(encoding="utf-8")
    file.write_text(json.dumps(mutation.of(json.loads(text)), ensure_ascii=False), encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(text, encoding="utf-8")


def page(kept: dict[str, str]) -> Iterator[str]:
    """The table, and how many are left unproved."""
    told = {m.name: _noticed(m, kept.get(m.name)) for m in MUTATIONS}
    count = Counter(text if text in ENDS else "" for text in told.values())
    yield (
        f"{len(MUTATIONS)} mutations: {count['']} are noticed, {count[NOTHING]} change nothing that could be noticed, "
        f"**{count[UNPROVED]} are unproved**" + (f", {count[NOT_RUN]} were not run." if count[NOT_RUN] else ".")
    )
    yield "\n| file and place | becomes | verdict of `diff` | noticed by |\n|---|---|---|---|"
    for m in MUTATIONS:
        cells = f"`{m.file}#{m.pointer}`", m.became, m.verdict, told[m.name]
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _noticed(mutation: Mutation, killer: str | None) -> str:
    if killer:
        return f"`{killer.removeprefix('tests/')}`"
    if mutation.witness == SAME:
        return NOTHING
    return NOT_RUN if killer is None else UNPROVED


if __name__ == "__main__":
    raise SystemExit(main())
