"""Recipients: named, created, read, written, deleted."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.testing.client import Box
from tests.vendors.agillic.conftest import Api

JANE = "4f1c2a9be07d3356"


def data(api: Api, who: str) -> dict[str, str]:
    found: dict[str, str] = api.get(f"/recipients/{who}").json()["personData"]
    return found


def put(api: Api, who: str, **fields: Any) -> int:
    return api.put(f"/recipients/{who}", json={"personData": fields}).status_code


@pytest.mark.parametrize(
    "who",
    [
        "jane@example.com",
        "jane%40example.com",
        "jane%2540example.com",
        "EMAIL=jane@example.com",
        "CUSTOMER_ID=10001",
        f"AGILLIC_ID={JANE}",
        JANE,
    ],
)
def test_a_recipient_has_many_names(who: str, api: Api) -> None:
    assert data(api, who)["AGILLIC_ID"] == JANE


def test_a_path_expression_over_a_field_that_is_not_unique_is_refused_in_the_vendor_s_words(api: Api) -> None:
    reply = api.get("/recipients/FIRSTNAME=Jane")
    assert (reply.status_code, reply.json()) == (400, {"message": "Path expression field is not unique"})
    assert api.get("/recipients/SHOE=42").status_code == 400
    assert api.get("/recipients/EMAIL=nobody@example.com").status_code == 404


def test_all_values_come_back_as_strings_and_empty_fields_not_at_all(api: Api) -> None:
    put(
        api,
        "typed@example.com",
        AGE=41,
        NEWSLETTER=True,
        LOYALTY_POINTS=12.5,
        CITY="",
        BIRTHDATE="18.06.1992",
        LAST_VISIT="27.11.2017 14:35:45",
    )
    shown = data(api, "typed@example.com")
    assert {name: shown[name] for name in ("AGE", "NEWSLETTER", "LOYALTY_POINTS", "BIRTHDATE", "LAST_VISIT")} == {
        "AGE": "41",
        "NEWSLETTER": "true",
        "LOYALTY_POINTS": "12.5",
        "BIRTHDATE": "18.06.1992",
        "LAST_VISIT": "27.11.2017 14:35:45",
    }
    assert "CITY" not in shown


def test_only_some_fields_are_read_on_request(api: Api) -> None:
    one = api.get("/recipients/jane@example.com", params={"personDataFields": ["EMAIL", "AGE"]}).json()
    other = api.get("/recipients/jane@example.com?personDataFields=EMAIL,AGE").json()
    assert one == other == {"personData": {"EMAIL": "jane@example.com", "AGE": "34"}}
    assert api.get("/recipients/jane@example.com?personDataFields=SHOE").status_code == 400


def test_post_creates_with_201_and_nothing_in_the_body(api: Api) -> None:
    reply = api.post("/recipients/", json={"personData": {"EMAIL": "ada@example.com"}})
    assert (reply.status_code, reply.content) == (201, b"")
    assert data(api, "ada@example.com")["CREATED"] == data(api, "ada@example.com")["LAST_UPDATED"]


def test_post_needs_the_identifier_and_a_free_one(api: Api) -> None:
    assert api.post("/recipients", json={"personData": {"FIRSTNAME": "Ada"}}).status_code == 400
    taken = api.post("/recipients", json={"personData": {"EMAIL": "jane@example.com"}})
    assert (taken.status_code, taken.json()) == (409, {"message": "EMAIL is in use by another recipient"})


def test_put_creates_with_the_id_of_the_path_and_updates_what_exists(api: Api) -> None:
    assert put(api, "new@example.com", FIRSTNAME="New") == 201
    assert put(api, "new@example.com", FIRSTNAME="Old") == 200
    assert data(api, "new@example.com")["FIRSTNAME"] == "Old"
    assert put(api, "MSISDN=%252B4512345678", EMAIL="phone@example.com") == 201
    assert data(api, "phone@example.com")["MSISDN"] == "+4512345678"


def test_put_clears_what_is_sent_empty_and_keeps_what_is_not_sent(api: Api) -> None:
    put(api, "jane@example.com", CITY="", AGE=None)
    left = data(api, "jane@example.com")
    assert "CITY" not in left
    assert "AGE" not in left
    assert left["FIRSTNAME"] == "Jane"


def test_put_does_not_change_the_key_it_is_addressed_by(api: Api) -> None:
    assert put(api, "jane@example.com", EMAIL="janet@example.com") == 400
    assert put(api, "jane@example.com", EMAIL="") == 400
    assert put(api, f"AGILLIC_ID={JANE}", EMAIL="janet@example.com") == 200
    assert data(api, "janet@example.com")["AGILLIC_ID"] == JANE


def test_put_to_a_value_that_another_has_is_a_conflict(api: Api) -> None:
    assert put(api, f"AGILLIC_ID={JANE}", EMAIL="peter@example.com") == 409
    assert put(api, "jane@example.com", CUSTOMER_ID="10002") == 409
    assert put(api, "third@example.com", CUSTOMER_ID="10002") == 409
    assert api.get("/recipients/third@example.com").status_code == 404


def test_only_the_server_gives_out_its_own_ids(api: Api) -> None:
    assert put(api, "AGILLIC_ID=0000000000000000", EMAIL="x@example.com") == 404
    assert put(api, "jane@example.com", AGILLIC_ID="0000000000000000") == 400
    assert put(api, "jane@example.com", AGILLIC_ID=JANE) == 200
    assert put(api, "MSISDN=1") == 400


@pytest.mark.parametrize(
    "fields",
    [
        {"SHOE": 42},
        {"AGE": "old"},
        {"AGE": True},
        {"AGE": "1.1234567"},
        {"AGE": 10**16},
        {"NEWSLETTER": "perhaps"},
        {"BIRTHDATE": "1992-06-18"},
        {"BIRTHDATE": "31.02.1992"},
        {"LAST_VISIT": "18.06.1992"},
        {"CITY": ["a"]},
    ],
)
def test_a_value_that_does_not_fit_is_400_with_a_message(fields: dict[str, Any], api: Api) -> None:
    reply = api.put("/recipients/jane@example.com", json={"personData": fields})
    assert reply.status_code == 400
    assert next(iter(fields)) in reply.json()["message"]


def test_unknown_fields_can_be_ignored_instead(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"agillic": {"unknown_fields": "ignore"}})
    assert put(api, "jane@example.com", SHOE=42, CITY="Ribe") == 200
    assert data(api, "jane@example.com")["CITY"] == "Ribe"


def test_fields_that_people_define_are_there_at_once(sandbox: Box, api: Api) -> None:
    sandbox.stimuli.agillic.field_defined(name="SHOE_SIZE", type="NUMBER")
    assert put(api, "jane@example.com", SHOE_SIZE=38) == 200
    assert {"name": "SHOE_SIZE", "type": "NUMBER"} in api.get("/discovery/persondata").json()


def test_dates_follow_the_instance_s_formats_and_zone(sandbox: Box, api: Api) -> None:
    put(api, "jane@example.com", BIRTHDATE="18.06.1992", LAST_VISIT="01.07.2025 12:00:00")
    sandbox.settings.update(
        {"agillic": {"date_format": "yyyy-MM-dd", "timestamp_format": "yyyy/MM/dd'T'HH:mm", "time_zone": "UTC"}}
    )
    shown = data(api, "jane@example.com")
    assert (shown["BIRTHDATE"], shown["LAST_VISIT"]) == ("1992-06-18", "2025/07/01T10:00")
    assert put(api, "jane@example.com", BIRTHDATE="18.06.1992") == 400
    assert put(api, "jane@example.com", BIRTHDATE="1993-06-18") == 200


def test_delete_takes_everything_of_the_recipient_with_it(sandbox: Box, api: Api) -> None:
    before = api.get("/targetgroups/VIP").json()["population"]
    reply = api.delete("/recipients/ruby@example.com")
    assert (reply.status_code, reply.content) == (200, b"")
    assert api.get("/recipients/ruby@example.com").status_code == 404
    assert api.delete("/recipients/ruby@example.com").status_code == 404
    assert api.get("/targetgroups/VIP").json()["population"] == before - 1


def test_a_recipient_in_a_running_flow_is_not_deleted(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"agillic": {"flow_delay": 60}})
    api.post("/flows/welcome/recipients/jane@example.com/queue")
    reply = api.delete("/recipients/jane@example.com")
    assert (reply.status_code, reply.json()) == (409, {"message": "The recipient is in use: flow welcome"})
    sandbox.clock.advance("61s")
    assert api.delete("/recipients/jane@example.com").status_code == 200


def test_without_paging_the_list_is_a_bare_array_whatever_else_is_asked(api: Api) -> None:
    everyone = api.get("/recipients").json()
    assert len(everyone) == 40
    assert api.get("/recipients/?pageStart=3&pageSize=5&dateEnd=2020").json() == everyone
    assert api.get("/recipients?objectResponse=no").json() == everyone


def test_communication_is_told_in_order_and_between_dates(sandbox: Box, api: Api) -> None:
    url = "/recipients/jane@example.com/:listCommunicationHistory"
    sandbox.stimuli.agillic.communication_sent(
        recipientId="jane@example.com", communicationId="spring", communicationType="EMAIL"
    )
    sandbox.stimuli.agillic.communication_opened(recipientId="jane@example.com", communicationId="spring")
    sandbox.stimuli.agillic.communication_clicked(recipientId="jane@example.com", communicationId="spring")
    sandbox.stimuli.agillic.communication_bounced(recipientId="jane@example.com", communicationId="spring")
    told = api.post(url).json()
    assert [entry["communicationId"] for entry in told] == ["welcome-mail", "autumn-mail", "birthday-sms", "spring"]
    fields = told[-1]["additionalFields"]
    assert fields["bounced"] == "true"
    assert fields["openedTimestamp"] <= fields["clickedTimeStamp"]
    assert [e["communicationId"] for e in api.post(url, params={"communicationType": "sms"}).json()] == ["birthday-sms"]
    recent = sandbox.clock.utc().strftime("%Y-%m-%dT00:00:00.000Z")
    assert len(api.post(url, params={"dateStart": recent}).json()) == 1
    assert len(api.post(url, params={"dateEnd": recent}).json()) == 3
    assert api.post(url, params={"dateStart": "yesterday"}).status_code == 400


def test_other_systems_change_recipients_too(sandbox: Box, api: Api) -> None:
    sandbox.stimuli.agillic.recipient_saved(personData={"EMAIL": "crm@example.com", "CITY": "Ribe"})
    assert data(api, "crm@example.com")["CITY"] == "Ribe"
    sandbox.stimuli.agillic.recipient_removed(recipientId="crm@example.com")
    assert api.get("/recipients/crm@example.com").status_code == 404
