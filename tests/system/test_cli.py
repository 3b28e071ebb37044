"""The command line: what each command prints, and how it ends."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import requests

from emulator import __version__
from emulator.assembly import vendors_in
from emulator.cli import GROUPS, main
from emulator.data import folder

VENDORS = vendors_in(folder("contracts"))
FIRST = VENDORS[0]
SMALL = min(VENDORS, key=lambda vendor: sum(1 for _ in (folder("contracts") / vendor).rglob("*.json")))


def run(*arguments: str) -> int:
    """The exit status of a command; argparse ends by itself where the usage is wrong."""
    if arguments[:1] == ("serve",):
        return refused(*arguments)
    try:
        return main(list(arguments))
    except SystemExit as ended:
        return int(ended.code or 0)


def refused(*arguments: str) -> int:
    """The exit status of a `serve` that must not begin: in a process of its own, in case it does."""
    command = [sys.executable, "-m", "emulator", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    sys.stderr.write(ended.stderr)
    return ended.returncode


# -- the readers


def test_routes_lists_every_operation_with_both_ends(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("routes", FIRST, "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    files = list((folder("contracts") / FIRST).glob("*/*.json"))
    operations = [path for path in files if path.parent.name not in ("schemas", "events", "stimuli")]
    assert len(rows) == len(operations)
    assert all(f"emulator/vendors/{FIRST}/" in str(row) and f"{FIRST}/" in str(row) for row in rows)


def test_routes_is_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("routes", FIRST) == 0
    out = capsys.readouterr().out
    assert f"{FIRST}." in out
    assert "GET" in out


def test_openapi_goes_to_standard_output_or_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("openapi", FIRST) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["openapi"].startswith("3.1")
    assert run("openapi", FIRST, "-o", str(tmp_path / "x.json")) == 0
    assert json.loads((tmp_path / "x.json").read_text()) == printed


def test_coverage_tells_every_guess(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("coverage", FIRST, "--json") == 0
    assert json.loads(capsys.readouterr().out)
    assert run("coverage", FIRST) == 0
    assert "assumed" in capsys.readouterr().out


def test_the_built_in_contracts_have_nothing_to_complain_about(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(folder("contracts") / SMALL)) == 0
    assert "nothing to complain about" in capsys.readouterr().out


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_adds_the_commands_that_it_is_listed_with(group: str) -> None:
    commands = argparse.ArgumentParser().add_subparsers()
    import_module(f"emulator.cli.{group}").add(commands)
    assert tuple(commands.choices) == GROUPS[group]


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out == f"emulator {__version__}\n"


# -- wrong usage


@pytest.mark.parametrize(
    "arguments, told",
    [
        ([], "required: command"),
        (["dance"], "invalid choice: 'dance'"),
        (["openapi"], "required: V"),
        (["openapi", "nobody"], f"no vendor is called 'nobody'; there are {FIRST}"),
        (["coverage", "nobody"], f"no vendor is called 'nobody'; there are {FIRST}"),
        (["routes", "nobody"], f"there are {FIRST}"),
        (["check", "/nowhere/at/all"], "is no folder"),
        (["serve", "--port", "many"], "invalid int value"),
        (["serve", "--port", "70000"], "--port goes from 0 to 65535"),
        (["serve", "--limits", "some"], "invalid choice"),
        (["serve", "--vendor", "nobody"], "no vendor is called nobody"),
        (["serve", "--port", "0", "--world", "/nowhere.json"], "--world /nowhere.json"),
        (["serve", "--port", "0", "--webhook-allow", "everything"], "everything"),
        (["explain", "one"], "invalid int value"),
        (["explain", "1", "--url", "file:///etc"], "is no http address"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_is_told_what_to_do(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 2
    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error


def test_an_empty_folder_has_no_vendor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(tmp_path)) == 2
    assert "has no vendor" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["{", '{"vendors": {"nobody": {}}}'])
def test_a_world_that_is_none_is_refused(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "w.json").write_text(text)
    assert run("serve", "--port", "0", "--vendor", SMALL, "--world", str(tmp_path / "w.json")) == 2
    assert "--world" in capsys.readouterr().err


def test_a_taken_port_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert run("serve", "--vendor", SMALL, "--port", str(taken.getsockname()[1])) != 0
    error = capsys.readouterr().err
    assert "in use" in error
    assert "Traceback" not in error


def test_nobody_there_to_explain_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert run("explain", "1", "--url", f"http://127.0.0.1:{taken.getsockname()[1]}") == 1
    assert "no emulator answers at" in capsys.readouterr().err


# -- serve


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """`emulator serve` on a free port, and what it announced."""
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", "--log", "json", *arguments]
    environment = {**os.environ, "PYTHONWARNINGS": "default"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())
        finally:
            if process.poll() is None:
                process.kill()


def ended(process: subprocess.Popen[str], how: int = signal.SIGTERM) -> tuple[int, str]:
    process.send_signal(how)
    _, errors = process.communicate(timeout=20)
    return process.returncode, errors


def base(told: dict[str, Any]) -> str:
    return str(told["control"]).removesuffix("/_emulator")


def test_it_announces_itself_answers_and_ends_quietly() -> None:
    with serving() as (process, told):
        assert sorted(told["vendors"]) == VENDORS
        health = requests.get(f"{told['control']}/health", timeout=10)
        assert health.json() == {"status": "ok", "version": __version__, "vendors": VENDORS}
        assert requests.get(f"{told['control']}/sandboxes/default", timeout=10).status_code == 200
        assert ended(process) == (0, "")


def test_an_interrupt_ends_it_too() -> None:
    with serving("--vendor", SMALL) as (process, told):
        assert list(told["vendors"]) == [SMALL]
        assert ended(process, signal.SIGINT) == (0, "")


def test_the_text_for_people_names_each_vendor_with_its_credentials() -> None:
    command = [sys.executable, "-m", "emulator", "serve", "--port", "0", "--vendor", SMALL]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(2)]
        process.terminate()
        assert process.wait(20) == 0
    assert lines[0].startswith(f"emulator {__version__}: console http://127.0.0.1:")
    assert f"/{SMALL}" in lines[1]


def test_it_begins_empty_and_without_limits_when_told_so() -> None:
    with serving("--vendor", SMALL, "--empty", "--limits", "off") as (process, told):
        world = requests.get(f"{told['control']}/sandboxes/default/world", timeout=10).json()
        assert set(world["vendors"][SMALL]["collections"]) <= {"credentials", "outbox", "timers"} or all(
            len(rows) < 20 for rows in world["vendors"][SMALL]["collections"].values()
        )
        assert world["settings"]["limits"] == "off"
        assert ended(process)[0] == 0


def test_it_begins_with_a_world_and_goes_back_to_it(tmp_path: Path) -> None:
    rows = {"things": [{"id": "one"}]}
    (tmp_path / "w.json").write_text(
        json.dumps({"vendors": {SMALL: {"collections": rows}}, "settings": {"limits": "off"}})
    )
    with serving("--vendor", SMALL, "--world", str(tmp_path / "w.json")) as (process, told):
        box = f"{told['control']}/sandboxes/default"
        for _ in range(2):
            world = requests.get(f"{box}/world", timeout=10).json()
            assert world["vendors"][SMALL]["collections"]["things"] == rows["things"]
            requests.post(f"{box}/reset", timeout=10)
        assert ended(process)[0] == 0


def test_a_bind_beyond_this_machine_makes_a_token_and_asks_for_it() -> None:
    with serving("--vendor", SMALL, "--host", "0.0.0.0") as (process, told):
        url = str(told["control"])
        assert requests.get(f"{url}/sandboxes", timeout=10).status_code == 401
        bearer = {"Authorization": f"Bearer {told['admin_token']}"}
        assert requests.get(f"{url}/sandboxes", headers=bearer, timeout=10).status_code == 200
        assert ended(process)[0] == 0


def test_a_call_is_explained_by_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with serving("--vendor", SMALL) as (process, told):
        requests.get(f"{base(told)}/{SMALL}/no/such/path/at/all", timeout=10)
        assert run("explain", "1", "--url", base(told)) == 0
        out = capsys.readouterr().out
        assert "GET /no/such/path/at/all -> 404 (no operation)" in out
        assert "the nearest operation is" in out
        assert run("explain", "99", "--url", base(told)) == 1
        assert "has no call 99" in capsys.readouterr().err
        assert ended(process)[0] == 0


def test_whatever_was_accepted_is_answered_when_it_is_told_to_end() -> None:
    with serving("--vendor", SMALL, "--limits", "off") as (process, told):
        began = threading.Barrier(9)
        statuses: list[Any] = []

        def load() -> None:
            with requests.Session() as session:
                begun = False
                while True:
                    try:
                        reply = session.get(f"{base(told)}/{SMALL}/nothing", timeout=10)
                        statuses.append(reply.status_code)
                        assert len(reply.content) == int(reply.headers.get("Content-Length", len(reply.content)))
                    except requests.ConnectionError as error:
                        refused = (
                            "refused" in str(error) or "reset" in str(error).lower() or "aborted" in str(error).lower()
                        )
                        statuses.append("over" if refused else str(error))
                        return
                    if not begun:
                        begun = True
                        began.wait(10)

        threads = [threading.Thread(target=load) for _ in range(8)]
        for thread in threads:
            thread.start()
        began.wait(10)
        status, errors = ended(process)
        for thread in threads:
            thread.join(20)
        assert (status, errors) == (0, "")
        assert set(statuses) == {404, "over"}
        assert statuses.count("over") == 8
