"""What the outside world does changes the organization, and everything that is shown of it."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.kit import Kind, Refusal
from tests.vendors.amilia.client import Amilia


@pytest.fixture
def happen(sandbox: Any) -> Any:
    return sandbox.stimuli.amilia


def refused(stimulus: Any, **body: Any) -> str:
    """Why the world does not let it happen."""
    with pytest.raises(Refusal) as caught:
        stimulus(**body)
    return f"{caught.value.kind}: {caught.value.facts.get('reason', '')}"


def test_a_person_registers(happen: Any, api: Amilia) -> None:
    before = api.get("org/activities/3002")
    made = happen.person_registers(activity_id=3002, person_id=5003)
    after = api.get("org/activities/3002")
    assert made["registration_id"].startswith("SUB-")
    assert after["SpotsReserved"] == before["SpotsReserved"] + 1
    assert after["SpotsRemaining"] == before["SpotsRemaining"] - 1
    assert 5003 in api.ids("org/activities/3002/persons")
    assert api.get(f"org/registrations/{made['registration_id']}")["Person"]["FullName"] == "Marc Tremblay"
    assert "Yoga Tuesdays" in [r["ActivityName"] for r in api.items("org/accounts/4001/registrations")]
    newest = api.items("org/JournalEntries")[0]
    assert (newest["Amount"], newest["Account"], newest["PostingType"]) == (120.0, {"Id": 4001}, "Credit")


def test_a_person_drops_in_on_one_occurrence(happen: Any, api: Amilia) -> None:
    held = api.items("org/activities/3004/occurrences")[5]
    made = happen.person_registers(activity_id=3004, person_id=5018, occurrence_id=held["Id"])
    assert made["registration_id"].startswith("DI-")
    assert [p["Id"] for p in api.items(f"org/occurrences/{held['Id']}/persons")] == [5018]
    assert api.items("org/activities/3004/occurrences")[5]["DropInSpotsReserved"] == 1
    assert api.items(f"org/occurrences/{held['Id'] + 1}/persons") == []


def test_a_group_is_kept_with_the_registration(happen: Any, api: Amilia) -> None:
    made = happen.person_registers(activity_id=3003, person_id=5018, group_id=402)
    assert api.get(f"org/registrations/{made['registration_id']}", "fr")["Group"] == {"Id": 402, "Name": "Bleus"}


def test_what_registration_does_not_allow(happen: Any) -> None:
    register = happen.person_registers
    assert refused(register, activity_id=3001, person_id=5018) == "unprocessable: the activity is full"
    assert refused(register, activity_id=3001, person_id=5002) == "unprocessable: the person is registered already"
    assert refused(register, activity_id=3007, person_id=5018) == "unprocessable: the activity is cancelled"
    assert (
        refused(register, activity_id=3004, person_id=5018)
        == "unprocessable: the activity is sold by the occurrence only"
    )
    assert (
        refused(register, activity_id=3001, person_id=5018, occurrence_id=6001)
        == "unprocessable: the activity is not open to drop-ins"
    )
    for unknown in (
        {"activity_id": 1},
        {"person_id": 1},
        {"occurrence_id": 1},
        {"occurrence_id": 6001},
        {"group_id": 401},
    ):
        assert refused(register, **{"activity_id": 3002, "person_id": 5018, **unknown}).startswith("missing")


def test_drop_ins_end_when_the_occurrence_is_full(happen: Any, api: Amilia) -> None:
    held = next(o for o in api.items("org/activities/3002/occurrences") if o["DropInSpotsReserved"] == 2)
    for person in (5002, 5004, 5006):
        happen.person_registers(activity_id=3002, person_id=person, occurrence_id=held["Id"])
    assert (
        refused(happen.person_registers, activity_id=3002, person_id=5007, occurrence_id=held["Id"])
        == "unprocessable: the occurrence is full"
    )


def test_a_cancelled_place_goes_to_who_waited(happen: Any, api: Amilia) -> None:
    happen.registration_cancelled(registration_id="SUB-7001")
    assert api.get("org/activities/3001")["SpotsRemaining"] == 1
    assert api.get("org/registrations/SUB-7001")["IsCancelled"] is True
    happen.person_registers(activity_id=3001, person_id=5011)
    assert [p["Id"] for p in api.get("org/activities/3001/waitlist")["WaitList"]] == [5017]
    assert refused(happen.registration_cancelled, registration_id="SUB-7001").startswith("unprocessable")
    assert refused(happen.registration_cancelled, registration_id="SUB-1").startswith("missing")


def test_a_cancellation_is_paid_back(happen: Any, api: Amilia) -> None:
    happen.registration_cancelled(registration_id="SUB-7001")
    back = api.items("org/JournalEntries")[:2]
    assert [(e["Amount"], e["IsCorrection"], e["GroupType"]) for e in back] == [(-95.0, True, "Refund")] * 2


def test_a_person_moves_to_the_waiting_list(happen: Any, api: Amilia) -> None:
    assert happen.person_waits(activity_id=3001, person_id=5002)["cancelled"] == "SUB-7001"
    assert [p["Id"] for p in api.get("org/activities/3001/waitlist")["WaitList"]] == [5011, 5017, 5002]
    assert 5002 not in api.ids("org/activities/3001/persons")
    assert [w["Id"] for w in api.items("org/activities/waitlist")] == [3001]
    happen.person_stops_waiting(activity_id=3001, person_id=5002)
    assert [p["Id"] for p in api.get("org/activities/3001/waitlist")["WaitList"]] == [5011, 5017]


def test_what_waiting_does_not_allow(happen: Any) -> None:
    assert (
        refused(happen.person_waits, activity_id=3002, person_id=5018)
        == "unprocessable: the activity has no waiting list"
    )
    assert refused(happen.person_waits, activity_id=3001, person_id=5011) == "unprocessable: the person waits already"
    assert refused(happen.person_stops_waiting, activity_id=3001, person_id=5018).startswith("unprocessable")


def test_attendance_is_taken(happen: Any, api: Amilia) -> None:
    for status, number in (("Present", 1), ("Absent", 2), ("None", 0)):
        happen.attendance_taken(occurrence_id=6001, person_id=5006, status=status)
        (shown,) = [p for p in api.items("org/occurrences/6001/persons") if p["Id"] == 5006]
        assert (shown["Status"], shown["AttendanceId"]) == (status, number)
    assert refused(happen.attendance_taken, occurrence_id=6001, person_id=5018, status="Present").startswith(
        "unprocessable"
    )


def test_a_membership_is_bought_and_holds_from_today(happen: Any, api: Amilia) -> None:
    happen.membership_bought(membership_id=801, person_id=5015)
    assert 5015 in api.ids("org/memberships/801/persons")
    assert "Season Pass" in [m["Name"] for m in api.get("org/accounts/4006")["AccountMemberships"]]


def test_a_family_buys_for_its_own_and_no_more_than_the_plan_holds(happen: Any, api: Amilia) -> None:
    happen.membership_bought(membership_id=802, person_id=5001, other_person_ids=[5002, 5003, 5004])
    assert api.ids("org/memberships/802/persons")[:4] == [5001, 5002, 5003, 5004]
    assert refused(happen.membership_bought, membership_id=801, person_id=5001, other_person_ids=[5002]).startswith(
        "unprocessable: the membership is for 1"
    )
    assert (
        refused(happen.membership_bought, membership_id=802, person_id=5001, other_person_ids=[5006])
        == "unprocessable: all must be of one account"
    )
    assert (
        refused(happen.membership_bought, membership_id=804, person_id=5001)
        == "unprocessable: the membership is discontinued"
    )


def test_a_multipass_is_bought_full(happen: Any, api: Amilia) -> None:
    happen.multipass_bought(multipass_id=851, person_id=5012)
    (bought,) = [item for item in api.items("org/multipass/851/persons") if item["Id"] == 5012]
    assert bought["TokensLeft"] == 10
    assert api.get("org/multipass/851")["NumberSold"] == 4
    assert refused(happen.multipass_bought, multipass_id=853, person_id=5012).startswith("unprocessable")


def test_merchandise_leaves_the_store(happen: Any, api: Amilia) -> None:
    happen.merchandise_bought(merchandise_id=901, person_id=5012, quantity=39, activity_id=3001)
    assert api.get("org/merchandise/901")["Quantity"] == 1
    assert (
        refused(happen.merchandise_bought, merchandise_id=901, person_id=5012, quantity=2)
        == "unprocessable: there are 1 for sale"
    )
    happen.merchandise_bought(merchandise_id=901, person_id=5012)
    assert api.get("org/merchandise/901")["Availability"] == "SoldOut"
    assert (
        refused(happen.merchandise_bought, merchandise_id=904, person_id=5012) == "unprocessable: there are 0 for sale"
    )


def test_a_donation_is_among_those_sold(happen: Any, api: Amilia) -> None:
    made = happen.donation_made(donation_id=952, person_id=5012, amount=12.5)
    newest = api.items("org/donations/sold", "fr")[-1]
    assert (newest["InvoiceItemId"], newest["Donation"]["Name"]) == (made["invoice_item_id"], "Fonds du camp")


def test_a_location_is_booked_once_at_a_time(happen: Any, api: Amilia) -> None:
    evening = {"location_id": 1005, "person_id": 5012, "start": "2031-05-01T18:00:00", "end": "2031-05-01T19:00:00"}
    made = happen.location_booked(**evening, title="Badminton", price=30)
    (shown,) = api.items("org/reservations", from_="2031-05-01")
    assert (shown["ReservationId"], shown["Type"], shown["Client"]) == (
        made["reservation_id"],
        "FacilityBooking",
        {"Name": "Lan Chen"},
    )
    assert shown["Start"] == "2031-05-01T18:00:00-04:00"
    assert refused(
        happen.location_booked, **{**evening, "start": "2031-05-01T18:59:00", "end": "2031-05-01T20:00:00"}
    ).startswith("unprocessable")
    happen.location_booked(**{**evening, "start": "2031-05-01T19:00:00", "end": "2031-05-01T20:00:00"})
    happen.booking_cancelled(reservation_id=made["reservation_id"])
    happen.location_booked(**evening)
    assert len(api.items("org/reservations", from_="2031-05-01", showCancelled=True)) == 3


def test_what_booking_does_not_allow(happen: Any, api: Amilia) -> None:
    book = {"location_id": 1002, "person_id": 5012, "start": "2031-05-01T18:00:00", "end": "2031-05-01T18:00:00"}
    assert refused(happen.location_booked, **book) == "unprocessable: it ends before it begins"
    assert refused(happen.location_booked, **{**book, "start": "2031-02-30T18:00:00"}).endswith(
        "is not a time of the calendar"
    )
    swim = api.items("org/activities/3004/occurrences")[20]
    taken = {**book, "start": swim["Start"][:19], "end": swim["End"][:19]}
    assert refused(happen.location_booked, **taken).startswith("unprocessable: the location is taken by AC-")
    happen.booking_cancelled(reservation_id="FB-8101")
    assert refused(happen.booking_cancelled, reservation_id="FB-8101").startswith("unprocessable")


def test_a_private_lesson_is_booked_for_its_length(happen: Any, api: Amilia) -> None:
    happen.private_lesson_booked(private_lesson_id=972, person_id=5012, staff_id=1101, start="2031-05-02T10:00:00")
    (lesson,) = api.items("org/persons/5012/privateLessons")
    assert lesson["Occurrence"] == {"StartTime": "2031-05-02T10:00:00-04:00", "EndTime": "2031-05-02T10:30:00-04:00"}
    assert refused(
        happen.private_lesson_booked, private_lesson_id=973, person_id=5012, staff_id=1101, start="2031-05-02T10:00:00"
    ).startswith("unprocessable")


def test_a_scan_knows_the_membership_and_what_is_on(sandbox: Any, happen: Any, api: Amilia) -> None:
    assert api.items("org/AccessScans") == []
    happen.person_scanned(person_id=5001, configuration_id=1202, note="side door")
    (scan,) = api.items("org/accessscans")
    assert (scan["PersonName"], scan["MemberNumber"], scan["Gender"]) == ("Julie Tremblay", "P0835001", "F")
    assert (scan["MembershipName"], scan["SubscriptionState"], scan["Warning"], scan["LocationId"]) == (
        "Season Pass",
        "Valid",
        "None",
        1002,
    )
    assert "+" not in scan["ScanDate"]
    assert happen.person_scanned(person_id=5010, configuration_id=1201)["warning"] == "SubscriptionExpired"
    assert [s["PersonId"] for s in api.items("org/AccessScans/1201")] == [5010]
    sandbox.clock.advance("1d")
    assert api.items("org/AccessScans") == []


def test_a_scan_during_an_occurrence_names_it(
    sandbox: Any, happen: Any, nobody: Amilia, amilia: Any, api: Amilia
) -> None:
    swim = api.items("org/activities/3004/occurrences")[20]
    sandbox.clock.set(swim["Start"])
    sandbox.clock.advance("10m")
    happen.person_scanned(person_id=5018, configuration_id=1202)
    (scan,) = nobody.login(amilia.username, amilia.password).items("org/AccessScans")
    assert (scan["ActivityName"], scan["ActivitySegmentId"], scan["MembershipId"]) == ("Family Swim", swim["Id"], None)


def test_a_family_opens_an_account_and_changes_its_address(happen: Any, api: Amilia) -> None:
    made = happen.account_opened(
        first_name="Noé", last_name="Gagnon", email="noe@gagnon.test", date_of_birth="1988-04-02"
    )
    assert api.get(f"org/accounts/{made['account_id']}")["Owners"][0]["FullName"] == "Noé Gagnon"
    happen.person_changed(person_id=made["person_id"], email="new@gagnon.test", telephone="1")
    assert api.ids("org/accounts", accountOwnerEmail="new@gagnon.test") == [made["account_id"]]
    happen.person_changed(person_id=made["person_id"], archived=True)
    assert api.get(f"org/persons/{made['person_id']}")["IsArchived"] is True
    assert refused(
        happen.account_opened, first_name="A", last_name="B", email="a@b", date_of_birth="1988-13-02"
    ).startswith("unprocessable")


def test_a_program_and_an_activity_are_made_changed_and_removed(happen: Any, api: Amilia) -> None:
    program = happen.program_saved(name="Spring", start="2031-03-01T00:00:00", end="2031-06-20T00:00:00")["program_id"]
    hours = [
        {"start": "2031-03-03T10:00:00", "end": "2031-03-03T11:00:00"},
        {"start": "2031-03-10T10:00:00", "end": "2031-03-10T11:00:00"},
    ]
    made = happen.activity_saved(
        program_id=program, name="Archery", price=60, max_attendance=8, location_id=1003, occurrences=hours
    )
    shown = api.get(f"org/activities/{made['activity_id']}")
    assert (shown["Name"], shown["NumberOfOccurrences"], shown["SpotsRemaining"]) == ("Archery", 2, 8)
    assert shown["ScheduleSummary"] == "Monday 10:00-11:00"
    happen.activity_saved(activity_id=made["activity_id"], program_id=program, name="Bows", occurrences=hours[:1])
    assert api.get(f"org/activities/{made['activity_id']}")["NumberOfOccurrences"] == 1
    happen.person_registers(activity_id=made["activity_id"], person_id=5001)
    happen.activity_removed(activity_id=made["activity_id"])
    assert api.ids(f"org/programs/{program}/activities", showCancelled=True) == [made["activity_id"]]
    assert api.ids(f"org/activities/{made['activity_id']}/persons") == []
    happen.program_archived(program_id=program)
    assert program not in api.ids("org/programs")
    assert refused(happen.program_archived, program_id=program).startswith("unprocessable")


def test_a_program_keeps_what_is_not_changed(happen: Any, api: Amilia) -> None:
    before = api.get("org/programs/2001")
    happen.program_saved(program_id=2001, name="Winter", visible=False)
    assert api.get("org/programs/2001") == {**before, "Name": "Winter", "IsVisible": False}
    assert refused(happen.program_saved, program_id=2001, name="x", start="2999-01-01T00:00:00").startswith(
        "unprocessable"
    )


def test_an_occurrence_is_moved_and_cancelled(happen: Any, api: Amilia) -> None:
    happen.occurrence_moved(occurrence_id=6004, state="Moved", start="2031-01-15T18:00:00", end="2031-01-15T19:00:00")
    (moved,) = api.items("org/events", from_="2031-01-15", programId=2001)
    assert (moved["Id"], moved["State"]) == (6004, "Moved")
    assert {o["Id"]: o["State"] for o in api.items("org/activities/3001/occurrences")}[6004] == "Moved"
    happen.occurrence_moved(occurrence_id=6005, state="Cancelled")
    assert 6005 not in api.ids("org/activities/3001/occurrences")
    assert api.get("org/activities/3001")["NumberOfOccurrences"] == 10
    assert refused(happen.occurrence_moved, occurrence_id=6004, state="Moved", end="2000-01-15T19:00:00").startswith(
        "unprocessable"
    )
    hours = [{"start": "2031-03-03T11:00:00", "end": "2031-03-03T10:00:00"}]
    assert refused(happen.activity_saved, program_id=2001, name="x", occurrences=hours).startswith("unprocessable")


def test_what_a_stimulus_is_refused_for_has_not_happened(happen: Any, api: Amilia) -> None:
    before = api.items("org/JournalEntries"), api.items("org/registrations"), api.ids("org/programs/2001/activities")
    refused(happen.person_registers, activity_id=3001, person_id=5018)
    refused(
        happen.activity_saved,
        program_id=2001,
        name="x",
        occurrences=[{"start": "2031-03-03T11:00:00", "end": "2031-03-03T10:00:00"}],
    )
    assert (
        api.items("org/JournalEntries"),
        api.items("org/registrations"),
        api.ids("org/programs/2001/activities"),
    ) == before


def test_a_new_id_was_never_anybodys(happen: Any, api: Amilia) -> None:
    first = happen.person_waits(activity_id=3001, person_id=5018)["wait_list_registration_id"]
    happen.person_stops_waiting(activity_id=3001, person_id=5018)
    assert happen.person_waits(activity_id=3001, person_id=5018)["wait_list_registration_id"] == first + 1


def test_every_stimulus_works_as_its_example_says(sandbox: Any, emulator: Any) -> None:
    for stimulus in emulator.assembly.contracts["amilia"].stimuli.values():
        sandbox.reset()
        getattr(sandbox.stimuli.amilia, stimulus.name)(**stimulus.body.example)


def test_kinds_of_refusal_of_stimuli_are_two(happen: Any) -> None:
    assert refused(happen.person_registers, activity_id=3001, person_id=5018).startswith(Kind.UNPROCESSABLE)
    assert refused(happen.person_registers, activity_id=1, person_id=5018).startswith(Kind.MISSING)
