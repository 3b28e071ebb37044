"""One-to-many tables and global data."""

from __future__ import annotations

from typing import Any

from emulator.testing.client import Box
from tests.vendors.agillic.conftest import Api

MINE = "/recipients/jane@example.com/oneToManyTables"
STORES = "/globaldata/tables/STORES"
SAMPLE = [
    {"ID": "123789", "PRODUCT_ID": "428642", "PAID": "True", "STORE": "Copenhagen", "PURCHASE_DATE": "20.12.2017"},
    {"ID": "123790", "PRODUCT_ID": "427943", "PAID": "False", "STORE": "Copenhagen", "PURCHASE_DATE": "20.12.2017"},
]


def purchases(api: Api) -> dict[str, dict[str, str]]:
    return {row["ID"]: row for row in api.get(f"{MINE}/PURCHASES").json()["recordList"]}


def ids(shown: dict[str, Any]) -> list[str]:
    return [row["ID"] for row in shown["records"]]


def test_the_documentation_s_sample_batch(api: Api) -> None:
    reply = api.post(f"{MINE}/PURCHASES/:batchUpdateRecords", json=SAMPLE)
    assert reply.json() == {"created": 2, "updated": 0, "warnings": 0, "errors": 0}
    assert purchases(api)["123789"] == {**SAMPLE[0], "PAID": "true"}


def test_rows_are_updated_field_by_field_and_cleared_by_empty_values(api: Api) -> None:
    api.post(f"{MINE}/PURCHASES/:batchUpdateRecords", json=SAMPLE)
    changed = api.post(
        f"{MINE}/PURCHASES/:batchUpdateRecords",
        json=[{"ID": "123789", "PAID": False, "STORE": ""}, {"STORE": "Ribe"}, {"ID": "1", "SIZE": 3}],
    )
    assert changed.json() == {"created": 0, "updated": 1, "warnings": 0, "errors": 2}
    row = purchases(api)["123789"]
    assert (row["PAID"], row["PRODUCT_ID"], "STORE" in row) == ("false", "428642", False)


def test_rows_are_deleted_by_id_or_by_an_object_that_holds_it(api: Api) -> None:
    api.post(f"{MINE}/PURCHASES/:batchUpdateRecords", json=SAMPLE)
    gone = api.post(
        f"{MINE}/PURCHASES/:batchDeleteRecords", json=["123789", {"ID": "123790"}, "nothing", {"STORE": "x"}]
    )
    assert gone.json() == {"created": 0, "updated": 2, "warnings": 0, "errors": 2}
    assert api.post(f"{MINE}/PURCHASES/:truncateTable").status_code == 200
    assert purchases(api) == {}


def test_a_recipient_has_rows_of_its_own(api: Api) -> None:
    api.post("/recipients/peter@example.com/oneToManyTables/PURCHASES/:truncateTable")
    assert api.get("/recipients/peter@example.com/oneToManyTables/PURCHASES/").json() == {"recordList": []}
    assert purchases(api) != {}
    assert api.get(MINE).json() == ["AGILLIC_REGISTRATION", "PURCHASES", "VOUCHER_TABLE"]


def test_discovery_tells_the_fields_of_tables(api: Api) -> None:
    persons = api.get("/discovery/persondata").json()
    assert [field["name"] for field in persons if field.get("identifier")] == ["EMAIL"]
    table = api.get("/discovery/onetomany/VOUCHER_TABLE").json()
    assert table["fields"][0] == {"name": "ID", "identifier": True, "type": "STRING"}
    stores = api.get("/discovery/globaldata/tables/STORES").json()
    assert {field["name"]: field["index"] for field in stores["fields"]}["CITY"] == "INDEXED"


def test_rows_of_global_tables_are_created_once(api: Api) -> None:
    assert api.post(f"{STORES}/record", json={"ID": "ODE1", "CITY": "Odense"}).status_code == 201
    taken = api.post(f"{STORES}/record", json={"ID": "ODE1"})
    assert (taken.status_code, taken.json()) == (409, {"message": "STORES ODE1 exists already"})
    assert api.post(f"{STORES}/record", json={"CITY": "Odense"}).status_code == 400
    assert api.post(f"{STORES}/record", json={"ID": "X", "COLOUR": "red"}).status_code == 400


def test_put_writes_the_row_of_the_path(api: Api) -> None:
    assert api.put(f"{STORES}/record/RIB1", json={"CITY": "Ribe"}).status_code == 201
    assert api.put(f"{STORES}/record/RIB1", json={"ID": "RIB1", "NAME": "Torv"}).status_code == 200
    assert api.get(f"{STORES}/record/RIB1").json() == {"ID": "RIB1", "CITY": "Ribe", "NAME": "Torv"}
    assert api.put(f"{STORES}/record/RIB1", json={"ID": "RIB2"}).status_code == 400
    assert api.delete(f"{STORES}/record/RIB1").status_code == 200
    assert api.delete(f"{STORES}/record/RIB1").status_code == 404


def test_batches_of_global_rows(api: Api) -> None:
    created = api.post(f"{STORES}/:batchCreateRecords", json=[{"ID": "A"}, {"ID": "CPH1"}, {}]).json()
    updated = api.post(
        f"{STORES}/:batchUpdateRecords", json=[{"ID": "A", "CITY": "x"}, {"ID": "B"}, {"ID": "C", "OPEN": "often"}]
    ).json()
    deleted = api.post(f"{STORES}/:batchDeleteRecords", json=["A", {"ID": "B"}, "C"]).json()
    assert [(r["created"], r["updated"], r["errors"]) for r in (created, updated, deleted)] == [
        (1, 0, 2),
        (1, 1, 1),
        (0, 2, 1),
    ]
    api.post(f"{STORES}/:truncateTable")
    assert api.get(STORES).json() == {"name": "STORES", "records": []}


def test_the_first_rows_are_sorted_by_type(api: Api) -> None:
    api.put(f"{STORES}/record/TINY", json={"SQUARE_METRES": 9})
    api.put(f"{STORES}/record/NONE", json={"CITY": "Ribe"})
    up = api.get(f"{STORES}/limit/2", params={"sortByField": "SQUARE_METRES"}).json()
    down = api.get(f"{STORES}/limit/99", params={"sortByField": "SQUARE_METRES", "sortingOrder": "desc"}).json()
    assert ids(up) == ["TINY", "AAL1"]
    assert (ids(down)[0], ids(down)[-1]) == ("CPH1", "NONE")
    assert api.get(f"{STORES}/limit/2", params={"sortByField": "COLOUR"}).status_code == 400
    assert api.get(f"{STORES}/limit/0").status_code == 400


def test_variables_are_read_and_set_but_not_created(api: Api) -> None:
    assert api.put("/globaldata/VAT_RATE", json={"VALUE": 19, "TYPE": "STRING"}).status_code == 200
    assert api.get("/globaldata/VAT_RATE").json() == {
        "NAME": "VAT_RATE",
        "TYPE": "NUMBER",
        "VALUE": "19",
        "DESCRIPTION": "In percent",
    }
    assert api.put("/globaldata/VAT_RATE", json={"VALUE": "much"}).status_code == 400
    assert api.put("/globaldata/NEW", json={"VALUE": "1"}).status_code == 404
    assert all("VALUE" not in variable for variable in api.get("/globaldata/").json())


def test_an_empty_instance_still_knows_its_own_fields(emulator: Any) -> None:
    box: Box = emulator.sandbox(world="empty")
    with Api(box.agillic.base_url, box.agillic.client_id, box.agillic.client_secret) as api:
        assert api.put("/recipients/first@example.com", json={"personData": {"FIRSTNAME": "First"}}).status_code == 201
        assert api.get("/recipients").json()[0]["personData"]["FIRSTNAME"] == "First"
        assert api.get("/globaldata/tables").json() == []
    box.remove()
