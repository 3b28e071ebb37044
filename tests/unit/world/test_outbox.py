"""Deliveries as rows: signed, in lanes, tried again, settled."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.contract.model import Signature, Webhook
from emulator.world import outbox as module
from emulator.world.outbox import Outbox, show, signature
from emulator.world.store import Store
from tests.unit.contract.samples import SOURCE

DELAYS = (60.0, 300.0)


def style(**changes: Any) -> Webhook:
    return Webhook(**{"name": "plain", "timeout": 5.0, "retry": DELAYS, "source": SOURCE, **changes})


@pytest.fixture
def outbox() -> Outbox:
    return Outbox(Store(lambda: 0.0), {"plain": style()})


def put(outbox: Outbox, lane: str = "", order: str = "strict", **more: Any) -> str:
    given = {"secret": None, "verify": True, "due": 0.0, **more}
    return outbox.put(style(), "noted", b"{}", "http://x/", lane=lane, order=order, **given).id


def ready(outbox: Outbox) -> list[str]:
    return [delivery["id"] for delivery in outbox.ready()]


def state(outbox: Outbox, ident: str) -> tuple[str, float | None]:
    row = outbox.rows.get(ident)
    assert row is not None
    return row["state"], row["due"]


def attempt(outbox: Outbox, ident: str, now: float = 0.0, **told: Any) -> Any:
    outbox.claim(ident)
    return outbox.settle(ident, told, now)


@pytest.mark.parametrize(
    "algorithm, encoding, prefix, value",
    [
        ("sha1", "hex", "sha1=", "sha1=de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9"),
        ("sha256", "hex", "", "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"),
        ("sha1", "base64", "", "3nybhbi3iqa8ino29wqQcBydtNk="),
    ],
)
def test_a_signature_is_the_hmac_of_the_very_bytes(algorithm: Any, encoding: Any, prefix: str, value: str) -> None:
    told = signature(Signature("X", algorithm, encoding, prefix), "key", b"The quick brown fox jumps over the lazy dog")
    assert told == value


def test_a_delivery_is_signed_when_it_is_put_and_only_with_a_secret() -> None:
    outbox = Outbox(Store(lambda: 0.0), {})
    signed = style(signature=Signature("X-Signed", "sha256", "hex"), headers={"X-Kind": "note"})
    given: dict[str, Any] = {"lane": "", "verify": True, "order": "strict", "due": 0.0}
    row = outbox.put(signed, "noted", b"{}", "http://x/", secret="s", **given)
    assert row.data["headers"] == {
        "Content-Type": "application/json",
        "X-Kind": "note",
        "X-Signed": signature(signed.signature, "s", b"{}") if signed.signature else "",
    }
    assert "X-Signed" not in outbox.put(signed, "noted", b"{}", "http://x/", secret=None, **given).data["headers"]


def test_a_strict_lane_sends_one_at_a_time(outbox: Outbox) -> None:
    a1, a2, b1 = put(outbox, "a"), put(outbox, "a"), put(outbox, "b")
    assert ready(outbox) == [a1, b1]
    outbox.claim(a1)
    assert ready(outbox) == [b1]
    outbox.settle(a1, {"status": 200}, 0)
    assert ready(outbox) == [a2, b1]


def test_a_failed_delivery_holds_up_its_strict_lane(outbox: Outbox) -> None:
    a1, _ = put(outbox, "a"), put(outbox, "a")
    attempt(outbox, a1, status=500)
    assert ready(outbox) == [a1]


def test_independent_deliveries_wait_for_nobody(outbox: Outbox) -> None:
    ids = [put(outbox, "a", "independent") for _ in range(3)]
    outbox.claim(ids[0])
    assert ready(outbox) == ids[1:]


def test_a_delivery_is_claimed_once(outbox: Outbox) -> None:
    ident = put(outbox)
    assert outbox.claim(ident) is not None
    assert outbox.claim(ident) is None
    assert outbox.claim("99") is None


def test_attempts_follow_the_schedule_and_then_it_is_discarded(outbox: Outbox) -> None:
    ident = put(outbox)
    told = [attempt(outbox, ident, now, error="no") for now in (0.0, 60.0, 360.0)]
    assert [(t["state"], t["due"]) for t in told] == [("pending", 60.0), ("pending", 360.0), ("discarded", None)]
    assert len(told[2]["attempts"]) == 3


@pytest.mark.parametrize("told, ends", [({"status": 204}, "delivered"), ({"error": "no", "refused": True}, "refused")])
def test_success_and_forbidden_targets_settle_at_once(outbox: Outbox, told: Any, ends: str) -> None:
    ident = put(outbox)
    attempt(outbox, ident, **told)
    assert state(outbox, ident) == (ends, None)


@pytest.mark.parametrize("status", [199, 300, 302, 404, 500])
def test_any_other_status_is_a_failure(outbox: Outbox, status: int) -> None:
    ident = put(outbox)
    attempt(outbox, ident, status=status)
    assert state(outbox, ident) == ("pending", 60.0)


def test_a_settled_delivery_can_be_sent_again(outbox: Outbox) -> None:
    ident = put(outbox)
    attempt(outbox, ident, status=200)
    outbox.again(ident, 7.0)
    assert state(outbox, ident) == ("pending", 7.0)
    assert outbox.again("99", 7.0) is None


def test_one_in_hand_is_not_put_up_twice(outbox: Outbox) -> None:
    ident = put(outbox)
    outbox.claim(ident)
    outbox.again(ident, 7.0)
    assert state(outbox, ident)[0] == "sending"


def test_what_waits_in_a_lane_can_be_withdrawn(outbox: Outbox) -> None:
    first, _, other = put(outbox, "a"), put(outbox, "a"), put(outbox, "b")
    outbox.claim(first)
    assert outbox.drop("a") == 1
    assert [row.id for row in outbox.rows.all()] == [first, other]


def test_one_withdrawn_while_in_hand_settles_nothing(outbox: Outbox) -> None:
    ident = put(outbox)
    outbox.claim(ident)
    outbox.rows.drop(ident)
    assert outbox.settle(ident, {"status": 200}, 0) is None


def test_what_was_in_hand_when_the_state_was_saved_is_put_back(outbox: Outbox) -> None:
    ident = put(outbox)
    outbox.claim(ident)
    outbox.release()
    assert ready(outbox) == [ident]


def test_only_the_newest_settled_are_kept(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SETTLED", 2)
    ids = [put(outbox, str(n)) for n in range(4)]
    for ident in ids:
        attempt(outbox, ident, status=200)
    assert [row.id for row in outbox.rows.all()] == ids[2:]


def test_a_delivery_is_shown_with_its_next_time(outbox: Outbox) -> None:
    ident = put(outbox)
    shown = show(attempt(outbox, ident, 1.0, status=500))
    assert (shown["created"], shown["next_attempt"]) == ("1970-01-01T00:00:00.000Z", "1970-01-01T00:01:01.000Z")
    assert shown["attempts"] == [{"at": "1970-01-01T00:00:01.000Z", "status": 500}]
