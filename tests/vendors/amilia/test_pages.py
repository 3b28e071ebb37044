"""Lists in pages: totals, the address of the next page, and walks that miss nothing."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vendors.amilia.client import Amilia


def test_a_page_tells_the_total_and_where_it_goes_on(api: Amilia) -> None:
    page = api.get("org/persons", perPage=3, page=2)
    assert [person["Id"] for person in page["Items"]] == [5004, 5005, 5006]
    assert page["Paging"]["TotalCount"] == 20
    assert page["Paging"]["Next"].startswith(api.url("org/persons") + "?")


def test_next_keeps_every_other_parameter(api: Amilia) -> None:
    page = api.get("org/registrations", showEnded="True", from_="2000-01-01", perPage=2, to="2999-12-31")
    query = parse_qs(urlsplit(page["Paging"]["Next"]).query)
    assert query == {
        "showEnded": ["True"],
        "from": ["2000-01-01"],
        "perPage": ["2"],
        "to": ["2999-12-31"],
        "page": ["2"],
    }


def test_the_last_page_goes_nowhere(api: Amilia) -> None:
    assert api.get("org/persons", perPage=10, page=2)["Paging"]["Next"] == ""
    assert len(api.get("org/persons", perPage=10, page=2)["Items"]) == 10


def test_a_page_past_the_end_is_empty(api: Amilia) -> None:
    page = api.get("org/persons", page=2_000_000_000, perPage=2000)
    assert page == {"Items": [], "Paging": {"TotalCount": 20, "Next": ""}}


def test_names_of_parameters_may_be_written_in_any_case(api: Amilia) -> None:
    page = api.get("org/persons", perpage=4, Page=3)
    assert [person["Id"] for person in page["Items"]] == [5009, 5010, 5011, 5012]
    assert "page=4" in page["Paging"]["Next"]
    assert "Page=3" not in page["Paging"]["Next"]


def test_the_organization_may_be_named_either_way_and_paths_in_any_case(api: Amilia) -> None:
    by_number = api.session.get(f"{api.base_url}/api/v3/en/org/8008/programs", timeout=10).json()
    by_slug = api.session.get(f"{api.base_url}/API/V3/EN/Org/Forest-Explorers/PROGRAMS/", timeout=10).json()
    assert by_number == by_slug


def test_a_setting_raises_the_least_page(sandbox: Any, api: Amilia) -> None:
    assert api.get("org/persons", perPage=1)["Paging"]["TotalCount"] == 20
    sandbox.settings.update({"amilia": {"per_page_minimum": 5}})
    assert api.ask("GET", "org/persons", perPage=1).status_code == 400
    assert api.ask("GET", "org/persons", perPage=5).status_code == 200


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.integers(1, 2000),
    path=st.sampled_from(["org/persons", "org/registrations", "org/JournalEntries", "org/accounts"]),
)
def test_any_walk_meets_each_item_once(sandbox: Any, api: Amilia, size: int, path: str) -> None:
    sandbox.settings.update({"limits": "off"})
    key = "RegistrationId" if path == "org/registrations" else "Id"
    everything = [item[key] for item in api.items(path, showEnded=True, perPage=2000)]
    size = 1 + size % (len(everything) + 2)
    assert [item[key] for item in api.walk(path, showEnded=True, perPage=size)] == everything


@pytest.mark.parametrize("size", [1, 7, 200])
def test_a_waiting_list_is_cut_inside_its_activity(api: Amilia, size: int) -> None:
    whole = [person["Id"] for person in api.get("org/activities/3001/waitlist")["WaitList"]]
    found: list[int] = []
    for page in range(1, len(whole) + 2):
        found += [p["Id"] for p in api.get("org/activities/3001/waitlist", page=page, perPage=size)["WaitList"]]
    assert found == whole == [5011, 5017]


@pytest.mark.parametrize("host", ["app.amilia.com", "www.amilia.com"])
def test_both_hosts_are_served_at_the_root_and_next_stays_on_the_same(host: str, emulator: Any, key: Amilia) -> None:
    key.session.headers["Host"] = host
    page = key.session.get(f"{emulator.base_url}/api/v3/en/org/8008/persons?perPage=19", timeout=10).json()
    assert page["Paging"]["Next"] == f"http://{host}/api/v3/en/org/8008/persons?perPage=19&page=2"
