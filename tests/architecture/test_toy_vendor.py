"""A fifth vendor needs four folders and no change anywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from emulator.testing.client import Box
from tests import toy


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with toy.emulator(tmp_path) as emulator:
        yield emulator.sandbox()


@pytest.fixture
def session(box: Box) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {box.toy.token}"
        yield session


def test_a_note_is_written_and_read_back(box: Box, session: requests.Session) -> None:
    written = session.post(f"{box.toy.base_url}/notes", json={"id": "a", "text": "hello"})
    assert written.status_code == 201
    assert session.get(written.headers["Location"]).json() == {"id": "a", "text": "hello"}


def test_pages_are_cut_and_wrapped(box: Box, session: requests.Session) -> None:
    page = session.get(f"{box.toy.base_url}/notes?from=3")
    assert page.json() == {"notes": [{"id": "n3", "text": "note 3"}, {"id": "n4", "text": "note 4"}]}
    assert page.headers["X-Total"] == "5"


def test_every_violation_is_named_at_once(box: Box, session: requests.Session) -> None:
    refused = session.post(f"{box.toy.base_url}/notes", json={"id": 1, "text": "", "size": 2})
    assert refused.status_code == 422
    assert all(field in refused.json()["problem"] for field in ("id", "text", "size"))


def test_refusals_wear_the_vendors_shape(box: Box, session: requests.Session) -> None:
    base = box.toy.base_url
    statuses = [
        session.get(f"{base}/nothing").status_code,
        session.delete(f"{base}/notes").status_code,
        session.get(f"{base}/notes/none").status_code,
        session.post(f"{base}/notes", data=b"{").status_code,
        requests.get(f"{base}/notes", timeout=5).status_code,
    ]
    assert statuses == [404, 405, 404, 400, 401]


def test_what_breaks_the_contract_is_the_emulators_own_error_and_leaves_nothing(
    box: Box, session: requests.Session
) -> None:
    broken = session.post(f"{box.toy.base_url}/notes", json={"id": "b", "text": "break"})
    assert broken.status_code == 500
    assert broken.headers["Content-Type"] == "application/problem+json"
    assert box.state("toy").rows("notes").get("b") is None


def test_the_rate_window_opens_and_ends_on_the_virtual_clock(box: Box, session: requests.Session) -> None:
    box.settings.update({"toy": {"calls": 3}})
    replies = [session.get(f"{box.toy.base_url}/notes") for _ in range(4)]
    assert [r.headers.get("X-Left") for r in replies] == ["2", "1", "0", "0"]
    assert replies[3].status_code == 429
    assert 1 <= int(replies[3].headers["Retry-After"]) <= 60
    box.clock.advance("61s")
    assert session.get(f"{box.toy.base_url}/notes").status_code == 200


def test_the_credential_leads_to_its_sandbox_without_a_prefix(box: Box, session: requests.Session) -> None:
    root = box.toy.base_url.partition("/~")[0]
    session.post(f"{root}/toy/notes", json={"id": "mine", "text": "x"})
    assert box.state("toy").rows("notes").get("mine") is not None
    hers = requests.get(f"{root}/toy/notes/mine", headers={"Authorization": "Bearer toy-token"}, timeout=5)
    assert hers.status_code == 404


def test_the_vendors_own_host_is_served_at_the_root(box: Box, session: requests.Session) -> None:
    root = box.toy.base_url.partition("/~")[0]
    assert session.get(f"{root}/motto", headers={"Host": "api.toy.test"}).json() == "write it down"


def test_a_stimulus_changes_the_world(box: Box) -> None:
    assert box.stimuli.toy.scribble(text="hi") == {"id": "s1", "text": "hi"}
    assert len(box.state("toy").rows("notes").all()) == 6


def test_the_whole_world_goes_out_and_comes_in_again(box: Box, session: requests.Session) -> None:
    session.post(f"{box.toy.base_url}/notes", json={"id": "kept", "text": "x"})
    told = box.world()
    box.reset()
    assert session.get(f"{box.toy.base_url}/notes/kept").status_code == 404
    box.put_world(told)
    assert session.get(f"{box.toy.base_url}/notes/kept").status_code == 200


def test_an_operation_that_takes_long_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    busy = "def find(ask, world):\n    import time\n    end = time.thread_time() + 0.02\n    while time.thread_time() < end: pass"
    with toy.emulator(tmp_path, notes=toy.NOTES.replace("def find(ask, world):", busy)) as emulator:
        box = emulator.sandbox()
        for _ in range(3):
            requests.get(f"{box.toy.base_url}/notes", headers={"Authorization": f"Bearer {box.toy.token}"}, timeout=5)
        assert emulator.app._slow["toy"] == {"toy.notes.find": 3}
        requests.get(f"{box.toy.base_url}/notes/n1", headers={"Authorization": f"Bearer {box.toy.token}"}, timeout=5)
        assert emulator.app._slow["toy"] == {"toy.notes.find": 3}
