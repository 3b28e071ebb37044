"""The snippets of docs/ci.md that can run here, as they stand there."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.testing.client import Emulator

PAGE = (Path(__file__).parents[2] / "docs" / "ci.md").read_text(encoding="utf-8")


def snippet(language: str, containing: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return next(text for text in found if containing in text)


@pytest.fixture
def served() -> Iterator[str]:
    with Emulator(vendors=["amio"]) as emulator:
        yield emulator.base_url


def run(*command: str, url: str = "", cwd: Path | None = None) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "EMULATOR_URL": url}
    done = subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not on this machine")


@needs("node")
def test_a_client_in_node_makes_a_sandbox_and_lists_channels(served: str, tmp_path: Path) -> None:
    (tmp_path / "smoke.mjs").write_text(snippet("javascript", "EMULATOR_URL"))
    assert re.fullmatch(r"\d+ channels\n", run("node", "smoke.mjs", url=served, cwd=tmp_path))


@needs("javac")
def test_a_client_in_java_lists_channels(served: str, tmp_path: Path) -> None:
    (tmp_path / "Smoke.java").write_text(snippet("java", "EMULATOR_URL"))
    assert re.fullmatch(r"\d+ characters\n", run("java", "Smoke.java", url=served, cwd=tmp_path))


@needs("curl")
def test_a_plain_process_is_waited_for_and_ended() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = snippet("sh", "emulator serve").replace("8080", str(port))
    assert '"status":"ok"' in run("sh", "-eu", "-c", program)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


@pytest.mark.parametrize("test", ["test_channels_are_listed", "test_a_client_whose_host_cannot_change"])
def test_the_plugin_does_what_the_page_says(test: str, tmp_path: Path) -> None:
    (tmp_path / "test_page.py").write_text(snippet("python", "vendor_hosts"))
    assert "1 passed" in run(sys.executable, "-m", "pytest", "-k", test, "test_page.py", cwd=tmp_path)
