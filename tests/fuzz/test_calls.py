"""Lawful calls are answered as the contract allows; calls with one thing wrong are refused as it allows."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from emulator.engine import Answer
from emulator.fuzz.calls import invalid_call, valid_call
from tests.fuzz.support import PROBLEM, Bench, bench, operation, operations, share

PARTS = 12  # of the profile's examples, for each of many operations
FORBIDDEN_TO_THE_LAWFUL = ("unauthenticated",)
QUIET = settings(
    share(PARTS), suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate, Phase.shrink]
)


def not_our_bug(at: Bench, answer: Answer, call: object) -> None:
    assert answer.headers.get("Content-Type") != PROBLEM, (answer.body, call, _trace(at))
    if not isinstance(answer.body, bytes):
        b"".join(answer.body)
    if answer.finished is not None:
        answer.finished()


def _trace(at: Bench) -> object:
    return list(at.box.journal.entries(lambda _: True))[-1].facts.get("trace", "")


@pytest.mark.parametrize("vendor,ident", operations())
def test_a_lawful_call_gets_a_reply_or_a_refusal_that_is_promised(vendor: str, ident: str) -> None:
    at = bench(vendor)
    op = operation(vendor, ident)

    @QUIET
    @given(valid_call(at.contract, op, at.known, at.credentials))
    def lawful(call) -> None:
        at.reset()
        answer = at.handle(call)
        not_our_bug(at, answer, call)
        kind = at.refusal()
        if kind:
            assert kind in op.refusals, (kind, call)
            assert answer.status == op.refusals[kind].status, (kind, call)
            assert kind not in FORBIDDEN_TO_THE_LAWFUL or not op.auth, call
        else:
            assert answer.status in op.replies, (answer.status, call)

    lawful()


@pytest.mark.parametrize("vendor,ident", operations())
def test_a_call_with_one_thing_wrong_is_refused_as_promised(vendor: str, ident: str) -> None:
    at = bench(vendor)
    op = operation(vendor, ident)
    strategy = invalid_call(at.contract, op, at.known, at.credentials)
    if strategy.is_empty:
        return

    @QUIET
    @given(strategy)
    def wrong(pair) -> None:
        call, broken = pair
        at.reset()
        answer = at.handle(call)
        not_our_bug(at, answer, pair)
        kind = at.refusal()
        assert kind, ("taken for lawful", broken, call, answer)
        assert kind in op.refusals, (kind, broken, call)
        assert answer.status == op.refusals[kind].status, (kind, broken, call)
        assert 400 <= answer.status < 600, (broken, call)

    wrong()
