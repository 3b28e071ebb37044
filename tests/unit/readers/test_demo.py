import json
from dataclasses import replace

import pytest

from emulator.readers.demo import with_examples

ROWS = {
    "shelves": [{"id": "1"}, {"id": "2"}],
    "boxes": [{"id": "10", "shelf": 2}, {"id": "11", "shelf": 1}],
}


@pytest.fixture
def place(tmp_path):
    (tmp_path / "toys").mkdir()
    (tmp_path / "toys" / "world.json").write_text(json.dumps({"collections": ROWS}))
    return tmp_path


def examples(toy, place, **collections):
    """The examples of an operation whose address names rows of these collections, in this order."""
    file = toy.operations["toys.toys.file"]
    one = replace(file.parameters[0], example=None)
    parameters = tuple(replace(one, name=name, refers_to=where) for name, where in collections.items())
    contract = with_examples(replace(toy, operations={file.id: replace(file, parameters=parameters)}), place)
    return [parameter.example for parameter in contract.operations[file.id].parameters]


def test_a_row_brings_what_it_stands_in(toy, place):
    assert examples(toy, place, shelf="shelves", box="boxes") == ["2", "10"]


def test_a_demo_credential_of_the_same_name_goes_first(toy, place):
    credential = replace(toy.credentials["token"], name="shelf_id", demo="2")
    toy = replace(toy, credentials={"shelf_id": credential})
    assert examples(toy, place, shelfId="shelves") == ["2"]


def test_what_the_demo_world_does_not_have_has_no_example(toy, place):
    assert examples(toy, place, book="books") == [None]


def test_a_vendor_without_a_demo_world_is_left_as_it_is(toy, tmp_path):
    assert with_examples(toy, tmp_path) == toy
