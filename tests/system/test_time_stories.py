"""Time at each vendor: tokens, windows, documents and webhooks come to their ends by the virtual clock alone, and nobody waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from emulator.testing.client import Box
from tests.unit.receiver import Receiver, receiving

BEGINNING = 1930298400.0  # 2031-03-03, ten o'clock in UTC


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture(autouse=True)
def frozen(sandbox: Box) -> None:
    """Nothing moves unless a story moves it."""
    sandbox.clock.freeze()
    sandbox.clock.set(BEGINNING)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def moved(sandbox: Box) -> tuple[float, list[Any]]:
    """On to the next entry of the agenda: after how many seconds, and what came of it."""
    before = sandbox.clock.now()
    happened = sandbox.clock.advance_to_next()
    return sandbox.clock.now() - before, [entry["outcome"] for entry in happened]


def kinds(sandbox: Box) -> list[str]:
    return [entry["kind"] for entry in sandbox.agenda()]


def test_nothing_to_come_is_told(sandbox: Box) -> None:
    while sandbox.agenda():
        sandbox.clock.advance_to_next()
    with pytest.raises(LookupError, match="nothing is to come"):
        sandbox.clock.advance_to_next()


def test_amio_an_hour_of_calls_is_over_and_a_webhook_is_tried_again(sandbox: Box, receiver: Receiver) -> None:
    amio, token = sandbox.amio, bearer(sandbox.amio.token)
    wish = {"type": "amio_chat", "name": "Shop", "webhook": {"url": receiver.url}}
    channel = requests.post(f"{amio.base_url}/v1/channels", json=wish, headers=token).json()["id"]
    receiver.plan = [500, 503]
    sandbox.stimuli.amio.message_received(channel_id=channel, text="Hi")
    assert sandbox.deliver()[0]["outcome"] == {"status": 500}
    assert kinds(sandbox) == ["delivery", "rate window"]
    assert moved(sandbox) == (60, [{"status": 503}])
    assert moved(sandbox) == (300, [{"status": 200}])

    url = f"{amio.base_url}/v1/channels/{channel}"
    sandbox.settings.update({"amio": {"plan": "custom", "custom_calls": 2}})
    assert [requests.get(url, headers=token).status_code for _ in range(2)] == [200, 429]
    assert moved(sandbox) == (3600 - 360, [])
    assert requests.get(url, headers=token).status_code == 200


def test_agillic_a_token_a_document_and_a_day_end_and_a_task_calls_back(sandbox: Box, receiver: Receiver) -> None:
    agillic = sandbox.agillic
    form = {"grant_type": "client_credentials", "client_id": agillic.client_id, "client_secret": agillic.client_secret}
    token = bearer(requests.post(f"{agillic.base_url}/oauth2/token", data=form).json()["access_token"])

    def status(path: str) -> int:
        return requests.get(agillic.base_url + path, headers=token).status_code

    pages = "/recipients?objectResponse=true&pageSize=5"
    first = requests.get(agillic.base_url + pages, headers=token).json()
    document = f"{pages}&documentId={first['page']['documentId']}"
    sandbox.clock.advance("4m59s")
    assert status(document) == 200
    assert moved(sandbox) == (300, [])
    assert status(document) == 404

    sandbox.settings.update({"agillic": {"task_delay": 5}})
    job = {"configuration": {"callback": {"on": "every", "url": receiver.url}}, "data": []}
    requests.post(f"{agillic.base_url}/recipients/v2/:upsert", json=job, headers=token)
    assert (moved(sandbox)[0], len(receiver.bodies)) == (5, 1)

    sandbox.clock.advance(BEGINNING + 7200 - 1 - sandbox.clock.now())
    assert status("/globaldata") == 200
    assert moved(sandbox) == (1, [])
    assert status("/globaldata") == 401

    sandbox.settings.update({"agillic": {"active_recipients": 1}})
    basic = (agillic.client_id, agillic.client_secret)
    assert requests.get(f"{agillic.base_url}/globaldata", auth=basic).status_code == 429
    while requests.get(f"{agillic.base_url}/globaldata", auth=basic).status_code == 429:
        sandbox.clock.advance_to_next()
    assert sandbox.clock.utc().isoformat() == "2031-03-04T00:00:00+00:00"


def test_amilia_a_second_and_a_year_end_and_a_webhook_is_given_up(sandbox: Box, receiver: Receiver) -> None:
    amilia = sandbox.amilia
    login = requests.get(f"{amilia.base_url}/api/v3/authenticate", auth=(amilia.username, amilia.password)).json()
    token = bearer(login["Token"])
    organization = f"{amilia.base_url}/api/v3/en/org/{amilia.organization_id}"

    def status(path: str = "/programs") -> int:
        return requests.get(organization + path, headers=token).status_code

    sandbox.settings.update({"amilia": {"calls_per_second": 2}})
    assert [status() for _ in range(2)] == [200, 429]
    assert moved(sandbox) == (1, [])
    assert status() == 200

    hook = {"Context": "DonationPurchased", "Action": "Create", "Name": "n", "Url": receiver.url, "Version": "V1"}
    requests.post(f"{organization}/webhooks", json=hook, headers=token)
    receiver.plan = [500] * 100
    sandbox.stimuli.amilia.donation_made(donation_id=951, person_id=5003, amount=1)
    sandbox.deliver()
    assert moved(sandbox)[0] == 1  # the second's window
    assert moved(sandbox) == (3599, [{"status": 500}])
    sandbox.clock.advance("3d")
    assert [delivery["state"] for delivery in sandbox.deliveries()] == ["discarded"]

    sandbox.clock.advance(BEGINNING + 365 * 86400 - 1 - sandbox.clock.now())
    assert status() == 200
    sandbox.clock.advance(1)
    assert status() == 401


def test_ameyo_a_pair_a_session_and_a_minute_end(sandbox: Box) -> None:
    ameyo = sandbox.ameyo
    login = {"userId": "john", "token": "john-secret", "forceLogin": False, "terminalInfo": "0.0.0.0"}
    session = requests.post(f"{ameyo.base_url}/ameyorestapi/session/userLogin", json=login).json()["sessionId"]
    callbacks = f"{ameyo.base_url}/ameyorestapi/voice/customerCallbacks/getFiltered?campaignId=131&offset=0&limit=1"
    sandbox.clock.advance("29m")
    assert requests.get(callbacks, headers={"sessionId": session}).status_code == 200
    sandbox.clock.advance("30m")
    assert requests.get(callbacks, headers={"sessionId": session}).status_code == 401

    pair = {"username": "crm", "password": "x", "context": "ContactCenter", "contextId": "1", "userRole": "Supervisor"}
    token = bearer(sandbox.stimuli.ameyo.administrator_signs_in(lifetime_seconds=600)["bearer_token"])
    made = requests.post(f"{ameyo.base_url}/configuration/basicauth", json=pair, headers=token)
    assert made.status_code == 200
    agents = f"{ameyo.base_url}/v4/cc-list/1/monitoring/user-session-information"
    assert moved(sandbox)[0] == 600
    assert requests.get(agents, headers=token).status_code == 401

    sandbox.settings.update({"ameyo": {"calls_per_minute": 1}})
    assert [requests.get(agents, auth=("crm", "x")).status_code for _ in range(2)] == [200, 429]
    assert moved(sandbox) == (60, [])
    assert requests.get(agents, auth=("crm", "x")).status_code == 200
    sandbox.clock.advance("1d")
    assert requests.get(agents, auth=("crm", "x")).status_code == 401
