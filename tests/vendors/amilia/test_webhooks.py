"""Webhooks: subscribing, what is sent for what happens, and what becomes of a receiver that does not listen."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any

import pytest

from tests.vendors.amilia.calls import subscribe
from tests.vendors.amilia.client import Amilia
from tests.vendors.amilia.conftest import Receiver

EVENING = {"location_id": 1005, "person_id": 5012, "start": "2031-05-01T18:00:00", "end": "2031-05-01T19:00:00"}
HOURS = [{"start": "2031-03-03T10:00:00", "end": "2031-03-03T11:00:00"}]
HAPPENINGS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("Program", "Create", "program_saved", {"name": "Spring"}),
    ("Program", "Update", "program_saved", {"name": "Winter", "program_id": 2001}),
    ("Program", "Delete", "program_archived", {"program_id": 2002}),
    ("Activity", "Create", "activity_saved", {"program_id": 2001, "name": "Archery", "occurrences": HOURS}),
    ("Activity", "Update", "activity_saved", {"activity_id": 3008, "program_id": 2001, "name": "Chess"}),
    ("Activity", "Update", "occurrence_moved", {"occurrence_id": 6005, "state": "Cancelled"}),
    ("Activity", "Delete", "activity_removed", {"activity_id": 3008}),
    ("Account", "Create", "account_opened", {"first_name": "A", "last_name": "B", "email": "a@b.test"}),
    ("Person", "Create", "account_opened", {"first_name": "A", "last_name": "B", "email": "a@b.test"}),
    ("Person", "Update", "person_changed", {"person_id": 5002, "telephone": "1"}),
    ("Person", "Delete", "person_changed", {"person_id": 5002, "archived": True}),
    ("Registration", "Create", "person_registers", {"activity_id": 3002, "person_id": 5003}),
    ("Registration", "Delete", "registration_cancelled", {"registration_id": "SUB-7001"}),
    ("WaitListRegistration", "Create", "person_waits", {"activity_id": 3001, "person_id": 5007}),
    ("WaitListRegistration", "Delete", "person_stops_waiting", {"activity_id": 3001, "person_id": 5011}),
    ("FacilityBooking", "Create", "location_booked", EVENING),
    ("FacilityBooking", "Delete", "booking_cancelled", {"reservation_id": "FB-8101"}),
    ("MembershipPurchased", "Create", "membership_bought", {"membership_id": 801, "person_id": 5015}),
    ("MultiPassPurchased", "Create", "multipass_bought", {"multipass_id": 851, "person_id": 5015}),
    (
        "MerchandisePurchased",
        "Create",
        "merchandise_bought",
        {"merchandise_id": 901, "person_id": 5015, "activity_id": 3001},
    ),
    ("DonationPurchased", "Create", "donation_made", {"donation_id": 951, "person_id": 5015, "amount": 5}),
]


def sent(sandbox: Any) -> list[dict[str, Any]]:
    """What waits to be sent or was, as JSON."""
    import orjson

    return [orjson.loads(delivery["body"]) for delivery in sandbox.deliveries()]


def test_a_subscription_is_listed_until_it_is_removed(api: Amilia) -> None:
    made = subscribe(api, "https://example.test/hook", "Registration", "Create", Version="V1")
    assert made == {"Id": 1001, "Name": "Registration Create", "Url": "https://example.test/hook", "Context": "Registration",
                    "Action": "Create", "Version": "V1", "Status": "Enabled"}  # fmt: skip
    assert api.items("org/webhooks") == [made]
    reply = api.ask("DELETE", f"org/webhooks/{made['Id']}")
    assert (reply.status_code, reply.content) == (204, b"")
    assert api.items("org/webhooks") == []
    assert api.ask("DELETE", f"org/webhooks/{made['Id']}").status_code == 404
    assert subscribe(api, "https://example.test/hook", "Registration", "Create")["Id"] == 1002


@pytest.mark.parametrize("context, action, stimulus, body", HAPPENINGS)
def test_what_happens_is_told_to_who_subscribed_to_it(
    context: str, action: str, stimulus: str, body: dict[str, Any], sandbox: Any, api: Amilia
) -> None:
    subscribe(api, "http://127.0.0.1:9/hook", context, action)
    subscribe(api, "http://127.0.0.1:9/hook", "Alert", "Create")
    getattr(sandbox.stimuli.amilia, stimulus)(**body)
    (told,) = sent(sandbox)
    assert list(told) == ["OrganizationId", "Context", "Action", "Name", "EventTime", "Payload"]
    assert (told["OrganizationId"], told["Context"], told["Action"]) == (8008, context, action)
    assert told["Name"] == f"{context} {action}"
    assert len(told["EventTime"].partition(".")[2][:-6]) == 6
    assert datetime.fromisoformat(told["EventTime"]).utcoffset() is not None


def test_the_payload_of_a_registration_is_what_the_api_answers_for_its_id(sandbox: Any, api: Amilia) -> None:
    subscribe(api, "http://127.0.0.1:9/hook", "Registration", "Create")
    made = sandbox.stimuli.amilia.person_registers(activity_id=3002, person_id=5003)["registration_id"]
    payload = sent(sandbox)[0]["Payload"]
    assert payload.pop("InvoiceItem")["Id"] > 9000
    assert payload == api.get(f"org/registrations/{made}")


def test_removals_bear_the_id_alone(sandbox: Any, api: Amilia) -> None:
    for context in ("Program", "Activity", "WaitListRegistration", "FacilityBooking"):
        subscribe(api, "http://127.0.0.1:9/hook", context, "Delete")
    happen = sandbox.stimuli.amilia
    happen.program_archived(program_id=2002)
    happen.activity_removed(activity_id=3008)
    happen.person_stops_waiting(activity_id=3001, person_id=5011)
    happen.booking_cancelled(reservation_id="FB-8101")
    assert [told["Payload"] for told in sent(sandbox)] == [
        {"Id": 2002},
        {"Id": "3008"},
        {"Id": 7501},
        {"Id": "FB-8101"},
    ]


def test_an_activitys_webhook_differs_from_its_rest_model(sandbox: Any, api: Amilia) -> None:
    subscribe(api, "http://127.0.0.1:9/hook", "Activity", "Update")
    sandbox.stimuli.amilia.activity_saved(activity_id=3008, program_id=2001, name="Chess")
    sandbox.stimuli.amilia.occurrence_moved(occurrence_id=6005, state="Cancelled")
    plain, moved = (told["Payload"] for told in sent(sandbox))
    assert plain["ScheduleSummary"] == ["Saturday 13:00-15:00"]
    assert (plain["HasScheduleChanged"], moved["HasScheduleChanged"]) == (False, True)
    assert not {"Keywords", "Forms", "Url", "SecretUrl", "LocationLabel", "DisplayOrder"} & set(plain)


def test_a_webhook_arrives_signed(sandbox: Any, api: Amilia, receiver: Receiver) -> None:
    subscribe(api, receiver.url, "Registration", "Create", Secret="shared")
    subscribe(api, receiver.url, "DonationPurchased", "Create")
    sandbox.stimuli.amilia.person_registers(activity_id=3002, person_id=5003)
    sandbox.stimuli.amilia.donation_made(donation_id=951, person_id=5003, amount=1)
    sandbox.deliver()
    secrets = {"Registration": "shared", "DonationPurchased": "demo-amilia-webhook-secret"}
    for (headers, body), told in zip(receiver.received, receiver.bodies, strict=True):
        digest = hmac.new(secrets[told["Context"]].encode(), body, hashlib.sha256).digest()
        assert headers["X-Amilia-Signature"] == base64.b64encode(digest).decode()
        assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert {told["Context"] for told in receiver.bodies} == set(secrets)


def test_a_failed_delivery_is_tried_again_in_order(sandbox: Any, api: Amilia, receiver: Receiver) -> None:
    sandbox.clock.freeze()
    subscribe(api, receiver.url, "DonationPurchased", "Create")
    receiver.status = 503
    for amount in (1, 2):
        sandbox.stimuli.amilia.donation_made(donation_id=951, person_id=5003, amount=amount)
    sandbox.deliver()
    assert len(receiver.received) == 1
    receiver.status = 200
    sandbox.clock.advance("1h")
    assert [body["Payload"]["InvoiceItemId"] for body in receiver.bodies] == sorted(
        body["Payload"]["InvoiceItemId"] for body in receiver.bodies
    )
    assert {delivery["state"] for delivery in sandbox.deliveries()} == {"delivered"}


def test_after_72_hours_the_subscription_is_disabled_and_its_queue_dropped(
    sandbox: Any, api: Amilia, receiver: Receiver
) -> None:
    sandbox.clock.freeze()
    made = subscribe(api, receiver.url, "DonationPurchased", "Create")
    receiver.status = 500
    for amount in (1, 2, 3):
        sandbox.stimuli.amilia.donation_made(donation_id=951, person_id=5003, amount=amount)
    sandbox.clock.advance("71h")
    assert api.items("org/webhooks")[0]["Status"] == "Enabled"
    sandbox.clock.advance("2h")
    assert len(receiver.received) == 73
    assert api.items("org/webhooks") == [{**made, "Status": "Disabled"}]
    assert [delivery["state"] for delivery in sandbox.deliveries()] == ["discarded"]
    sandbox.stimuli.amilia.donation_made(donation_id=951, person_id=5003, amount=4)
    assert len(sandbox.deliveries()) == 1


def test_what_waits_for_a_removed_subscription_is_dropped(sandbox: Any, api: Amilia, receiver: Receiver) -> None:
    sandbox.clock.freeze()
    made = subscribe(api, receiver.url, "DonationPurchased", "Create")
    receiver.status = 500
    sandbox.stimuli.amilia.donation_made(donation_id=951, person_id=5003, amount=1)
    sandbox.deliver()
    api.ask("DELETE", f"org/webhooks/{made['Id']}")
    sandbox.clock.advance("2h")
    assert len(receiver.received) == 1
