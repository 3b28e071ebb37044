"""How lists are cut."""

from __future__ import annotations

import pytest

from emulator.parts.paging import Offset
from emulator.wire import Anonymous, Ask
from emulator.world.world import World
from tests.unit.contract.samples import operation


@pytest.mark.parametrize("start, most, ids", [(0, 2, "01"), (3, 5, "34"), (5, 5, ""), (99, 1, ""), (0, 9, "01234")])
def test_a_page_is_so_many_from_a_place_on(world: World, start: int, most: int, ids: str) -> None:
    ask = Ask(operation(), Anonymous(), query={"from": start, "most": most})
    page = Offset("o", "from", "most", total_header="X-Total").cut(world.rows("notes").all(), ask, world)
    assert [row.id for row in page.items] == [f"n{digit}" for digit in ids]
    assert page.headers == {"X-Total": "5"}


def test_without_a_place_it_begins_at_the_beginning_and_without_a_header_tells_no_total(world: World) -> None:
    page = Offset("o", "from", "most").cut(
        world.rows("notes").all(), Ask(operation(), Anonymous(), query={"most": 1}), world
    )
    assert (len(page.items), page.headers, page.facts["total"]) == (1, {}, 5)
