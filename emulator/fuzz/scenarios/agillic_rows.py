"""Recipients of Agillic and the fields of its instance, written straight into a sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from emulator.fuzz.scenarios.common import BARE, Json, text

if TYPE_CHECKING:
    from emulator.testing.client import Box

VENDOR = "agillic"
IDENTIFIER = "EMAIL"
TOKEN = "agillic.oauth.token"
FIELDS: Sequence[Json] = (
    {"id": "AGE", "type": "NUMBER"},
    {"id": "CITY", "type": "STRING"},
    {"id": "NEWSLETTER", "type": "BOOLEAN"},
    {"id": "BIRTHDATE", "type": "DATE"},
    {"id": "CUSTOMER_ID", "type": "STRING", "unique": True},
)
CITIES = ("Århus & Co", "Ribe", "København + Ø")
ODD_IDS = ("z{}@example.test", "o'{}+tag@example.test", "a/b#{}?c@example.test", "zoë %41 {}@exämple.test")
"""Identifiers, in turn, where ids are odd: mail addresses that a path must encode, and encode twice."""
STRANGE_IDS = "strange ids"
EPOCH = "2024-01-01T08:00:00Z"


def instance(box: Box) -> None:
    """The fields that people have made in the instance, besides those that every instance has."""
    for field in FIELDS:
        box.state(VENDOR).rows("person_fields").add(field)


def address(odd: Sequence[str], number: int) -> str:
    """The identifier of the recipient of this number."""
    form = ODD_IDS[number % len(ODD_IDS)] if STRANGE_IDS in odd else "person{}@example.test"
    return form.format(number)


def recipient(box: Box, number: int, odd: Sequence[str] = ()) -> str:
    """A recipient; answers its identifier. Where rows are `bare` every other has no field that it need not have."""
    row: Json = {"id": f"{number:016x}", IDENTIFIER: address(odd, number)}
    if BARE not in odd or number % 2:
        row |= {
            "FIRSTNAME": text(odd, number, f"Person {number}"),
            "AGE": str(18 + number % 70),
            "CITY": CITIES[number % len(CITIES)],
            "NEWSLETTER": "true" if number % 2 else "false",
            "BIRTHDATE": f"19{60 + number % 40}-06-18",
            "CUSTOMER_ID": f"C{number}",
        }
    box.state(VENDOR).rows("recipients").add({**row, "CREATED": EPOCH, "LAST_UPDATED": EPOCH})
    return str(row[IDENTIFIER])
