"""Getting tokens, and what they are good for."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session

from emulator.testing.client import Box, Handle
from tests.vendors.agillic.conftest import Api

CALLBACK = "https://client.example/callback"


def pair(agillic: Handle) -> dict[str, str]:
    return {"client_id": agillic.client_id, "client_secret": agillic.client_secret}


def token(stranger: Api, agillic: Handle) -> str:
    reply = stranger.post("/oauth2/token", data={"grant_type": "client_credentials", **pair(agillic)})
    return str(reply.json()["access_token"])


def call(stranger: Api, bearer: str) -> int:
    return stranger.get("/discovery/persondata", headers={"Authorization": f"Bearer {bearer}"}).status_code


@pytest.fixture
def oauth(agillic: Handle, monkeypatch: pytest.MonkeyPatch) -> OAuth2Session:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    return OAuth2Session(agillic.client_id, agillic.client_secret, redirect_uri=CALLBACK)


def test_a_key_and_its_secret_get_a_bearer_token_for_two_hours(stranger: Api, agillic: Handle) -> None:
    reply = stranger.post("/oauth2/token", data={"grant_type": "client_credentials", **pair(agillic)})
    assert reply.headers["Content-Type"].startswith("application/json")
    assert reply.json() == {"token_type": "bearer", "access_token": reply.json()["access_token"], "expires_in": 7200}
    assert re.fullmatch("[A-Za-z0-9]{32}", reply.json()["access_token"])


def test_the_pair_may_come_as_http_basic(api: Api, stranger: Api) -> None:
    reply = api.post("/oauth2/token", data={"grant_type": "client_credentials"})
    assert call(stranger, reply.json()["access_token"]) == 200


def test_a_token_lives_two_hours_and_not_a_second_more(sandbox: Box, stranger: Api, agillic: Handle) -> None:
    sandbox.clock.freeze()
    bearer = token(stranger, agillic)
    sandbox.clock.advance("1h59m59s")
    assert call(stranger, bearer) == 200
    sandbox.clock.advance("1s")
    assert call(stranger, bearer) == 401


def test_a_new_token_leaves_the_old_one_alive(stranger: Api, agillic: Handle) -> None:
    first, second = token(stranger, agillic), token(stranger, agillic)
    assert first != second
    assert call(stranger, first) == call(stranger, second) == 200


def test_a_device_s_token_opens_no_more_than_its_key(stranger: Api, agillic: Handle) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": agillic.app_client_id,
        "client_secret": agillic.app_client_secret,
    }
    bearer = stranger.post("/oauth2/token", data=form).json()["access_token"]
    assert call(stranger, bearer) == 403


@pytest.mark.parametrize("change", [{"client_secret": "wrong"}, {"client_id": "nobody"}, {"client_secret": ""}])
def test_a_wrong_pair_is_an_invalid_client(change: dict[str, str], stranger: Api, agillic: Handle) -> None:
    reply = stranger.post("/oauth2/token", data={"grant_type": "client_credentials", **pair(agillic), **change})
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")


def test_faults_of_the_request_have_the_standard_s_codes(stranger: Api, agillic: Handle) -> None:
    missing = stranger.post("/oauth2/token", data=pair(agillic))
    other = stranger.post("/oauth2/token", data={"grant_type": "password", **pair(agillic)})
    code = stranger.post("/oauth2/token", data={"grant_type": "authorization_code", "code": "made-up", **pair(agillic)})
    json = stranger.post("/oauth2/token", json={"grant_type": "client_credentials", **pair(agillic)})
    assert [(r.status_code, r.json()["error"]) for r in (missing, other, code, json)] == [
        (400, "invalid_request"),
        (400, "unsupported_grant_type"),
        (400, "invalid_grant"),
        (400, "invalid_request"),
    ]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic ZGVtbw==",
        "Bearer",
        "Bearer made-up",
        "Digest x",
        "Basic Z3JlZW4uYmx1ZTpjYW5keQ==",
    ],
)
def test_whatever_is_no_credential_is_401_without_a_body(header: str, stranger: Api) -> None:
    reply = stranger.get("/recipients", headers={"Authorization": header} if header else {})
    assert (reply.status_code, reply.content) == (401, b"")


def test_without_a_prefix_the_key_in_the_form_leads_to_its_sandbox(agillic: Handle, sandbox: Box) -> None:
    bare = agillic.base_url.replace(f"/~{sandbox.name}", "")
    reply = requests.post(f"{bare}/oauth2/token", data={"grant_type": "client_credentials", **pair(agillic)}, timeout=5)
    bearer = {"Authorization": f"Bearer {reply.json()['access_token']}"}
    requests.put(f"{bare}/recipients/lost@example.com", json={"personData": {}}, headers=bearer, timeout=5)
    assert sandbox.state("agillic").rows("recipients").where(EMAIL="lost@example.com").first() is not None


def test_an_oauth_library_gets_a_token_and_calls_with_it(oauth: OAuth2Session, agillic: Handle) -> None:
    for how in ("client_secret_basic", "client_secret_post"):
        oauth.token_endpoint_auth_method = how
        oauth.fetch_token(f"{agillic.base_url}/oauth2/token", grant_type="client_credentials")
        assert oauth.get(f"{agillic.base_url}/recipients/jane@example.com").status_code == 200


def test_an_oauth_library_walks_the_three_legs(oauth: OAuth2Session, agillic: Handle, stranger: Api) -> None:
    address, state = oauth.create_authorization_url(f"{agillic.base_url}/oauth2/authorize")
    answer = stranger.post("/oauth2/authorize", data=filled(stranger.get(address), "approve"), allow_redirects=False)
    assert answer.headers["Location"].startswith(CALLBACK)
    oauth.fetch_token(
        f"{agillic.base_url}/oauth2/token", authorization_response=answer.headers["Location"], state=state
    )
    assert oauth.get(f"{agillic.base_url}/globaldata").status_code == 200
    old = oauth.token["access_token"]
    oauth.refresh_token(f"{agillic.base_url}/oauth2/token")
    assert oauth.token["access_token"] != old
    assert oauth.get(f"{agillic.base_url}/globaldata").status_code == 200


def filled(page: requests.Response, decision: str) -> dict[str, str]:
    """The page's form as a browser would send it."""
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    fields = re.findall(r'name="([^"]+)" value="([^"]*)">\n|$', page.text)
    hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
    assert fields
    return {name: html.unescape(value) for name, value in hidden} | {"decision": decision}


def consented(stranger: Api, agillic: Handle, decision: str = "approve") -> dict[str, list[str]]:
    form = {"client_id": agillic.client_id, "redirect_uri": f"{CALLBACK}?a=1#top", "state": "x y", "decision": decision}
    answer = stranger.post("/oauth2/authorize", data=form, allow_redirects=False)
    assert urlsplit(answer.headers["Location"]).fragment == "top"
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def test_a_person_may_deny(stranger: Api, agillic: Handle) -> None:
    assert consented(stranger, agillic, "deny") == {"a": ["1"], "error": ["access_denied"], "state": ["x y"]}


def test_a_code_is_good_once_for_ten_minutes_and_for_its_address(sandbox: Box, stranger: Api, agillic: Handle) -> None:
    def exchange(code: str, address: str = f"{CALLBACK}?a=1#top") -> int:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": address, **pair(agillic)}
        return stranger.post("/oauth2/token", data=form).status_code

    code = consented(stranger, agillic)["code"][0]
    assert [exchange(code, CALLBACK), exchange(code), exchange(code)] == [400, 200, 400]
    late = consented(stranger, agillic)["code"][0]
    sandbox.clock.advance("10m")
    assert exchange(late) == 400


def test_the_consent_page_knows_its_applications_and_escapes_what_it_shows(stranger: Api, agillic: Handle) -> None:
    query = {"response_type": "code", "client_id": agillic.client_id, "redirect_uri": CALLBACK, "state": '"><script>'}
    assert "<script>" not in stranger.get("/oauth2/authorize", params=query).text
    assert stranger.get("/oauth2/authorize", params={**query, "client_id": "nobody"}).status_code == 400
    assert stranger.get("/oauth2/authorize", params={**query, "response_type": "token"}).status_code == 400


def test_the_three_legs_can_be_switched_off(sandbox: Box, stranger: Api, agillic: Handle) -> None:
    sandbox.settings.update({"agillic": {"three_legged": False}})
    query = {"response_type": "code", "client_id": agillic.client_id, "redirect_uri": CALLBACK}
    assert stranger.get("/oauth2/authorize", params=query).status_code == 404
    form = {"client_id": agillic.client_id, "redirect_uri": CALLBACK, "decision": "approve"}
    assert stranger.post("/oauth2/authorize", data=form).status_code == 404
    refresh = stranger.post("/oauth2/token", data={"grant_type": "refresh_token", **pair(agillic)})
    assert refresh.json()["error"] == "unsupported_grant_type"
