"""A story tells a stranger what happened."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator import Emulator
from emulator.fuzz.scenario import Finding
from emulator.fuzz.story import tell
from tests.unit.fuzz.runs import Played
from tests.unit.fuzz.test_traits import CHANNELS, bearer

PAGES = Finding("pages", "2 of 12 channels are missing.", (2,))


@pytest.fixture
def amio() -> Iterator[Played]:
    played = Played(Emulator(vendors=["amio"]), "amio")
    yield played
    played.box.remove()


def get(played: Played, target: str, after: float = 0.0) -> None:
    played.call("GET", target, after=after, authorization=bearer(played))


def test_the_gist_says_what_befell_which_call_and_what_the_client_did_then(amio: Played) -> None:
    get(amio, "/v1/channels?max=1")
    amio.befalls("throttle", CHANNELS, refuse="throttled")
    get(amio, "/v1/channels?max=1&offset=1")
    get(amio, "/v1/channels?max=1&offset=2")
    finding, gist, *_ = tell(amio.run(result=["a"]), PAGES)
    assert finding == "2 of 12 channels are missing."
    assert gist == (
        "Call 2 (GET /v1/channels?max=1&offset=1): the rate limit had been used up, answered 429; "
        "the client went on with GET /v1/channels?max=1&offset=2 at once."
    )


def test_each_call_is_told_with_its_wait_its_answer_and_what_befell_it(amio: Played) -> None:
    get(amio, "/v1/channels?max=2")
    amio.befalls("fail", CHANNELS, 503, status=503)
    get(amio, "/v1/channels?max=2&offset=2", after=30)
    assert tell(amio.run(error="HTTPError: 503"), PAGES)[3:] == [
        "It began with an empty world.",
        "  1. GET /v1/channels?max=2 -> 200, 2 items",
        "     (waited 30 s)",
        "> 2. GET /v1/channels?max=2&offset=2 -> 503",
        "        the server answered 503, and nothing was done",
        "Then it raised HTTPError: 503.",
    ]


def test_the_same_call_over_and_over_is_one_line(amio: Played) -> None:
    for _ in range(40):
        get(amio, "/v1/channels/9")
    story = tell(amio.run(stopped="it made too many calls"), PAGES)
    assert "> 1-40. GET /v1/channels/9 -> 404" in story
    assert story[-1] == "Then it was stopped: it made too many calls."


def test_secrets_are_hidden(amio: Played) -> None:
    amio.call("GET", f"/v1/channels?access_token={amio.box.amio.token}")
    assert amio.box.amio.token not in "\n".join(tell(amio.run(result=[]), PAGES))
