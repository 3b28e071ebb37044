"""Failure files: written for people, replayed by the command and by pytest, and without hypothesis."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.cli import main
from emulator.fuzz import failure
from emulator.fuzz.hunt import hunt
from emulator.fuzz.trial import Trial
from emulator.fuzz.weather import Weather
from tests.architecture.sources import ROOT
from tests.unit.fuzz.jobs import GOOD, IMPATIENT, LISTING, weather

JOBS = str(Path(__file__).with_name("jobs.py"))
SKY = weather(3, (1, "throttle"))


def written(folder: Path, sky: Weather = SKY, **more: object) -> Path:
    shown = {
        "format": failure.FORMAT,
        "scenario": JOBS,
        "client": {"python": "tests.unit.fuzz.jobs:impatient"},
        "trait": "pages",
        "told": "3 are missing.",
        "weather": sky.show(),
        **more,
    }
    file = folder / "failure.json"
    file.write_text(json.dumps(shown), encoding="utf-8")
    return file


def test_each_failure_of_a_verdict_becomes_a_file(tmp_path: Path) -> None:
    with Trial(LISTING, IMPATIENT, quiet=True) as trial:
        verdict = failure.keep(hunt(trial, examples=10), IMPATIENT, JOBS, tmp_path, ["lawful"])
    files = [trait.failure.file for trait in verdict.failed if trait.failure]
    assert sorted(map(str, tmp_path.iterdir())) == sorted(files)
    kept = failure.read(Path(files[0]))
    assert (kept.scenario, kept.client, kept.ignored) == (JOBS, IMPATIENT.show(), ("lawful",))
    assert failure.replay(kept)


def test_a_replay_tells_what_is_still_wrong(tmp_path: Path) -> None:
    found = failure.replay(failure.read(written(tmp_path)))
    assert [finding.trait for finding, _ in found] == ["pages"]
    assert found[0][1][0] == "3 are missing."


def test_a_replay_with_a_mended_client_is_silent(tmp_path: Path) -> None:
    assert failure.replay(failure.read(written(tmp_path)), GOOD) == []


def test_what_was_ignored_stays_ignored(tmp_path: Path) -> None:
    assert failure.replay(failure.read(written(tmp_path, ignored=["pages"]))) == []


def test_the_weathers_of_a_scenario_are_found_again(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    assert list(failure.known(tmp_path, JOBS)) == [SKY]
    assert list(failure.known(tmp_path, "amio.list_contacts")) == []


@pytest.mark.parametrize(
    "text, told",
    [
        ("[", "cannot be read"),
        ("{}", "its format is not emulator-failure-1"),
        ('{"format": "emulator-failure-1"}', "'weather'"),
        ('{"format": "emulator-failure-1", "weather": {"events": [{"nth": 1}]}}', "an event is"),
    ],
)
def test_what_is_no_failure_file_is_refused_in_one_line(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "failure.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=told) as refused:
        failure.read(file)
    assert "\n" not in str(refused.value)


def test_the_command_exits_with_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(written(tmp_path))
    assert main(["replay", file]) == 1
    assert "3 are missing." in capsys.readouterr().out
    assert main(["replay", file, "--client", "tests.unit.fuzz.jobs:good"]) == 0
    assert "does its job now" in capsys.readouterr().out


def test_a_replay_needs_no_hypothesis(tmp_path: Path) -> None:
    client = "import requests\ndef none(target, inputs): return []\n"
    (tmp_path / "mine.py").write_text(client, encoding="utf-8")
    start = {"contacts": 3, "platform": "mobile", "odd": []}
    file = written(tmp_path, Weather(start), scenario="amio.list_contacts", client={"python": "mine:none"})
    program = f"""
import sys
sys.modules["hypothesis"] = None
sys.path.insert(0, {str(ROOT)!r})
from emulator.cli import main
sys.exit(main(["replay", {str(file)!r}]))
"""
    ended = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert "missing" in ended.stdout
