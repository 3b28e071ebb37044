"""The file of the rows that failed."""

from __future__ import annotations

from emulator.testing.client import Box
from tests.vendors.ameyo.client import Api, code, people, table, task_id


def test_it_has_the_callers_own_columns_and_why(api: Api) -> None:
    file = table(["id", "customer_name", "phone1"], [("7", 'Rao, "Asha"', ""), ("8", "Ben", "9911000001")])
    reply = api.error_file(api.upload(file))
    assert reply.headers["Content-Type"].startswith("text/csv")
    assert (
        reply.text
        == 'id,customer_name,phone1,error_code,error_message\r\n7,"Rao, ""Asha""",,MISSING_REQUIRED,phone1 is required\r\n'
    )


def test_it_is_named_after_its_task(api: Api) -> None:
    upload = api.upload(people("bad"))
    assert f"contact-upload-task-{task_id(upload)}-errors.csv" in api.error_file(upload).headers["Content-Disposition"]


def test_a_clean_upload_has_a_header_alone(api: Api) -> None:
    reply = api.error_file(api.upload(people("9911000001")))
    assert reply.text == "customer_name,phone1,error_code,error_message\r\n"


def test_corrected_it_goes_up_again_as_it_is(api: Api) -> None:
    first = api.upload(people("9911000001", "bad", "worse"))
    corrected = api.error_file(first).text.replace("bad", "9911000002").replace("worse", "still wrong")
    second = api.error_file(api.upload(corrected))
    assert second.text.splitlines()[0] == "customer_name,phone1,error_code,error_message"
    assert [line.split(",")[1] for line in second.text.splitlines()[1:]] == ["still wrong"]


def test_the_vendors_own_sample_is_there(admin: Api) -> None:
    reply = admin.get("/cc-list/1/process-list/1/leads/1/contact-upload-tasks/1/error-file")
    assert len(reply.text.splitlines()) == 3


def test_no_other_list_has_it(api: Api) -> None:
    upload = api.upload(people("bad"))
    assert code(api.error_file(upload, lead=18)) == (404, "CONF-1004")


def test_an_unknown_task_has_none(api: Api) -> None:
    path = "/cc-list/1/process-list/13/leads/17/contact-upload-tasks/{}/error-file"
    assert code(api.get(path.format(9))) == (404, "CONF-1004")
    assert code(api.get(path.format("nine"))) == (400, "CONF-1001")
    assert code(api.get(path.format(2**63))) == (400, "CONF-1001")


def test_both_routes_are_served_with_and_without_their_version(sandbox: Box, api: Api) -> None:
    upload = api.upload(people("bad"))
    path = f"/cc-list/1/process-list/13/leads/17/contact-upload-tasks/{task_id(upload)}/error-file"
    assert api.get(path).content == api.get(f"/v1{path}").content == api.get(f"{path}/").content
    bare = api.call("POST", "/cc-list/1/process-list/13/leads/17/contact-upload-tasks")
    assert bare.status_code == 400
    assert sandbox.journal.calls(operation="ameyo.contact_upload_tasks.create", status=400)
