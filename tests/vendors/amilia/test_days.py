"""Ranges of days: what is left out, what is included, and the organization's calendar round midnight and clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vendors.amilia.client import Amilia

HOME = ZoneInfo("America/Toronto")
CHANGES = (datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC))  # to summer time and back
MOMENTS = sorted(
    {
        change + timedelta(days=day, hours=hour, minutes=minute)
        for change in CHANGES
        for day in (-1, 0, 1)
        for hour in range(-4, 5)
        for minute in (-1, 0)
    }
    | {
        change + timedelta(hours=20 + hour, minutes=minute)
        for change in CHANGES
        for hour in range(4)
        for minute in (-1, 0, 1)
    }
)
DAYS = st.dates(date(2026, 3, 5), date(2026, 3, 12)) | st.dates(date(2026, 10, 29), date(2026, 11, 4))
RELAXED = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def changes(sandbox: Any) -> list[datetime]:
    """A world in which things happened all round the changes of the clock; the moments at which they did."""
    sandbox.settings.update({"limits": "off"})
    sandbox.clock.freeze()
    world = sandbox.state("amilia")
    for collection in ("registrations", "bookings", "occurrences", "donations_sold", "access_scans", "journal_entries"):
        for row in list(world.rows(collection).all()):
            world.rows(collection).drop(row.id)
    for n, moment in enumerate(MOMENTS, 1):
        stamp = moment.isoformat().replace("+00:00", "Z")
        wall = moment.astimezone(HOME).replace(tzinfo=None).isoformat()
        common = {"OrganizationId": 8008, "PersonId": 5001, "IsCancelled": False}
        world.rows("registrations").add(
            {"id": f"SUB-{n}", **common, "ActivityId": 3001, "DateCreated": stamp, "OccurrenceId": None}
        )
        world.rows("donations_sold").add(
            {"id": str(n), **common, "PurchasedDate": stamp, "DonationId": 951, "InvoiceItemId": n}
        )
        world.rows("access_scans").add({"id": str(n), **common, "ConfigurationId": 1201, "ScanDate": stamp})
        booking = {"Title": "x", "Start": wall, "End": wall, "AllDay": False, "LocationId": 1005}
        world.rows("bookings").add({"id": f"FB-{n}", **common, **booking})
    return MOMENTS


def numbers(items: list[Any]) -> list[int]:
    found = [
        item.get("RegistrationId") or item.get("ReservationId") or item.get("InvoiceItemId") or item["Id"]
        for item in items
    ]
    return [int(str(ident).rpartition("-")[2]) for ident in found]


def naive(moments: list[datetime], first: date | None, last: date | None) -> list[int]:
    """The numbers of the moments on those days, by the zone's own calendar."""
    days = enumerate((moment.astimezone(HOME).date() for moment in moments), 1)
    return [n for n, day in days if (first is None or first <= day) and (last is None or day <= last)]


@RELAXED
@given(first=st.none() | DAYS, last=st.none() | DAYS)
def test_any_range_of_days_answers_what_a_naive_filter_does(
    changes: list[datetime], api: Amilia, first: date | None, last: date | None
) -> None:
    asked = {"from": first, "to": last}
    query = {f"{name}_": day.isoformat() for name, day in asked.items() if day is not None}
    assert numbers(api.items("org/registrations", showEnded=True, perPage=2000, **query)) == naive(changes, first, last)
    if first is not None:
        expected = naive(changes, first, last or first)
        assert numbers(api.items("org/reservations", perPage=2000, **query)) == expected
        scans = {"start": first.isoformat(), **({"end": last.isoformat()} if last else {})}
        assert numbers(api.items("org/AccessScans", perPage=2000, **scans)) == expected
        assert numbers(api.items("org/AccessScans/1201", perPage=2000, **scans)) == expected


@RELAXED
@given(now=st.sampled_from(MOMENTS) | st.integers(-90_000, 90_000).map(lambda s: CHANGES[0] + timedelta(seconds=s)))
def test_today_is_the_organizations_today(
    sandbox: Any, changes: list[datetime], api: Amilia, amilia: Any, now: datetime
) -> None:
    sandbox.clock.set(now.timestamp())
    today = now.astimezone(HOME).date()
    api = api.login(amilia.username, amilia.password)
    assert numbers(api.items("org/reservations", perPage=2000)) == naive(changes, today, today)
    assert numbers(api.items("org/AccessScans", perPage=2000)) == naive(changes, today, today)
    month = naive(changes, today - timedelta(days=30), today)
    assert numbers(api.items("org/donations/sold", perPage=2000)) == month


def test_times_bear_the_offset_of_their_day(changes: list[datetime], api: Amilia) -> None:
    shown = {item["DateCreated"] for item in api.items("org/registrations", showEnded=True, perPage=2000)}
    assert {datetime.fromisoformat(text) for text in shown} == set(changes)
    assert {text[-6:] for text in shown} == {"-05:00", "-04:00"}
    assert all(text[-6:] == "-05:00" for text in shown if text < "2026-03-08T02")


def test_another_organization_lives_in_another_zone(sandbox: Any, partner: Amilia) -> None:
    sandbox.clock.freeze()
    held = partner.items("activities/3101/occurrences", start="2000-01-01", end="2999-12-31")
    assert {item["Start"][-6:] for item in held} <= {"-08:00", "-07:00"}
    assert {item["Start"][11:19] for item in held} == {"18:00:00"}


def test_occurrences_without_days_are_all_and_for_partners_todays(api: Amilia, partner: Amilia) -> None:
    everything = api.items("org/activities/3004/occurrences")
    assert len(everything) == 35
    assert len(partner.items("activities/3004/occurrences")) == 1
    middle = everything[10]["Start"][:10]
    later = [item["Id"] for item in everything if item["Start"][:10] >= middle]
    assert api.ids("org/activities/3004/occurrences", from_=middle) == later
    assert partner.ids("activities/3004/occurrences", start=middle) == [everything[10]["Id"]]


def test_the_upper_end_is_included_and_may_stand_alone(api: Amilia) -> None:
    everything = api.items("org/activities/3001/occurrences")
    last = everything[3]["Start"][:10]
    assert api.ids("org/activities/3001/occurrences", to=last) == [item["Id"] for item in everything[:4]]


def test_from_after_to_holds_nothing(api: Amilia) -> None:
    assert api.items("org/registrations", from_="2030-01-02", to="2030-01-01") == []


def test_the_journal_is_most_recent_first_and_whole_without_days(api: Amilia) -> None:
    entries = api.items("org/JournalEntries")
    assert len(entries) == 118
    keys = [(datetime.fromisoformat(entry["EffectiveDate"]), entry["Id"]) for entry in entries]
    assert keys == sorted(keys, reverse=True)
    newest = entries[0]["EffectiveDate"][:10]
    assert {entry["EffectiveDate"][:10] for entry in api.items("org/JournalEntries", from_=newest)} == {newest}


def test_donations_are_those_of_thirty_days(sandbox: Any, api: Amilia) -> None:
    assert len(api.items("org/donations/sold")) == 3
    assert len(api.items("org/donations/sold", from_="2000-01-01")) == 4
    sandbox.clock.advance("40d")
    assert api.items("org/donations/sold") == []


def test_an_event_that_runs_past_midnight_is_of_the_day_it_begins(api: Amilia) -> None:
    late = api.items("org/activities/3011/occurrences")[0]
    day = date.fromisoformat(late["Start"][:10])
    after = (day + timedelta(days=1)).isoformat()
    assert late["End"][:10] == after
    assert late["Id"] in api.ids("org/events", from_=day.isoformat())
    assert late["Id"] not in api.ids("org/events", from_=after)
