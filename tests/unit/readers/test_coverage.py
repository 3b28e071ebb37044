import json

from emulator.readers.coverage import coverage


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


def test_it_can_be_read_and_parsed(toy):
    ledger = coverage(toy)
    assert "toys/vendor.json#/figures/life  assumed  ten; because a number was needed" in ledger.as_text().splitlines()
    assert json.loads(json.dumps(ledger.as_json()))["vendor"] == "toys"
