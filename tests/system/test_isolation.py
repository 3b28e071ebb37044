"""Two sandboxes, sixteen threads each, at once through one socket: nothing of one is ever seen in the other."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from emulator.testing.client import Box, Emulator
from tests import toy

THREADS, CALLS = 16, 12


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    contract = toy.files()
    del contract["vendor.json"]["limits"]["pair"]
    contract["vendor.json"]["defaults"]["limits"] = ["minute"]
    folder: Path = tmp_path_factory.mktemp("isolation")
    with toy.emulator(folder, contract) as running:
        yield running


@pytest.fixture
def boxes(emulator: Emulator) -> Iterator[list[Box]]:
    made = [emulator.sandbox(f"{name}-{threading.get_native_id()}", seed=n) for n, name in enumerate(("left", "right"))]
    yield made
    for box in made:
        box.remove()


def at_once(boxes: list[Box], job: Any) -> list[list[Any]]:
    """What the job gave, by box: each box's threads begin together with all others."""
    gate = threading.Barrier(THREADS * len(boxes))

    def work(box: Box, number: int) -> list[Any]:
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {box.toy.token}"
            gate.wait(30)
            return list(job(box, session, number))

    with ThreadPoolExecutor(THREADS * len(boxes)) as pool:
        futures = [[pool.submit(work, box, number) for number in range(THREADS)] for box in boxes]
        return [[item for future in of_box for item in future.result()] for of_box in futures]


def write(box: Box, session: requests.Session, number: int) -> Iterator[int]:
    for turn in range(CALLS):
        note = {"id": f"{box.name}.{number}.{turn}", "text": "x"}
        yield session.post(f"{box.toy.base_url}/notes", json=note).status_code


def test_no_row_and_no_journal_entry_of_one_is_in_the_other(boxes: list[Box]) -> None:
    for box in boxes:
        box.settings.update({"limits": "off"})
    assert at_once(boxes, write) == [[201] * THREADS * CALLS] * 2
    for box in boxes:
        ids = [row.id for row in box.state("toy").rows("notes").all()][5:]
        assert len(ids) == THREADS * CALLS
        assert all(ident.startswith(box.name) for ident in ids)
        calls = box.journal.calls()
        assert len(calls) == THREADS * CALLS
        assert all(call["request"]["body"]["id"].startswith(box.name) for call in calls)
        assert [call["id"] for call in calls] == list(range(1, THREADS * CALLS + 1))


def test_counters_lose_nothing(boxes: list[Box]) -> None:
    total = THREADS * CALLS
    for box, most in zip(boxes, (total - 7, total - 50), strict=True):
        box.clock.freeze()
        box.settings.update({"toy": {"calls": most}})
    statuses = [Counter(each) for each in at_once(boxes, write)]
    assert statuses == [{201: total - 7, 429: 7}, {201: total - 50, 429: 50}]
    assert [len(box.state("toy").rows("notes")) - 5 for box in boxes] == [total - 7, total - 50]


def test_planned_faults_are_counted_exactly(boxes: list[Box]) -> None:
    for box in boxes:
        box.settings.update({"limits": "off"})
        box.faults.add(status=503, times=20, nth=(10, 150))
    statuses = [Counter(each) for each in at_once(boxes, write)]
    assert statuses == [{201: THREADS * CALLS - 20, 503: 20}] * 2


def test_a_token_opens_its_own_sandbox_with_and_without_a_prefix(boxes: list[Box]) -> None:
    left, right = boxes
    for box in boxes:
        box.settings.update({"limits": "off"})
    root = left.toy.base_url.partition("/~")[0]

    def by_credential(box: Box, session: requests.Session, number: int) -> Iterator[Any]:
        ident = f"{box.name}.{number}"
        yield session.post(f"{root}/toy/notes", json={"id": ident, "text": "x"}).status_code
        yield session.get(f"{root}/toy/notes/{ident}").json()["id"].startswith(box.name)
        other = right if box is left else left
        yield session.get(f"{other.toy.base_url}/notes").status_code

    assert at_once(boxes, by_credential) == [[201, True, 401] * THREADS] * 2
    assert left.toy.token != right.toy.token


def test_what_one_draws_the_other_does_not_change(emulator: Emulator, boxes: list[Box]) -> None:
    def scribbled(box: Box, session: requests.Session, number: int) -> Iterator[Any]:
        yield box.stimuli.toy.scribble(text=str(number))["id"]

    drawn = at_once(boxes, scribbled)
    assert [sorted(ids) for ids in drawn] == [sorted(f"s{n}" for n in range(1, THREADS + 1))] * 2


def test_a_reset_of_one_leaves_the_other(boxes: list[Box]) -> None:
    left, right = boxes
    at_once(boxes, lambda box, session, number: [session.get(f"{box.toy.base_url}/motto").status_code])
    left.reset()
    assert (len(left.journal), len(right.journal)) == (0, THREADS)
