"""The many ways to write a CSV file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.vendors.ameyo.client import Api, code, people

Book = Callable[..., dict[str, dict[str, Any]]]


@pytest.mark.parametrize(
    "file, media",
    [
        ("customer_name,phone1\r\nJosé,9911000001\r\n".encode(), "text/csv"),
        ("customer_name,phone1\nJosé,9911000001".encode(), "text/csv"),
        ("customer_name,phone1\rJosé,9911000001\r".encode(), "text/csv"),
        ("customer_name,phone1\r\nJosé,9911000001\r\n".encode("utf-8-sig"), "text/csv; charset=utf-8"),
        ("customer_name,phone1\r\nJosé,9911000001\r\n".encode("cp1252"), "text/csv; charset=windows-1252"),
        ("customer_name,phone1\r\nJosé,9911000001\r\n".encode("utf-16"), "text/csv"),
        ('"customer_name","phone1"\r\n"José","9911000001"\r\n'.encode(), "application/vnd.ms-excel"),
        (" customer_name , phone1 \r\n José , 9911000001 \r\n\r\n\r\n".encode(), "text/csv"),
    ],
)
def test_a_file_is_read_whatever_its_line_ends_encoding_and_quotes(
    api: Api, phone_book: Book, file: bytes, media: str
) -> None:
    reply = api.upload(file, media=media)
    assert api.errors(reply) == []
    assert phone_book()["9911000001"]["fields"]["name"] == "José"


def test_quotes_commas_and_newlines_within_a_cell_are_kept(api: Api, phone_book: Book) -> None:
    api.upload('customer_name,phone1\r\n"Rao, ""Asha""\nof the north",9911000001\r\n')
    assert phone_book()["9911000001"]["fields"]["name"] == 'Rao, "Asha"\nof the north'


def test_a_short_row_lacks_what_it_does_not_have(api: Api) -> None:
    errors = api.errors(api.upload("customer_name,phone1\r\nAsha\r\n"))
    assert [(row["customer_name"], row["phone1"], row["error_code"]) for row in errors] == [
        ("Asha", "", "MISSING_REQUIRED")
    ]


def test_a_long_row_is_refused_and_its_surplus_told(api: Api) -> None:
    errors = api.errors(api.upload("customer_name,phone1\r\nAsha,9911000001,more,still\r\n"))
    assert errors[0]["error_code"] == "INVALID_FORMAT"
    assert "more, still" in errors[0]["error_message"]


@pytest.mark.parametrize(
    "file, media",
    [
        (b"", "text/csv"),
        (b"\r\n\r\n", "text/csv"),
        (b" , \r\n1,2\r\n", "text/csv"),
        (b"customer_name,phone1,phone1\r\nA,9911000001,\r\n", "text/csv"),
        (b'customer_name,phone1\r\n"A"x,9911000001\r\n', "text/csv"),
        (b'customer_name,phone1\r\nA,"9911000001\r\n', "text/csv"),
        ("customer_name,phone1\r\nJosé,9911000001\r\n".encode("latin-1"), "text/csv"),
        (b"customer_name,phone1\r\nA,9911000001\r\n", "text/csv; charset=martian"),
        (b"customer_name,phone1\r\nA,9911000001\r\n", "text/csv; charset=base64"),
        (b"customer_name,phone1\r\n\\ud800,9911000001\r\n", "text/csv; charset=unicode_escape"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_bad_request_and_nothing_is_taken(
    api: Api, phone_book: Book, file: bytes, media: str
) -> None:
    before = phone_book()
    assert code(api.upload(file, media=media)) == (400, "CONF-1001")
    assert phone_book() == before


def test_a_file_of_many_batches_is_taken_whole(api: Api, phone_book: Book) -> None:
    before = len(phone_book())
    numbers = [str(9_911_000_000 + n) for n in range(6_000)]
    assert api.errors(api.upload(people(*numbers, numbers[0], numbers[-1]), update_duplicate="true")) == []
    assert len(phone_book()) == before + len(numbers)
