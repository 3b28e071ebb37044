"""Accounts, persons, registrations and holders: one family seen from every side."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.amilia.client import Amilia


def test_an_account_has_owner_and_members(api: Amilia) -> None:
    account = api.get("org/accounts/4001")
    assert [p["FullName"] for p in account["Owners"]] == ["Julie Tremblay"]
    assert [p["FirstName"] for p in account["Members"]] == ["Alice", "Marc", "Théo"]
    assert account["AccountMemberships"][0]["Name"] == "Season Pass"
    assert account["Corporate"] is None
    assert api.get("org/accounts/4008")["Corporate"] == {"Name": "Bouleau inc."}


def test_archived_accounts_are_asked_for(api: Amilia) -> None:
    assert api.ids("org/accounts") == list(range(4001, 4009))
    assert api.ids("org/accounts", showArchived=True) == list(range(4001, 4010))


def test_an_account_is_found_by_its_owners_address(api: Amilia) -> None:
    assert api.ids("org/accounts", accountOwnerEmail="JULIE@tremblay.test") == [4001]
    assert api.ids("org/accounts", accountOwnerEmail="marc@tremblay.test") == []


def test_contacts_are_a_bare_array_of_persons_alone(api: Amilia) -> None:
    contacts = api.get("org/accounts/4001/contacts")
    assert [contact["FullName"] for contact in contacts] == ["Rose Tremblay"]
    assert "AccountId" not in contacts[0]


def test_a_person_bears_its_account_and_its_owner(api: Amilia) -> None:
    alice = api.get("org/persons/5002")
    assert (alice["AccountId"], alice["AccountOwnerFullName"], alice["AccountOwnerEmail"]) == (
        4001,
        "Julie Tremblay",
        "julie@tremblay.test",
    )
    assert alice["IsChild"] is True
    assert alice["Contacts"][0]["Type"] == "EmergencyContact"
    assert alice["Skills"] is alice["MedicalInformation"] is alice["Registrations"] is None


def test_a_child_grows_up(sandbox: Any, nobody: Amilia, amilia: Any) -> None:
    year = sandbox.clock.utc().year
    for now, child in (
        (f"{year}-01-01T12:00:00Z", True),
        ("2029-01-01T12:00:00Z", True),
        ("2029-12-31T12:00:00Z", False),
    ):
        sandbox.clock.set(now)
        assert nobody.login(amilia.username, amilia.password).get("org/persons/5016")["IsChild"] is child


def test_extras_come_when_they_are_asked_for(api: Amilia) -> None:
    pierre = api.get("org/persons/5013", "fr", showSkills=True, showMedicalInfo=True)
    assert pierre["Skills"] == [{"Id": 701, "Name": "Eau profonde"}]
    assert set(pierre["MedicalInformation"]) == {"Allergies", "Sicknesses", "Reactions", "Medication"}
    assert api.get("org/accounts/4001", showMedicalInfo=True)["Owners"][0]["MedicalInformation"] is not None


def test_a_person_is_found_by_its_external_id_here_only(api: Amilia) -> None:
    assert api.get("org/persons/external/FE-5007")["FirstName"] == "Simran"
    for unknown in ("FE-9", "é", "5007"):
        assert api.ask("GET", f"org/persons/external/{unknown}").status_code == 404


def test_registrations_of_a_person_and_of_its_account(sandbox: Any, api: Amilia) -> None:
    jeanne = api.items("org/persons/5014/registrations")
    assert [item["ActivityName"] for item in jeanne] == ["Pottery"]
    assert [item["ActivityName"] for item in api.items("org/persons/5014/registrations", showEnded=True)] == [
        "Pottery",
        "Choir",
    ]
    assert {item["PersonId"] for item in api.items("org/accounts/4005/registrations")} == {5013, 5014}
    sandbox.clock.advance("120d")
    assert api.items("org/persons/5014/registrations") == []


def test_a_drop_in_names_its_occurrence(api: Amilia) -> None:
    (drop_in,) = [item for item in api.items("org/persons/5016/registrations") if item["DropInOccurrenceId"]]
    held = next(o for o in api.items("org/activities/3002/occurrences") if o["Id"] == drop_in["DropInOccurrenceId"])
    assert drop_in["DropInDate"] == held["Start"]


def test_a_registration_is_the_same_in_the_list_and_alone(api: Amilia) -> None:
    listed = api.items("org/registrations")
    assert len(listed) == 24
    assert api.get(f"org/registrations/{listed[0]['RegistrationId']}") == listed[0]
    assert listed[0]["Program"] == {"Id": 2001, "Name": "Winter Session"}
    assert listed[0]["AccountOwner"] == {"AccountId": 4001, "AccountOwnerPersonId": 5001}
    drop_in = next(item for item in listed if item["RegistrationId"].startswith("DI-"))
    assert set(drop_in["DropIn"]) == {"OccurrenceId", "OccurrenceDate"}


def test_participants_of_a_program_are_its_activities_together(api: Amilia) -> None:
    one_by_one = {
        person
        for activity in api.ids("org/programs/2001/activities")
        for person in api.ids(f"org/activities/{activity}/persons")
    }
    assert api.ids("org/programs/2001/persons") == sorted(one_by_one)


@pytest.mark.parametrize("status, ids", [("registered", [5011, 5017]), ("CANCELLED", []), ("All", [5011, 5017])])
def test_participants_by_status_in_any_case(status: str, ids: list[int], api: Amilia) -> None:
    assert api.ids("org/activities/3008/persons", status=status) == ids


def test_a_cancelled_registration_shows_where_it_is_asked_for(sandbox: Any, api: Amilia) -> None:
    sandbox.stimuli.amilia.registration_cancelled(registration_id="SUB-7001")
    assert 5002 not in api.ids("org/activities/3001/persons")
    assert api.ids("org/activities/3001/persons", status="Cancelled") == [5002]
    assert (
        api.get("org/activities/3001/persons", status="Cancelled", showRegistrations=True)["Items"][0]["Registrations"]
        == []
    )
    (alice,) = api.items(
        "org/activities/3001/persons", status="Cancelled", showRegistrations=True, showCancelledRegistrations=True
    )
    assert [item["IsCancelled"] for item in alice["Registrations"]] == [True]


def test_private_lessons_of_a_person_are_those_to_come(sandbox: Any, api: Amilia) -> None:
    everything = api.items("org/persons/5009/privateLessons", showEnded=True)
    assert len(everything) == 5
    coming = api.items("org/accounts/4003/privateLessons")
    assert 0 < len(coming) < 5
    assert api.items("org/persons/5009/privateLessons") == coming
    sandbox.clock.advance("60d")
    assert api.items("org/persons/5009/privateLessons") == []


@pytest.mark.parametrize(
    "status, ids",
    [
        ({}, [5001]),
        ({"status": "expired"}, [5010]),
        ({"status": "Inactive"}, [5012, 5013]),
        ({"status": "ALL"}, [5001, 5010, 5012, 5013]),
    ],
)
def test_holders_of_a_membership_by_status(status: dict[str, str], ids: list[int], api: Amilia) -> None:
    assert api.ids("org/memberships/801/persons", **status) == ids
    assert len(api.ids("org/memberships/801/accounts", **status)) == len(ids)


def test_a_family_pass_is_one_account_and_several_persons(api: Amilia) -> None:
    assert api.ids("org/memberships/802/persons") == [5005, 5006, 5007]
    assert api.ids("org/memberships/802/accounts") == [4002]
    assert api.items("org/memberships/804/persons")[0]["ExpirationDate"] is None


def test_holders_by_period_are_those_whose_period_meets_it(api: Amilia) -> None:
    (expired,) = api.items("org/memberships/801/persons", status="Expired")
    first, last = expired["EffectiveDate"][:10], expired["ExpirationDate"][:10]
    assert api.ids("org/memberships/801/persons", status="All", to=first) == [5010]
    assert 5010 in api.ids("org/memberships/801/persons", status="All", from_=last, to=last)
    assert api.ids("org/memberships/801/persons", status="All", from_="2900-01-01") == []


def test_a_membership_runs_out(sandbox: Any, api: Amilia, amilia: Any) -> None:
    sandbox.clock.advance("300d")
    assert api.ids("org/memberships/801/persons") == [5012]
    assert api.ids("org/memberships/801/persons", status="Expired") == [5001, 5010]


def test_cancelled_passes_are_asked_for(api: Amilia) -> None:
    assert api.ids("org/multipass/851/persons") == [5001, 5015]
    assert api.ids("org/multipass/851/persons", showArchived=True) == [5001, 5010, 5015]
    assert api.ids("org/multipass/852/accounts") == [4002]
    shown = api.items("org/multipass/852/persons", showMedicalInfo=True)[0]
    assert (shown["TokensLeft"], shown["HasUnlimitedTokens"]) == (0, True)
    assert shown["MedicalInformation"] is not None


def test_staff_and_when_they_are_available(api: Amilia) -> None:
    assert api.ids("org/staff") == [1101, 1102, 1103, 1104, 1105]
    everything = api.items("org/staff/availabilities")
    assert [item["Availability"]["Id"] for item in everything] == [1301, 1302, 1303, 1304, 1305]
    assert everything[0]["Availability"]["AvailableDays"][0]["DayOfWeek"] == "Monday"
    late = "2999-01-01"
    assert api.items("org/staff/availabilities", from_=late) == []
    assert [i["Staff"]["Id"] for i in api.items("org/staff/1102/availabilities")] == [1102]


def test_the_books_balance(api: Amilia) -> None:
    sums = {"Debit": 0.0, "Credit": 0.0}
    for entry in api.items("org/JournalEntries"):
        sums[entry["PostingType"]] += entry["Amount"]
    assert sums["Debit"] == sums["Credit"] > 0
