"""`emulator verify` over a socket: the emulator itself, the command line, and what is never sent or told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.assembly import vendors_in
from emulator.cli import main
from emulator.data import folder
from emulator.testing.client import Emulator
from tests.system.verifying import verified

VENDORS = vendors_in(folder("contracts"))
SAFE = {"GET", "HEAD", "OPTIONS"}
UNREACHED = {
    "agillic": {"agillic.exports.read", "agillic.exports.task"},  # nothing is exported yet
    "ameyo": {"ameyo.voice_logs.download"},  # no call of its documents tells both ids that it needs
    "amilia": set(),
    "amio": set(),
}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(port=0) as served:
        yield served


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_emulator_itself_departs_in_nothing(vendor: str, emulator: Emulator) -> None:
    box = emulator.sandbox()
    report = verified(box, vendor, exact=True)
    assert (report.departures, report.stopped) == ((), "")
    contract = emulator.assembly.contracts[vendor]
    reading = {operation.id for operation in contract.operations.values() if operation.method in SAFE}
    assert reading - set(report.reached) == UNREACHED[vendor]


@pytest.mark.parametrize("vendor", [vendor for vendor in VENDORS if vendor != "amilia"])
def test_nor_does_it_where_writing_is_allowed(vendor: str, emulator: Emulator) -> None:
    assert verified(emulator.sandbox(), vendor, writes=True).departures == ()


@pytest.mark.parametrize("vendor", [vendor for vendor in VENDORS if vendor != "amilia"])
def test_nothing_is_sent_that_changes_anything_but_what_asks_for_a_token(vendor: str, emulator: Emulator) -> None:
    box = emulator.sandbox()
    verified(box, vendor)
    unsafe = {c["operation"] for c in box.journal.calls() if c["request"]["method"] not in SAFE}
    operations = emulator.assembly.contracts[vendor].operations
    assert all(operations[name].creates == "credentials" for name in unsafe)


def test_it_stops_before_its_share_of_a_window_is_used_up(emulator: Emulator) -> None:
    box = emulator.sandbox()
    report = verified(box, "amio", share=0.02)
    assert (report.calls, len(box.journal)) == (20, 20)
    assert report.stopped == "the share of 0.02 is used up: 20 of 1000 calls in PT1H (limit hourly)"


def test_what_others_have_used_counts(emulator: Emulator) -> None:
    box = emulator.sandbox()
    verified(box, "amio", share=0.02)
    assert "the server says that 979 of 1000 calls are left" in verified(box, "amio", share=0.02).stopped


def test_short_windows_are_waited_for(emulator: Emulator) -> None:
    box = emulator.sandbox()
    box.settings.update({"ameyo": {"calls_per_minute": 20}})
    began = box.clock.now()
    report = verified(box, "ameyo", settings={"calls_per_minute": 20})
    assert (report.departures, report.stopped) == ((), "")
    assert box.clock.now() - began >= 60 * (report.calls // 10 - 1)


def test_a_server_that_throttles_is_left_in_peace(emulator: Emulator) -> None:
    box = emulator.sandbox()
    box.faults.add(vendor="amio", nth=5, refuse="throttled")
    report = verified(box, "amio")
    assert (report.calls, report.departures) == (5, ())
    assert report.stopped.startswith("the server throttles: 429 for GET /v1/channels")


# -- the command line


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    file = tmp_path / "credentials.json"
    file.write_text(json.dumps({"token": "demo-amio-token"}))
    return file


def run(*arguments: str | Path) -> int:
    return main(["verify", "--vendor", "amio", *map(str, arguments)])


def test_without_a_departure_it_exits_with_0_and_keeps_evidence(
    emulator: Emulator, credentials: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator.default.reset()
    target = f"{emulator.base_url}/amio"
    assert run("--target", target, "--credentials", credentials, "--exact", "--evidence", tmp_path) == 0
    assert capsys.readouterr().out.endswith("no departure from the contract\n")
    (evidence,) = tmp_path.glob("amio-127.0.0.1-*.json")
    told = json.loads(evidence.read_text())
    assert told["operations"]["amio.channels.find"]["outcomes"]["200"] is True
    assert (told["target"], told["fine"]) == (target, True)


def test_the_ledger_tells_what_was_verified(
    emulator: Emulator, credentials: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator.default.reset()
    target, kept = f"{emulator.base_url}/amio", tmp_path / "kept.json"
    assert run("--target", target, "--credentials", credentials, "--evidence", kept) == 0
    assert main(["coverage", "amio", "--evidence", str(kept)]) == 0
    assert f"at {target}: 200, unauthenticated, invalid" in capsys.readouterr().out
    assert main(["coverage", "amio", "--evidence", str(credentials)]) == 2
    assert "is no evidence" in capsys.readouterr().err


def test_a_departure_is_told_with_both_sides_and_exits_with_1(
    emulator: Emulator, credentials: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator.default.reset()
    emulator.default.faults.add(vendor="amio", operation="amio.channels.find", mutate="extra-field", when="after")
    assert run("--target", f"{emulator.base_url}/amio", "--credentials", credentials) == 1
    emulator.default.reset()
    told = capsys.readouterr().out
    assert "contract: [0].x_emulator_extra: there is no such member  [amio/channels/find.json#" in told
    assert 'server:   [0].x_emulator_extra: {"note":' in told


def test_credentials_may_stand_in_the_environment(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator.default.reset()
    monkeypatch.setenv("EMULATOR_VERIFY_TOKEN", "demo-amio-token")
    assert run("--target", f"{emulator.base_url}/amio", "--json") == 0
    assert json.loads(capsys.readouterr().out)["calls"] > 50


@pytest.mark.parametrize(
    "given, status, said",
    [
        ({"token": "nobody"}, 1, "the server takes none of the credentials (token: 401 for GET /v1/channels"),
        ({"tokken": "x"}, 2, "amio has no credential 'tokken'; there are token, and settings and known"),
        ({"token": "x", "settings": {"plan": "huge"}}, 2, "settings: plan: 'huge' is not one of"),
        ({"token": "x", "known": {"channels": "7"}}, 2, "known: lists of ids by collection"),
        (
            {"token": "x", "known": {"toys": []}},
            2,
            "known: nothing of amio is called toys; there are channels, contacts",
        ),
        ({}, 2, "no credentials: give --credentials FILE, or set EMULATOR_VERIFY_TOKEN"),
        ([], 2, "is to hold a JSON object of credentials"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line(
    given: object, status: int, said: str, emulator: Emulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "c.json").write_text(json.dumps(given))
    assert run("--target", f"{emulator.base_url}/amio", "--credentials", tmp_path / "c.json") == status
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    "target, status, said",
    [
        ("http://127.0.0.1:9/amio", 1, "http://127.0.0.1:9/amio does not answer: "),
        ("ftp://vendor.test", 2, "is no http address"),
        ("https://user:secret@vendor.test", 2, "credentials go into the credentials' file"),
        ("http://[::1", 2, "is no http address"),
        ("http://vendor.test:port", 2, "is no http address"),
    ],
)
def test_a_target_that_cannot_be_asked_is_told_in_a_line(
    target: str, status: int, said: str, credentials: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--target", target, "--credentials", credentials) == status
    told = capsys.readouterr().err
    assert said in told
    assert (told.count("\n"), "secret" in told) == (1, False)


def test_a_share_is_a_part(credentials: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--target", "http://127.0.0.1:9", "--credentials", credentials, "--share", "2") == 2
    assert "above 0, at most 1" in capsys.readouterr().err
