"""What an organization offers: programs, activities, occurrences, events, in both languages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.vendors.amilia.client import Amilia

NO_LIMIT = 2_147_483_647


def test_programs_come_in_both_languages(api: Amilia) -> None:
    english, french = api.items("org/programs"), api.items("org/programs", "fr")
    assert [program["Name"] for program in english] == [
        "Winter Session",
        "Spring Session",
        "Autumn Session",
        "Members' Club",
    ]
    assert french[0]["Name"] == "Session d'hiver"
    assert french[0]["Url"] == english[0]["Url"].replace("/en/", "/fr/")


def test_a_program_has_the_documented_fields(api: Amilia) -> None:
    program = api.get("org/programs/2001")
    assert list(program) == [
        "Id",
        "Name",
        "Start",
        "End",
        "Url",
        "PictureUrl",
        "IsArchived",
        "IsVisible",
        "IsPasswordProtected",
    ]
    assert program["Url"] == "https://app.amilia.com/store/en/forest-explorers/shop/programs/2001"


@pytest.mark.parametrize(
    "flags, ids",
    [
        ({}, [2001, 2002, 2003, 2006]),
        ({"showHidden": True}, [2001, 2002, 2003, 2004, 2006]),
        ({"showArchived": "TRUE"}, [2001, 2002, 2003, 2005, 2006]),
        ({"showHidden": "true", "showArchived": "True"}, [2001, 2002, 2003, 2004, 2005, 2006]),
    ],
)
def test_hidden_and_archived_programs_are_asked_for(flags: dict[str, Any], ids: list[int], api: Amilia) -> None:
    assert api.ids("org/programs", **flags) == ids


def test_activities_of_a_program_hide_what_is_hidden_and_cancelled(api: Amilia) -> None:
    shown = api.ids("org/programs/2001/activities")
    assert shown == [3001, 3002, 3003, 3004, 3005, 3008]
    assert api.ids("org/programs/2001/activities", showHidden=True) == sorted([*shown, 3006])
    assert api.ids("org/programs/2001/activities", showCancelled=True) == sorted([*shown, 3007])
    assert api.ids("programs/2001/activities", showCancelled=True) == sorted([*shown, 3007])


def test_occurrences_and_taxes_come_when_they_are_asked_for(api: Amilia) -> None:
    plain = api.items("org/programs/2001/activities")
    assert all(item["Occurrences"] is None and item["Taxes"] is None for item in plain)
    full = {i["Id"]: i for i in api.items("org/programs/2001/activities", showOccurrences=True, showTaxes=True)}
    assert len(full[3001]["Occurrences"]) == full[3001]["NumberOfOccurrences"] == 11
    assert full[3005]["Taxes"]["Total"] == 22.46
    assert [tax["Name"] for tax in full[3005]["Taxes"]["Taxes"]] == ["GST", "QST"]
    assert api.get("org/activities/3005", "fr", showTaxes=True)["Taxes"]["Taxes"][0]["Name"] == "TPS"


def test_an_activity_stands_in_its_hierarchy(api: Amilia) -> None:
    swimming = api.get("org/activities/3001", "fr")
    assert (swimming["ProgramName"], swimming["CategoryName"], swimming["SubCategoryName"]) == (
        "Session d'hiver",
        "Aquatique",
        "Enfants",
    )
    assert (swimming["MaxAttendance"], swimming["SpotsReserved"], swimming["SpotsRemaining"]) == (4, 4, 0)
    assert swimming["ScheduleSummary"] == "lundi 17:00-18:00"
    assert swimming["Tags"] == [{"Id": 301, "Name": "débutant"}]
    assert swimming["Forms"] == [{"Id": 451, "Name": "Niveau de natation", "Type": "Children"}]
    skiing = api.get("org/activities/3007")
    assert (skiing["CategoryId"], skiing["CategoryName"], skiing["Status"]) == (0, None, "Cancelled")
    assert api.get("org/activities/3004")["SpotsRemaining"] == NO_LIMIT


def test_partners_see_no_tags(partner: Amilia) -> None:
    assert "Tags" not in partner.get("activities/3001")
    assert "Tags" not in partner.items("locations/1002/activities")[0]
    assert partner.get("activities/3001", showTaxes=True)["Taxes"] == {"Total": 0, "Taxes": []}


def test_partners_list_what_is_on_sale_and_not_over(sandbox: Any, partner: Amilia) -> None:
    assert partner.ids("org/activities") == [3001, 3002, 3003, 3004, 3005, 3008, 3009, 3011]
    assert 3010 in partner.ids("org/activities", showPastActivities=True)
    sandbox.clock.advance("30d")
    assert 3004 not in partner.ids("org/activities")
    late = partner.get("activities/3009")["StartDate"][:10]
    assert partner.ids("org/activities", from_=late) == [3009]


def test_edited_occurrences_are_asked_for(api: Amilia) -> None:
    plain = {item["State"] for item in api.items("org/activities/3003/occurrences")}
    edited = [item["State"] for item in api.items("org/activities/3003/occurrences", showEdited=True)]
    assert plain == {"Normal", "Moved"}
    assert edited[4:7] == ["Skipped", "Moved", "Cancelled"]


def test_drop_in_places_are_counted_by_occurrence(api: Amilia) -> None:
    held = [item for item in api.items("org/activities/3002/occurrences") if item["DropInSpotsReserved"]]
    assert [
        (item["DropInMaxAttendance"], item["DropInSpotsReserved"], item["DropInSpotsRemaining"]) for item in held
    ] == [(5, 2, 3), (5, 1, 4)]


def test_events_of_a_week_stand_in_programs_that_are_active(api: Amilia) -> None:
    first, last = week(api)
    events = api.items("org/events", from_=first, to=last)
    assert {event["Activity"]["Id"] for event in events} == {3001, 3002, 3003, 3004, 3005, 3008, 3011}
    assert [event["Id"] for event in events] == sorted(event["Id"] for event in events)
    assert all(event["Participants"] is None and event["AllDay"] is False for event in events)
    assert {e["Activity"]["Id"] for e in api.items("org/events", from_=first, to=last, programId=2006)} == {3011}
    assert {e["Activity"]["Id"] for e in api.items("org/events", from_=first, to=last, showHidden=True)} >= {3006}


def week(api: Amilia) -> tuple[str, str]:
    """The days of the first week of swimming that is not over, by the occurrences themselves."""
    starts = [item["Start"][:10] for item in api.items("org/activities/3001/occurrences")]
    return starts[3], (date.fromisoformat(starts[3]) + timedelta(days=6)).isoformat()


def test_skipped_and_cancelled_events_are_asked_for(api: Amilia) -> None:
    held = {item["State"]: item["Start"][:10] for item in api.items("org/activities/3003/occurrences", showEdited=True)}
    for state, flag in (("Skipped", "showSkipped"), ("Cancelled", "showCanceled")):
        assert [e for e in api.items("org/events", from_=held[state]) if e["Activity"]["Id"] == 3003] == []
        shown = [
            e["State"]
            for e in api.items("org/events", from_=held[state], **{flag: True})
            if e["Activity"]["Id"] == 3003
        ]
        assert shown == [state]


def test_events_show_participants_with_their_attendance(api: Amilia) -> None:
    day = api.items("org/activities/3001/occurrences")[0]["Start"][:10]
    event = next(e for e in api.items("org/events", from_=day, showParticipants=True) if e["Activity"]["Id"] == 3001)
    assert [(p["Id"], p["Status"], p["AttendanceId"]) for p in event["Participants"]] == [
        (5002, "Present", 1),
        (5004, "Absent", 2),
        (5006, "None", 0),
        (5009, "None", 0),
    ]
    assert api.items("org/occurrences/6001/persons") == event["Participants"]


def test_keywords_are_a_bare_array_and_a_partners_own_bear_its_number(partner: Amilia) -> None:
    assert {"Id": 102, "Name": "Swimming"} in partner.get("keywords")
    assert partner.get("keywords", "fr", partner="decathlon")[0] == {
        "Id": 201,
        "Name": "Course en sentier",
        "PartnerId": 11,
    }
    assert partner.get("keywords", partner="nobody") == []


def test_the_servers_offset_on_activities_is_a_setting(sandbox: Any, partner: Amilia) -> None:
    right = partner.get("activities/3101")
    sandbox.settings.update({"amilia": {"dates_in_server_offset": True}})
    quirk = partner.get("activities/3101")
    assert quirk["StartDate"] == right["StartDate"][:19] + "-04:00"


def test_private_lessons_merchandise_and_multipasses_hide_what_is_archived(api: Amilia) -> None:
    for path, ids in {"privateLessons": [971, 972], "merchandise": [901, 902, 903], "multipass": [851, 852]}.items():
        assert api.ids(f"org/{path}") == ids
        assert len(api.ids(f"org/{path}", showArchived=True)) == len(ids) + 1
    assert [t["Availability"] for t in api.items("org/merchandise")] == ["Available", "Available", "SoldOut"]
    assert api.get("org/merchandise/901", "fr")["Name"] == "Bonnet de bain"
    assert api.get("org/multipass/851")["NumberSold"] == 3


def test_discontinued_and_hidden_memberships_are_asked_for(api: Amilia) -> None:
    assert api.ids("org/memberships") == [801, 802, 803]
    assert api.ids("org/memberships", showActiveonly="False") == [801, 802, 803, 804]
    assert api.ids("org/memberships", showHidden=True) == [801, 802, 803, 805]
    family = api.get("org/memberships/802", "fr")
    assert (family["Name"], family["MultiPersonMembership"]) == ("Passe familial", {"MaxPersons": 5})
    assert family["LedgerCode"] == {"Id": 1004, "Name": "Memberships"}


def test_archived_ledger_codes_are_asked_for(api: Amilia) -> None:
    assert 1008 not in api.ids("org/Ledgercodes")
    assert 1008 in api.ids("org/ledgercodes", showArchived=True)
