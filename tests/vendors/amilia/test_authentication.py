"""Tokens and keys: how they are obtained, how long they hold, what ends them."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
import requests

from tests.vendors.amilia.client import Amilia

YEAR = 31_536_000


def test_a_token_is_a_jwt_of_one_year_on_the_sandbox_clock(sandbox: Any, amilia: Any) -> None:
    sandbox.clock.freeze()
    reply = requests.get(f"{amilia.base_url}/api/v3/authenticate", auth=(amilia.username, amilia.password), timeout=10)
    assert list(reply.json()) == ["Token"]
    token = reply.json()["Token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}
    assert set(claims) == {"sub", "iat", "exp", "jti"}
    assert claims["sub"].isdigit()
    assert claims["iat"] == int(sandbox.clock.now())
    assert claims["exp"] - claims["iat"] == YEAR
    assert len(claims["jti"]) == 50
    assert claims["jti"].isalnum()


@pytest.mark.parametrize(
    "path", ["/api/V3/authenticate", "/API/v3/Authenticate/", "/PublicApi/en/Authentication/Login"]
)
def test_the_path_may_be_written_in_any_case_and_the_old_one_works(path: str, amilia: Any, nobody: Amilia) -> None:
    reply = requests.get(amilia.base_url + path, auth=(amilia.username, amilia.password), timeout=10)
    assert nobody.bearing(Authorization=f"bearer {reply.json()['Token']}").items("org/programs")


def test_the_old_login_knows_two_languages(amilia: Any) -> None:
    reply = requests.get(
        f"{amilia.base_url}/PublicApi/xx/Authentication/Login", auth=(amilia.username, amilia.password), timeout=10
    )
    assert reply.status_code == 400


@pytest.mark.parametrize(
    "auth", [None, ("api@forest-explorers.test", "wrong"), ("stranger@example.test", "demo-password"), ("", "")]
)
def test_wrong_or_no_user_and_password_are_401(auth: Any, amilia: Any) -> None:
    for path in ("/api/v3/authenticate", "/PublicApi/fr/Authentication/Login"):
        assert requests.get(amilia.base_url + path, auth=auth, timeout=10).status_code == 401


def test_user_and_password_open_nothing_else(amilia: Any, nobody: Amilia) -> None:
    nobody.session.auth = (amilia.username, amilia.password)
    assert nobody.ask("GET", "org/programs").status_code == 401


@pytest.mark.parametrize("value", ["Bearer", "Bearer x.y.z", "Bearer ", "Token abc", "x"])
def test_what_is_no_token_is_401(value: str, nobody: Amilia) -> None:
    assert nobody.bearing(Authorization=value).ask("GET", "org/programs").status_code == 401


def test_a_token_expires_after_a_year_and_a_new_one_works(
    sandbox: Any, api: Amilia, nobody: Amilia, amilia: Any
) -> None:
    sandbox.settings.update({"limits": "off"})
    sandbox.clock.advance(YEAR - 60)
    assert api.items("org/programs")
    sandbox.clock.advance(61)
    reply = api.ask("GET", "org/programs")
    assert (reply.status_code, reply.json()["Message"]) == (401, "The token has expired.")
    assert nobody.login(amilia.username, amilia.password).items("org/programs")


def test_earlier_tokens_go_on_holding(api: Amilia, nobody: Amilia, amilia: Any) -> None:
    assert nobody.login(amilia.username, amilia.password).items("org/programs")
    assert api.items("org/programs")


def test_revoked_tokens_are_401(sandbox: Any, api: Amilia, partner: Amilia, amilia: Any) -> None:
    assert sandbox.stimuli.amilia.tokens_revoked(username=amilia.username) == {"revoked": 1}
    assert api.ask("GET", "org/programs").status_code == 401
    assert partner.ask("GET", "org/programs").status_code == 200


def test_another_sandbox_does_not_know_the_token(emulator: Any, api: Amilia) -> None:
    other = emulator.sandbox()
    api.base_url = other.vendor("amilia").base_url
    assert api.ask("GET", "org/programs").status_code == 401
    other.remove()


def test_without_a_prefix_a_token_finds_its_sandbox(emulator: Any, api: Amilia, sandbox: Any) -> None:
    sandbox.stimuli.amilia.program_saved(name="Only here")
    api.base_url = f"{emulator.base_url}/amilia"
    assert "Only here" in [program["Name"] for program in api.items("org/programs")]


def test_a_key_stands_in_for_a_token(key: Amilia) -> None:
    assert key.items("org/programs")
    assert key.items("org/activities")


def test_a_key_with_a_wrong_secret_is_401(amilia: Any, nobody: Amilia) -> None:
    for secret in ({}, {"X-AMILIA-APISECRET": "wrong"}):
        reply = nobody.bearing(**{"X-AMILIA-APIKEY": amilia.api_key, **secret}).ask("GET", "org/programs")
        assert reply.status_code == 401


def test_the_origin_header_is_welcome_and_noted(sandbox: Any, api: Amilia) -> None:
    api.session.headers["X-Amilia-Origin"] = "developer@example.test"
    assert api.items("org/programs")
    assert sandbox.journal.calls()[-1]["request"]["headers"]["x-amilia-origin"] == "developer@example.test"


def test_authenticate_takes_get_only_and_no_language(api: Amilia) -> None:
    assert requests.post(f"{api.base_url}/api/v3/authenticate", timeout=10).status_code == 405
    assert api.ask("GET", "authenticate").status_code == 404


def test_an_empty_world_still_has_its_organization_and_users(emulator: Any) -> None:
    box = emulator.sandbox(world="empty")
    handle = box.vendor("amilia")
    api = Amilia(handle.base_url, handle.organization).login(handle.username, handle.password)
    assert api.items("org/programs") == []
    box.remove()


def test_rights_are_looked_up_when_a_token_is_used(sandbox: Any, api: Amilia, amilia: Any) -> None:
    users = sandbox.state("amilia").rows("credentials")
    users.put({**users.get(f"basic:{amilia.username}"), "rights": {}})
    assert api.ask("GET", "org/persons").status_code == 403
    assert api.ask("GET", "org/programs").status_code == 200
