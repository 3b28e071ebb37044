"""The demo world: what its script writes, and one coherent organization."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

from emulator.data import folder
from tests.vendors.amilia.client import Amilia

HERE = folder("fixtures") / "amilia"
COLLECTION_OF = {
    "ProgramId": "programs",
    "ActivityId": "activities",
    "OccurrenceId": "occurrences",
    "PersonId": "persons",
    "AccountId": "accounts",
    "LocationId": "locations",
    "GroupId": "groups",
    "StaffId": "staff",
    "OrganizationId": "organizations",
    "MembershipId": "memberships",
    "MultipassId": "multipasses",
    "MerchandiseId": "merchandise",
    "DonationId": "donations",
    "LedgerCodeId": "ledger_codes",
    "ConfigurationId": "access_configurations",
    "BookingTypeId": "booking_types",
    "PrivateLessonId": "private_lessons",
}


def world() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = orjson.loads((HERE / "world.json").read_bytes())["collections"]
    return found


def test_the_script_writes_the_world_that_is_kept(tmp_path: Path) -> None:
    command = [sys.executable, "-B", str(HERE / "generate.py"), str(tmp_path / "world.json")]
    subprocess.run(command, check=True, timeout=30)
    assert (tmp_path / "world.json").read_bytes() == (HERE / "world.json").read_bytes()


def test_every_reference_leads_somewhere() -> None:
    ids = {name: {row["id"] for row in rows} for name, rows in world().items()}
    for name, rows in world().items():
        for row in rows:
            for field, collection in COLLECTION_OF.items():
                if row.get(field) is not None:
                    assert str(row[field]) in ids[collection], (name, row["id"], field)


def test_every_sale_is_in_the_books_as_debit_and_credit() -> None:
    rows = world()
    posted: dict[int, list[tuple[str, float]]] = {}
    for entry in rows["journal_entries"]:
        posted.setdefault(entry["InvoiceItemId"], []).append((entry["PostingType"], entry["Amount"]))
    for name in (
        "registrations",
        "membership_purchases",
        "multipass_purchases",
        "merchandise_purchases",
        "donations_sold",
    ):
        for row in rows[name]:
            (debit, paid), (credit, earned) = posted[row["InvoiceItemId"]]
            assert (debit, credit, paid) == ("Debit", "Credit", earned)


def test_no_activity_is_fuller_than_it_may_be(api: Amilia) -> None:
    for activity in api.items("org/programs/2001/activities", showHidden=True, showCancelled=True):
        assert activity["SpotsReserved"] <= activity["MaxAttendance"]
        if activity["SpotsReserved"] < activity["MaxAttendance"]:
            assert api.get(f"org/activities/{activity['Id']}/waitlist")["WaitList"] == []


def test_something_is_booked_every_day_of_the_first_week(sandbox: Any, api: Amilia) -> None:
    for _ in range(7):
        assert api.items("org/reservations")
        sandbox.clock.advance("1d")
