import json

import pytest

from emulator.readers.coverage import coverage
from emulator.readers.evidence import digest, evidence


def test_every_guess_is_named_with_its_place_and_its_reason(toy):
    guesses = {guess.place: guess for guess in coverage(toy).guesses}
    assert {
        "toys/vendor.json#/figures/life",
        "toys/vendor.json#/settings/plan",
        "toys/vendor.json#/refusals/malformed",
        "toys/vendor.json#/auth/nobody",
        "toys/toys/file.json#",
        "toys/toys/file.json#/refusals/0",
        "toys/schemas/toy.json#/$defs/toy/properties/colour",
    } == set(guesses)
    life = guesses["toys/vendor.json#/figures/life"]
    assert (life.category, life.basis, life.says, life.why) == ("figures", "assumed", "ten", "a number was needed")


def test_what_states_no_source_counts_as_what_it_stands_in(toy):
    counts = coverage(toy).counts
    assert counts["operations"] == {"documented": 3, "inferred": 0, "assumed": 1}
    assert counts["parameters"] == {"documented": 4, "inferred": 0, "assumed": 2}
    assert counts["failures"]["inferred"] == 1


def test_nothing_is_counted_twice(toy):
    counts = dict(coverage(toy).counts)
    total = counts.pop("all")
    assert sum(total.values()) == sum(sum(by.values()) for by in counts.values())


def test_a_property_that_is_called_source_is_no_source(toy):
    assert all(sum(by.values()) for by in coverage(toy).counts.values())


def test_an_exchange_of_the_documents_proves_its_operation(toy, fixtures):
    ledger = coverage(toy, fixtures)
    assert ledger.operations["toys.toys.greet"]["exchanges"] == ["hello.json"]
    assert "1 of 4 operations" in ledger.as_text()


def test_an_outcome_that_no_exchange_shows_is_proved_by_our_own_tests_only(toy, fixtures):
    ledger = coverage(toy, fixtures)
    outcomes = ledger.operations["toys.toys.greet"]["outcomes"]
    assert outcomes["200"] == ["hello.json"]
    assert ledger.operations["toys"]["outcomes"]["not_found"] == ["lost.json"]
    others = sum(not files for one in ledger.operations.values() for files in one["outcomes"].values())
    assert ledger.proved["outcomes by own tests only"] == others
    assert ledger.proved["outcomes by the documents"] == 2


def test_evidence_tells_what_a_real_server_kept_and_by_which_contract(toy, tmp_path):
    met = {"toys.toys.greet": {"reached": True, "outcomes": {"200": True, "throttled": False}}}
    told = {"vendor": "toys", "target": "https://toys.test", "operations": met}
    for day, contract in (("2026-01-05", "another"), ("2026-01-06", digest(toy))):
        document = {**told, "at": f"{day}T09:00:00Z", "contract": contract}
        (tmp_path / f"{day}.json").write_text(json.dumps(document))
    ledger = coverage(toy, evidence=evidence(tmp_path))
    newest, oldest = ledger.operations["toys.toys.greet"]["verified"]
    assert (newest["kept"], newest["departs"], newest["current"], oldest["current"]) == (
        ["200"],
        ["throttled"],
        True,
        False,
    )
    assert "verified 2026-01-06T09:00:00Z at https://toys.test: 200, departs in throttled" in ledger.as_text()
    assert ledger.proved["operations verified"] == 1


def test_evidence_of_another_vendor_says_nothing(toy, tmp_path):
    told = {"vendor": "dolls", "at": "2026-01-05", "target": "", "contract": "", "operations": {}}
    (tmp_path / "one.json").write_text(json.dumps(told))
    assert not any(one["verified"] for one in coverage(toy, evidence=evidence(tmp_path)).operations.values())


@pytest.mark.parametrize(
    "text, said", [("{", "is no JSON"), ("[]", "is no evidence"), ('{"vendor": 1}', "is no evidence")]
)
def test_what_is_no_evidence_is_refused(text, said, tmp_path):
    (tmp_path / "one.json").write_text(text)
    with pytest.raises(ValueError, match=said):
        evidence(tmp_path / "one.json")


def test_it_can_be_read_and_parsed(toy):
    ledger = coverage(toy)
    assert "toys/vendor.json#/figures/life  assumed  ten; because a number was needed" in ledger.as_text().splitlines()
    assert json.loads(json.dumps(ledger.as_json()))["vendor"] == "toys"
