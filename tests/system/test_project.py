"""A user's project, run by pytest in an environment of its own that has the wheel and none of this repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = re.compile(r"emulator|vendor_emulator|_+editable_", re.IGNORECASE)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new environment: the wheel installed by pip, without the network; all else is borrowed from this one."""
    folder = tmp_path_factory.mktemp("user")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    (wheel,) = folder.glob("*.whl")
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    run(
        sys.executable,
        "-m",
        "pip",
        *quiet,
        "--python",
        str(python),
        "install",
        "--no-index",
        "--no-deps",
        str(wheel),
        cwd=folder,
    )
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    for borrowed in Path(sysconfig.get_path("purelib")).iterdir():
        if not OURS.match(borrowed.name) and borrowed.suffix != ".pth" and not (site / borrowed.name).exists():
            (site / borrowed.name).symlink_to(borrowed)
    return python


def run(*command: str, cwd: Path) -> str:
    """What a command printed. It has nothing of this process's environment but where programs are."""
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    done = subprocess.run(command, cwd=cwd, env=plain, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_two_hundred_tests_side_by_side_each_in_a_sandbox_of_its_own(
    python: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    project = shutil.copytree(ROOT / "tests" / "project", tmp_path / "project")
    where = run(str(python), "-c", "import emulator; print(emulator.__file__)", cwd=project)
    assert Path(where.strip()).is_relative_to(python.parents[1])
    told = run(str(python), "-m", "pytest", "-q", "-n", "2", cwd=project)
    passed, seconds = re.findall(r"(\d+) passed in ([\d.]+)s", told)[0]
    record_property("seconds", float(seconds))
    print(f"{passed} tests of a user's project in {seconds} s")
    assert int(passed) == 200
