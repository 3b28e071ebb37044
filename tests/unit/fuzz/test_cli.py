"""`emulator fuzz` and `emulator scenarios`: what they print, what they write, how they end."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from emulator.cli import main
from emulator.fuzz import scenarios

JOBS = str(Path(__file__).with_name("jobs.py"))
CLIENT = "tests.unit.fuzz.jobs:"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left behind in the checkout."""
    monkeypatch.chdir(tmp_path)


def fuzz(client: str, *more: str, examples: int = 10) -> int:
    return main(["fuzz", "--scenario", JOBS, "--client", CLIENT + client, "--examples", str(examples), *more])


def test_a_good_client_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz("good") == 0
    assert "passed: all" in capsys.readouterr().out
    assert not Path(".emulator-failures").exists()


def test_a_broken_client_fails_and_is_told_how_to_see_it_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz("one_page") == 1
    told = capsys.readouterr().out
    (file,) = re.findall(r"emulator replay (\S+)", told)
    assert "1 are missing." in told
    assert main(["replay", file]) == 1


def test_what_broke_it_before_is_tried_first(capsys: pytest.CaptureFixture[str]) -> None:
    fuzz("impatient", "--traits", "pages")
    capsys.readouterr()
    assert fuzz("impatient", "--traits", "pages", "--weather", "lawful", examples=1) == 1
    assert fuzz("impatient", "--traits", "pages", "--weather", "lawful", "--database", "none", examples=1) == 0


def test_the_same_command_prints_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for _ in range(2):
        fuzz("impatient", "--database", "none", "--seed", "3")
        told.append(re.sub(r"\d+\.\d s", "", capsys.readouterr().out))
    assert told[0] == told[1]


def test_a_report_is_written(tmp_path: Path) -> None:
    fuzz("one_page", "--report", "report")
    assert {"junit.xml", "report.html", "verdict.json", "verdict.txt"} == {p.name for p in Path("report").iterdir()}
    (verdict,) = json.loads(Path("report/verdict.json").read_text(encoding="utf-8"))
    assert (verdict["passed"], verdict["examples"]) == (False, 10)


def test_a_trait_can_be_ignored(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz("one_page", "--ignore", "pages") == 0
    assert "pages" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments, told",
    [
        (["--scenario", "amio.nothing", "--client", "a:b"], "no scenario is called 'amio.nothing'; there are a"),
        (["--scenario", "nothing.py", "--client", "a:b"], "nothing.py is no file"),
        (["--scenario", "json", "--client", "a:b"], "json has no SCENARIO"),
        (["--scenario", JOBS, "--client", "nowhere:client"], "nowhere:client cannot be imported: ModuleNotFoundError"),
        (["--scenario", JOBS, "--client", "client"], "write package.module:attribute"),
        (["--scenario", JOBS, "--command", "no-such-program"], "there is no such program"),
        (["--scenario", JOBS, "--client", CLIENT + "good", "--lines"], "--lines goes with --command"),
        (["--scenario", JOBS, "--client", CLIENT + "good", "--ignore", "luck"], "no trait is called luck; there are"),
    ],
)
def test_wrong_usage_gets_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str], told: str) -> None:
    assert main(["fuzz", *arguments]) == 2
    said = capsys.readouterr().err
    assert (told in said, said.count("\n")) == (True, 1)


def test_a_client_beside_one_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    Path("beside_me.py").write_text("def client(target, inputs): return []\n", encoding="utf-8")
    assert main(["fuzz", "--scenario", JOBS, "--client", "beside_me:client", "--examples", "5"]) == 1


def test_without_hypothesis_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "emulator.fuzz.hunt", raising=False)
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    assert fuzz("good") == 2
    assert "vendor-emulator[fuzz]" in capsys.readouterr().err


def test_the_jobs_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenarios"]) == 0
    listed = capsys.readouterr().out
    assert main(["scenarios", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in shown] == [scenario.name for scenario in scenarios.all()]
    assert all(one["name"] in listed and one["oracle"] in listed for one in shown)
    assert set(shown[0]) == {"name", "title", "vendor", "inputs", "result", "oracle", "operations"}
