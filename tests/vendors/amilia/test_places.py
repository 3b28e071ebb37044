"""Locations by area and keyword, and what is held and booked at them."""

from __future__ import annotations

from math import acos, cos, radians, sin
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vendors.amilia.client import Amilia

RELAXED = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
EVERY = [1001, 1002, 1003, 1004, 1005, 1006]
CENTRE = [1001, 1002, 1003, 1004]


def test_without_an_area_every_location_is_listed(api: Amilia) -> None:
    assert api.ids("org/locations") == EVERY


def test_a_location_knows_its_place_in_the_tree(api: Amilia) -> None:
    studio = next(item for item in api.items("org/locations", "fr") if item["Id"] == 1004)
    assert (studio["ParentId"], studio["TopParentId"], studio["AncestorIds"]) == (1003, 1001, [1001, 1003])
    assert studio["FullName"] == "Centre communautaire - Gymnase - Studio A"
    assert studio["OrganizationSlug"] == "forest-explorers"


@pytest.mark.parametrize("coordinates", ["45.5017,-73.5673", "45.5017, -73.5673"])
@pytest.mark.parametrize("radius, ids", [(1, CENTRE), (10, [*CENTRE, 1005]), (100, EVERY)])
def test_a_radius_is_in_kilometres(coordinates: str, radius: int, ids: list[int], api: Amilia) -> None:
    assert api.ids("org/locations", type="Radius", coordinates=coordinates, radius=radius) == ids


def test_the_type_may_be_in_any_case_and_coordinates_one_by_one(api: Amilia) -> None:
    query = {"coordinates[1]": -73.5673, "coordinates[0]": 45.5017, "type": "radius", "radius": 10}
    assert api.ids("org/locations", **query) == [*CENTRE, 1005]


def test_a_box_is_its_top_left_and_bottom_right(api: Amilia) -> None:
    assert api.ids("org/locations", type="BoundingBox", coordinates="45.6,-73.7,45.5,-73.58") == [1005]


def test_a_polygon_is_its_outline(api: Amilia) -> None:
    triangle = "45.4,-73.7,45.6,-73.57,45.4,-73.4"
    assert api.ids("org/locations", type="Polygon", coordinates=triangle) == CENTRE


def test_partners_see_all_organizations(partner: Amilia) -> None:
    world = {"type": "BoundingBox", "coordinates": "90,-180,-90,180"}
    assert partner.ids("locations", **world) == [*EVERY, 1011, 1012]
    assert {i["OrganizationSlug"] for i in partner.items("locations", **world)} == {
        "forest-explorers",
        "lakeside-sports",
    }


@RELAXED
@given(latitude=st.floats(44, 50), longitude=st.floats(-125, -72), radius=st.integers(1, 4000))
def test_any_circle_holds_what_the_law_of_cosines_says(
    sandbox: Any, partner: Amilia, latitude: float, longitude: float, radius: int
) -> None:
    sandbox.settings.update({"limits": "off"})
    places = {
        i["Id"]: i["Address"] for i in partner.items("locations", type="BoundingBox", coordinates="90,-180,-90,180")
    }
    found = set(partner.ids("locations", type="Radius", coordinates=f"{latitude},{longitude}", radius=radius))
    for ident, address in places.items():
        angle = sin(radians(latitude)) * sin(radians(address["Latitude"])) + cos(radians(latitude)) * cos(
            radians(address["Latitude"])
        ) * cos(radians(longitude - address["Longitude"]))
        away = 6371.0088 * acos(max(-1.0, min(1.0, angle)))
        if abs(away - radius) > 0.05:
            assert (ident in found) == (away < radius)


@RELAXED
@given(top=st.floats(44, 50), height=st.floats(0, 5), left=st.floats(-125, -72), width=st.floats(0, 50))
def test_a_box_and_the_polygon_of_its_corners_hold_the_same(
    sandbox: Any, partner: Amilia, top: float, height: float, left: float, width: float
) -> None:
    sandbox.settings.update({"limits": "off"})
    bottom, right = top - height, left + width
    corners = f"{top},{left},{top},{right},{bottom},{right},{bottom},{left}"
    box = partner.ids("locations", type="BoundingBox", coordinates=f"{top},{left},{bottom},{right}")
    assert partner.ids("locations", type="Polygon", coordinates=corners) == box


def test_a_box_may_lie_across_the_date_line(partner: Amilia) -> None:
    assert partner.ids("locations", type="BoundingBox", coordinates="60,170,40,-100") == [1011, 1012]


def test_a_keyword_and_those_below_it(api: Amilia, partner: Amilia) -> None:
    assert api.ids("org/locations", keywordId=101) == [1001, 1003, 1005]
    assert api.ids("org/locations", keywordId=101, showChildrenKeywords=True) == [1001, 1002, 1003, 1004, 1005, 1006]
    assert api.ids("org/locations/1002/activities", keywordId=102) == [3001, 3004]
    assert api.ids("org/locations/1002/activities", keywordId=101) == []
    assert partner.ids("locations/1002/activities", keywordId=101, showChildrenKeywords=True) == [3001, 3004]


def test_activities_at_a_location_and_below_it(api: Amilia) -> None:
    assert api.ids("org/locations/1003/activities") == [3003, 3011]
    assert api.ids("org/locations/1003/activities", showChildrenActivities=True) == [3002, 3003, 3005, 3008, 3011]
    assert api.ids("org/locations/1001/activities", showHidden=True) == [3006, 3010]
    assert api.ids("org/locations/1006/activities", showCancelled=True) == [3007, 3009]


def test_partners_may_sort_what_is_held(partner: Amilia) -> None:
    def names(order: str) -> list[str]:
        return [
            i["Name"] for i in partner.items("locations/1001/activities", showChildrenActivities=True, sortBy=order)
        ]

    assert names("name") == sorted(names("id"))
    starts = [
        i["StartDate"] for i in partner.items("locations/1001/activities", showChildrenActivities=True, sortBy="Date")
    ]
    assert starts == sorted(starts)


def test_reservations_of_a_location_and_those_above_and_below(api: Amilia) -> None:
    always = {"from_": "2000-01-01", "to": "2999-12-31"}

    def places(**flags: bool) -> set[int]:
        return {item["Location"]["Id"] for item in api.items("org/locations/1003/reservations", **always, **flags)}

    assert places() == {1003}
    assert places(includeParentLocations=True) == {1001, 1003}
    assert places(includeChildLocations=True) == {1003, 1004}


def test_reservations_are_of_every_type(api: Amilia) -> None:
    items = api.items("org/reservations", from_="2000-01-01", to="2999-12-31")
    assert {item["Type"] for item in items} == {"AdminBooking", "Activity", "FacilityBooking", "PrivateLesson"}
    shown = {item["ReservationId"][:3]: item for item in reversed(items)}
    assert shown["AC-"]["Activity"]["ProgramName"] == "Winter Session"
    assert shown["AB-"]["AdminBooking"] == {"Name": shown["AB-"]["Title"]}
    assert shown["FB-"]["Client"] == {"Name": "Lan Chen"}
    assert shown["PL-"]["Staff"] == {"Name": "Ines Marchand"}
    assert not any(item["IsCancelled"] for item in items)
    cancelled = api.items("org/reservations", from_="2000-01-01", to="2999-12-31", showCancelled=True)
    assert any(item["IsCancelled"] for item in cancelled)
