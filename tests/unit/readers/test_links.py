from dataclasses import replace

from emulator.readers.links import links


def linked(toy, refers_to="toys", **changes):
    file = toy.operations["toys.toys.file"]
    parameters = tuple(replace(p, refers_to=refers_to if p.name == "toy" else "") for p in file.parameters)
    operations = {**toy.operations, file.id: replace(file, parameters=parameters)}
    create = replace(toy.operations["toys.toys.create"], creates="toys", **changes)
    return links(replace(toy, operations=operations), create, create.replies[201])


def test_who_takes_what_was_created_is_linked_by_its_id(toy):
    parameters = {"toy": "$response.body#/id"}
    assert linked(toy) == {"toys.toys.file": {"operationId": "toys.toys.file", "parameters": parameters}}


def test_what_refers_to_something_else_is_not_linked(toy):
    assert linked(toy, refers_to="books") == {}


def test_what_creates_nothing_links_to_nothing(toy):
    create = toy.operations["toys.toys.create"]
    assert links(toy, create, create.replies[201]) == {}
