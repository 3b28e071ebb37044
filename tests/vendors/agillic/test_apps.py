"""Devices with an app."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.testing.client import Box
from tests.vendors.agillic.conftest import Api

DEVICE = {
    "appInstallationId": "8d1c0a52",
    "clientAppId": "com.candy.shop",
    "osName": "ios",
    "pushNotificationToken": "f00d",
}
WHO = "jane@example.com"


def registrations(api: Api) -> dict[str, dict[str, str]]:
    rows = api.get(f"/recipients/{WHO}/oneToManyTables/AGILLIC_REGISTRATION").json()["recordList"]
    return {row["APP_INSTALLATION_ID"]: row for row in rows}


@pytest.mark.parametrize("path", ["/apps/register", "/register"])
def test_a_device_registers_itself_and_is_a_row_of_its_table(path: str, api: Api, device: Api) -> None:
    reply = device.put(f"{path}/{WHO}", json={**DEVICE, "modelDimX": 1170, "modelDimY": "2532", "osVersion": None})
    assert (reply.status_code, reply.content) == (200, b"")
    assert registrations(api)["8d1c0a52"] == {
        "APP_INSTALLATION_ID": "8d1c0a52",
        "CLIENT_APP_ID": "com.candy.shop",
        "OS_NAME": "ios",
        "PUSH_NOTIFICATION_TOKEN": "f00d",
        "MODEL_DIM_X": "1170",
        "MODEL_DIM_Y": "2532",
    }


def test_registering_again_updates_and_unregistering_takes_the_push_token(api: Api, device: Api) -> None:
    device.put(f"/apps/register/{WHO}", json=DEVICE)
    device.put(f"/apps/register/{WHO}", json={**DEVICE, "osVersion": "18"})
    assert len(registrations(api)) == 2
    bare = {name: DEVICE[name] for name in ("appInstallationId", "clientAppId", "osName")}
    assert device.put(f"/apps/unregister/{WHO}", json=bare).status_code == 200
    row = registrations(api)["8d1c0a52"]
    assert (row["OS_VERSION"], "PUSH_NOTIFICATION_TOKEN" in row) == ("18", False)
    assert device.put(f"/apps/unregister/{WHO}", json={**bare, "appInstallationId": "unknown"}).status_code == 404


@pytest.mark.parametrize("push", ["", None])
def test_a_device_without_a_push_token_says_so(push: str | None, api: Api, device: Api) -> None:
    assert device.put(f"/apps/register/{WHO}", json={**DEVICE, "pushNotificationToken": push}).status_code == 200
    assert "PUSH_NOTIFICATION_TOKEN" not in registrations(api)["8d1c0a52"]
    assert (
        device.put(
            f"/apps/register/{WHO}", json={k: v for k, v in DEVICE.items() if k != "pushNotificationToken"}
        ).status_code
        == 400
    )


@pytest.mark.parametrize(
    "change",
    [
        {"clientAppId": None},
        {"osName": "symbian"},
        {"modelDimX": "wide"},
        {"consent": [{"validUntil": "31.12.2030"}]},
        {"consent": [{"type": "a", "validUntil": "soon"}]},
    ],
)
def test_a_registration_that_does_not_fit_is_400(change: dict[str, Any], device: Api) -> None:
    assert device.put(f"/apps/register/{WHO}", json={**DEVICE, **change}).status_code == 400


def test_who_registers_must_exist(device: Api) -> None:
    assert device.put("/apps/register/nobody@example.com", json=DEVICE).status_code == 404


def test_consents_are_given_and_withdrawn(sandbox: Box, device: Api) -> None:
    def given() -> dict[str, str]:
        rows = sandbox.state("agillic").rows("consents").all()
        return {row.data["type"]: row.data["until"] for row in rows}

    one = {"clientAppId": "com.candy.shop", "type": "marketing"}
    assert device.put(f"/apps/consent/{WHO}", json={**one, "validUntil": "31.12.2030"}).status_code == 200
    device.put(f"/apps/register/{WHO}", json={**DEVICE, "osName": "iOS", "consent": [{"type": "location"}]})
    assert given() == {"news": None, "marketing": "2030-12-31", "location": None}
    assert device.delete(f"/apps/consent/{WHO}", json=one).status_code == 200
    assert device.delete(f"/apps/consent/{WHO}", json=one).status_code == 404
    assert device.put(f"/apps/consent/{WHO}", json={**one, "validUntil": "soon"}).status_code == 400


def test_feedback_becomes_activity(sandbox: Box, device: Api) -> None:
    body = {"reportId": "r1", "clientAppId": "com.candy.shop", "feedbackStatus": "OPENED", "metadata": {"a": 1}}
    assert device.post(f"/apps/feedback/{WHO}", json=body).status_code == 200
    assert device.post(f"/apps/feedback/{WHO}", json={**body, "metadata": "text"}).status_code == 200
    assert device.post(f"/apps/feedback/{WHO}", json={**body, "feedbackStatus": "SEEN"}).status_code == 400
    newest = sandbox.state("agillic").rows("activities").all()[-1].data
    assert (newest["type"], newest["fields"]["REPORT_ID"]) == ("PUSH_NOTIFICATION", "r1")
