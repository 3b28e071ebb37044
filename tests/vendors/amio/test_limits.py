"""So many calls an hour, so many at once, by plan."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from emulator.testing.client import Box, Handle
from tests.vendors.amio.client import Api, errors

BLOCKED = (
    "You have exceeded maximum number of requests and have been temporarily blocked. "
    "See documentation for more details: https://docs.amio.io/reference#rate-limiting"
)


def test_the_first_call_opens_the_hour(api: Api, sandbox: Box) -> None:
    sandbox.clock.freeze()
    headers = api.get("/channels").headers
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("1000", "999")
    assert 0 <= int(headers["X-RateLimit-Reset"]) - (sandbox.clock.now() + 3600) <= 1


def test_later_calls_count_down_to_the_same_end(api: Api, sandbox: Box) -> None:
    first = api.get("/channels").headers
    sandbox.clock.advance("30m")
    second = api.get("/channels/123").headers
    assert second["X-RateLimit-Remaining"] == "998"
    assert second["X-RateLimit-Reset"] == first["X-RateLimit-Reset"]


def test_every_reply_to_a_token_has_the_headers(api: Api) -> None:
    replies = [api.get("/nothing"), api.call("PUT", "/messages"), api.post("/messages", {}), api.get("/channels")]
    assert [r.headers["X-RateLimit-Remaining"] for r in replies] == ["999", "998", "997", "996"]


def test_a_wrong_token_is_not_counted(api: Api, amio: Handle) -> None:
    requests.get(f"{amio.base_url}/v1/channels", headers={"Authorization": "Bearer wrong"}, timeout=30)
    assert api.get("/channels").headers["X-RateLimit-Remaining"] == "999"


def test_after_the_last_call_there_is_429_until_the_hour_is_over(api: Api, sandbox: Box) -> None:
    sandbox.settings.update({"amio": {"plan": "custom", "custom_calls": 2}})
    assert [api.get("/channels").status_code for _ in range(3)] == [200, 200, 429]
    refused = api.get("/channels")
    assert errors(refused) == [{"message": BLOCKED}]
    assert refused.json()["status"] == {"code": "429", "message": "Too Many Requests"}
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert "Retry-After" not in refused.headers
    sandbox.clock.advance("1h")
    assert api.get("/channels").headers["X-RateLimit-Remaining"] == "1"


def test_the_developer_plan_has_two_thousand(api: Api, sandbox: Box) -> None:
    sandbox.settings.update({"amio": {"plan": "developer"}})
    assert api.get("/channels").headers["X-RateLimit-Limit"] == "2000"


@pytest.mark.parametrize("plan, most", [("free", 3), ("developer", 10)])
def test_only_so_many_calls_are_in_flight_at_once(amio: Handle, sandbox: Box, plan: str, most: int) -> None:
    sandbox.settings.update({"amio": {"plan": plan}})
    sandbox.faults.add(vendor="amio", delay=2.0)
    headers = {"Authorization": f"Bearer {amio.token}"}

    def call(_: int) -> int:
        return requests.get(f"{amio.base_url}/v1/channels", headers=headers, timeout=30).status_code

    with ThreadPoolExecutor(most + 2) as pool:
        assert Counter(pool.map(call, range(most + 2))) == {200: most, 429: 2}
    sandbox.faults.clear()
    assert call(0) == 200


def test_limits_can_be_switched_off(api: Api, sandbox: Box) -> None:
    sandbox.settings.update({"limits": "off"})
    assert "X-RateLimit-Limit" not in api.get("/channels").headers
