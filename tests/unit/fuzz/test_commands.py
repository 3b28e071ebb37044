"""Clients in any language: a command is given its job as JSON, and what becomes of it is told."""

from __future__ import annotations

import os
import shlex
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator.fuzz.clients import Callee, Command, GaveUp, recorded
from emulator.fuzz.named import Unknown
from emulator.fuzz.trial import Trial
from tests.unit.fuzz.jobs import LISTING, weather

LISTS = """
import json, sys, urllib.request
job = json.load(sys.stdin)
url = f"{job['base_url']}/v1/channels/{job['inputs']['channel_id']}/contacts?max=100"
call = urllib.request.Request(url, headers={"Authorization": "Bearer " + job["credentials"]["token"]})
with urllib.request.urlopen(call) as reply:
    print(json.dumps([row["id"] for row in json.load(reply)]))
"""
LOOP = """
import json, sys
for number, line in enumerate(sys.stdin):
    job = json.loads(line)
    if job["inputs"] == "die": sys.exit("cannot go on")
    print(json.dumps({"error": "no luck"} if job["inputs"] == "give up" else {"result": number}), flush=True)
"""


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Any]:
    """Makes a command of a program's text, and ends it after the test."""
    all_of_them: list[Command] = []

    def make(text: str, **wish: Any) -> Command:
        file = tmp_path / f"client{len(all_of_them)}.py"
        file.write_text(text, encoding="utf-8")
        all_of_them.append(Command(shlex.join([sys.executable, "-I", str(file)]), **wish))
        return all_of_them[-1]

    yield make
    for command in all_of_them:
        command.stop()


def test_a_command_is_given_its_job_and_answers_on_its_last_line(made: Any) -> None:
    echo = made("import sys; print('reading'); print(sys.stdin.read())")
    assert echo.do({"scenario": "amio.toy", "inputs": {"é": [1]}}) == {"scenario": "amio.toy", "inputs": {"é": [1]}}


@pytest.mark.parametrize(
    "text, told",
    [
        (
            "import sys; print('odd', file=sys.stderr); print('very odd', file=sys.stderr); sys.exit(3)",
            "it ended with status 3: very odd",
        ),
        ("raise ValueError('no luck')", "it ended with status 1: ValueError: no luck"),
        ("import os; os.abort()", "it was ended by signal 6"),
        ("print('[1, 2')", "it printed no JSON: [1, 2"),
        ("pass", "it printed no JSON: nothing at all"),
    ],
)
def test_a_command_that_does_not_do_its_job_has_given_up(made: Any, text: str, told: str) -> None:
    with pytest.raises(GaveUp) as gave_up:
        made(text).do({})
    assert str(gave_up.value).startswith(told)


def test_a_command_that_reads_nothing_may_answer_all_the_same(made: Any) -> None:
    assert made("import os; os.close(0); print('[]')").do({"inputs": "x" * 1_000_000}) == []


def test_a_command_ends_with_all_that_it_started(made: Any, tmp_path: Path) -> None:
    child = "import time, pathlib; time.sleep(3); pathlib.Path('survived').touch()"
    parent = f"import subprocess, sys; print('up', flush=True); subprocess.run([sys.executable, '-c', {child!r}], cwd={str(tmp_path)!r})"
    slow = made(parent)
    threading.Timer(0.5, slow.stop).start()
    with pytest.raises(GaveUp, match="signal 9"):
        slow.do({})
    time.sleep(0.1)
    assert not (tmp_path / "survived").exists()


def test_a_command_does_not_wait_for_what_it_left_behind(made: Any) -> None:
    leaves = (
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); print('[1]')"
    )
    began = time.monotonic()
    assert made(leaves).do({}) == [1]
    assert time.monotonic() - began < 30


def test_one_that_lives_on_gets_a_job_a_line(made: Any) -> None:
    loop = made(LOOP, lines=True)
    assert [loop.do({"inputs": number}) for number in range(3)] == [0, 1, 2]
    with pytest.raises(GaveUp, match="no luck"):
        loop.do({"inputs": "give up"})


def test_one_that_dies_is_started_again(made: Any) -> None:
    loop = made(LOOP, lines=True)
    with pytest.raises(GaveUp, match="it ended with status 1: cannot go on"):
        loop.do({"inputs": "die"})
    assert loop.do({"inputs": 1}) == 0


def test_what_is_no_answer_is_told(made: Any) -> None:
    with pytest.raises(GaveUp, match="neither"):
        made("import sys\nfor line in sys.stdin: print('[7]', flush=True)", lines=True).do({})


def test_there_has_to_be_such_a_program() -> None:
    for command in ("", "no-such-program-here --fast", 'sh -c "'):
        with pytest.raises(Unknown):
            Command(command)


def test_a_client_is_recorded_so_that_it_is_found_again(made: Any) -> None:
    command = made("pass", lines=True, compress=60)
    assert recorded(command.show()).show() == command.show()
    assert recorded({"python": "tests.unit.fuzz.jobs:good"}).show() == {"python": "tests.unit.fuzz.jobs:good"}
    with pytest.raises(Unknown):
        recorded({})


@pytest.mark.parametrize(
    "name, told",
    [
        ("jobs", "write package.module:attribute"),
        ("tests.unit.fuzz.jobs:gone", "has no attribute 'gone'"),
        ("tests.unit.nowhere:good", "No module named 'tests.unit.nowhere'"),
        ("tests.unit.fuzz.jobs:PAGE", "is no callable, but int"),
    ],
)
def test_a_callable_that_is_none_says_why(name: str, told: str) -> None:
    with pytest.raises(Unknown, match=told):
        Callee.load(name)


def test_a_command_does_its_job_over_the_socket_and_by_the_real_clock(made: Any) -> None:
    with Trial(LISTING, made(LISTS)) as trial, trial.run(weather(12)) as run:
        assert (len(run.result), len(run.entries), run.error) == (12, 1, "")
        assert abs(run.began - time.time()) < 60
        assert trial.engine.contract.limits["hourly"].options["per"] == "PT10S"


def test_a_command_that_hangs_or_calls_without_end_is_stopped(made: Any) -> None:
    with Trial(LISTING, made("import time; time.sleep(60)"), timeout=0.5) as trial, trial.run(weather()) as run:
        assert (run.stopped, run.finished) == ("it had not ended after 0.5 s", False)
    again = LISTS.replace("with urllib", "while True: urllib.request.urlopen(call).read()\nwith urllib")
    with Trial(LISTING, made(again)) as trial, trial.run(weather()) as run:
        assert (run.stopped, len(run.entries)) == ("it made more than 30 calls", 30)


@pytest.mark.skipif(os.name != "posix", reason="process groups are of POSIX")
def test_weather_befalls_commands_too(made: Any) -> None:
    with Trial(LISTING, made(LISTS)) as trial, trial.run(weather(3, (1, "fail", 503))) as run:
        assert run.error.endswith("HTTP Error 503: Service Unavailable")
        assert [happened.event.kind for happened in run.happened] == ["fail"]
