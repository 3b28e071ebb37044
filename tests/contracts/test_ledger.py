"""The ledger tells of the very outcomes that the suite must have seen when it ends."""

from __future__ import annotations

import pytest

from emulator import data
from emulator.assembly import vendors_in
from emulator.contract.load import load
from emulator.readers.coverage import coverage
from emulator.readers.exchanges import exchanges
from tests.conftest import promised

FOLDER = data.folder("contracts")
VENDORS = vendors_in(FOLDER)


def test_what_is_proved_by_documents_or_by_our_own_tests_is_all_that_is_promised() -> None:
    ledgers = [coverage(load(FOLDER / vendor, thorough=False)) for vendor in VENDORS]
    told = {(name, outcome) for one in ledgers for name, op in one.operations.items() for outcome in op["outcomes"]}
    assert told == promised()


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_exchange_proves_an_outcome(vendor: str) -> None:
    contract = load(FOLDER / vendor, thorough=False)
    proved = [
        file for op in coverage(contract).operations.values() for files in op["outcomes"].values() for file in files
    ]
    assert sorted(proved) == [one.file for one in exchanges(contract)]
