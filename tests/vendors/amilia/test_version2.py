"""Version 2: what is known of it is answered, the rest is not there."""

from __future__ import annotations

from tests.vendors.amilia.client import Amilia


def old(api: Amilia, path: str) -> str:
    return f"{api.base_url}/PublicApi/forest-explorers/en/{path}"


def test_an_activity_in_the_old_model_is_the_same_activity(api: Amilia) -> None:
    shown = api.session.get(old(api, "Activities/3002"), timeout=10).json()
    new = api.get("org/activities/3002")
    assert (shown["Name"], shown["Start"], shown["SpotsRemaining"]) == (
        new["Name"],
        new["StartDate"],
        new["SpotsRemaining"],
    )
    (hours,) = shown["Schedule"]
    assert (hours["StartTime"], hours["EndTime"], hours["Occurences"]) == ("19:00:00", "20:00:00", 11)
    assert hours["Facilities"][0]["Address"]["AddressLine1"] == "100 Elm Street"
    assert (shown["SessionRevenue"], shown["DropinRevenue"], shown["RegistrationRevenue"]) == (360.0, 45.0, 405.0)
    swimming = api.session.get(old(api, "Activities/3001"), timeout=10).json()
    assert swimming["MerchandiseRevenue"] == 12.5


def test_the_activities_of_a_tag(api: Amilia) -> None:
    shown = api.session.get(old(api, "Tags/302/Activities?v2"), timeout=10).json()
    assert [item["Name"] for item in shown] == ["Yoga Tuesdays", "Indoor Soccer"]
    assert shown[0]["ShortScheduleString"] == "Tuesday 19:00-20:00"
