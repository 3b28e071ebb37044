"""Logging in to the 4.x server, and how a session ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emulator.testing.client import Box, Handle
from tests.vendors.ameyo.client import Api, key, promised

Clients = Callable[..., Api]
CALLBACKS = "/ameyorestapi/voice/customerCallbacks"
USERS = "/ameyorestapi/cc/contactCenterUsers"


def test_a_login_opens_a_session(anyone: Api, clients: Clients) -> None:
    session = anyone.login("john", "john-secret").json()
    assert session["sessionId"].startswith("d741-")
    assert (session["userId"], session["terminalInfo"], session["userType"]) == ("john", "0.0.0.0", "Supervisor")
    assert promised(clients(session_id=session["sessionId"])).status_code == 200


def test_the_header_is_read_in_any_case(anyone: Api, ameyo: Handle) -> None:
    for name in ("sessionId", "Sessionid", "SESSIONID"):
        query = {"campaignId": 131, "offset": 0, "limit": 1}
        assert (
            anyone.call("GET", f"{CALLBACKS}/getFiltered", params=query, headers={name: ameyo.session_id}).status_code
            == 200
        )


def test_a_session_ends_when_it_lies_idle_and_each_use_moves_its_end(
    sandbox: Box, anyone: Api, clients: Clients
) -> None:
    john = clients(session_id=anyone.login("john", "john-secret").json()["sessionId"])
    for _ in range(3):
        sandbox.clock.advance("20m")
        assert promised(john).status_code == 200
    sandbox.clock.advance("31m")
    assert key(promised(john)) == (401, "invalid.authentication.token")
    assert anyone.login("john", "john-secret").json()["lastLoginInfo"]


def test_the_idle_time_is_a_setting(sandbox: Box, anyone: Api, clients: Clients) -> None:
    sandbox.settings.update({"ameyo": {"session_idle_seconds": 60}})
    john = clients(session_id=anyone.login("john", "john-secret").json()["sessionId"])
    sandbox.clock.advance("61s")
    assert promised(john).status_code == 401


def test_logging_out_ends_the_session(anyone: Api, clients: Clients) -> None:
    john = clients(session_id=anyone.login("john", "john-secret").json()["sessionId"])
    reply = john.call("POST", "/ameyorestapi/session/userLogout")
    assert (reply.status_code, reply.text) == (200, "ok")
    assert key(promised(john)) == (401, "invalid.authentication.token")


def test_a_second_login_needs_force_and_ends_the_first(anyone: Api, clients: Clients) -> None:
    first = clients(session_id=anyone.login("john", "john-secret").json()["sessionId"])
    assert key(anyone.login("john", "john-secret")) == (512, "user.already.logged.in")
    assert promised(first).status_code == 200
    second = anyone.login("john", "john-secret", forceLogin=True).json()["sessionId"]
    assert promised(first).status_code == 401
    assert promised(clients(session_id=second)).status_code == 200


def test_a_policy_may_make_force_useless(chief: Api, anyone: Api) -> None:
    chief.call("PUT", f"{USERS}/john", json={"loginPolicy": "disallow.after.limit"})
    anyone.login("john", "john-secret")
    assert key(anyone.login("john", "john-secret", forceLogin=True)) == (512, "login.limit.exceeded")


def test_a_user_may_have_as_many_sessions_as_allowed(chief: Api, anyone: Api) -> None:
    chief.call("PUT", f"{USERS}/john", json={"maxAllowedLogins": 2})
    assert [anyone.login("john", "john-secret").status_code for _ in range(3)] == [200, 200, 512]


def test_wrong_passwords_and_unknown_users_are_told_apart(anyone: Api) -> None:
    assert key(anyone.login("john", "guess")) == (401, "invalid.authentication.token")
    assert key(anyone.login("nobody", "guess")) == (512, "user.not.found")


@pytest.mark.parametrize(
    "body",
    [
        {"userId": "john"},
        {"token": "x"},
        {"userId": "", "token": "x"},
        {"userId": "john", "token": "x", "forceLogin": "yes"},
    ],
)
def test_a_login_lacks_nothing(anyone: Api, body: dict[str, object]) -> None:
    reply = anyone.call("POST", "/ameyorestapi/session/userLogin", json=body)
    assert (key(reply), reply.json()["code"]) == ((400, "InvalidInput"), 40001)
