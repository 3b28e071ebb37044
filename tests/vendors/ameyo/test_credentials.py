"""Registering the pairs that the 6.x services take."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emulator.testing.client import Box, Handle
from tests.vendors.ameyo.client import Api, code

AGENTS = "/v4/cc-list/1/monitoring/user-session-information"
Clients = Callable[..., Api]


def test_registering_answers_nothing_and_the_pair_works_at_once(admin: Api, clients: Clients) -> None:
    reply = admin.register("crm", "s3cret")
    assert (reply.status_code, reply.content) == (200, b"")
    assert clients(("crm", "s3cret")).get(AGENTS).status_code == 200


def test_the_record_can_be_asked_for_and_has_no_password(sandbox: Box, admin: Api) -> None:
    sandbox.settings.update({"ameyo": {"register_reply": "record"}})
    record = admin.register("crm", "s3cret", dateExpiry="2031-05-19T12:20:57.310Z").json()
    assert record["username"] == "crm"
    assert record["dateExpiry"] == "2031-05-19T12:20:57.310Z"
    assert "password" not in record


def test_a_pair_without_an_expiry_lives_a_day(sandbox: Box, admin: Api, clients: Clients) -> None:
    admin.register("crm", "s3cret")
    sandbox.clock.advance("23h")
    assert clients(("crm", "s3cret")).get(AGENTS).status_code == 200
    sandbox.clock.advance("2h")
    assert code(clients(("crm", "s3cret")).get(AGENTS)) == (401, "CONF-1002")


def test_a_pair_dies_at_its_expiry_and_may_then_be_registered_again(sandbox: Box, admin: Api, clients: Clients) -> None:
    admin.register("crm", "s3cret", dateExpiry=sandbox.clock.utc().isoformat())
    assert code(clients(("crm", "s3cret")).get(AGENTS)) == (401, "CONF-1002")
    assert admin.register("crm", "n3w").status_code == 200
    assert clients(("crm", "n3w")).get(AGENTS).status_code == 200


def test_a_username_that_works_is_not_registered_twice(admin: Api) -> None:
    admin.register("crm", "s3cret")
    assert code(admin.register("crm", "other")) == (400, "CONF-1001")


def test_a_username_may_be_taken_over_where_the_setting_says_so(sandbox: Box, admin: Api, clients: Clients) -> None:
    sandbox.settings.update({"ameyo": {"repeated_username": "replace"}})
    admin.register("crm", "s3cret")
    assert admin.register("crm", "other").status_code == 200
    assert clients(("crm", "s3cret")).get(AGENTS).status_code == 401
    assert clients(("crm", "other")).get(AGENTS).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"context": "Process"},
        {"contextId": 1},
        {"contextId": "one"},
        {"dateExpiry": "tomorrow"},
        {"username": ""},
        {"username": "a:b"},
        {"userRole": None},
    ],
)
def test_a_registration_that_breaks_a_rule_is_a_bad_request(admin: Api, wrong: dict[str, object]) -> None:
    assert code(admin.register(**{"username": "crm", "password": "s3cret"} | wrong)) == (400, "CONF-1001")  # type: ignore[arg-type]


def test_a_contact_centre_that_does_not_exist_has_no_credentials(admin: Api) -> None:
    assert code(admin.register("crm", "s3cret", contextId="77")) == (404, "CONF-1004")


def test_a_pair_is_good_for_its_own_contact_centre_only(admin: Api, clients: Clients) -> None:
    admin.register("desk", "s3cret", contextId="6")
    desk = clients(("desk", "s3cret"))
    assert desk.get("/v4/cc-list/6/monitoring/user-session-information").status_code == 200
    assert code(desk.get(AGENTS)) == (403, "CONF-1003")


def test_an_executive_may_register_but_see_nothing(admin: Api, clients: Clients) -> None:
    admin.register("junior", "s3cret", userRole="Executive")
    assert code(clients(("junior", "s3cret")).get(AGENTS)) == (403, "CONF-1003")


def test_a_supervisor_may_upload(admin: Api, clients: Clients) -> None:
    admin.register("chief", "s3cret", userRole="Supervisor")
    assert clients(("chief", "s3cret")).upload("customer_name,phone1\r\nAnn,9810000001\r\n").status_code == 200


def test_a_supervisor_may_look_but_not_register(admin: Api, clients: Clients) -> None:
    admin.register("chief", "s3cret", userRole="Supervisor")
    chief = clients(("chief", "s3cret"))
    assert chief.get(AGENTS).status_code == 200
    assert code(chief.register("mate", "x")) == (403, "CONF-1003")


def test_the_temporary_token_is_good_for_the_other_services_too(admin: Api) -> None:
    assert admin.get(AGENTS).status_code == 200


def test_another_token_lives_as_long_as_it_was_given(sandbox: Box, clients: Clients) -> None:
    token = sandbox.stimuli.ameyo.administrator_signs_in(lifetime_seconds=600)["bearer_token"]
    short = clients(bearer=token)
    assert short.register("crm", "s3cret").status_code == 200
    sandbox.clock.advance("11m")
    assert code(short.register("crm2", "s3cret")) == (401, "CONF-1002")


def test_a_temporary_token_names_its_algorithm(ameyo: Handle, sandbox: Box) -> None:
    import jwt

    for token in (ameyo.bearer_token, sandbox.stimuli.ameyo.administrator_signs_in()["bearer_token"]):
        assert jwt.get_unverified_header(token)["alg"] == "RS512"


def test_scheme_names_are_read_in_any_case(ameyo: Handle, anyone: Api) -> None:
    reply = anyone.call("GET", AGENTS, headers={"authorization": f"bEARER {ameyo.bearer_token}"})
    assert reply.status_code == 200


def test_records_are_listed_by_the_beginning_of_the_username(admin: Api) -> None:
    for name in ("zoo_b", "zoo_a", "bot"):
        admin.register(name, "s3cret")
    page = admin.get("/configuration/basicauth", username="zoo_", sort_by="username:desc,id").json()
    names = [record["username"] for record in page["response"]]
    assert names == ["zoo_b", "zoo_a"]
    assert isinstance(page["metadata"]["total"], str)


def test_a_record_is_read_changed_and_deleted(admin: Api, clients: Clients) -> None:
    admin.register("crm", "s3cret")
    listed = admin.get("/configuration/basicauth", username="crm", limit=10).json()["response"]
    path = f"/configuration/basicauth/{next(r['id'] for r in listed if r['username'] == 'crm')}"
    assert admin.get(path).json()["version"] == 0
    body = {
        "username": "crm",
        "password": "n3w",
        "context": "ContactCenter",
        "contextId": "1",
        "userRole": "Supervisor",
    }
    assert admin.call("PUT", path, json=body).json()["version"] == 1
    assert clients(("crm", "s3cret")).get(AGENTS).status_code == 401
    assert clients(("crm", "n3w")).get(AGENTS).status_code == 200
    assert admin.call("DELETE", path).content == b""
    assert clients(("crm", "n3w")).get(AGENTS).status_code == 401
    for method in ("GET", "PUT", "DELETE"):
        assert code(admin.call(method, path, json=body if method == "PUT" else None)) == (404, "CONF-1004")


def test_a_record_cannot_take_another_ones_username(admin: Api) -> None:
    admin.register("crm", "s3cret")
    admin.register("bot", "s3cret")
    record = admin.get("/configuration/basicauth", username="bot").json()["response"][0]
    body = {"username": "crm", "password": "x", "context": "ContactCenter", "contextId": "1", "userRole": "Supervisor"}
    assert code(admin.call("PUT", f"/configuration/basicauth/{record['id']}", json=body)) == (400, "CONF-1001")


def test_an_administrator_of_one_contact_centre_does_not_see_anothers_records(admin: Api, clients: Clients) -> None:
    admin.register("desk", "s3cret", contextId="6")
    admin.register("harbour", "s3cret")
    desk = clients(("desk", "s3cret"))
    assert [record["username"] for record in desk.get("/configuration/basicauth", limit=10).json()["response"]] == [
        "desk"
    ]
    record = admin.get("/configuration/basicauth", username="harbour").json()["response"][0]
    assert code(desk.get(f"/configuration/basicauth/{record['id']}")) == (404, "CONF-1004")
