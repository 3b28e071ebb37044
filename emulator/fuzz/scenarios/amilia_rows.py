"""Persons, programs and activities of Amilia, written straight into a sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from emulator.fuzz.scenarios.common import BARE, Json, text

if TYPE_CHECKING:
    from emulator.testing.client import Box

VENDOR = "amilia"
AUTHENTICATE = "amilia.authentication.authenticate"
OTHER_ORGANIZATION = 8009
ACCOUNTS, PERSONS, PROGRAMS, ACTIVITIES = 4001, 5001, 2001, 3001  # where ids begin that are not huge
GENDERS = ("NotSpecified", "Male", "Female", "PreferNotToSay")
ADDRESS: Json = {
    "Latitude": 45.5462,
    "Longitude": -73.5975,
    "Address1": "531 Maple Street",
    "Address2": None,
    "City": "Montréal",
    "Country": "CA",
    "StateProvince": "QC",
    "ZipPostalCode": "H2X 1Y4",
}
PERSON: Json = {
    "DateOfBirth": "1984-03-05",
    "Email": "somebody@example.test",
    "Address": ADDRESS,
    "Telephone": "(514) 555-0156",
    "TelephoneMobile": "(514) 555-0152",
    "JoinDate": "2024-12-01T15:00:00Z",
    "PictureUrl": "https://cdn.example.com/people/1.jpg",
}
"""What is known of a person, or is not: then it is null."""


def organization(box: Box) -> int:
    """The number of the sandbox's own organization."""
    return int(box.amilia.organization_id)


def person(box: Box, home: int, ident: int, number: int, odd: Sequence[str] = ()) -> int:
    """A person of an organization, one of four in an account; answers the id. Every seventh is archived; `bare` ones are little known."""
    row: Json = {
        "id": str(ident),
        "OrganizationId": home,
        "AccountId": ACCOUNTS + number // 4,
        "IsAccountOwner": number % 4 == 0,
        "FirstName": text(odd, number, f"Person {number}"),
        "LastName": text(odd, number + 1, "Tremblay"),
        "Gender": GENDERS[number % len(GENDERS)],
        "IsArchived": number % 7 == 6,
        "MedicalInformation": None,
        **(dict.fromkeys(PERSON) if BARE in odd else PERSON),
    }
    box.state(VENDOR).rows("persons").add(row)
    return ident


def program(box: Box, ident: int, odd: Sequence[str] = ()) -> int:
    """A program; answers its id."""
    name = {"en": text(odd, 0, "Winter Session"), "fr": "Session d'hiver"}
    times = {"Start": "2025-12-08T00:00:00", "End": "2026-06-29T00:00:00"}
    flags = {"PictureUrl": None, "IsArchived": False, "IsVisible": True, "IsPasswordProtected": False}
    row = {"id": str(ident), "OrganizationId": organization(box), "Name": name, **times, **flags}
    box.state(VENDOR).rows("programs").add(row)
    return ident


def activity(
    box: Box, program_id: int, ident: int, number: int, odd: Sequence[str] = (), status: str = "Normal"
) -> int:
    """An activity of a program; answers its id. Every third has no category, every other no greatest attendance."""
    bare = BARE in odd
    words = dict.fromkeys(
        ("Description", "Prerequisite", "Note", "ThirdPartyUrl"), None if bare else text(odd, number, "…")
    )
    row: Json = {
        "id": str(ident),
        "OrganizationId": organization(box),
        "ProgramId": program_id,
        "Name": {"en": text(odd, number, f"Activity {number}")[:100]},
        "Category": {"Id": 601, "Name": {"en": "Aquatics"}} if number % 3 else None,
        "SubCategory": None,
        "DisplayOrder": -number,
        "LocationId": None,
        **words,
        "AdditionalInformation": None if bare else "",
        "ResponsibleName": None if bare else "",
        "Price": 95.5,
        "DropInPrice": 0.0,
        "Age": None if bare else {"Min": 6, "Max": 12, "Months": False},
        "HasSessionEnabled": True,
        "HasDropInEnabled": False,
        "HasWaitListEnabled": True,
        "Status": status,
        **({"MaxAttendance": 12} if number % 2 else {}),
    }
    box.state(VENDOR).rows("activities").add(row)
    return ident
