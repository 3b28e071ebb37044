from emulator.readers.routes import as_table, routes


def test_a_row_names_both_ends_of_an_operation(toy):
    rows = {row["id"]: row for row in routes(toy, {"toys.toys.file": "vendors/toys/toys.py:7"})}
    assert rows["toys.toys.file"] == {
        "vendor": "toys",
        "method": "GET",
        "path": "/toys/{toy}:file/{rest*}",
        "id": "toys.toys.file",
        "basis": "assumed",
        "contract": "toys/toys/file.json",
        "behaviour": "vendors/toys/toys.py:7",
    }
    assert rows["toys.toys.greet"]["behaviour"] == "(canned)"


def test_the_table_has_a_line_for_each_and_its_columns_stand_under_each_other(toy):
    lines = as_table(routes(toy, {})).splitlines()
    assert len(lines) == len(toy.operations)
    assert len({line.index(" toys.toys.") for line in lines}) == 1
    assert not any(line.endswith(" ") for line in lines)


def test_no_rows_make_an_empty_table():
    assert as_table([]) == ""
