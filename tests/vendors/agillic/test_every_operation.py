"""What holds for every operation, walked over by the contract so that none is left out."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable

import pytest
import requests

from emulator.contract.model import Operation
from emulator.testing.client import Box, Emulator
from emulator.wire import Call
from tests.vendors.agillic.conftest import Api
from tests.vendors.agillic.examples import FORM, MULTIPART, OPERATIONS, example, prepared, promising

PLAIN = 400, 409
"""The statuses whose answers may have a body."""


def wrong(
    operations: Iterable[Operation], answer: Callable[[Operation], requests.Response], status: int
) -> dict[str, str]:
    """The operations that answer something else, or with a body where there should be none (or without, where there should be one)."""
    found = {}
    for operation in operations:
        reply = answer(operation)
        promised = operation.refusals.values()
        has_body = any(p.status == status and p.schema is not None for p in promised)
        if reply.status_code != status or bool(reply.content) is not has_body:
            found[operation.id] = f"{reply.status_code} {reply.text[:200]}"
    return found


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_the_contract_s_example_works_on_the_demo_world(operation: Operation, sandbox: Box, api: Api) -> None:
    reply = prepared(operation, sandbox, api).send(api)
    assert reply.status_code in operation.replies, reply.text


def test_without_a_key_every_protected_operation_answers_401_and_nothing_more(sandbox: Box, stranger: Api) -> None:
    protected = [operation for operation in promising("unauthenticated") if operation.auth]
    assert wrong(protected, lambda operation: example(operation).send(stranger), 401) == {}


def test_a_device_s_key_opens_only_what_devices_need(sandbox: Box, device: Api) -> None:
    closed = [operation for operation in promising("forbidden") if operation.auth]
    assert wrong(closed, lambda operation: example(operation).send(device), 403) == {}
    assert {o.path for o in OPERATIONS.values() if o.auth and o not in closed} == {
        "/apps/register/{recipientId}",
        "/apps/unregister/{recipientId}",
        "/apps/consent/{recipientId}",
        "/apps/feedback/{recipientId}",
        "/register/{recipientId}",
    }


def test_beyond_the_daily_cap_every_operation_answers_429(sandbox: Box, api: Api) -> None:
    sandbox.settings.update({"agillic": {"active_recipients": 1}})
    for _ in range(5):
        assert api.get("/globaldata/tables").status_code == 200
    assert wrong(promising("throttled"), lambda operation: example(operation).send(api), 429) == {}


def test_only_json_is_handed_out(sandbox: Box, api: Api) -> None:
    def answer(operation: Operation) -> requests.Response:
        return prepared(operation, sandbox, api).send(api, headers={"Accept": "image/png"})

    assert wrong(promising("not_acceptable"), answer, 406) == {}


def test_a_body_of_another_type_is_415(sandbox: Box, api: Api) -> None:
    def answer(operation: Operation) -> requests.Response:
        return example(operation).send(api, data=b"x", json=None, files=None, headers={"Content-Type": "text/plain"})

    assert wrong(promising("unsupported_media"), answer, 415) == {}


def test_a_body_that_cannot_be_read_is_400_with_a_message(sandbox: Box, api: Api) -> None:
    def answer(operation: Operation) -> requests.Response:
        assert operation.body is not None
        media = operation.body.media[0]
        text = b"\xff\xfe" if media == FORM else b'{"open": '
        return example(operation).send(api, data=text, json=None, files=None, headers={"Content-Type": media})

    assert wrong(promising("malformed"), answer, 400) == {}


def test_a_body_of_the_wrong_shape_is_400_with_a_message(sandbox: Box, api: Api) -> None:
    def answer(operation: Operation) -> requests.Response:
        assert operation.body is not None
        media = operation.body.media[0]
        if media == MULTIPART:
            return example(operation).send(api, files={"other": (None, "1")})
        return example(operation).send(
            api, data=b"other=1" if media == FORM else b"17", json=None, headers={"Content-Type": media}
        )

    shaped = [operation for operation in promising("invalid") if operation.body is not None]
    assert wrong(shaped, answer, 400) == {}


def test_a_path_expression_must_be_unique(sandbox: Box, api: Api) -> None:
    addressed = [o for o in promising("invalid") if "{recipientId}" in o.path]
    assert (
        wrong(addressed, lambda operation: example(operation, {"recipientId": "FIRSTNAME=Jane"}).send(api), 400) == {}
    )


HUGE = b'"' + b"x" * (20 * 1024 * 1024) + b'"'


@pytest.mark.parametrize("name", ["recipients.update", "assets.put_resource", "oauth.token"])
def test_a_body_above_20_mb_is_413(name: str, sandbox: Box, api: Api) -> None:
    operation = OPERATIONS[f"agillic.{name}"]
    assert operation.body is not None
    headers = {"Content-Type": operation.body.media[0]}
    reply = example(operation).send(api, data=HUGE, json=None, files=None, headers=headers)
    assert (reply.status_code, reply.content) == (413, b"")


def test_no_operation_takes_a_body_above_20_mb(sandbox: Box, emulator: Emulator) -> None:
    """Without the socket, which would carry a gigabyte here."""
    world, engine = sandbox.state("agillic"), emulator.assembly.engines["agillic"]
    key = base64.b64encode(f"{sandbox.agillic.client_id}:{sandbox.agillic.client_secret}".encode()).decode()
    statuses = {}
    for operation in promising("too_large"):
        if operation.body is not None:
            headers = {"authorization": f"Basic {key}", "content-type": operation.body.media[0]}
            answer = engine.handle(Call(operation.method, example(operation).path, headers=headers, body=HUGE), world)
            statuses[operation.id] = answer.status
            if answer.finished:
                answer.finished()
    assert set(statuses.values()) == {413}


def test_what_the_path_names_must_exist(sandbox: Box, api: Api) -> None:
    def answer(operation: Operation) -> requests.Response:
        nobody = {p.name: "7" if p.name == "rowNum" else "nobody" for p in operation.parameters if p.place == "path"}
        return example(operation, nobody).send(api)

    named = [o for o in promising("missing") if "{" in o.path and o.id != "agillic.recipients.update"]
    assert wrong(named, answer, 404) == {}
