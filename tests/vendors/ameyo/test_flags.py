"""The three switches of an upload: each combination, for a contact that the process has already."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from emulator.testing.client import Box
from tests.vendors.ameyo.client import Api, table

Book = Callable[..., dict[str, dict[str, Any]]]
PHONE = "9911000001"


@pytest.mark.parametrize("update, churn, migrate", list(product([False, True], repeat=3)))
@pytest.mark.parametrize("home", [17, 18])
def test_what_becomes_of_a_contact_that_is_there(
    sandbox: Box, api: Api, phone_book: Book, home: int, update: bool, churn: bool, migrate: bool
) -> None:
    api.upload(table(["customer_name", "phone1"], [("Old", PHONE)]), lead=home)
    sandbox.stimuli.ameyo.contact_dialled(process_id=13, phone=PHONE, answered=False)
    flags = {"update_duplicate": update, "churn_updated_records": churn, "migrate": migrate}
    errors = api.errors(
        api.upload(
            table(["customer_name", "phone1"], [("New", PHONE)]),
            **{name: str(on).lower() for name, on in flags.items()},
        )
    )

    moved = migrate and home == 18
    contact = (phone_book(17) | phone_book(18))[PHONE]
    assert contact["lead_id"] == (17 if moved else home)
    assert contact["fields"]["name"] == ("New" if update else "Old")
    churned = update and churn
    assert (contact["status"], contact["attempts"], contact["churn_count"]) == (
        ("NOT_TRIED", 0, 1) if churned else ("ATTEMPT_FAILED", 1, 0)
    )
    assert [row["error_code"] for row in errors] == ([] if update or moved else ["DUPLICATE_ENTRY"])


def test_an_empty_cell_overwrites_nothing(api: Api, phone_book: Book) -> None:
    api.upload(table(["customer_name", "phone1"], [("Old", PHONE)]))
    api.upload(table(["customer_name", "phone1"], [("", PHONE)]), update_duplicate="true")
    assert phone_book()[PHONE]["fields"]["name"] == "Old"


def test_lists_of_another_process_do_not_meet(api: Api, admin: Api, phone_book: Book) -> None:
    api.upload(table(["customer_name", "phone1"], [("Sales", "9810000801")]))
    assert phone_book(17)["9810000801"]["fields"]["name"] == "Sales"
    assert phone_book(19)["9810000801"]["fields"]["name"] != "Sales"


def test_the_second_row_of_one_number_updates_the_first_where_updates_are_wanted(api: Api, phone_book: Book) -> None:
    file = table(["customer_name", "phone1"], [("First", PHONE), ("Second", PHONE)])
    assert api.errors(api.upload(file, update_duplicate="true")) == []
    assert phone_book()[PHONE]["fields"]["name"] == "Second"
