"""The small pieces of an OpenAPI document: schemas, parameters, headers and examples, as the contract states them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from emulator.contract.model import Header, Parameter, Part, Source
from emulator.contract.schema import Schema
from emulator.contract.vocabulary import NAMED_SUBSCHEMAS, SUBSCHEMA, SUBSCHEMAS
from emulator.readers.sample import sample
from emulator.wire import NOTHING

COMPONENTS = "#/components/schemas/"
STYLES = {
    ("query", "csv"): ("form", False),
    ("query", "repeat"): ("form", True),
    ("path", "csv"): ("simple", False),
    ("header", "csv"): ("simple", False),
}


def plain(value: Any) -> Any:
    """A JSON value of its own: mappings that cannot be written to become dicts, tuples and sets lists."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return sorted(value) if isinstance(value, frozenset | set) else value


def rewritten(schema: Any) -> dict[str, Any]:
    """The schema with its references pointing into the document's components.

    What JSON Schema may leave out or abbreviate, and some readers of OpenAPI ask for, is written out: `true` and `false` as
    objects, the items of a list of anything, an enumeration of several kinds of value kind by kind.
    """
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    shown = {key: _keyword(key, value) for key, value in schema.items()}
    if "array" in schema.get("type", ()) and not schema.keys() & {"items", "prefixItems"}:
        shown["items"] = {}
    if len(kinds := _kinds(shown.get("enum", ()))) > 1 and "anyOf" not in shown:
        del shown["enum"]
        shown["anyOf"] = [{"type": kind, "enum": values} for kind, values in kinds.items()]
    return shown


def _kinds(values: Sequence[Any]) -> dict[str, list[Any]]:
    """The values by their type in JSON Schema; nothing where one is null, a list or an object."""
    names = {bool: "boolean", int: "integer", float: "number", str: "string"}
    found: dict[str, list[Any]] = {}
    for value in values:
        if type(value) in names:
            found.setdefault(names[type(value)], []).append(value)
    return found if sum(map(len, found.values())) == len(values) else {}


def _keyword(key: str, value: Any) -> Any:
    if key == "$ref":
        return COMPONENTS + value.removeprefix("#/$defs/")
    if key in SUBSCHEMA and not (key == "additionalProperties" and isinstance(value, bool)):
        return rewritten(value)
    if key in SUBSCHEMAS:
        return [rewritten(item) for item in value]
    if key in NAMED_SUBSCHEMAS:
        return {name: rewritten(item) for name, item in value.items()}
    return plain(value)


def origin(source: Source | None) -> dict[str, Any]:
    """`x-source` for a fact that has a source; nothing for one that has none of its own."""
    if source is None:
        return {}
    names = ("basis", "document", "section", "says", "why")
    return {"x-source": {name: value for name in names if (value := getattr(source, name))}}


def told(source: Source | None) -> str:
    """What a source says."""
    return source.says if source is not None else ""


def exemplified(schema: Schema, example: Any, given: bool, hints: Mapping[str, Any] = NOTHING) -> dict[str, Any]:
    """The contract's example where it meets the schema; else one made from the schema, and said to be."""
    if given and schema.valid(example):
        return {"example": plain(example)}
    made = sample(schema, example if given else None, hints)
    if not made:
        return {}
    return {"examples": {"made": {"summary": "Made from the schema", "value": made[0]}}}


def content(schema: Schema, example: Any = None, given: bool = False) -> dict[str, Any]:
    """One media type's schema and example."""
    return {"schema": rewritten(schema.raw), **exemplified(schema, example, given)}


def parameter(parameter: Parameter) -> dict[str, Any]:
    """One parameter, with what the emulator does beyond what OpenAPI can say as extensions."""
    shown: dict[str, Any] = {"name": parameter.name, "in": parameter.place}
    if parameter.description:
        shown["description"] = parameter.description
    shown["required"] = parameter.required
    if (form := STYLES.get((parameter.place, parameter.style))) is not None:
        shown["style"], shown["explode"] = form
    shown["schema"] = rewritten(parameter.schema.raw)
    shown |= exemplified(parameter.schema, parameter.example, parameter.example is not None)
    if parameter.refers_to:
        shown["x-refers-to"] = parameter.refers_to
    if parameter.twice:
        shown["x-decoded"] = "twice"
    if parameter.refusal != "invalid":
        shown["x-refusal"] = parameter.refusal.value
    return {**shown, **origin(parameter.source)}


def header(header: Header) -> dict[str, Any]:
    """One reply header."""
    described = {"description": header.description} if header.description else {}
    schema = rewritten(header.schema.raw)
    return {**described, "required": header.required, "schema": schema, **origin(header.source)}


def constant(value: str) -> dict[str, Any]:
    """A header that every reply bears with one value."""
    return {"required": True, "schema": {"type": "string", "const": value}}


def counting_headers(part: Part) -> dict[str, dict[str, Any]]:
    """The headers in which a limit says how it stands. Not required: a call that nobody is charged for bears none."""
    meanings = {
        "limit_header": "calls that the limit allows",
        "remaining_header": "calls that are left",
        "reset_header": {
            "seconds": "seconds until the count begins anew",
            "http_date": "when the count begins anew, as an HTTP date",
        }.get(part.options.get("reset_as", ""), "when the count begins anew, in epoch seconds"),
    }
    shown = {}
    for option, name in part.options.items():
        if option.endswith("_header") and isinstance(name, str) and name:
            dated = option == "reset_header" and part.options.get("reset_as") == "http_date"
            schema = {"type": "string"} if dated or option not in meanings else {"type": "integer", "minimum": 0}
            meaning = meanings.get(option, option.removesuffix("_header").replace("_", " "))
            shown[name] = {"description": f"{part.title or part.name}: {meaning}", "required": False, "schema": schema}
    return shown
