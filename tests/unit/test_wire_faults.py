"""Planned faults as a client library meets them: over a socket, with requests."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from requests.exceptions import ChunkedEncodingError, ConnectionError, InvalidJSONError, ReadTimeout

from emulator.testing.client import Box

NOTE = {"id": "new", "text": "hi"}


def url(box: Box, path: str = "/notes") -> str:
    return str(box.toy.base_url) + path


def there(box: Box) -> bool:
    return box.state("toy").rows("notes").get("new") is not None


@pytest.mark.parametrize("when, effect", [("before", False), ("after", True)])
@pytest.mark.parametrize("kind", ["reset", "close"])
def test_a_broken_connection_is_an_error_at_the_client(
    box: Box, session: requests.Session, kind: str, when: str, effect: bool
) -> None:
    box.faults.add(when=when, connection=kind, times=1)
    with pytest.raises(ConnectionError):
        session.post(url(box), json=NOTE)
    assert there(box) is effect


def test_a_truncated_reply_is_shorter_than_it_said(box: Box, session: requests.Session) -> None:
    box.faults.add(when="after", connection="truncate", times=1)
    with pytest.raises((ChunkedEncodingError, ConnectionError)):
        session.post(url(box), json=NOTE)
    assert there(box)


def test_garbage_is_no_reply(box: Box, session: requests.Session) -> None:
    box.faults.add(connection="garbage", times=1)
    with pytest.raises((ConnectionError, InvalidJSONError, ChunkedEncodingError)):
        session.post(url(box), json=NOTE)
    assert not there(box)


def test_the_next_call_is_answered(box: Box, session: requests.Session) -> None:
    box.faults.add(connection="reset", nth=1)
    with pytest.raises(ConnectionError):
        session.get(url(box))
    assert session.get(url(box)).status_code == 200


def test_a_delay_is_waited_for_before_the_first_byte(box: Box, session: requests.Session) -> None:
    box.faults.add(delay=0.15, nth=1)
    begun = time.monotonic()
    reply = session.get(url(box))
    assert reply.status_code == 200
    assert time.monotonic() - begun >= 0.15


def test_a_delay_beyond_the_clients_patience_is_a_timeout_after_the_effect(box: Box, session: requests.Session) -> None:
    box.faults.add(delay=1, nth=1)
    with pytest.raises(ReadTimeout):
        session.post(url(box), json=NOTE, timeout=0.1)
    assert there(box)


def test_a_dripping_reply_arrives_whole_and_late(box: Box, session: requests.Session) -> None:
    box.faults.add(drip=300, nth=1)
    begun = time.monotonic()
    reply = session.get(url(box))
    assert len(reply.json()["notes"]) == 2
    assert time.monotonic() - begun >= 0.1


@pytest.mark.parametrize(
    "do, status, body",
    [
        ({"refuse": "throttled"}, 429, b'{"problem":"throttled"}'),
        ({"status": 503}, 503, b""),
        ({"status": 502, "body": "<html>"}, 502, b"<html>"),
        ({"status": 400, "body": {"a": [1]}}, 400, b'{"a":[1]}'),
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_planned_answer_stands_in_the_place_of_the_real_one(
    box: Box, session: requests.Session, when: str, do: Any, status: int, body: bytes
) -> None:
    box.faults.add(when=when, nth=1, **do)
    reply = session.post(url(box), json=NOTE)
    assert (reply.status_code, reply.content) == (status, body)
    assert there(box) is (when == "after")


@pytest.mark.parametrize("kind", ["extra-field", "drop-optional", "null-nullable", "new-enum-value", "reorder-keys"])
def test_a_changed_reply_has_a_length_that_is_right(box: Box, session: requests.Session, kind: str) -> None:
    session.post(url(box), json={"colour": "red", **NOTE})
    box.faults.add(mutate=kind, nth=1)
    reply = session.get(url(box, "/notes/new"))
    assert reply.json()["id"] == "new"
    assert int(reply.headers["Content-Length"]) == len(reply.content)


def test_a_silent_retry_is_numbered_in_the_journal(box: Box, session: requests.Session) -> None:
    box.faults.add(when="after", connection="reset", nth=1)
    with pytest.raises(ConnectionError):
        session.post(url(box), json=NOTE)
    assert session.post(url(box), json=NOTE).status_code == 409
    assert [call["attempt"] for call in box.journal.calls()] == [1, 2]


def test_calls_in_flight_are_counted_while_their_replies_are_on_the_way(box: Box, session: requests.Session) -> None:
    box.faults.add(delay=0.5, nth=[1, 2])
    with ThreadPoolExecutor(2) as pool:
        slow = [pool.submit(lambda: requests.get(url(box), headers=dict(session.headers), timeout=5)) for _ in range(2)]
        while box.faults.all()[0]["seen"] < 2:
            threading.Event().wait(0.01)
        assert session.get(url(box)).status_code == 429
        assert [future.result().status_code for future in slow] == [200, 200]
    assert session.get(url(box)).status_code == 200


def test_a_call_whose_client_went_away_is_let_go(box: Box, session: requests.Session) -> None:
    box.faults.add(delay=0.3, nth=[1, 2])
    for _ in range(2):
        with pytest.raises(ReadTimeout):
            session.get(url(box), timeout=0.05)
    in_flight = box.state("toy").in_flight
    for _ in range(500):
        if not in_flight._counts:
            break
        threading.Event().wait(0.01)
    assert in_flight._counts == {}
