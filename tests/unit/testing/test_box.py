"""A sandbox as an object: what is asked of its journal, its faults, its clock; and what they show of themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from emulator.testing.client import Box, Emulator
from tests import toy

NOTE = {"id": "a", "text": "x"}


@pytest.fixture
def notes(box: Box, session: requests.Session) -> str:
    """Three calls: one done, one refused, one more done; the clock frozen."""
    url = f"{box.toy.base_url}/notes"
    box.clock.freeze()
    box.clock.set("2031-03-03T10:00:00Z")
    session.post(url, json=NOTE)
    session.post(url, json=NOTE)
    box.clock.advance("1h")
    session.get(f"{url}/a")
    return url


@pytest.mark.parametrize(
    "wanted, ids",
    [
        ({}, [1, 2, 3]),
        ({"operation": "toy.notes.create"}, [1, 2]),
        ({"refusal": "conflict"}, [2]),
        ({"status": 200}, [3]),
        ({"method": "GET", "path": "/notes/a"}, [3]),
        ({"since": 1}, [2, 3]),
        ({"since": "2031-03-03T10:30:00Z"}, [3]),
        ({"since": 1930298400.0, "vendor": "toy"}, [1, 2, 3]),
        ({"vendor": "other"}, []),
    ],
)
def test_calls_are_found_by_what_they_were(box: Box, notes: str, wanted: dict[str, Any], ids: list[int]) -> None:
    assert [call["id"] for call in box.journal.calls(**wanted)] == ids


def test_a_wish_that_no_call_can_meet_is_a_mistake(box: Box, notes: str) -> None:
    with pytest.raises(TypeError, match="colour: calls are wanted by vendor, operation"):
        box.journal.calls(colour="red")


def test_what_was_called_can_be_asserted(box: Box, notes: str) -> None:
    assert len(box.journal.assert_called(operation="toy.notes.create")) == 2
    box.journal.assert_called(2, operation="toy.notes.create")
    box.journal.assert_called(0, refusal="throttled")
    with pytest.raises(AssertionError, match=r"expected 3 times and made 2 times.*\n#1 POST /notes -> 201"):
        box.journal.assert_called(3, operation="toy.notes.create")
    with pytest.raises(AssertionError, match="at least once and made 0 times"):
        box.journal.assert_called(operation="toy.notes.motto")


@pytest.mark.parametrize(
    "plan, told",
    [
        ({"vendor": "toys", "status": 500}, "no vendor 'toys'; there are toy"),
        ({"operation": "toy.notes.sing", "status": 500}, "no operation 'toy.notes.sing'"),
        ({"operation": "toys.notes.find", "status": 500}, "no operation"),
        ({"vendor": "toy", "refuse": "gone"}, "documents no refusal 'gone'"),
        ({"operation": "toy.notes.find", "refuse": "gone"}, "documents no refusal 'gone'"),
        ({"status": 500, "times": 0}, "times is a number from 1"),
        ({"speed": 5}, "do takes one of"),
    ],
)
def test_a_fault_that_could_never_strike_is_a_mistake(box: Box, plan: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        box.faults.add(**plan)
    assert box.faults.all() == []


def test_a_fault_is_taken_back_by_its_number(box: Box, session: requests.Session) -> None:
    number = box.faults.add(status=503)
    box.faults.remove(number)
    assert session.get(f"{box.toy.base_url}/notes").status_code == 200
    with pytest.raises(KeyError):
        box.faults.remove(number)


def test_they_show_what_they_are_and_no_secret(box: Box, notes: str) -> None:
    box.faults.add(status=503)
    assert repr(box) == (
        f"<Box {box.name}: toy; <clock frozen at 2031-03-03T11:00:00.000Z>, <journal of 3 calls>, "
        "<faults: fault 1: before the effect, status 503>>"
    )
    assert repr(box.toy) == f"<Handle {box.toy.base_url}, with token>"
    assert box.toy.token not in repr(box.toy)


def test_time_goes_on_to_the_next_thing(box: Box, notes: str) -> None:
    assert box.clock.advance_to_next() == []
    assert box.clock.utc().isoformat() == "2031-03-03T11:01:00+00:00"
    with pytest.raises(LookupError):
        box.clock.advance_to_next()


def test_a_world_is_taken_out_and_put_in(box: Box, notes: str) -> None:
    told = box.world()
    box.reset()
    box.put_world(told)
    assert box.world() == told
    with pytest.raises(ValueError, match="newer emulator"):
        box.put_world({"format": "emulator-world-99"})


def test_beyond_loopback_there_is_a_token(tmp_path: Path) -> None:
    contracts, fixtures = toy.write(tmp_path)
    assert toy.emulator(tmp_path / "plain").admin_token == ""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(tmp_path / "package")
        far = Emulator("0.0.0.0", contracts=contracts, fixtures=fixtures, package="")
        told = Emulator("0.0.0.0", admin_token="hush", contracts=contracts, fixtures=fixtures, package="")
    assert (len(far.admin_token), told.admin_token) == (24, "hush")
