"""Members and registrations are read to the end, whatever happens on the way."""

from __future__ import annotations

from typing import Any

import pytest
from club.calling import Failed
from club.members import Members


@pytest.mark.parametrize("page", range(1, 29))
def test_everybody_is_read_once_whatever_the_size_of_a_page(members: Members, page: int) -> None:
    people = members.people(page)
    assert sorted(people) == sorted(set(people))
    assert len(people) == 20


def test_a_new_registration_is_read(members: Members, sandbox: Any) -> None:
    before = members.registrations()
    made = sandbox.stimuli.amilia.person_registers(activity_id=3002, person_id=5003)["registration_id"]
    assert set(members.registrations()) - set(before) == {made}


@pytest.mark.parametrize("nth", range(1, 5))
@pytest.mark.parametrize("fault", [{"refuse": "throttled"}, {"status": 503}, {"connection": "reset"}])
def test_trouble_on_any_page_is_got_over(members: Members, sandbox: Any, fault: dict[str, Any], nth: int) -> None:
    sandbox.faults.add(vendor="amilia", operation="amilia.persons.find", nth=nth, **fault)
    people = members.people(page=5)
    assert len(people) == len(set(people)) > 0
    assert max(call["attempt"] for call in sandbox.journal.calls()) == 2


@pytest.mark.parametrize("kind", ["extra-field", "drop-optional", "null-nullable", "new-enum-value", "reorder-keys"])
def test_a_reply_that_is_lawful_but_odd_is_read(members: Members, sandbox: Any, kind: str) -> None:
    sandbox.faults.add(vendor="amilia", mutate=kind)
    assert members.person(5001)["Id"] == 5001


def test_a_service_that_stays_away_is_given_up(members: Members, sandbox: Any) -> None:
    sandbox.faults.add(vendor="amilia", status=503)
    with pytest.raises(Failed, match="503"):
        members.people()
    assert sandbox.journal.calls()[-1]["attempt"] == 4
