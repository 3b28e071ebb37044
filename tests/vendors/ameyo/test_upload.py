"""Uploading contacts: what is taken, what is not, and where it goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from emulator.testing.client import Box
from tests.vendors.ameyo.client import Api, code, header_mapping, people, table, task_id

Book = Callable[..., dict[str, dict[str, Any]]]
PATH = "/v1/cc-list/1/process-list/13/leads/17/contact-upload-tasks"


def test_an_upload_is_answered_with_a_task_in_an_envelope(api: Api) -> None:
    reply = api.upload(people("9911000001"))
    assert reply.json() == {
        "metadata": None,
        "method": "POST",
        "response": [{"data": {"task_id": task_id(reply)}, "http_code": 200, "error_data": None}],
        "http_code": 200,
        "request_id": None,
    }


def test_new_contacts_stand_in_the_lead_list_untried(api: Api, phone_book: Book) -> None:
    api.upload(people("9911000001"))
    contact = phone_book()["9911000001"]
    assert (contact["status"], contact["attempts"], contact["lead_id"]) == ("NOT_TRIED", 0, 17)
    assert contact["fields"]["name"] == "Person 0"


def test_one_number_in_two_spellings_is_one_contact(api: Api, phone_book: Book) -> None:
    before = len(phone_book())
    errors = api.errors(api.upload(people("+991 100-0001", "(9911) 000001")))
    assert len(phone_book()) == before + 1
    assert [row["error_code"] for row in errors] == ["DUPLICATE_ENTRY"]


def test_every_mapped_column_is_kept_as_it_was_written(api: Api, phone_book: Book) -> None:
    file = table(["a", "b", "c"], [("+991 100 0001", "9911000001", "Asia/Kolkata"), ("9911000002", "9911000002", "")])
    api.upload(file, {"phone1": "a", "phone2": "b", "timezone": "c"})
    book = phone_book()
    first = {"phone1": "+991 100 0001", "phone2": "9911000001", "timezone": "Asia/Kolkata"}
    assert book["9911000001"]["fields"] == first
    assert book["9911000002"]["fields"] == {"phone1": "9911000002", "phone2": "9911000002"}


def test_a_row_that_fails_is_in_the_error_file_and_nowhere_else(api: Api, phone_book: Book) -> None:
    before = phone_book()
    file = table(
        ["customer_name", "phone1", "mail"],
        [("No number", "", ""), ("Letters", "98x", ""), ("Short", "981", ""), ("Mail", "9911000002", "no-mail")],
    )
    reply = api.upload(file, {"name": "customer_name", "phone1": "phone1", "email": "mail"})
    assert [row["error_code"] for row in api.errors(reply)] == [
        "MISSING_REQUIRED",
        "INVALID_PHONE",
        "PREPROCESSING_INVALID_LENGTH",
        "INVALID_EMAIL",
    ]
    assert phone_book() == before


def test_an_e_mail_address_belongs_to_one_contact(api: Api) -> None:
    mapping = {"phone1": "phone", "email": "mail"}
    file = table(["phone", "mail"], [("9911000001", "a@mail.example"), ("9911000002", "a@mail.example")])
    errors = api.errors(api.upload(file, mapping))
    assert [(row["phone"], row["error_code"]) for row in errors] == [("9911000002", "DUPLICATE_ENTRY")]


def test_an_e_mail_address_that_was_given_up_is_free(api: Api) -> None:
    mapping = {"phone1": "phone", "email": "mail"}
    api.upload(table(["phone", "mail"], [("9911000001", "a@mail.example")]), mapping)
    file = table(["phone", "mail"], [("9911000001", "b@mail.example"), ("9911000002", "a@mail.example")])
    assert api.errors(api.upload(file, mapping, update_duplicate="true")) == []


def test_an_update_that_fails_changes_nothing(api: Api, phone_book: Book) -> None:
    mapping = {"name": "name", "phone1": "phone", "email": "mail"}
    first = table(
        ["name", "phone", "mail"], [("One", "9911000001", "a@mail.example"), ("Two", "9911000002", "b@mail.example")]
    )
    api.upload(first, mapping, lead=18)
    before = phone_book(18)
    second = table(["name", "phone", "mail"], [("Changed", "9911000002", "a@mail.example")])
    errors = api.errors(api.upload(second, mapping, update_duplicate="true", migrate="true"))
    assert [row["error_code"] for row in errors] == ["DUPLICATE_ENTRY"]
    assert phone_book(18) == before


def test_ignored_duplicates_need_not_be_listed(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"ameyo": {"ignored_in_error_file": False}})
    assert api.errors(api.upload(people("9911000001", "9911000001"))) == []


def test_the_length_of_a_number_is_a_setting(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"ameyo": {"phone_digits_min": 10, "phone_digits_max": 15}})
    assert api.errors(api.upload(people("+44 20 7946 0958"))) == []


def test_columns_of_the_processes_own_may_be_mapped_and_have_their_own_rules(
    sandbox: Box, api: Api, phone_book: Book
) -> None:
    row = sandbox.state("ameyo").rows("processes").get("13")
    assert row is not None
    rules = [
        {"columnName": "phone1", "kind": "phone", "nullable": False, "unique": True},
        {"columnName": "policy", "nullable": False, "unique": True},
    ]
    sandbox.state("ameyo").rows("processes").put(row | {"columns": rules})
    file = table(["phone", "no"], [("9911000001", "P1"), ("9911000002", ""), ("9911000003", "P1")])
    errors = api.errors(api.upload(file, {"phone1": "phone", "policy": "no"}))
    assert [row["error_code"] for row in errors] == ["MISSING_REQUIRED", "DUPLICATE_ENTRY"]
    assert phone_book()["9911000001"]["fields"]["policy"] == "P1"


@pytest.mark.parametrize("part", ["user_id", "header_mapping"])
def test_a_required_part_must_be_there(api: Api, part: str) -> None:
    data = {"user_id": "john", "header_mapping": header_mapping({"phone1": "phone1"})}
    del data[part]
    reply = api.call("POST", PATH, files={"file": ("c.csv", people("9911000001"))}, data=data)
    assert code(reply) == (400, "CONF-1001")


def test_an_upload_without_a_file_is_a_bad_request(api: Api) -> None:
    data = {"user_id": "john", "header_mapping": header_mapping({"phone1": "phone1"})}
    assert code(api.call("POST", PATH, files={"other": ("c.csv", "x")}, data=data)) == (400, "CONF-1001")
    assert code(api.call("POST", PATH, files={"file": (None, "phone1\r\n")}, data=data)) == (400, "CONF-1001")
    assert code(api.call("POST", PATH, data=data)) == (400, "CONF-1001")


@pytest.mark.parametrize(
    "mapping",
    [
        "[]",
        '{"phone1": 1}',
        '{"phone1": ""}',
        '{"name": "customer_name"}',
        '{"phone1": "telephone"}',
        header_mapping({}),
    ],
)
def test_a_mapping_that_maps_no_number_is_a_bad_request(api: Api, mapping: str) -> None:
    assert code(api.upload(people("9911000001"), mapping)) == (400, "CONF-1001")


def test_curly_quotes_are_no_json_and_the_place_is_named(api: Api) -> None:
    reply = api.upload(people("9911000001"), "{\n“phone1”: “phone1”}")
    assert code(reply) == (400, "CONF-1001")
    assert "header_mapping, line 2, column 1" in reply.json()["errorMessage"]


def test_a_mapping_may_come_as_a_json_part_of_its_own(api: Api) -> None:
    mapping = ("blob", header_mapping({"phone1": "phone1"}), "application/json")
    files = {"file": ("c.csv", people("9911000001"), "text/csv"), "header_mapping": mapping}
    assert api.call("POST", PATH, files=files, data={"user_id": "john"}).status_code == 200


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00"])
def test_a_mapping_part_that_is_no_text_is_a_bad_request(api: Api, content: bytes) -> None:
    files = {
        "file": ("c.csv", people("9911000001"), "text/csv"),
        "header_mapping": ("blob", content, "application/json"),
    }
    assert code(api.call("POST", PATH, files=files, data={"user_id": "john"})) == (400, "CONF-1001")


def test_an_all_empty_mapping_may_stand_for_equal_names(sandbox: Box, api: Api, phone_book: Book) -> None:
    sandbox.settings.update({"ameyo": {"all_empty_mapping": "equal_names"}})
    api.upload(table(["name", "phone1"], [("Zoe", "9911000001")]), header_mapping({}))
    assert phone_book()["9911000001"]["fields"]["name"] == "Zoe"


@pytest.mark.parametrize("flag", ["update_duplicate", "churn_updated_records", "migrate"])
def test_a_switch_is_true_or_false_in_any_case(api: Api, flag: str) -> None:
    for value in ("TRUE", "False", ""):
        assert api.upload(people("9911000001"), **{flag: value}).status_code == 200
    assert code(api.upload(people("9911000001"), **{flag: "yes"})) == (400, "CONF-1001")


def test_whoever_uploads_is_believed_unless_the_setting_says_otherwise(sandbox: Box, api: Api) -> None:
    assert api.upload(people("9911000001"), user_id="nobody").status_code == 200
    sandbox.settings.update({"ameyo": {"unknown_user_id": "refuse"}})
    assert code(api.upload(people("9911000001"), user_id="nobody")) == (404, "CONF-1004")
    assert api.upload(people("9911000001"), user_id="john").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "77/process-list/13/leads/17",
        "1/process-list/77/leads/17",
        "1/process-list/13/leads/77",
        "1/process-list/14/leads/17",
        "6/process-list/13/leads/17",
    ],
)
def test_a_lead_list_is_found_only_where_it_is(admin: Api, path: str) -> None:
    data = {"user_id": "john", "header_mapping": header_mapping({"phone1": "phone1"})}
    reply = admin.call(
        "POST", f"/v1/cc-list/{path}/contact-upload-tasks", files={"file": ("c.csv", people("9911000001"))}, data=data
    )
    assert code(reply) == (404, "CONF-1004")


def test_an_id_of_a_path_is_a_number(api: Api) -> None:
    assert code(api.call("POST", PATH.replace("/17/", "/seventeen/"))) == (400, "CONF-1001")


def test_task_ids_survive_a_double_unless_asked_otherwise(sandbox: Box, api: Api) -> None:
    assert task_id(api.upload(people("9911000001"))) < 2**53
    sandbox.settings.update({"ameyo": {"task_ids": "beyond_2_53"}})
    reply = api.upload(people("9911000002", "bad"))
    assert 2**53 < task_id(reply) < 2**63
    assert json.loads(reply.text)["response"][0]["data"]["task_id"] == task_id(reply)
    assert len(api.errors(reply)) == 1


def test_a_task_that_takes_time_has_no_error_file_until_it_is_done(sandbox: Box, api: Api, phone_book: Book) -> None:
    sandbox.settings.update({"ameyo": {"upload_seconds": 90}})
    reply = api.upload(people("9911000001", "bad"))
    assert code(api.error_file(reply)) == (404, "CONF-1004")
    assert "9911000001" not in phone_book()
    sandbox.clock.advance("2m")
    assert len(api.errors(reply)) == 1
    assert "9911000001" in phone_book()


def test_the_control_plane_sees_a_task_and_how_it_went(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"ameyo": {"upload_seconds": 60}})
    ident = str(task_id(api.upload(people("9911000001", "9911000001", "bad"))))
    tasks = sandbox.state("ameyo").rows("contact_upload_tasks")
    assert (tasks.get(ident) or {})["state"] == "running"
    sandbox.clock.advance("1m")
    done = tasks.get(ident) or {}
    assert (done["state"], done["rows"], done["counts"]) == ("finished", 3, {"inserted": 1, "ignored": 1, "failed": 1})
