"""The mark that replays a failure file, seen from a project that uses it."""

from __future__ import annotations

import json
import os

import pytest

pytest_plugins = ["pytester"]

CLIENT = """
def nothing(target, inputs):
    return []

def by_the_book(target, inputs):
    import requests
    url = f"{target.base_url}/v1/channels/{inputs['channel_id']}/contacts"
    reply = requests.get(url, headers={"Authorization": f"Bearer {target.credentials['token']}"}, timeout=9)
    return [row["id"] for row in reply.json()]
"""
TESTS = """
import pytest
import mine

@pytest.mark.emulator_replay("failure.json")
def test_the_recorded_client():
    pass

@pytest.mark.emulator_replay("failure.json", client="mine:by_the_book")
def test_a_mended_client():
    pass

@pytest.mark.emulator_replay("failure.json", client=mine.by_the_book)
def test_a_mended_client_at_hand():
    pass
"""


def test_a_marked_test_fails_while_its_client_does(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PYTEST_XDIST")]:
        monkeypatch.delenv(name)
    failure = {
        "format": "emulator-failure-1",
        "scenario": "amio.list_contacts",
        "client": {"python": "mine:nothing"},
        "trait": "pages",
        "told": "The last 2 of 2 contacts are missing.",
        "weather": {"start": {"contacts": 2, "platform": "mobile", "odd": []}, "events": []},
    }
    pytester.makefile(".json", failure=json.dumps(failure))
    pytester.makepyprojecttoml("[tool.pytest.ini_options]\nfilterwarnings = ['error']\naddopts = '--strict-markers'\n")
    pytester.makepyfile(mine=CLIENT)
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_subprocess(timeout=120)
    result.assert_outcomes(failed=1, passed=2)
    result.stdout.fnmatch_lines(["*amio.list_contacts: *", "*missing*", "*It began with*"])
