"""`diff` judges each single change of a fact as the table says that was written before it."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from emulator import data
from emulator.contract.files import Files, read
from emulator.contract.load import built
from emulator.readers.diff import diff
from tests.contracts.mutations import MUTATIONS, Mutation


@cache
def files(vendor: str) -> Files:
    return read(data.folder("contracts") / vendor)


def mutated(mutation: Mutation) -> Any:
    ours = files(mutation.vendor)
    file = mutation.file.partition("/")[2]
    return built(Files(ours.vendor, ours.folder, {**ours.files, file: mutation.of(ours.files[file])}))


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_change_of_one_fact_is_judged_rightly_and_shown(mutation: Mutation) -> None:
    found = diff({mutation.vendor: built(files(mutation.vendor))}, {mutation.vendor: mutated(mutation)})
    says = "\n".join(judgement.says for one in found.changes for judgement in one.judgements)
    assert (found.changes[0].verdict, found.step) == (mutation.verdict, mutation.step), says
    assert mutation.witness in says


def test_a_contract_does_not_differ_from_itself() -> None:
    ours = {vendor: built(files(vendor)) for vendor in ("amio", "agillic", "amilia", "ameyo")}
    assert diff(ours, ours).changes == ()


def test_the_table_is_large_enough() -> None:
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS) >= 40
