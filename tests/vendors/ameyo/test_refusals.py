"""Each way to be refused, at each route that has it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from emulator.testing.client import Box, Handle
from tests.vendors.ameyo.client import Api, code, header_mapping, key

Clients = Callable[..., Api]
PAIR = {"username": "crm", "password": "x", "context": "ContactCenter", "contextId": "1", "userRole": "Administrator"}
UPLOAD = "/v1/cc-list/1/process-list/13/leads/17/contact-upload-tasks"
ERRORS = "/cc-list/1/process-list/1/leads/1/contact-upload-tasks/1/error-file"
CAMPAIGN = "/cms/configuration/cc/1/process/13/campaign/131"
FORM = {
    "data": {"user_id": "john", "header_mapping": header_mapping({"phone1": "phone1"})},
    "files": {"file": ("c.csv", "phone1\r\n")},
}
CHANGE = {"leadId": 17, "campaignId": 131, "assignedUserIds": [], "unassignedUserIds": []}

SERVICES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/configuration/basicauth", {"json": PAIR}),
    ("GET", "/configuration/basicauth", {}),
    ("GET", "/configuration/basicauth/1", {}),
    ("PUT", "/configuration/basicauth/1", {"json": PAIR}),
    ("DELETE", "/configuration/basicauth/1", {}),
    ("POST", UPLOAD, FORM),
    ("GET", ERRORS, {}),
    ("GET", "/v4/cc-list/1/monitoring/user-session-information", {}),
    ("GET", "/configuration/cc/1/process", {}),
    ("GET", "/configuration/hierarchyconfig/campaign?contactCenterId=1", {}),
    ("GET", f"{CAMPAIGN}/campaign-lead", {}),
    ("PUT", "/cms/configuration/voice/campaignLeadUserMapping", {"json": CHANGE}),
    ("GET", f"{CAMPAIGN}/lead-user?leadId=17&limit=1&offset=0", {}),
]
APP_SERVER: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/ameyorestapi/session/userLogout", {}),
    ("POST", "/ameyorestapi/cc/contactCenterUsers", {"json": {}}),
    ("PUT", "/ameyorestapi/cc/contactCenterUsers/asha", {"json": {}}),
    ("PUT", "/ameyorestapi/cc/contactCenterUsers", {"json": {"userId": "asha"}}),
    ("DELETE", "/ameyorestapi/user/users/asha", {}),
    ("GET", "/ameyorestapi/voice/customerCallbacks/getFiltered?campaignId=131&offset=0&limit=1", {}),
    ("DELETE", "/ameyorestapi/voice/customerCallbacks/d741-6904fad1-cm-k01Zp-1", {}),
    ("GET", "/ameyorestapi/cc/downloadVoiceLog?campaignId=131&crtObjectId=x&targetFormat=mp3&filters=x", {}),
]
BODIES = [
    ("POST", "/configuration/basicauth"),
    ("PUT", "/configuration/basicauth/1"),
    ("PUT", "/cms/configuration/voice/campaignLeadUserMapping"),
]
APP_BODIES = [
    ("POST", "/ameyorestapi/session/userLogin"),
    ("POST", "/ameyorestapi/cc/contactCenterUsers"),
    ("PUT", "/ameyorestapi/cc/contactCenterUsers/asha"),
    ("PUT", "/ameyorestapi/cc/contactCenterUsers"),
]
IN_PATH = [
    ("GET", "/configuration/basicauth/first"),
    ("DELETE", "/configuration/basicauth/0"),
    ("GET", "/configuration/cc/-1/process"),
    ("GET", f"{CAMPAIGN.replace('131', 'x')}/campaign-lead"),
    ("GET", "/configuration/basicauth?limit=0"),
    ("GET", "/configuration/basicauth?sort_by=password:asc"),
]
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("method, path, more", SERVICES)
def test_nobody_gets_in_without_a_credential_or_with_a_wrong_one(
    anyone: Api, ameyo: Handle, clients: Clients, method: str, path: str, more: dict[str, Any]
) -> None:
    wrong = [anyone, clients((ameyo.username, "guess")), clients(("nobody", "x")), clients(bearer="x.y.z")]
    for client in wrong:
        assert client.call(method, path, **more).json() == {
            "statusCode": 401,
            "status": "Unauthorized",
            "errorCode": "CONF-1002",
            "errorMessage": "Authentication token is missing or invalid.",
        }


@pytest.mark.parametrize("method, path, more", SERVICES)
def test_a_role_too_weak_is_denied(admin: Api, clients: Clients, method: str, path: str, more: dict[str, Any]) -> None:
    admin.register("junior", "x", userRole="Executive")
    assert clients(("junior", "x")).call(method, path, **more).json() == {
        "statusCode": 403,
        "status": "Forbidden",
        "errorCode": "CONF-1003",
        "errorMessage": "Access denied.",
    }


@pytest.mark.parametrize("method, path, more", SERVICES)
def test_nobody_is_throttled_unless_a_setting_asks_for_it(
    sandbox: Box, admin: Api, method: str, path: str, more: dict[str, Any]
) -> None:
    admin.get("/configuration/cc/1/process")
    sandbox.settings.update({"ameyo": {"calls_per_minute": 1}})
    admin.get("/configuration/cc/1/process")
    reply = admin.call(method, path, **more)
    assert code(reply) == (429, "CONF-1429")
    assert reply.json()["status"] == "Too Many Requests"
    assert 0 < int(reply.headers["Retry-After"]) <= 60
    assert (reply.headers["X-RateLimit-Limit"], reply.headers["X-RateLimit-Remaining"]) == ("1", "0")
    sandbox.clock.advance("61s")
    assert admin.get("/configuration/cc/1/process").status_code == 200


def test_without_a_limit_no_reply_speaks_of_one(api: Api) -> None:
    assert not [name for name in api.get("/configuration/cc/1/process").headers if "ratelimit" in name.lower()]


@pytest.mark.parametrize("method, path", BODIES)
def test_a_body_that_is_no_json_is_a_bad_request_that_names_the_place(admin: Api, method: str, path: str) -> None:
    for body in ("{“username”: “crm”}", '{"username": ', ""):
        reply = admin.call(method, path, data=body.encode(), headers=JSON)
        assert code(reply) == (400, "CONF-1001")
        assert reply.json()["errorMessage"].startswith("Invalid input or malformed request.")
    curly = admin.call(method, path, data="{\n  “username”: “crm”}".encode(), headers=JSON)
    assert "line 2, column 3" in curly.json()["errorMessage"]


@pytest.mark.parametrize("told, expected", [("none", False), ("all", True)])
def test_how_much_a_bad_request_tells_is_a_setting(sandbox: Box, admin: Api, told: str, expected: bool) -> None:
    sandbox.settings.update({"ameyo": {"error_places": told}})
    message = admin.register("crm", "x", context="Process").json()["errorMessage"]
    assert ("context" in message) is expected
    exact = "Invalid input or malformed request."
    assert message.startswith(exact)
    assert (
        admin.call("POST", "/configuration/basicauth", data="{", headers=JSON).json()["errorMessage"] != exact
    ) is expected


@pytest.mark.parametrize("method, path", BODIES)
def test_a_body_of_another_kind_or_another_shape_is_a_bad_request(admin: Api, method: str, path: str) -> None:
    assert code(admin.call(method, path, data=PAIR)) == (400, "CONF-1001")
    assert code(admin.call(method, path, json=[])) == (400, "CONF-1001")


def test_an_upload_is_a_form_of_parts(api: Api) -> None:
    assert code(api.call("POST", UPLOAD, json={})) == (400, "CONF-1001")
    reply = api.call("POST", UPLOAD, data=b"no parts", headers={"Content-Type": "multipart/form-data"})
    assert code(reply) == (400, "CONF-1001")


@pytest.mark.parametrize("method, path", IN_PATH)
def test_numbers_are_numbers_within_their_bounds(admin: Api, method: str, path: str) -> None:
    assert code(admin.call(method, path)) == (400, "CONF-1001")


@pytest.mark.parametrize(
    "path",
    [UPLOAD, ERRORS, "/v4/cc-list/1/monitoring/chat-information", f"{CAMPAIGN}/lead-user?leadId=17&limit=1&offset=0"],
)
def test_another_contact_centre_is_out_of_reach(admin: Api, clients: Clients, path: str) -> None:
    admin.register("desk", "x", contextId="6")
    reply = clients(("desk", "x")).call("POST" if path == UPLOAD else "GET", path, **(FORM if path == UPLOAD else {}))
    assert code(reply) == (403, "CONF-1003")


@pytest.mark.parametrize("method, path, more", APP_SERVER)
def test_the_app_server_wants_a_session(
    anyone: Api, clients: Clients, method: str, path: str, more: dict[str, Any]
) -> None:
    for client in (anyone, clients(session_id="d741-0-ses-nobody-x-1")):
        reply = client.call(method, path, **more)
        assert key(reply) == (401, "invalid.authentication.token")
        assert reply.json()["code"] == 909090


@pytest.mark.parametrize("method, path", APP_BODIES)
def test_the_app_servers_bodies_are_json(clients: Clients, ameyo: Handle, method: str, path: str) -> None:
    chief = clients(session_id=ameyo.session_id)
    curly = chief.call(method, path, data="{“userId”: “x”}".encode(), headers=JSON)
    assert key(curly) == (400, "InvalidInput")
    assert "line 1, column 2" in curly.json()["info"]
    assert key(chief.call(method, path, data={"userId": "x"})) == (400, "InvalidInput")
    assert key(chief.call(method, path, json=[])) == (400, "InvalidInput")


def test_each_family_has_its_own_form_for_what_is_not_there(api: Api) -> None:
    assert code(api.get("/v4/nothing")) == (404, "CONF-1004")
    assert code(api.call("DELETE", "/configuration/cc/1/process")) == (405, "CONF-1405")
    assert key(api.get("/ameyorestapi/nothing")) == (404, "requested.resource.not.found")
    assert key(api.get("/ameyorestapi/session/userLogin")) == (405, "method.not.allowed")


def test_the_code_of_what_is_missing_is_a_setting(sandbox: Box, admin: Api) -> None:
    paths = ("/v4/cc-list/77/monitoring/chat-information", "/configuration/cc/77/process")
    assert [code(admin.get(path)) for path in paths] == [(404, "CONF-1004"), (404, "CONF-1001")]
    for wanted in ("CONF-1001", "CONF-1004"):
        sandbox.settings.update({"ameyo": {"missing_code": wanted}})
        assert [code(admin.get(path)) for path in paths] == [(404, wanted)] * 2


def test_the_upload_routes_may_fail_within_their_envelope(sandbox: Box, api: Api, anyone: Api) -> None:
    sandbox.settings.update({"ameyo": {"v1_errors": "nested"}})
    assert api.upload("", "{}").json() == {
        "metadata": None,
        "method": "POST",
        "response": [
            {
                "data": None,
                "http_code": 400,
                "error_data": {
                    "error_code": "CONF-1001",
                    "message": "Invalid input or malformed request.",
                    "description": "Bad Request",
                },
            }
        ],
        "http_code": 400,
        "request_id": None,
    }
    assert anyone.get(ERRORS).json()["response"][0]["error_data"]["error_code"] == "CONF-1002"
    assert code(anyone.get("/configuration/cc/1/process")) == (401, "CONF-1002")


def test_a_planned_failure_wears_the_form_of_its_family(
    sandbox: Box, api: Api, clients: Clients, ameyo: Handle
) -> None:
    sandbox.faults.add(vendor="ameyo", refuse="failed")
    assert code(api.get("/configuration/cc/1/process")) == (500, "CONF-1005")
    sandbox.faults.clear()
    sandbox.faults.add(vendor="ameyo", refuse="failed")
    assert key(clients(session_id=ameyo.session_id).call(*APP_SERVER[5][:2])) == (500, "internal.server.error")


def test_no_reply_is_outside_its_contract_whatever_the_ids(admin: Api) -> None:
    for ident in ("0", "99999999999999999999", "%00", "é", "1e3", "1;2", "..", "%2F"):
        for path in (
            "/v4/cc-list/{}/monitoring/chat-information",
            "/configuration/basicauth/{}",
            "/configuration/cc/{}/process",
        ):
            reply = admin.get(path.format(ident))
            assert reply.status_code in (400, 404), (path, ident, json.dumps(reply.text))
