"""The pytest plugin, seen from a project that uses it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

HEAVY = (
    "emulator.testing.client",
    "emulator.app",
    "flask",
    "werkzeug",
    "hypothesis",
    "jsonschema",
    "requests",
    "httpx",
)
CALL = """
import requests
URL = "https://api.amio.io/v1/channels"
def call(token="demo-amio-token", url=URL):
    return requests.get(url, headers={"Authorization": f"Bearer {token}"})
"""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A user's project, with nothing of ours in it but the plugin that the installation brings."""
    for name in [name for name in os.environ if name.startswith("PYTEST_XDIST")]:
        monkeypatch.delenv(name)
    pytester.makepyprojecttoml("[tool.pytest.ini_options]\nfilterwarnings = ['error']\n")
    return pytester


def run(project: pytest.Pytester, test: str, *options: str) -> pytest.RunResult:
    project.makepyfile(CALL + test)
    return project.runpytest_subprocess("--emulator-vendor", "amio", *options, timeout=120)


def test_the_vendors_own_hosts_are_answered_for_one_test(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
def test_by_its_credential_a_call_finds_its_sandbox(vendor_hosts, sandbox, amio):
    assert call(amio.token).status_code == 200
    assert (len(sandbox.journal), len(vendor_hosts.default.journal)) == (1, 0)
def test_the_demo_credential_means_the_default_sandbox(vendor_hosts):
    vendor_hosts.default.faults.add(vendor="amio", refuse="throttled")
    assert call().status_code == 429
def test_which_is_as_new_in_the_next_test(vendor_hosts):
    assert len(vendor_hosts.default.journal) == 0
    assert call().status_code == 200
def test_others_are_not_concerned():
    assert requests.adapters.HTTPAdapter.send.__module__ == "requests.adapters"
""",
    )
    result.assert_outcomes(passed=4)


def test_a_failures_report_tells_the_last_calls_and_why_they_were_refused(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
def test_fails(vendor_hosts, sandbox, amio):
    call("wrong"), call(amio.token)
    assert False
def test_succeeds(amio):
    call(amio.token, amio.base_url + "/v1/channels")
""",
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*the last calls of sandbox default*", "#1 GET */v1/channels -> 401", "      *"])
    result.stdout.fnmatch_lines(["*the last calls of sandbox*", "#1 GET */v1/channels -> 200"])
    assert result.stdout.str().count("last calls of") == 2


def test_a_test_has_a_sandbox_to_itself_whoever_runs_beside_it(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
import pytest
@pytest.mark.parametrize("n", range(6))
def test_alone(vendor_hosts, sandbox, amio, n):
    assert amio.base_url.endswith(f"/~{sandbox.name}/amio")
    assert call(amio.token, amio.base_url + "/v1/channels").status_code == 200
    assert call(amio.token).status_code == call().status_code == 200
    assert (len(sandbox.journal), len(vendor_hosts.default.journal)) == (2, 1)
""",
        "-n",
        "2",
    )
    result.assert_outcomes(passed=6)


def test_every_vendor_has_a_fixture(project: pytest.Pytester) -> None:
    result = project.runpytest_subprocess("--fixtures", "-q", timeout=120)
    result.stdout.fnmatch_lines([f"{name} *" for name in ("emulator", "sandbox", "vendor_hosts")])
    result.stdout.fnmatch_lines([f"{vendor} -- *" for vendor in ("agillic", "ameyo", "amilia", "amio")])


def test_the_plugin_imports_next_to_nothing() -> None:
    program = f"""
import json, sys, pytest
before = set(sys.modules)
import emulator.testing.plugin
new = set(sys.modules) - before
print(json.dumps([sorted(n for n in new if n.startswith("emulator")), [n for n in {HEAVY!r} if n in sys.modules]]))
"""
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, timeout=60)
    ours = ["emulator", "emulator.data", "emulator.testing", "emulator.testing.plugin"]
    assert json.loads(told.stdout) == [ours, []]


def test_a_session_that_asks_for_none_of_it_imports_none_of_it(project: pytest.Pytester) -> None:
    result = run(
        project,
        f"""
import sys
def test_light():
    assert [name for name in {[n for n in HEAVY if n not in ("requests", "hypothesis")]!r} if name in sys.modules] == []
""",
        "-p",
        "no:hypothesispytest",
    )
    result.assert_outcomes(passed=1)
