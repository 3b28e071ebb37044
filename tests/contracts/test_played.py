"""Every operation's example works on the demo world, and is what the reference pages show."""

from __future__ import annotations

from functools import lru_cache

import pytest

from emulator import data
from emulator.assembly import vendors_in
from emulator.cli.played import played
from emulator.contract.load import load
from emulator.readers.transcript import Executed

VENDORS = vendors_in(data.folder("contracts"))
executed = lru_cache(played)


def shown(vendor: str) -> list[Executed]:
    return [one for made in executed(vendor).values() for one in made]


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_operation_succeeds_by_its_example(vendor: str) -> None:
    contract = load(data.folder("contracts") / vendor, thorough=False)
    assert list(executed(vendor)) == list(contract.operations)
    assert [ident for ident, made in executed(vendor).items() if not made or made[0].refusal] == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_operation_that_is_not_open_to_everybody_is_refused_by_a_wrong_one(vendor: str) -> None:
    contract = load(data.folder("contracts") / vendor, thorough=False)
    closed = {o.id for o in contract.operations.values() if o.auth}
    assert closed <= {one.operation for one in shown(vendor) if one.refusal}


@pytest.mark.parametrize("vendor", VENDORS)
def test_no_credential_of_a_call_is_shown_in_its_headers(vendor: str) -> None:
    lines = [line for one in shown(vendor) for line in one.request.partition("\n\n")[0].splitlines()]
    credentials = [line for line in lines if line.lower().startswith(("authorization", "sessionid", "x-amilia-api"))]
    assert credentials
    assert [line for line in credentials if not line.endswith(" …")] == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_same_contract_gives_the_same_exchanges(vendor: str) -> None:
    assert played(vendor) == executed(vendor)
