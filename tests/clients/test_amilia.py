"""The Amilia client in calm, with a token that ends, in trouble, and while persons come and go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.testing.client import Box
from tests.clients.amilia import Amilia

CHANGES = st.lists(st.tuples(st.sampled_from(["arrive", "leave"]), st.integers(0, 30)), max_size=3)


@pytest.fixture
def client(sandbox: Box, naps: list[float]) -> Iterator[Amilia]:
    with closing(
        Amilia(sandbox.amilia.base_url, sandbox.amilia.username, sandbox.amilia.password, page_size=6)
    ) as made:
        yield made


def known(box: Box) -> list[int]:
    rows = box.state("amilia").rows("persons").all()
    return sorted(row.data["Id"] for row in rows if row.data["OrganizationId"] == 8008)


def listed(client: Amilia) -> list[int]:
    return [person["Id"] for person in client.persons("forest-explorers")]


def tokens(box: Box) -> int:
    return len(box.journal.calls(operation="amilia.authentication.authenticate"))


def test_every_person_is_listed_by_number_or_slug(sandbox: Box, client: Amilia) -> None:
    assert listed(client) == [person["Id"] for person in client.persons("8008")] != []
    assert tokens(sandbox) == 1


def test_the_activities_of_a_program(client: Amilia) -> None:
    assert [activity["Id"] for activity in client.activities("8008", 2001)] == [3001, 3002, 3003, 3004, 3005, 3008]


def test_a_token_that_ended_is_renewed_once(sandbox: Box, client: Amilia) -> None:
    before = listed(client)
    sandbox.stimuli.amilia.tokens_revoked(username=sandbox.amilia.username)
    assert listed(client) == before
    assert tokens(sandbox) == 2


@pytest.mark.parametrize("trouble", [{"status": 503}, {"connection": "reset"}, {"connection": "garbage"}])
def test_trouble_is_sat_out(sandbox: Box, client: Amilia, naps: list[float], trouble: dict[str, Any]) -> None:
    sandbox.faults.add(operation="amilia.persons.find", nth=(2, 4), **trouble)
    assert len(listed(client)) == 20
    assert naps == [1.0, 2.0, 4.0]


def test_a_body_that_ends_in_the_middle_is_read_again(sandbox: Box, client: Amilia) -> None:
    sandbox.faults.add(vendor="amilia", nth=(1, 2), connection="truncate", when="after")
    assert len(listed(client)) == 20


def test_too_many_calls_ask_for_patience(sandbox: Box, client: Amilia, naps: list[float]) -> None:
    sandbox.faults.add(operation="amilia.persons.find", nth=1, refuse="throttled")
    assert len(listed(client)) == 20
    assert naps == [1.0]


def test_a_person_who_goes_away_hides_nobody(sandbox: Box, client: Amilia, meanwhile: Callable[..., None]) -> None:
    before = listed(client)
    meanwhile(client, "get", 2, lambda: sandbox.state("amilia").rows("persons").drop(str(before[0])))
    assert listed(client) == before[1:]


@given(st.integers(0, 25), st.integers(1, 8), st.lists(CHANGES, max_size=6))
def test_who_was_there_throughout_is_seen(size: int, most: int, script: list[list[tuple[str, int]]]) -> None:
    rows, fresh, changes = list(range(size)), iter(range(1000, 2000)), iter(script)
    there = set(rows)

    class Living(Amilia):
        def get(self, url: str) -> Any:
            for what, where in next(changes, []):
                if what == "arrive":
                    rows.insert(min(where, len(rows)), next(fresh))
                elif rows:
                    there.discard(rows.pop(where % len(rows)))
            start = int(url)
            more = str(start + most) if start + most < len(rows) else ""
            return {"Items": [{"Id": row} for row in rows[start : start + most]], "Paging": {"Next": more}}

    with closing(Living("", "", "")) as client:
        assert there <= {row["Id"] for row in client.everything("0")}
