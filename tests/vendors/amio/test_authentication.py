"""Who may call: whoever bears the organisation's token."""

from __future__ import annotations

import pytest
import requests

from emulator.testing.client import Emulator, Handle
from tests.vendors.amio.client import Api, errors


def test_a_token_in_the_header_lets_one_in(api: Api) -> None:
    assert api.get("/channels").status_code == 200


def test_a_token_in_the_query_lets_one_in_too(amio: Handle) -> None:
    assert requests.get(f"{amio.base_url}/v1/channels?access_token={amio.token}", timeout=30).status_code == 200


def test_the_other_base_serves_the_same(amio: Handle) -> None:
    reply = requests.get(f"{amio.base_url}/api/v1/channels?access_token={amio.token}", timeout=30)
    assert reply.status_code == 200


def test_the_header_counts_where_both_are_given(amio: Handle) -> None:
    url = f"{amio.base_url}/v1/channels?access_token={amio.token}"
    assert requests.get(url, headers={"Authorization": "Bearer wrong"}, timeout=30).status_code == 401


def test_a_wrong_token_is_told_in_one_error_without_a_field(amio: Handle) -> None:
    reply = requests.get(f"{amio.base_url}/v1/channels", headers={"Authorization": "Bearer wrong"}, timeout=30)
    assert reply.status_code == 401
    assert reply.json()["status"] == {"code": "401", "message": "Unauthorized"}
    assert errors(reply) == [{"message": "Wrong accessToken."}]


def test_a_missing_token_is_told_as_missing(amio: Handle) -> None:
    assert errors(requests.get(f"{amio.base_url}/v1/channels", timeout=30)) == [{"message": "Missing accessToken."}]


def test_the_token_is_looked_at_before_the_body(amio: Handle) -> None:
    url = f"{amio.base_url}/v1/channels"
    assert requests.post(url, json={}, headers={"Authorization": "Bearer wrong"}, timeout=30).status_code == 401
    assert requests.post(url, json={}, headers={"Authorization": f"Bearer {amio.token}"}, timeout=30).status_code == 422


def test_a_token_of_another_sandbox_is_unknown_in_this_one(emulator: Emulator, amio: Handle) -> None:
    other = emulator.sandbox()
    reply = requests.get(
        f"{amio.base_url}/v1/channels", headers={"Authorization": f"Bearer {other.amio.token}"}, timeout=30
    )
    other.remove()
    assert reply.status_code == 401


@pytest.mark.parametrize("host", ["api.amio.io", "amio.io"])
def test_the_vendors_own_hosts_are_served_at_the_root(amio: Handle, host: str) -> None:
    server = amio.base_url.split("/~", 1)[0]
    url = f"{server}/v1/channels?access_token={amio.token}"
    assert requests.get(url, headers={"Host": host}, timeout=30).status_code == 200
