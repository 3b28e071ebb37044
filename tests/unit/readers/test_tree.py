import pytest

from emulator.contract.schema import Schema
from emulator.readers.tree import Node, definition_tree, tree

DEFINITIONS = {
    "id": {"type": "string", "minLength": 1},
    "toy": {
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"$ref": "#/$defs/id"}, "twin": {"$ref": "#/$defs/toy"}},
    },
}


def shown(schema) -> Node:
    return tree(Schema(schema, DEFINITIONS, "here"))


def test_a_reference_at_the_top_is_followed_and_one_below_is_named():
    node = shown({"$ref": "#/$defs/toy"})
    assert [(child.name, child.kind, child.required, child.ref) for child in node.children] == [
        ("id", "string", True, ""),
        ("twin", "object", False, "toy"),
    ]
    assert node == definition_tree("toy", DEFINITIONS)


def test_a_list_shows_the_members_of_its_items():
    node = shown({"type": "array", "items": {"type": "object", "properties": {"a": {"type": "integer"}}}})
    assert node.kind == "list of object"
    assert [child.name for child in node.children] == ["a"]


@pytest.mark.parametrize(
    "schema, kind, rules, values",
    [
        (True, "anything", (), ()),
        (False, "nothing", (), ()),
        (
            {"type": ["string", "null"], "format": "date", "maxLength": 9},
            "string or null, date",
            ("at most 9 characters",),
            (),
        ),
        ({"enum": [1, "a", None]}, "integer or string or null", (), ("1", '"a"', "null")),
        ({"const": False}, "boolean", (), ("false",)),
        (
            {"type": "array", "items": {"enum": ["x"]}, "uniqueItems": True},
            "list of string",
            ("no item twice",),
            ('"x"',),
        ),
        ({"anyOf": [{"type": "null"}, {"$ref": "#/$defs/id"}]}, "null or string", (), ()),
        ({"type": "integer", "default": 2, "minimum": 1}, "integer", ("at least 1", "default 2"), ()),
        (
            {"type": "object", "required": ["a"], "additionalProperties": False},
            "object",
            ("with a", "no other members"),
            (),
        ),
    ],
)
def test_a_line_says_kind_rules_and_values(schema, kind, rules, values):
    node = shown(schema)
    assert (node.kind, node.rules, node.values) == (kind, rules, values)


def test_all_that_must_hold_is_shown_as_one():
    node = shown(
        {"allOf": [{"$ref": "#/$defs/toy"}, {"properties": {"size": {"type": "integer"}}, "required": ["size"]}]}
    )
    assert {child.name: child.required for child in node.children} == {"size": True, "id": True, "twin": False}


def test_alternatives_and_conditions_are_told_from_members():
    node = shown(
        {
            "properties": {"a": {"type": "integer"}},
            "if": {"required": ["a"]},
            "then": {"required": ["b"]},
            "oneOf": [{"title": "short", "required": ["a"]}, {"required": ["b"]}],
            "additionalProperties": {"type": "string"},
            "patternProperties": {"^x": True},
        }
    )
    assert [(child.name, child.spoken) for child in node.children] == [
        ("a", False),
        ("/^x/", False),
        ("any other name", True),
        ("short", True),
        ("exactly one of, 2", True),
        ("where", True),
        ("then", True),
    ]
