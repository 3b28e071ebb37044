"""`emulator diff`: folders, revisions, journals, data, and how it ends."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests

from emulator import Emulator
from emulator.cli import main
from emulator.data import folder

CONTRACTS = folder("contracts")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The built-in contracts, to be changed."""
    return Path(shutil.copytree(CONTRACTS, tmp_path / "work" / "contracts"))


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def tighten(contracts: Path) -> None:
    edit(contracts / "amio" / "vendor.json", '"maximum": 100, "default": 10', '"maximum": 50, "default": 10')


def git(where: Path, *arguments: str) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.test", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=where, check=True, capture_output=True)


def test_two_equal_folders_do_not_differ(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(CONTRACTS), str(copy)]) == 0
    assert capsys.readouterr().out == "no difference\n"


def test_what_breaks_ends_with_1_and_shows_the_call(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tighten(copy)
    assert main(["diff", str(CONTRACTS / "amio"), str(copy / "amio")]) == 1
    out = capsys.readouterr().out
    assert "amio/vendor.json#/paging/listing/parameters/0/schema/maximum  100 -> 50" in out
    assert "GET /v1/channels?max=51 was accepted and is refused with 422" in out


def test_one_vendor_is_itself_whatever_its_folder_is_called(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(copy / "amio" / "vendor.json", '"maximum": 100', '"maximum": 200')
    (copy / "amio").rename(copy / "mine")
    assert main(["diff", str(CONTRACTS / "amio"), str(copy / "mine"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["step"] == "minor"


def test_two_revisions_of_a_repository(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    top = copy.parent
    git(top, "init", "-q")
    git(top, "add", ".")
    git(top, "commit", "-qm", "before")
    tighten(copy)
    git(top, "commit", "-qam", "after")
    monkeypatch.chdir(copy / "amio")
    assert main(["diff", "HEAD~1", "HEAD", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [vendor["vendor"] for vendor in found["vendors"] if vendor["changes"]] == ["amio"]
    assert main(["diff", "HEAD:contracts/amio", str(copy / "amio")]) == 0


@pytest.mark.parametrize(
    "arguments, told",
    [
        (["nowhere", str(CONTRACTS)], "'nowhere' is neither a folder nor a revision"),
        ([str(CONTRACTS), "HEAD:nowhere"], "'HEAD:nowhere' is neither a folder nor a revision"),
        ([str(CONTRACTS), "."], ". has no vendor"),
        ([str(CONTRACTS), str(CONTRACTS), "--journal", "none.json"], "none.json"),
        ([str(CONTRACTS), str(CONTRACTS), "--examples", "0"], "--examples"),
    ],
)
def test_wrong_usage_is_told_in_a_line(
    arguments: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["diff", *arguments]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1


def test_a_contract_that_cannot_be_read_is_complained_of(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(copy / "amio" / "messages" / "send.json", "message_wish.json#/$defs/new", "message_wish.json#/$defs/newer")
    assert main(["diff", str(CONTRACTS / "amio"), str(copy / "amio")]) == 1
    assert "amio/messages/send.json:/body/schema/$ref" in capsys.readouterr().err


def test_without_the_generator_it_says_so(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "emulator.fuzz.witnesses", None)
    tighten(copy)
    assert main(["diff", str(CONTRACTS / "amio"), str(copy / "amio")]) == 1
    out = capsys.readouterr().out
    assert "max=51" in out
    assert "hypothesis is not installed" in out


def test_a_saved_journal_tells_which_own_calls_change(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tighten(copy)
    saved = tmp_path / "journal.json"
    with Emulator(port=0) as emulator:
        box: Any = emulator.sandbox()
        headers = {"Authorization": f"Bearer {box.amio.token}"}
        for most in (50, 80):
            requests.get(f"{box.amio.base_url}/v1/channels?max={most}", headers=headers, timeout=5)
        saved.write_text(requests.get(f"{emulator.base_url}/_emulator/sandboxes/{box.name}/journal", timeout=5).text)
    assert main(["diff", str(CONTRACTS), str(copy), "--journal", str(saved)]) == 1
    out = capsys.readouterr().out
    assert "journal: 1 of 2 recorded calls would fare otherwise" in out
    assert "GET /v1/channels?max=80 (amio)" in out
    assert "now refused with 422 (invalid): max: 80 is greater than the maximum of 50" in out
