"""Every contract that is served: well-formed, with examples that hold and behaviours that match."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import orjson
import pytest

from emulator import data
from emulator.assembly import assemble, vendors_in
from emulator.contract.check import complaints
from emulator.contract.files import read
from emulator.contract.load import load
from emulator.contract.model import Contract, Operation
from emulator.contract.schema import Schema
from emulator.world.document import rows

CONTRACTS, FIXTURES = data.folder("contracts"), data.folder("fixtures")
VENDORS = vendors_in(CONTRACTS)
README = (CONTRACTS.parent / "README.md").read_text(encoding="utf-8")
MOST_ROWS = 400  # of one collection of a demo world
LARGEST_WORLD = 256 * 1024


@cache
def contract(vendor: str) -> Contract:
    return load(CONTRACTS / vendor, thorough=False)


def operations() -> Iterator[Operation]:
    for vendor in VENDORS:
        yield from contract(vendor).operations.values()


def examples(vendor: str) -> Iterator[tuple[str, Schema, Any]]:
    """Every example that a vendor's files give, with the schema it stands by."""
    known = contract(vendor)
    for operation in (*known.operations.values(), *known.stimuli.values()):
        if operation.body is not None and operation.body.example is not None:
            yield f"{operation.id} body", operation.body.schema, operation.body.example
        for status, promise in operation.replies.items():
            if promise.has_example and promise.schema is not None:
                yield f"{operation.id} {status}", promise.schema, promise.example
        for kind, refused in operation.refusals.items():
            if refused.example is not None and refused.schema is not None:
                yield f"{operation.id} {kind}", refused.schema, refused.example
        for parameter in operation.parameters:
            if parameter.example is not None:
                yield f"{operation.id} {parameter.name}", parameter.schema, parameter.example
            if parameter.has_default:
                yield f"{operation.id} {parameter.name} default", parameter.schema, parameter.default
    yield from ((f"event {event.name}", event.schema, event.example) for event in known.events.values())
    yield from ((f"setting {s.name}", s.schema, s.default) for s in known.settings.values())


@pytest.mark.parametrize("vendor", VENDORS)
def test_there_is_nothing_to_complain_about(vendor: str) -> None:
    assert [str(complaint) for complaint in complaints(read(CONTRACTS / vendor))] == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_example_and_every_default_holds(vendor: str) -> None:
    broken = {name: [f"{v.place}: {v.said}" for v in schema.explain(value)] for name, schema, value in examples(vendor)}
    assert {name: told for name, told in broken.items() if told} == {}


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_vendor_has_examples_to_hold(vendor: str) -> None:
    assert sum(1 for _ in examples(vendor)) > 10


@pytest.mark.parametrize("vendor", VENDORS)
def test_behaviours_and_operations_match_one_to_one(vendor: str) -> None:
    engine = assemble([vendor]).engines[vendor]
    assert set(engine.acts) == {*contract(vendor).operations, *contract(vendor).stimuli}


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_guess_says_why_and_every_fact_where(vendor: str) -> None:
    known = contract(vendor)
    sources = [o.source for o in (*known.operations.values(), *known.stimuli.values(), *known.events.values())]
    assert all(source.document in known.documents if source.basis == "documented" else source.why for source in sources)


def test_whatever_reads_a_body_may_find_it_malformed() -> None:
    read_by_us = ("json", "x-www-form-urlencoded", "multipart/form-data")
    careless = [
        operation.id
        for operation in operations()
        if operation.body is not None
        and any(media.endswith(end) for media in operation.body.media for end in read_by_us)
        and "malformed" not in operation.refusals
    ]
    assert careless == []


def test_a_call_that_may_be_counted_may_be_throttled() -> None:
    assert [o.id for o in operations() if o.limits and "throttled" not in o.refusals] == []


def test_a_call_that_asks_who_you_are_may_refuse_you() -> None:
    assert [o.id for o in operations() if o.auth and "unauthenticated" not in o.refusals] == []


def test_all_schemas_compile() -> None:
    for operation in operations():
        for promise in operation.replies.values():
            for schema in (promise.schema, promise.item, promise.shell, promise.whole):
                assert schema is None or callable(schema.valid)


# -- demo worlds


def world(vendor: str) -> Any:
    return orjson.loads((FIXTURES / vendor / "world.json").read_bytes())


@pytest.mark.parametrize("vendor", VENDORS)
def test_each_row_of_a_demo_world_has_an_id_of_its_own(vendor: str) -> None:
    given = world(vendor)
    snapshot = rows({"collections": given["collections"], "numbers": given.get("numbers", {})})
    assert sum(len(table.order) for table in snapshot.tables.values()) == sum(map(len, given["collections"].values()))


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_demo_world_is_small_and_dated(vendor: str) -> None:
    given = world(vendor)
    assert set(given) <= {"as_of", "fixed", "collections", "numbers"}
    assert given["as_of"]
    assert {name: len(listed) for name, listed in given["collections"].items() if len(listed) > MOST_ROWS} == {}
    assert len(orjson.dumps(given)) < LARGEST_WORLD


@pytest.mark.parametrize("vendor", VENDORS)
def test_credentials_are_made_by_enrolment_and_not_by_the_fixture(vendor: str) -> None:
    assert "credentials" not in world(vendor)["collections"]


@pytest.mark.parametrize(
    "vendor, told",
    [
        ("amio", ["demo-amio-token"]),
        ("agillic", ["demoKey12345", "demoSecret123456"]),
        ("amilia", ["api@forest-explorers.test", "demo-password"]),
        ("ameyo", ["customer_manager", "customer_manager@123"]),
    ],
)
def test_the_demo_credentials_are_those_that_the_readme_tells(vendor: str, told: list[str]) -> None:
    demo = {credential.demo for credential in contract(vendor).credentials.values()}
    [line] = [row for row in README.splitlines() if row.startswith("| `https://") and f"8080/{vendor}/" in row]
    assert set(told) <= demo
    assert all(f"`{word}`" in line for word in told)
