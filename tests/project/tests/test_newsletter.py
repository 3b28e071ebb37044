"""Readers are written and read back as they are called."""

from __future__ import annotations

from typing import Any

import pytest
from club.newsletter import Newsletter

NAMES = [
    "Ann", "Zoë", "Łukasz", "Дмитрий", "Ελένη", "محمد", "יוסף", "आशा", "กานดา", "愛子", "하나", "Nguyễn", "Þór", "Çelik", "Ñuñez", "Ștefan",
    "O'Brien", "Anne-Marie", "van der Berg", "d’Arc", "Mac & Cheese", "<b>", "a\"b", "a\\b", "a;b", "a,b", "%41", "null", "0", "née\u0301",
    "🦊", "x" * 100, " ", "a b", "Smith Jr.", "Müller", "ẞ", "İpek", "Ærø", "Øster",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_comes_back_as_it_was_written(newsletter: Newsletter, name: str) -> None:
    newsletter.subscribe("one@example.com", name, "Wood")
    assert newsletter.reader("one@example.com") == (name, "Wood")


@pytest.mark.parametrize("local", ["a+b", "a.b", "A", "a_b", "a-b", "1", "o'b", "a%b", "a&b", "a~b"])
def test_an_address_finds_its_reader(newsletter: Newsletter, local: str) -> None:
    newsletter.subscribe(f"{local}@example.com", "Ann", "Wood")
    assert newsletter.reader(f"{local}@example.com") == ("Ann", "Wood")
    assert newsletter.reader("nobody@example.com") is None


@pytest.mark.parametrize("page", [1, 3, 7, 10, 39, 40, 41, 100, 999, 1000])
def test_all_readers_are_read_whatever_the_size_of_a_page(newsletter: Newsletter, page: int) -> None:
    readers = newsletter.readers(page)
    assert len(readers) == len(set(readers)) == 40


@pytest.mark.parametrize("hours", range(1, 11))
def test_a_token_is_got_again_when_it_is_too_old(newsletter: Newsletter, sandbox: Any, hours: int) -> None:
    newsletter.subscribe("one@example.com", "Ann", "Wood")
    for _ in range(hours):
        sandbox.clock.advance("1h")
        assert newsletter.reader("one@example.com") == ("Ann", "Wood")
    assert not sandbox.journal.calls(status=401)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", ["reset", "close", "truncate", "garbage"])
def test_a_reader_is_written_once_though_the_reply_was_lost(
    newsletter: Newsletter, sandbox: Any, kind: str, when: str
) -> None:
    lost = {"connection": kind, "when": when, "nth": 1}
    sandbox.faults.add(vendor="agillic", operation="agillic.recipients.update", **lost)
    newsletter.subscribe("one@example.com", "Ann", "Wood")
    assert len(newsletter.readers()) == 41
    assert max(call["attempt"] for call in sandbox.journal.calls()) == 2
