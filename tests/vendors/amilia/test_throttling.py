"""Calls a second: one count for each address and sandbox, on the virtual clock."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.amilia.client import Amilia


@pytest.fixture
def second(sandbox: Any, api: Amilia) -> Amilia:
    """The administrator at the beginning of a second that does not pass."""
    sandbox.clock.freeze()
    sandbox.clock.set(float(int(sandbox.clock.now()) + 1))
    return api


def test_a_hundred_calls_in_a_second_and_no_more(sandbox: Any, second: Amilia) -> None:
    statuses = [second.ask("GET", "org/programs/2001").status_code for _ in range(101)]
    assert statuses == [200] * 100 + [429]
    sandbox.clock.advance(0.9)
    assert second.ask("GET", "org/programs/2001").status_code == 429
    sandbox.clock.advance(0.1)
    assert second.ask("GET", "org/programs/2001").status_code == 200


def test_all_callers_of_one_address_are_counted_together(
    sandbox: Any, second: Amilia, nobody: Amilia, key: Amilia
) -> None:
    sandbox.settings.update({"amilia": {"calls_per_second": 2}})
    statuses = [who.ask("GET", "org/programs").status_code for who in (nobody, key, second)]
    assert statuses == [401, 200, 429]


def test_nought_is_no_limit(sandbox: Any, second: Amilia) -> None:
    sandbox.settings.update({"amilia": {"calls_per_second": 0}})
    assert {second.ask("GET", "org/programs/2001").status_code for _ in range(120)} == {200}


def test_behind_a_proxy_the_client_stands_in_a_header(sandbox: Any, second: Amilia) -> None:
    sandbox.settings.update({"amilia": {"calls_per_second": 1, "client_address": "forwarded"}})

    def status(client: str) -> int:
        second.session.headers["X-Forwarded-For"] = client
        return second.ask("GET", "org/programs").status_code

    assert [status(client) for client in ("203.0.113.1, 10.0.0.1", "203.0.113.2", "203.0.113.1", "")] == [
        200,
        200,
        429,
        200,
    ]


def test_the_header_does_not_count_without_a_proxy(sandbox: Any, second: Amilia) -> None:
    sandbox.settings.update({"amilia": {"calls_per_second": 1}})
    second.session.headers["X-Forwarded-For"] = "203.0.113.1"
    assert second.ask("GET", "org/programs").status_code == 200
    second.session.headers["X-Forwarded-For"] = "203.0.113.2"
    assert second.ask("GET", "org/programs").status_code == 429


def test_sandboxes_are_counted_apart(emulator: Any, sandbox: Any, second: Amilia) -> None:
    sandbox.settings.update({"amilia": {"calls_per_second": 1}})
    assert second.ask("GET", "org/programs").status_code == 200
    assert second.ask("GET", "org/programs").status_code == 429
    other = emulator.sandbox()
    handle = other.vendor("amilia")
    api = Amilia(handle.base_url, handle.organization_id).login(handle.username, handle.password)
    assert api.ask("GET", "org/programs").status_code == 200
    other.remove()
