"""Traits are judged from the journal, whatever the client is."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from emulator import Emulator
from emulator.fuzz.scenario import Finding
from emulator.fuzz.traits import TRAITS, UNTOLD, judge
from tests.unit.fuzz.runs import Played

CHANNELS, SEND = "amio.channels.find", "amio.messages.send"


@pytest.fixture(scope="module")
def emulator() -> Emulator:
    return Emulator(vendors=["amio", "agillic", "amilia"])


@pytest.fixture
def amio(emulator: Emulator) -> Iterator[Played]:
    played = Played(emulator, "amio")
    yield played
    played.box.remove()


@pytest.fixture
def agillic(emulator: Emulator) -> Iterator[Played]:
    played = Played(emulator, "agillic")
    yield played
    played.box.remove()


def bearer(played: Played) -> str:
    return f"Bearer {played.box.vendor(played.vendor).token}"


def message(played: Played) -> dict[str, object]:
    contact = played.world.rows("contacts").all()[0].data
    return {
        "channel": {"id": contact["channel_id"]},
        "contact": {"id": contact["id"]},
        "content": {"type": "text", "payload": "hello"},
    }


def told(findings: list[Finding] | None) -> str:
    assert findings
    return findings[0].told


class TestLawful:
    def test_a_clean_call_passes(self, amio: Played) -> None:
        amio.call("GET", "/v1/channels", authorization=bearer(amio))
        assert judge(amio.run(result=[]))["lawful"] == []

    def test_an_unknown_parameter_is_told(self, amio: Played) -> None:
        amio.call("GET", "/v1/channels?page=2", authorization=bearer(amio))
        assert "page" in told(judge(amio.run(result=[]))["lawful"])

    def test_a_call_that_the_contract_refuses_is_told_with_its_rule(self, amio: Played) -> None:
        amio.call("GET", "/v1/channels?max=1000", authorization=bearer(amio))
        assert "max" in told(judge(amio.run(error="HTTPError: 422"))["lawful"])

    def test_a_refusal_that_was_planned_is_not_the_clients_fault(self, amio: Played) -> None:
        amio.befalls("refuse", CHANNELS, "invalid", refuse="invalid")
        amio.call("GET", "/v1/channels", authorization=bearer(amio))
        assert judge(amio.run(result=[]))["lawful"] == []

    def test_a_refusal_that_the_inputs_bring_about_is_not_either(self, emulator: Emulator) -> None:
        played = Played(emulator, "amio", refusable=frozenset({"invalid"}))
        played.call("GET", "/v1/channels?max=1000", authorization=bearer(played))
        assert judge(played.run(result=[]))["lawful"] == []


class TestSecrets:
    def test_a_token_in_the_header_passes(self, amio: Played) -> None:
        amio.call("GET", "/v1/channels", authorization=bearer(amio))
        assert judge(amio.run(result=[]))["secrets"] == []

    def test_a_token_in_the_url_is_told_by_its_parameter(self, amio: Played) -> None:
        amio.call("GET", f"/v1/channels?access_token={amio.box.amio.token}")
        assert "as access_token" in told(judge(amio.run(result=[]))["secrets"])


class TestWaits:
    def throttle(self, played: Played) -> None:
        played.box.settings.update({"amio": {"plan": "custom", "custom_calls": 1}})
        for _ in range(2):
            played.call("GET", "/v1/channels", authorization=bearer(played))

    def test_nothing_is_said_where_nobody_was_throttled(self, amio: Played) -> None:
        amio.call("GET", "/v1/channels", authorization=bearer(amio))
        assert judge(amio.run(result=[]))["waits"] is None

    def test_a_call_in_the_window_that_was_told_is_too_early(self, amio: Played) -> None:
        self.throttle(amio)
        amio.call("GET", "/v1/channels", after=60, authorization=bearer(amio))
        assert "called again after 60.00 s; the window ends after 3600 s" in told(judge(amio.run(result=[]))["waits"])

    def test_a_call_after_the_window_is_in_time(self, amio: Played) -> None:
        self.throttle(amio)
        amio.call("GET", "/v1/channels", after=3600, authorization=bearer(amio))
        assert judge(amio.run(result=[]))["waits"] == []

    @pytest.mark.parametrize("after, early", [(0.0, True), (UNTOLD, False)])
    def test_where_no_end_is_told_some_time_has_to_pass(self, amio: Played, after: float, early: bool) -> None:
        amio.befalls("throttle", CHANNELS, refuse="throttled")
        amio.call("GET", "/v1/channels", authorization=bearer(amio))
        amio.call("GET", "/v1/channels", after=after, authorization=bearer(amio))
        assert bool(judge(amio.run(result=[]))["waits"]) is early


class TestRenews:
    def log_in(self, played: Played, after: float = 0.0) -> str:
        at = played.box.agillic
        form = {"grant_type": "client_credentials", "client_id": at.client_id, "client_secret": at.client_secret}
        reply = played.call("POST", "/oauth2/token", urlencode(form).encode(), after, content_type=FORM)
        return f"Bearer {reply['access_token']}"

    def read(self, played: Played, token: str, after: float = 0.0) -> None:
        played.call("GET", "/recipients?objectResponse=true", after=after, authorization=token)

    def test_one_token_for_many_calls_is_right(self, agillic: Played) -> None:
        token = self.log_in(agillic)
        self.read(agillic, token)
        self.read(agillic, token)
        assert judge(agillic.run(result=[]))["renews"] == []

    def test_a_token_for_each_call_is_waste(self, agillic: Played) -> None:
        self.read(agillic, self.log_in(agillic))
        self.read(agillic, self.log_in(agillic, after=60))
        assert "although the one in hand was good for another 6420 s" in told(judge(agillic.run(result=[]))["renews"])

    @pytest.mark.parametrize("after", [7100.0, 7300.0], ids=["with foresight", "too late"])
    def test_a_token_that_ends_is_renewed(self, agillic: Played, after: float) -> None:
        self.read(agillic, self.log_in(agillic))
        self.read(agillic, self.log_in(agillic, after))
        assert judge(agillic.run(result=[]))["renews"] == []

    def test_two_threads_that_are_both_refused_renew_once(self, agillic: Played) -> None:
        old = self.log_in(agillic)
        for _ in range(2):
            self.read(agillic, old, after=7300)
        self.log_in(agillic)
        assert judge(agillic.run(result=[]))["renews"] == []
        self.read(agillic, self.log_in(agillic))
        assert judge(agillic.run(result=[]))["renews"]

    def test_a_token_whose_reply_was_lost_is_fetched_again(self, agillic: Played) -> None:
        agillic.befalls("lose", "agillic.oauth.token", connection="close", when="after")
        self.log_in(agillic)  # the wire would have lost it
        token = self.log_in(agillic)
        self.read(agillic, token)
        self.read(agillic, token)
        assert judge(agillic.run(result=[]))["renews"] == []


class TestUnsafe:
    def lost(self, played: Played, **plan: object) -> None:
        played.befalls("lose", SEND, **plan)
        played.call("POST", "/v1/messages", message(played), authorization=bearer(played))

    def test_repeating_a_lost_message_is_told(self, amio: Played) -> None:
        self.lost(amio, connection="close", when="after")
        amio.call("POST", "/v1/messages", message(amio), authorization=bearer(amio))
        assert "may have been done already: POST /v1/messages" in told(judge(amio.run(result=[]))["unsafe"])

    def test_giving_up_is_right(self, amio: Played) -> None:
        self.lost(amio, connection="close", when="after")
        judged = judge(amio.run(error="ConnectionError: lost"))
        assert judged["unsafe"] == []

    def test_who_has_a_look_first_may_repeat(self, amio: Played) -> None:
        self.lost(amio, connection="reset")
        body = message(amio)
        look = f"/v1/channels/{body['channel']['id']}/contacts/{body['contact']['id']}/messages"  # type: ignore[index]
        amio.call("GET", look, authorization=bearer(amio))
        amio.call("POST", "/v1/messages", body, authorization=bearer(amio))
        assert judge(amio.run(result=[]))["unsafe"] == []

    def test_a_lost_read_may_be_repeated_and_says_nothing(self, amio: Played) -> None:
        amio.befalls("lose", CHANNELS, connection="close", when="after")
        amio.call("GET", "/v1/channels", authorization=bearer(amio))
        amio.call("GET", "/v1/channels", authorization=bearer(amio))
        assert judge(amio.run(result=[]))["unsafe"] is None


class TestEndings:
    def test_who_gives_up_in_lawful_weather_does_not_survive(self, amio: Played) -> None:
        amio.befalls("mutate", CHANNELS, "extra-field", mutate="extra-field")
        amio.call("GET", "/v1/channels", authorization=bearer(amio))
        judged = judge(amio.run(error="KeyError: 'x'"))
        assert (told(judged["survives"]), judged["gives_up"]) == (
            "It gave up though nothing went wrong: KeyError: 'x'",
            None,
        )

    def test_who_gives_up_when_the_trouble_has_ended_is_told(self, amio: Played) -> None:
        amio.befalls("fail", CHANNELS, 503, status=503)
        amio.call("GET", "/v1/channels", authorization=bearer(amio))
        judged = judge(amio.run(error="HTTPError: 503"))
        assert (judged["survives"], told(judged["gives_up"])) == (
            None,
            "It gave up though the trouble ended: HTTPError: 503",
        )

    def test_who_cannot_know_what_came_of_a_call_may_give_up(self, emulator: Emulator) -> None:
        played = Played(emulator, "amio", knowable=lambda run: False)
        TestUnsafe().lost(played, connection="close", when="after")
        assert judge(played.run(error="ConnectionError: lost"))["gives_up"] is None

    def test_calls_without_end_are_told(self, amio: Played) -> None:
        for _ in range(20):
            amio.call("GET", "/v1/channels", authorization=bearer(amio))
        assert told(judge(amio.run(result=[]))["bounded"]) == "It made 20 calls; the job needs 5, and 0 went wrong."
        assert told(judge(amio.run(stopped="too many calls"))["bounded"]) == "It was stopped: too many calls."

    def test_the_scenarios_own_findings_stand_beside_the_others(self, emulator: Emulator) -> None:
        played = Played(emulator, "amio", wrong=[Finding("twice", "message m1 was sent twice")])
        played.call("GET", "/v1/channels", authorization=bearer(played))
        assert told(judge(played.run(result=[]))["twice"]) == "message m1 was sent twice"
        assert judge(played.run(error="ValueError"))["twice"] is None


def test_every_trait_can_be_exercised_and_has_a_reason_where_it_is_not() -> None:
    assert len({trait.name for trait in TRAITS}) == len(TRAITS)
    assert all(trait.unexercised and trait.title for trait in TRAITS)


FORM = "application/x-www-form-urlencoded"
