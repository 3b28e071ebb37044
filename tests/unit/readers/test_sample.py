import pytest

from emulator.contract.schema import Schema
from emulator.readers.sample import sample

NODE = {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/$defs/node"}}}
LEAF = {"type": "object", "properties": {"next": {"$ref": "#/$defs/leaf"}}}


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {},
        {"type": "string", "minLength": 50},
        {"type": "string", "maxLength": 1},
        {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        {"type": "string", "format": "uuid", "pattern": "^[0-9a-f-]{36}$"},
        {"type": "integer", "exclusiveMinimum": 3, "multipleOf": 5},
        {"type": "number", "maximum": -2},
        {"type": ["null", "boolean"]},
        {"enum": ["a"], "type": "string"},
        {"type": "array", "minItems": 3, "items": {"type": "integer"}},
        {"type": "array", "maxItems": 0, "items": {"type": "integer"}},
        {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]},
        {"type": "object", "minProperties": 1, "properties": {"a": {"type": "integer"}}},
        {"type": "object", "required": ["b"], "additionalProperties": {"const": 3}},
        {"allOf": [{"type": "object", "required": ["a"]}, {"properties": {"a": {"minimum": 7, "type": "integer"}}}]},
        {"anyOf": [False, {"type": "null"}]},
        {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 1}, {"type": "string"}]},
        {"type": "string", "default": "as usual"},
        {"type": "integer", "examples": ["wrong", 12]},
        {"$ref": "#/$defs/leaf", "required": ["next"]},
        {"type": "array", "items": {"$ref": "#/$defs/node"}},
    ],
)
def test_what_is_made_meets_the_schema(schema):
    judged = Schema(schema, {"leaf": LEAF, "node": NODE}, "here")
    (made,) = sample(judged)
    assert judged.valid(made)


@pytest.mark.parametrize("schema", [False, {"$ref": "#/$defs/node"}, {"type": "string", "pattern": "^no[!]guess$"}])
def test_where_nothing_can_be_made_there_is_no_example(schema):
    assert sample(Schema(schema, {"node": NODE}, "here")) == []


def test_a_payload_stands_where_the_schema_has_a_place_for_it():
    payload = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
    wrapper = {"type": "object", "required": ["data", "extra"], "properties": {"data": payload, "extra": {}}}
    (made,) = sample(Schema(wrapper, {}, "here"), {"id": 7})
    assert made["data"] == {"id": 7}
    assert made["extra"] != {"id": 7}


def test_a_hint_fills_the_members_that_are_named_after_it_and_take_it():
    schema = {
        "type": "object",
        "required": ["errorMessage", "messageCount"],
        "properties": {"messageCount": {"type": "integer"}},
    }
    (made,) = sample(Schema(schema, {}, "here"), hints={"message": "Wrong."})
    assert made == {"errorMessage": "Wrong.", "messageCount": 1}
