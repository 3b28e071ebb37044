"""A sandbox as one document, out and in."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from emulator.explain import explain
from emulator.testing.client import Emulator
from emulator.world.document import FORMAT, dump, restore, rows
from emulator.world.sandbox import Sandbox
from emulator.world.world import World


def test_everything_goes_out_as_json_and_comes_in_again(toys: Emulator, sandbox: Sandbox, world: World) -> None:
    world.rows("notes").add({"id": "new", "text": "é"}, expires=sandbox.clock.now() + 60)
    world.store.set_number("n", 2**60)
    sandbox.change_settings({"limits": "off", "toy": {"calls": 3}})
    sandbox.faults.add({"match": {"nth": [1, 2]}, "do": {"delay": 1}})
    told = orjson.loads(orjson.dumps(dump(sandbox, "1.2.3")))
    other = toys.sandboxes.create({"name": "other", "world": "empty"})
    restore(other, told)
    assert dump(other, "1.2.3") == dump(sandbox, "1.2.3")
    toys.sandboxes.remove("other")


def test_rows_keep_their_order(sandbox: Sandbox) -> None:
    told = dump(sandbox, "1.2.3")
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
    {"format": "emulator-world-0"},
    {"format": "emulator-world-"},
    {"format": "pickle"},
    {"format": 2},
    {"versions": "1"},
    {"journal": 5},
    {"journal": {}},
    {"journal": {"entries": {}}},
    {"journal": [5]},
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
    before = dump(sandbox, "1.2.3")
    with pytest.raises(ValueError, match=r"."):
        restore(sandbox, document)
    assert dump(sandbox, "1.2.3") == before


def test_rows_by_themselves_make_a_snapshot() -> None:
    snapshot = rows({"collections": {"a": [{"id": "1"}]}, "numbers": {"n": 2}, "expires": {"a": {"1": 5.0}}})
    assert snapshot.tables["a"].by_id["1"].expires == 5.0
    assert snapshot.numbers == {"n": 2}


# -- the journal, and what made the document


@pytest.fixture
def told(call: Any, sandbox: Sandbox) -> Any:
    """A document of a sandbox in which calls were done, refused, struck, and made with secrets."""
    call("POST", "/notes", b'{"id": "a", "text": "x"}')
    call("POST", "/notes", b'{"id": "a", "text": "", "password": "hush"}')
    call("GET", "/notes/x/y", query="access_token=hush&colour=red", token="hush")
    call("POST", "/notes", b"text=\xff&password=hush", content_type="text/plain")
    sandbox.faults.add({"do": {"refuse": "throttled"}})
    call("GET", "/notes")
    call("GET", "/notes")
    return orjson.loads(orjson.dumps(dump(sandbox, "1.2.3")))


@pytest.fixture
def other(toys: Emulator) -> Any:
    made = toys.sandboxes.create({"name": "other", "world": "empty", "seed": 5})
    yield made
    toys.sandboxes.remove("other")


def test_it_says_what_made_it(told: Any) -> None:
    assert told["versions"] == {"emulator": "1.2.3", "contracts": {"toy": "1"}}


def test_calls_come_back_as_they_were_shown_and_explained(
    toys: Emulator, sandbox: Sandbox, told: Any, other: Sandbox
) -> None:
    engine = toys.assembly.engines["toy"]
    restore(other, told)
    assert len(other.journal) == 6
    ours, theirs = ([orjson.dumps(explain(e, engine)) for e in box.journal] for box in (sandbox, other))
    assert ours == theirs


def test_no_secret_that_a_client_sent_is_in_it(told: Any) -> None:
    assert "hush" not in str(told)


def test_numbers_go_on_where_they_were(call: Any, sandbox: Sandbox, told: Any, other: Sandbox) -> None:
    sandbox.journal.clear()
    restore(other, dump(sandbox, "1.2.3"))
    assert (len(other.journal), other.journal.last) == (0, 6)


def test_what_was_let_go_is_known(sandbox: Sandbox, told: Any, other: Sandbox) -> None:
    told["journal"] = {"entries": told["journal"]["entries"][3:], "evicted": {"from": 1, "to": 3}, "last": 6}
    restore(other, told)
    assert (other.journal.evicted, [entry.id for entry in other.journal]) == ((1, 3), [4, 5, 6])


def test_what_is_drawn_next_is_what_would_have_been_drawn(sandbox: Sandbox, world: World, other: Sandbox) -> None:
    world.ids.token(8)
    restore(other, dump(sandbox, "1.2.3"))
    assert other.worlds["toy"].ids.token(8) == world.ids.token(8)
    other.reset()
    assert other.seed == 5


def test_a_document_of_the_first_format_still_loads(told: Any, other: Sandbox) -> None:
    journal = told["journal"]["entries"]
    for member in ("journal", "seed", "versions"):
        del told[member]
    restore(other, {**told, "format": "emulator-world-1"})
    assert (other.seed, len(other.journal)) == (5, 0)
    restore(other, {**told, "format": "emulator-world-1", "journal": journal})
    assert [entry.id for entry in other.journal] == [1, 2, 3, 4, 5, 6]


def test_a_document_of_a_newer_format_is_refused_by_name(sandbox: Sandbox) -> None:
    newer = {"format": "emulator-world-3", "versions": {"emulator": "9.0"}, "unheard": "of"}
    with pytest.raises(ValueError, match=rf"emulator-world-3, of a newer emulator \(9\.0\).* up to {FORMAT}"):
        restore(sandbox, newer)


@pytest.mark.parametrize(
    "change",
    [
        {"id": 0},
        {"id": 2**60},
        {"id": "1"},
        {"at": "noon"},
        {"at": "0001-01-01T00:00:00+23:00"},
        {"vendor": "nobody"},
        {"request": {}},
        {"reply": {"status": "200", "headers": {}, "body": None}},
        {"refusal": {"kind": "bored", "detail": None, "facts": {}, "violations": []}},
        {"refusal": {"kind": "invalid", "detail": None, "facts": [], "violations": []}},
        {"remarks": [5]},
        {"facts": None},
    ],
)
def test_an_entry_that_is_none_is_refused_and_changes_nothing(sandbox: Sandbox, told: Any, change: Any) -> None:
    before = dump(sandbox, "1.2.3")
    told["journal"]["entries"][2] |= change
    with pytest.raises(ValueError, match="journal"):
        restore(sandbox, told)
    assert dump(sandbox, "1.2.3") == before


# -- rows on which the emulator itself acts


DELIVERY = {
    "id": "1", "event": "noted", "webhook": "plain", "url": "http://127.0.0.1:1/", "lane": "", "order": "strict", "body": "{}",
    "state": "pending", "verify_tls": True, "headers": {}, "created": 0, "due": 0, "attempts": [],
}  # fmt: skip
TIMER = {"id": "1", "stimulus": "scribble", "body": {"text": "x"}, "due": 0, "title": "later"}


@pytest.mark.parametrize("name, row", [("outbox", DELIVERY), ("timers", TIMER)])
def test_a_row_that_the_courier_cannot_use_is_refused(sandbox: Sandbox, name: str, row: dict[str, Any]) -> None:
    restore(sandbox, {"vendors": {"toy": {"collections": {name: [row]}}}})
    broken = [{k: v for k, v in row.items() if k != member} for member in row if member != "id"]
    odd = {"due": 1e300, "webhook": "carrier pigeon", "stimulus": "sing", "attempts": [5]}
    broken += [{**row, member: value} for member, value in odd.items() if member in row]
    for each in broken:
        with pytest.raises(ValueError, match=name):
            restore(sandbox, {"vendors": {"toy": {"collections": {name: [each]}}}})
