"""What was called, kept within bounds and shown without secrets."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from emulator.wire import Call, Kind, Refusal, Violation
from emulator.world.journal import (
    HIDDEN,
    LONGEST_BODY,
    OVERHEAD,
    Entry,
    Journal,
    hidden_in_headers,
    hidden_in_query,
    secret,
    shown_body,
)


def write(journal: Journal, path: str = "/", **fields: Any) -> Entry:
    given = {name: fields.pop(name) for name in ("method", "query", "headers", "body") if name in fields}
    call = Call(given.pop("method", "GET"), path, **given)
    plain = {
        "at": 0.0,
        "vendor": "v",
        "operation": "",
        "principal": "",
        "status": 200,
        "reply_headers": {},
        "reply_body": b"",
    }
    return journal.write(Entry(**{**plain, **fields, "call": call}))


def test_entries_are_numbered_in_order() -> None:
    journal = Journal()
    assert [write(journal).id for _ in range(3)] == [1, 2, 3]
    assert [entry.id for entry in journal] == [1, 2, 3]
    assert journal.find(2) is not None
    assert journal.find(4) is None


def test_the_oldest_go_when_there_are_too_many_and_it_says_which() -> None:
    journal = Journal(most_calls=3)
    for _ in range(5):
        write(journal)
    assert [entry.id for entry in journal] == [3, 4, 5]
    assert journal.evicted == (1, 2)


def test_the_oldest_go_when_they_are_too_big() -> None:
    journal = Journal(most_bytes=3 * OVERHEAD)
    for _ in range(4):
        write(journal, body=b"x" * 600)
    assert [entry.id for entry in journal] == [4]
    assert journal.evicted == (1, 3)


def test_the_newest_stays_however_big_it_is() -> None:
    journal = Journal(most_bytes=1)
    write(journal)
    assert len(journal) == 1


def test_long_bodies_are_cut() -> None:
    entry = write(Journal(), body=b"x" * (LONGEST_BODY + 1), reply_body=b"y" * (LONGEST_BODY + 1))
    assert (len(entry.call.body), len(entry.reply_body)) == (LONGEST_BODY, LONGEST_BODY)


def test_an_emptied_journal_counts_on_and_forgets_what_it_let_go() -> None:
    journal = Journal(most_calls=1)
    write(journal)
    write(journal)
    journal.clear()
    assert (len(journal), journal.evicted) == (0, None)
    assert write(journal).id == 3


def test_the_very_same_call_again_is_a_second_attempt() -> None:
    journal = Journal()
    attempts = [
        write(journal, p, body=b).attempt for p, b in [("/a", b""), ("/a", b""), ("/a", b"x"), ("/a", b""), ("/a", b"")]
    ]
    assert attempts == [1, 2, 1, 1, 2]


def test_the_same_call_by_somebody_else_is_no_attempt() -> None:
    journal = Journal()
    assert [write(journal, headers={"authorization": who}).attempt for who in "abb"] == [1, 1, 2]


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Cookie",
        "Set-Cookie",
        "Proxy-Authorization",
        "X-Api-Key",
        "X-Signing-Key",
        "X-Client-Secret",
        "X-Auth-Token",
    ],
)
def test_headers_of_secrets_are_hidden(name: str) -> None:
    assert "hush" not in str(hidden_in_headers({name: "hush"}))


def test_the_scheme_before_a_secret_is_shown() -> None:
    assert hidden_in_headers({"authorization": "Bearer hush", "accept": "a b"}) == {
        "authorization": f"Bearer {HIDDEN}",
        "accept": "a b",
    }


@pytest.mark.parametrize(
    "query", ["access_token=hush", "a=1&client_secret=hush&b", "PASSWORD=hush", "access%5Ftoken=hush", "api-key=hush"]
)
def test_secrets_in_a_query_are_hidden(query: str) -> None:
    assert "hush" not in hidden_in_query(query)


def test_the_rest_of_a_query_is_as_it_was_sent() -> None:
    assert hidden_in_query("a=%2F&token=x&a&=") == f"a=%2F&token={HIDDEN}&a&="


def test_secrets_in_json_are_hidden_however_deep() -> None:
    shown = shown_body(
        b'{"a": [{"accessToken": "hush", "n": 1}], "api_key": "hush", "signing_key": "hush", "sessionId": "hush"}'
    )
    assert "hush" not in str(shown)
    assert shown["a"][0]["n"] == 1


def test_secrets_in_a_form_are_hidden() -> None:
    assert shown_body(b"user=me&password=hush") == f"user=me&password={HIDDEN}"


def test_secrets_in_a_body_that_was_cut_are_hidden() -> None:
    body = b'{"password": "hush", "client_secret" : "hu\\"sh", "text": "' + b"x" * LONGEST_BODY
    entry = write(Journal(), body=body, reply_body=body)
    assert "hu" not in entry.show()["request"]["body"].replace("[redacted]", "")[:100]
    assert "hush" not in str(entry.show())


def test_secrets_in_a_multipart_body_are_hidden() -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="password"\r\n\r\nhush\r\n--x--\r\n'
    assert "hush" not in str(shown_body(body))


def test_bodies_that_are_no_text_are_shown_as_well_as_can_be() -> None:
    assert shown_body(b"") is None
    assert shown_body(b"\xff\x00") == "\ufffd\x00"
    assert shown_body(b"a b=c") == "a b=c"


@pytest.mark.parametrize("name", ["access_token", "X-API-KEY", "apiKey", "newPassword", "session-id", "passwd"])
def test_names_of_secrets_are_known_in_every_spelling(name: str) -> None:
    assert secret(name)


@pytest.mark.parametrize("name", ["id", "key", "author", "session", "text"])
def test_names_of_other_things_are_not(name: str) -> None:
    assert not secret(name)


def test_a_refusal_is_explained_without_the_secret_that_broke_the_rule() -> None:
    violation = Violation(
        ("user", "password"), "minLength", "hush", 8, said="'hush' is too short", pointer="v/x.json#/a"
    )
    plain = Violation(("n",), "maximum", 7, 5, said="7 is greater", pointer="v/x.json#/b")
    shown = write(Journal(), status=422, refusal=Refusal(Kind.INVALID, [violation, plain])).show()
    assert "hush" not in str(shown)
    assert shown["refusal"]["violations"][1] == {
        "where": "body",
        "at": "n",
        "rule": "maximum",
        "actual": 7,
        "expected": 5,
        "said": "7 is greater",
        "contract": "v/x.json#/b",
    }


def test_what_is_kept_is_what_was_sent_and_only_showing_hides() -> None:
    entry = write(Journal(), headers={"authorization": "Bearer hush"})
    assert entry.call.headers["authorization"] == "Bearer hush"
    assert "hush" not in str(entry.show())


def test_many_threads_lose_no_entry_and_no_number() -> None:
    journal = Journal(most_calls=10_000)
    threads = [threading.Thread(target=lambda: [write(journal) for _ in range(100)]) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry.id for entry in journal] == list(range(1, 1601))


def test_entries_are_found_by_what_is_wanted() -> None:
    journal = Journal()
    write(journal, status=200)
    write(journal, status=404)
    assert [entry.id for entry in journal.entries(lambda entry: entry.status == 404)] == [2]
