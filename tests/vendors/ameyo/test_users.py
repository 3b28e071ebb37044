"""The users of a contact centre."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emulator.testing.client import Emulator, Handle
from tests.vendors.ameyo.client import Api, key, promised

Clients = Callable[..., Api]
USERS = "/ameyorestapi/cc/contactCenterUsers"
MIA = {
    "userId": "mia",
    "userType": "Executive",
    "userName": "Mia Falk",
    "userData": "mia-secret",
    "contactCenterId": 1,
    "maxAllowedLogins": "2",
}


def test_a_user_who_was_created_can_log_in(chief: Api, anyone: Api) -> None:
    reply = chief.call("POST", USERS, json=MIA)
    assert reply.json() == {"status": "success", "message": "User created successfully", "userId": "mia"}
    assert [anyone.login("mia", "mia-secret").status_code for _ in range(3)] == [200, 200, 512]


def test_a_user_is_not_created_twice(chief: Api) -> None:
    assert key(chief.call("POST", USERS, json=MIA | {"userId": "john"})) == (512, "user.already.exists")


@pytest.mark.parametrize(
    "wrong",
    [
        {"userId": ""},
        {"userName": 7},
        {"maxAllowedLogins": "many"},
        {"maxAllowedLogins": 0},
        {"loginPolicy": "whatever"},
        {"contactCenterId": "1"},
    ],
)
def test_a_user_that_breaks_a_rule_is_not_created(chief: Api, wrong: dict[str, object]) -> None:
    assert key(chief.call("POST", USERS, json=MIA | wrong)) == (400, "InvalidInput")


def test_a_user_of_another_contact_centre_is_out_of_reach(chief: Api) -> None:
    for reply in (
        chief.call("POST", USERS, json=MIA | {"contactCenterId": 6}),
        chief.call("PUT", f"{USERS}/agent7", json={"userName": "x"}),
        chief.call("DELETE", "/ameyorestapi/user/users/agent7"),
    ):
        assert (reply.status_code, reply.json()["message"], reply.json()["info"]) == (403, None, "invalid.session.id")


def test_in_an_empty_world_there_is_no_contact_centre_to_join(emulator: Emulator) -> None:
    box = emulator.sandbox(world="empty")
    client = Api(box.ameyo.base_url, session_id=box.ameyo.session_id)
    assert key(client.call("POST", USERS, json=MIA)) == (404, "requested.resource.not.found")
    client.session.close()
    box.remove()


def test_a_user_is_changed_by_login_name_by_number_and_by_the_body_alone(chief: Api, anyone: Api) -> None:
    number = 102  # asha's
    for n, path in enumerate((f"{USERS}/asha", f"{USERS}/{number}", USERS)):
        body = {"userId": "asha", "userData": f"secret{n}", "maxAllowedLogins": 10}
        assert chief.call("PUT", path, json=body).json() == {
            "status": "success",
            "message": "User updated successfully",
            "userId": "asha",
        }
        assert anyone.login("asha", f"secret{n}").status_code == 200


@pytest.mark.parametrize(
    "wrong", [{"userId": "ben"}, {"contactCenterId": 6}, {"maxAllowedLogins": "0"}, {"defaultReady": "no"}]
)
def test_some_of_a_user_does_not_change(chief: Api, wrong: dict[str, object]) -> None:
    assert key(chief.call("PUT", f"{USERS}/asha", json=wrong)) == (400, "InvalidInput")
    assert key(chief.call("PUT", USERS, json={"userName": "who?"})) == (400, "InvalidInput")


def test_deleting_a_user_ends_everything_of_it(chief: Api, api: Api, anyone: Api, clients: Clients) -> None:
    ben = clients(session_id=anyone.login("ben", "ben-secret").json()["sessionId"])
    reply = chief.call("DELETE", "/ameyorestapi/user/users/ben")
    assert reply.json() == {"status": "success", "message": "User deleted successfully", "userId": "ben"}
    assert promised(ben).status_code == 401
    waiting = api.get("/v4/cc-list/1/monitoring/customer-information", call_ids="d741-6904fad1-vcall-5")
    assert waiting.json()["metadata"]["total"] == 1
    assert api.agents(user_ids="ben") == []
    assert (
        "ben"
        not in api.get(
            "/cms/configuration/cc/1/process/13/campaign/131/lead-user", leadId=17, limit=9, offset=0
        ).json()["assignedUserIds"]
    )


def test_who_deletes_itself_is_out_at_once(chief: Api, ameyo: Handle) -> None:
    assert chief.call("DELETE", f"/ameyorestapi/user/users/{ameyo.username}").status_code == 200
    assert promised(chief).status_code == 401


def test_nobody_of_that_name_is_a_512(chief: Api) -> None:
    assert key(chief.call("DELETE", "/ameyorestapi/user/users/nobody")) == (512, "user.not.found")
    assert key(chief.call("PUT", f"{USERS}/nobody", json={})) == (512, "user.not.found")
    assert key(chief.call("PUT", f"{USERS}/999999", json={})) == (512, "user.not.found")
    assert key(chief.call("PUT", USERS, json={"userId": "nobody"})) == (512, "user.not.found")


def test_an_agents_session_may_read_but_not_manage_users(anyone: Api, clients: Clients) -> None:
    asha = clients(session_id=anyone.login("asha", "asha-secret").json()["sessionId"])
    assert promised(asha).status_code == 200
    for method, path in (
        ("POST", USERS),
        ("PUT", f"{USERS}/ben"),
        ("PUT", USERS),
        ("DELETE", "/ameyorestapi/user/users/ben"),
    ):
        assert key(asha.call(method, path, json=MIA)) == (403, "invalid.session.id")
