from emulator.readers.exchanges import exchanges


def test_an_exchange_finds_its_operation_by_its_path(toy, fixtures):
    assert [(one.title, one.operation, one.reply["status"]) for one in exchanges(toy, fixtures)] == [
        ("Hello", "toys.toys.greet", 200),
        ("lost", "", 404),
    ]


def test_a_vendor_without_exchanges_has_none(toy, tmp_path):
    assert exchanges(toy, tmp_path) == []
