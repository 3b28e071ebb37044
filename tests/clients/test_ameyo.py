"""The Ameyo client in calm, with a pair that has expired, when an upload's reply is lost, and with text of all kinds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from emulator.testing.client import Box
from tests.clients.ameyo import Ameyo
from tests.clients.patience import Unknown

LEAD_LIST = "process-list/13/leads/17"
MAPPING = {"name": "who", "phone1": "number", "email": ""}
GOOD = {"who": 'Žofie, "Žo" 😀\nNová', "number": "9810000001"}
BAD = {"who": 'a,b\r\n"c" 😀', "number": "12"}


@pytest.fixture
def client(sandbox: Box, naps: list[float]) -> Iterator[Ameyo]:
    given = sandbox.ameyo
    with closing(Ameyo(given.base_url, given.username, given.password, given.bearer_token, "1", page_size=3)) as made:
        yield made


def contacts(box: Box) -> list[str]:
    books = box.state("ameyo").rows("contacts").all()
    return [values[0] for book in books for _, values, *_ in book.data["contacts"].values()]


def known(box: Box) -> list[str]:
    given = box.ameyo
    with closing(Ameyo(given.base_url, given.username, given.password, given.bearer_token, "1")) as reader:
        return [agent["interaction_id"] for agent in reader.agents()]


def test_contacts_go_in_and_failed_rows_come_back(sandbox: Box, client: Ameyo) -> None:
    task = client.upload(LEAD_LIST, [GOOD, BAD], MAPPING)
    (failed,) = client.errors(LEAD_LIST, task)
    assert failed | BAD == failed
    assert failed["error_code"]
    assert GOOD["who"] in contacts(sandbox)


def test_an_error_file_that_is_not_there_yet_is_waited_for(sandbox: Box, client: Ameyo, naps: list[float]) -> None:
    sandbox.settings.update({"ameyo": {"upload_seconds": 10}})
    assert len(client.errors(LEAD_LIST, client.upload(LEAD_LIST, [GOOD, BAD], MAPPING))) == 1
    assert naps == [1.0, 2.0, 4.0, 8.0]


def test_a_task_id_beyond_what_a_double_holds(sandbox: Box, client: Ameyo) -> None:
    sandbox.settings.update({"ameyo": {"task_ids": "beyond_2_53"}})
    task = client.upload(LEAD_LIST, [GOOD], MAPPING)
    assert task > 2**53
    assert client.errors(LEAD_LIST, task) == []


def test_an_upload_whose_reply_is_lost_is_not_made_again(sandbox: Box, client: Ameyo) -> None:
    sandbox.faults.add(operation="ameyo.contact_upload_tasks.create", nth=1, when="after", connection="reset")
    with pytest.raises(Unknown):
        client.upload(LEAD_LIST, [GOOD], MAPPING)
    assert contacts(sandbox).count(GOOD["who"]) == 1


def test_a_pair_that_has_expired_is_replaced(sandbox: Box, client: Ameyo) -> None:
    sandbox.faults.add(operation="ameyo.contact_upload_tasks.create", nth=1, refuse="unauthenticated")
    assert client.errors(LEAD_LIST, client.upload(LEAD_LIST, [GOOD], MAPPING)) == []
    assert len(sandbox.journal.calls(operation="ameyo.credentials.register")) == 1


@pytest.mark.parametrize("page_size", [2, 3, 100])
def test_every_agent_once_in_every_page_size(sandbox: Box, client: Ameyo, page_size: int) -> None:
    client.page_size = page_size
    assert [agent["interaction_id"] for agent in client.agents()] == known(sandbox)


def test_trouble_is_sat_out(sandbox: Box, client: Ameyo, naps: list[float]) -> None:
    sandbox.faults.add(operation="ameyo.monitoring.find", nth=2, status=503)
    sandbox.faults.add(operation="ameyo.monitoring.find", nth=3, connection="truncate", when="after")
    sandbox.faults.add(operation="ameyo.monitoring.find", nth=4, refuse="throttled")
    everyone = [agent["interaction_id"] for agent in client.agents()]
    assert everyone == known(sandbox)
    assert naps[:2] == [1.0, 2.0]
