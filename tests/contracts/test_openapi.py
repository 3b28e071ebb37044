"""Over every vendor: the exported document is valid, and nothing of the contract is missing in it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from emulator import data
from emulator.contract.load import load
from emulator.contract.model import Contract
from emulator.readers.openapi import openapi, served

FOLDER = data.folder("contracts")
VENDORS = sorted(path.parent.name for path in FOLDER.glob("*/vendor.json"))
pytestmark = pytest.mark.parametrize("vendor", VENDORS)


@cache
def contract(vendor: str) -> Contract:
    return load(FOLDER / vendor, thorough=False)


@cache
def document(vendor: str) -> dict[str, Any]:
    return openapi(contract(vendor), f"http://127.0.0.1:8080/{vendor}")


def followed(vendor: str, value: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in value:
        return value
    found: Any = document(vendor)
    for step in value["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def medias(vendor: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every place for a body, with what names it."""
    whole = document(vendor)
    hooks = [item["post"] for item in whole.get("webhooks", {}).values()]
    for operation in [*(one for item in whole["paths"].values() for one in item.values()), *hooks]:
        bodies = [("body", operation["requestBody"])] if "requestBody" in operation else []
        replies = [(status, followed(vendor, reply)) for status, reply in operation["responses"].items()]
        for where, holder in (*bodies, *replies):
            for media in holder.get("content", {}).values():
                yield f"{operation['operationId']} {where}", media


def test_it_is_valid(vendor):
    assert [str(error) for error in OpenAPIV31SpecValidator(document(vendor)).iter_errors()] == []


def test_every_operation_is_there_with_its_parameters_statuses_and_refusals(vendor):
    for operation in contract(vendor).operations.values():
        shown = document(vendor)["paths"][served(operation.path)][operation.method.lower()]
        assert shown["operationId"] == operation.id
        assert [(p["in"], p["name"]) for p in shown.get("parameters", ())] == [
            (p.place, p.name) for p in operation.parameters
        ]
        promised = {str(p.status) for p in (*operation.replies.values(), *operation.refusals.values())}
        assert set(shown["responses"]) == promised
        for kind, promise in operation.refusals.items():
            assert kind in followed(vendor, shown["responses"][str(promise.status)])["x-refusals"]


def test_every_event_is_a_webhook(vendor):
    assert set(document(vendor).get("webhooks", {})) == set(contract(vendor).events)


def test_every_example_meets_its_schema(vendor):
    components = {"components": {"schemas": document(vendor)["components"]["schemas"]}}
    found = 0
    for _name, media in medias(vendor):
        given = (
            [media["example"]] if "example" in media else [one["value"] for one in media.get("examples", {}).values()]
        )
        if given:
            judge = jsonschema_rs.Draft202012Validator(
                {"allOf": [media["schema"]], **components}, validate_formats=False
            )
            for example in given:
                judge.validate(example)
                found += 1
    assert found


def test_every_body_has_an_example(vendor):
    assert [
        name for name, media in medias(vendor) if "schema" in media and not {"example", "examples"} & set(media)
    ] == []


def test_every_parameter_has_an_example(vendor):
    assert [
        f"{operation['operationId']} {parameter['name']}"
        for item in document(vendor)["paths"].values()
        for operation in item.values()
        for parameter in operation.get("parameters", ())
        if not {"example", "examples"} & set(parameter)
    ] == []


def test_a_link_leads_to_an_operation_and_its_parameters(vendor):
    paths = document(vendor)["paths"]
    operations = {operation["operationId"]: operation for item in paths.values() for operation in item.values()}
    replies = [
        followed(vendor, reply) for operation in operations.values() for reply in operation["responses"].values()
    ]
    links = [link for reply in replies for link in reply.get("links", {}).values()]
    assert links
    for link in links:
        path = {p["name"] for p in operations[link["operationId"]]["parameters"] if p["in"] == "path"}
        assert set(link["parameters"]) <= path


def test_every_scheme_that_an_operation_asks_for_is_described(vendor):
    whole = document(vendor)
    asked = {
        name for item in whole["paths"].values() for one in item.values() for way in one["security"] for name in way
    }
    assert asked <= set(whole["components"]["securitySchemes"])


def test_what_is_no_document_says_so(vendor):
    """A guess keeps its basis and its reason on the way out."""
    for operation in contract(vendor).operations.values():
        shown = document(vendor)["paths"][served(operation.path)][operation.method.lower()]
        assert shown["x-source"]["basis"] == operation.source.basis
        assert shown["x-source"].get("why", "") == operation.source.why
