"""Calls that were promised to customers."""

from __future__ import annotations

import pytest

from emulator.testing.client import Box
from tests.vendors.ameyo.client import Api, key, promised

CALLBACKS = "/ameyorestapi/voice/customerCallbacks"


def test_promised_calls_are_a_bare_array_in_pieces(chief: Api) -> None:
    pieces = [promised(chief, limit=5, offset=start).json() for start in (0, 5, 10, 15)]
    assert [len(piece) for piece in pieces] == [5, 5, 2, 0]
    assert set(pieces[0][0]) == {"customerCallbackId", "campaignId", "phone", "callbackTime", "dateAdded"}


def test_a_promise_is_kept_in_milliseconds(sandbox: Box, chief: Api) -> None:
    sandbox.clock.freeze()
    ident = sandbox.stimuli.ameyo.callback_promised(campaign_id=131, phone="9810000555", in_seconds=7200)[
        "customer_callback_id"
    ]
    promise = promised(chief).json()[-1]
    assert (promise["customerCallbackId"], promise["phone"]) == (ident, "9810000555")
    assert promise["callbackTime"] - promise["dateAdded"] == 7_200_000


def test_a_promise_is_taken_back_with_a_plain_ok(chief: Api) -> None:
    path = f"{CALLBACKS}/{promised(chief).json()[0]['customerCallbackId']}"
    reply = chief.call("DELETE", path)
    assert (reply.text, reply.headers["Content-Type"].startswith("text/plain")) == ("ok", True)
    assert key(chief.call("DELETE", path)) == (404, "requested.resource.not.found")


@pytest.mark.parametrize("query", [{"campaignId": "x"}, {"offset": "x"}, {"limit": -1}, {"campaignId": 999}])
def test_a_number_that_is_none_is_not_found(chief: Api, query: dict[str, object]) -> None:
    assert key(promised(chief, **query)) == (404, "requested.resource.not.found")


def test_another_contact_centres_promises_are_out_of_reach(chief: Api) -> None:
    assert key(promised(chief, campaignId=389)) == (403, "invalid.session.id")
    assert key(chief.call("DELETE", f"{CALLBACKS}/d741-6904fad1-cm-w01Zp-16")) == (403, "invalid.session.id")


def test_a_parameter_that_is_missing_is_named(chief: Api) -> None:
    reply = chief.get(f"{CALLBACKS}/getFiltered", offset=0, limit=1)
    assert reply.json() == {
        "message": "InvalidInput",
        "code": 40001,
        "info": "parameter expected in input: campaignId",
        "status": 400,
    }
