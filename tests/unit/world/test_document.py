"""A sandbox as one document, out and in."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from emulator.testing.client import Emulator
from emulator.world.document import dump, restore, rows
from emulator.world.sandbox import Sandbox
from emulator.world.world import World


def test_everything_goes_out_as_json_and_comes_in_again(toys: Emulator, sandbox: Sandbox, world: World) -> None:
    world.rows("notes").add({"id": "new", "text": "é"}, expires=sandbox.clock.now() + 60)
    world.store.set_number("n", 2**60)
    sandbox.change_settings({"limits": "off", "toy": {"calls": 3}})
    sandbox.faults.add({"match": {"nth": [1, 2]}, "do": {"delay": 1}})
    told = orjson.loads(orjson.dumps(dump(sandbox)))
    other = toys.sandboxes.create({"name": "other", "world": "empty"})
    restore(other, told)
    assert dump(other) == dump(sandbox)
    toys.sandboxes.remove("other")


def test_rows_keep_their_order(sandbox: Sandbox) -> None:
    told = dump(sandbox)
    told["vendors"]["toy"]["collections"]["notes"].reverse()
    restore(sandbox, told)
    assert [row.id for row in sandbox.worlds["toy"].rows("notes").all()] == ["n4", "n3", "n2", "n1", "n0"]


def test_a_vendor_that_is_left_out_becomes_empty_but_keeps_its_credentials(sandbox: Sandbox, world: World) -> None:
    restore(sandbox, {})
    assert world.store.names() == ["credentials"]
    assert len(world.rows("credentials")) == 1


BROKEN: list[Any] = [
    [],
    {"worlds": {}},
    {"format": "emulator-world-2"},
    {"vendors": []},
    {"vendors": {"nobody": {}}},
    {"vendors": {"toy": []}},
    {"vendors": {"toy": {"collections": []}}},
    {"vendors": {"toy": {"collections": {"notes": {}}}}},
    {"vendors": {"toy": {"collections": {"notes": [1]}}}},
    {"vendors": {"toy": {"collections": {"notes": [{"text": "no id"}]}}}},
    {"vendors": {"toy": {"collections": {"notes": [{"id": "a"}, {"id": "a"}]}}}},
    {"vendors": {"toy": {"numbers": {"n": "many"}}}},
    {"vendors": {"toy": {"collections": {"notes": [{"id": "a"}]}, "expires": {"notes": {"a": "soon"}}}}},
    {"clock": {"now": "noon"}},
    {"clock": {"mode": "stopped"}},
    {"clock": 5},
    {"settings": {"toy": {"calls": 0}}},
    {"settings": {"limits": "some"}},
    {"settings": 5},
    {"faults": [{"do": {}}]},
    {"faults": [{"id": 1, "match": 5, "do": {"status": 500}}]},
    {"faults": {}},
    {"faults": [5]},
]


@pytest.mark.parametrize("document", BROKEN, ids=lambda document: orjson.dumps(document).decode()[:60])
def test_what_is_no_document_is_refused_and_changes_nothing(sandbox: Sandbox, document: Any) -> None:
    sandbox.faults.add({"do": {"delay": 1}})
    sandbox.change_settings({"toy": {"calls": 7}})
    before = dump(sandbox)
    with pytest.raises(ValueError, match=r"."):
        restore(sandbox, document)
    assert dump(sandbox) == before


def test_rows_by_themselves_make_a_snapshot() -> None:
    snapshot = rows({"collections": {"a": [{"id": "1"}]}, "numbers": {"n": 2}, "expires": {"a": {"1": 5.0}}})
    assert snapshot.tables["a"].by_id["1"].expires == 5.0
    assert snapshot.numbers == {"n": 2}
