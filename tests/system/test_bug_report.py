"""A bug report: what one emulator knew of a sandbox, in one file, for another to begin with."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from emulator import __version__
from emulator.cli import main
from emulator.testing.client import Box


def test_a_report_is_served_elsewhere_and_its_calls_are_explained(
    sandbox: Box, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    token = {"Authorization": f"Bearer {sandbox.amio.token}"}
    sandbox.clock.freeze()
    sandbox.faults.add(vendor="amio", nth=7, refuse="throttled")
    made = requests.post(f"{sandbox.amio.base_url}/v1/channels", headers=token, json={"type": "amio_chat", "name": "X"})
    refused = requests.post(f"{sandbox.amio.base_url}/v1/channels", headers=token, json={"type": "pigeon"})
    assert (made.status_code, refused.status_code) == (201, 422)
    report = tmp_path / "report.json"
    report.write_text(json.dumps(sandbox.world()))

    serve = [sys.executable, "-m", "emulator", "serve", "--port", "0", "--log", "json", "--world", str(report)]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            base = json.loads(process.stdout.readline())["control"].removesuffix("/_emulator")
            told = requests.get(f"{base}/_emulator/sandboxes/default/world", timeout=10).json()
            assert {**told, "vendors": 0} == {**json.loads(report.read_text()), "vendors": 0}
            assert told["versions"]["emulator"] == __version__
            again = requests.get(f"{base}/amio/v1/channels/{made.json()['id']}", headers=token, timeout=10)
            assert (again.json(), again.headers["X-RateLimit-Remaining"]) == (made.json(), "997")
            assert main(["explain", "2", "--url", base]) == 0
            lines = [line.strip() for line in capsys.readouterr().out.splitlines()[1:]]
            assert lines == sandbox.journal.explain(2)["why"]
        finally:
            process.terminate()
