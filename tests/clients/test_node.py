"""The client in JavaScript, which is given its jobs as JSON."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from emulator.testing.client import Box

NODE = shutil.which("node")
MAIN = Path(__file__).parent / "node" / "main.js"
pytestmark = pytest.mark.skipif(NODE is None, reason="node is not installed")


def run(
    box: Box, *jobs: tuple[str, dict[str, Any]], arguments: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    lines = [
        json.dumps(
            {
                "scenario": scenario,
                "base_url": box.amio.base_url,
                "credentials": box.amio.credentials,
                "inputs": inputs,
            }
        )
        for scenario, inputs in jobs
    ]
    command = [str(NODE), str(MAIN), "--second", "1", *arguments]
    return subprocess.run(
        command, input="\n".join(lines), capture_output=True, encoding="utf-8", timeout=60, check=False
    )


@pytest.fixture
def channel(sandbox: Box) -> str:
    rows = sandbox.state("amio").rows("channels").all()
    return next(row.id for row in rows if row.data["type"] == "mobile")


@pytest.fixture
def contacts(sandbox: Box, channel: str) -> list[str]:
    return [row.id for row in sandbox.state("amio").rows("contacts").where(channel_id=channel)]


def sent(box: Box, text: str) -> list[str]:
    rows = box.state("amio").rows("messages").all()
    return [row.id for row in rows if row.data.get("content", {}).get("payload") == text]


def test_it_lists_contacts(sandbox: Box, channel: str, contacts: list[str]) -> None:
    done = run(sandbox, ("amio.list_contacts", {"channel_id": channel}))
    assert json.loads(done.stdout) == contacts


@pytest.mark.parametrize("twin, times", [((), 1), (("--twin", "SendsAgainBlindly"), 2)])
def test_it_sends_once_though_the_reply_is_lost(
    sandbox: Box, channel: str, contacts: list[str], twin: tuple[str, ...], times: int
) -> None:
    sandbox.faults.add(operation="amio.messages.send", nth=1, when="after", connection="reset")
    wish = {"channel_id": channel, "contact_id": contacts[0], "text": "Žluť 🐎"}
    done = run(sandbox, ("amio.send_once", {"messages": [wish]}), arguments=twin)
    assert json.loads(done.stdout)[0] in sent(sandbox, "Žluť 🐎")
    assert len(sent(sandbox, "Žluť 🐎")) == times


def test_it_lives_on_and_answers_line_by_line(sandbox: Box, channel: str, contacts: list[str]) -> None:
    jobs = [("amio.list_contacts", {"channel_id": ident}) for ident in ("123", channel)]
    first, second = map(json.loads, run(sandbox, *jobs, arguments=("--lines",)).stdout.splitlines())
    assert first["error"].startswith("404")
    assert second == {"result": contacts}


def test_it_says_why_it_gave_up(sandbox: Box) -> None:
    done = run(sandbox, ("amio.list_contacts", {"channel_id": "123"}))
    assert (done.returncode, done.stdout) == (1, "")
    assert "Cannot find channel with id 123." in done.stderr
