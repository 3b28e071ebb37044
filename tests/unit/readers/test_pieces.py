import pytest

from emulator.readers.pieces import rewritten


@pytest.mark.parametrize(
    "schema, shown",
    [
        (True, {}),
        (False, {"not": {}}),
        ({"$ref": "#/$defs/a.b"}, {"$ref": "#/components/schemas/a.b"}),
        ({"properties": {"items": True}}, {"properties": {"items": {}}}),
        ({"type": ["array", "null"]}, {"type": ["array", "null"], "items": {}}),
        ({"type": "array", "prefixItems": [True]}, {"type": "array", "prefixItems": [{}]}),
        ({"additionalProperties": False}, {"additionalProperties": False}),
        ({"additionalProperties": {"$ref": "#/$defs/a"}}, {"additionalProperties": {"$ref": "#/components/schemas/a"}}),
        ({"const": {"$ref": "#/$defs/a"}}, {"const": {"$ref": "#/$defs/a"}}),
        ({"anyOf": [{"not": True}]}, {"anyOf": [{"not": {}}]}),
        ({"enum": ["a", None]}, {"enum": ["a", None]}),
        (
            {"enum": [True, "true"]},
            {"anyOf": [{"type": "boolean", "enum": [True]}, {"type": "string", "enum": ["true"]}]},
        ),
    ],
)
def test_a_schema_is_written_for_openapi(schema, shown):
    assert rewritten(schema) == shown
