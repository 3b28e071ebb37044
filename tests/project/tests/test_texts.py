"""A text is sent once, or not at all; and what is heard is heard from Amio."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest
from club.calling import Failed
from club.texts import Texts, heard

PHONE = "+420606123456"


@pytest.mark.parametrize(
    "text", ["Hello", "Ahoj, jak se máš?", "🦊🦊", "a\nb", "x" * 500, "<>&\"'", "  spaces  ", "مرحبا", "你好", "0"]
)
def test_a_text_is_sent_as_it_is(texts: Texts, text: str) -> None:
    assert texts.send(PHONE, text)
    assert texts.said(PHONE) == [text]


@pytest.mark.parametrize("phone", [f"+4206061234{number:02}" for number in range(10)])
def test_everybody_is_reached(texts: Texts, sandbox: Any, phone: str) -> None:
    texts.send(phone, "Welcome")
    assert (
        sandbox.journal.calls(operation="amio.messages.send")[-1]["request"]["body"]["contact"]["phone_number"] == phone
    )


@pytest.mark.parametrize("kind", ["reset", "close", "truncate", "garbage"])
@pytest.mark.parametrize("when, times", [("before", 0), ("after", 1)])
def test_where_nobody_knows_it_is_not_sent_again(texts: Texts, sandbox: Any, kind: str, when: str, times: int) -> None:
    sandbox.faults.add(vendor="amio", operation="amio.messages.send", connection=kind, when=when)
    with pytest.raises(Failed):
        texts.send(PHONE, "Once")
    assert texts.said(PHONE) == ["Once"] * times


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("when, times", [("before", 0), ("after", 1)])
def test_a_bad_gateway_is_no_reason_to_send_twice(
    texts: Texts, sandbox: Any, status: int, when: str, times: int
) -> None:
    sandbox.faults.add(vendor="amio", operation="amio.messages.send", status=status, when=when)
    with pytest.raises(Failed, match=str(status)):
        texts.send(PHONE, "Once")
    assert texts.said(PHONE) == ["Once"] * times


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_the_channels_are_asked_for_until_they_are_told(texts: Texts, sandbox: Any, nth: int) -> None:
    sandbox.faults.add(vendor="amio", operation="amio.channels.find", nth=[1, nth], status=503)
    assert texts.channel
    assert len(sandbox.journal.calls(status=503)) == nth


@pytest.mark.parametrize(
    "event", ["message_received", "message_echo", "messages_read", "messages_delivered", "postback"]
)
def test_what_amio_signed_is_heard_and_nothing_else(event: str) -> None:
    body = f'{{"event": "{event}"}}'.encode()
    signature = "sha1=" + hmac.new(b"secret", body, hashlib.sha1).hexdigest()
    assert heard("secret", {"x-hub-signature": signature}, body) == event
    with pytest.raises(Failed):
        heard("other", {"x-hub-signature": signature}, body)


def test_a_member_who_writes_is_heard(texts: Texts, sandbox: Any) -> None:
    wish = {"type": "amio_chat", "name": "Club", "webhook": {"url": "http://127.0.0.1:9/"}}
    channel = texts.call("POST", "/v1/channels", json=wish).json()
    sandbox.stimuli.amio.message_received(channel_id=channel["id"], text="Hi")
    (told,) = sandbox.deliveries()
    headers = {name.lower(): value for name, value in told["headers"].items()}
    assert heard(channel["webhook"]["secret"], headers, told["body"].encode()) == "message_received"
