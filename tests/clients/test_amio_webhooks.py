"""The receiver of webhooks: genuine ones, forged ones, and those that come again."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
from typing import Any

import pytest

from tests.clients.amio_webhooks import Consumer

SECRET = "s3cr\u00e9t"


def event(name: str = "message_echo", **data: Any) -> bytes:
    return json.dumps({"event": name, "timestamp": "2026-03-02T09:00:00Z", "data": data}, ensure_ascii=False).encode()


def signed(raw: bytes, secret: str = SECRET) -> str:
    return "sha1=" + hmac.new(secret.encode(), raw, hashlib.sha1).hexdigest()


def deliver(consumer: Consumer, raw: bytes, signature: str | None) -> int:
    statuses = []
    environ = {"wsgi.input": io.BytesIO(raw + b"beyond"), "CONTENT_LENGTH": str(len(raw))}
    if signature is not None:
        environ["HTTP_X_HUB_SIGNATURE"] = signature
    assert b"".join(consumer(environ, lambda status, headers: statuses.append(int(status[:3])))) == b""
    return statuses[0]


@pytest.fixture
def consumer() -> Consumer:
    return Consumer(SECRET)


def test_the_vendor_s_own_example_is_genuine() -> None:
    raw = (
        b'{"event":"messages_delivered","timestamp":"2018-03-01T11:54:14.886Z","data":{"channel":{"id":'
        b'"viber_service_messages_test","type":"viber"},"contact":{"phone_number":"+420606123456"},'
        b'"messages":[{"id":"151990525359991"}]}}'
    )
    consumer = Consumer("WebhookSecret")
    assert deliver(consumer, raw, "sha1=cb041d03489e961730cb6c7a6d1edf58ae88ef13") == 204
    assert consumer.processed == ["151990525359991"]


def test_what_comes_twice_counts_once(consumer: Consumer) -> None:
    raw = event(id="1", content={"type": "text", "payload": "\u017dlu\u0165 \U0001f40e"})
    assert [deliver(consumer, raw, signed(raw)) for _ in range(2)] == [204, 204]
    assert consumer.processed == ["1"]


def test_two_events_of_a_message_are_two(consumer: Consumer) -> None:
    for raw in (event("messages_delivered", messages=[{"id": "1"}, {"id": "2"}]), event(id="1")):
        deliver(consumer, raw, signed(raw))
    assert consumer.processed == ["1", "2", "1"]


@pytest.mark.parametrize(
    "signature", [None, "", "sha1=", signed(event(id="1"))[5:], signed(event(id="1"), "other"), "sha1=\u00e9\u20ac"]
)
def test_what_is_forged_is_refused(consumer: Consumer, signature: str | None) -> None:
    assert deliver(consumer, event(id="1"), signature) == 401
    assert consumer.processed == []


def test_events_about_no_message_are_taken(consumer: Consumer) -> None:
    for raw in (event("messages_read", last_read_timestamp="2026-03-02T09:00:00Z"), event("brand_new", id="9")):
        assert deliver(consumer, raw, signed(raw)) == 204
    assert consumer.processed == []
