"""A contract as OpenAPI 3.1: everything that a client needs, and where each fact comes from."""

from __future__ import annotations

from typing import Any

from emulator.contract.model import Contract, Event, Operation, Parameter, Part
from emulator.readers import pieces, security, words
from emulator.readers.answers import refused, responses
from emulator.readers.demo import with_examples
from emulator.readers.pieces import origin, plain
from emulator.readers.shared import hoisted
from emulator.wire import Kind

ALIKE = "A field without `x-source` has the source of what it stands in."
WEBHOOKS = "webhook-events"  # with a hyphen, so that no resource can be called so


def openapi(contract: Contract, server_url: str) -> dict[str, Any]:
    """The contract as an OpenAPI document, served at `server_url` and at the vendor's own hosts."""
    contract = with_examples(contract)
    document: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": _info(contract),
        "servers": [
            {"url": server_url.rstrip("/") or "/", "description": "The emulator"},
            *map(_server, contract.hosts),
        ],
        "tags": [_tag(resource) for resource in dict.fromkeys(o.resource for o in contract.operations.values())],
        "paths": _paths(contract),
    }
    if contract.events:
        document["webhooks"] = {event.name: {"post": _webhook(contract, event)} for event in contract.events.values()}
        document["tags"].append({"name": WEBHOOKS, "x-displayName": "Webhooks"})
    return hoisted({**document, "components": _components(contract), **_extensions(contract)})


def served(path: str) -> str:
    """The path as OpenAPI writes it; a tail loses its star."""
    return path.replace("*}", "}")


def _info(contract: Contract) -> dict[str, Any]:
    description = "\n\n".join(filter(None, [contract.description, ALIKE]))
    return {
        "title": contract.title,
        "version": contract.version,
        "summary": f"What {contract.title} documents, as the emulator serves it",
        "description": description,
        **origin(contract.source),
    }


def _server(host: str) -> dict[str, Any]:
    if not host.startswith("*."):
        return {"url": f"https://{host}", "description": "The vendor's own"}
    variables = {"domain": {"default": "example", "description": "the account's part of the host name"}}
    return {"url": f"https://{{domain}}{host[1:]}", "description": "The vendor's own", "variables": variables}


def _tag(resource: str) -> dict[str, str]:
    return {"name": resource, "x-displayName": words.spoken(resource)}


def _paths(contract: Contract) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for operation in contract.operations.values():
        paths.setdefault(served(operation.path), {})[operation.method.lower()] = _operation(contract, operation)
    return paths


def _operation(contract: Contract, operation: Operation) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.resource],
        "summary": operation.title,
        "description": operation.description or operation.source.says or operation.title,
    }
    if operation.parameters:
        shown["parameters"] = [_parameter(operation, p) for p in operation.parameters]
    if operation.body is not None:
        shown["requestBody"] = _body(operation)
    shown["responses"] = responses(contract, operation)
    shown["security"] = security.requirements(contract, operation)
    return {**shown, **_meaning(contract, operation), **origin(operation.source)}


def _parameter(operation: Operation, parameter: Parameter) -> dict[str, Any]:
    tail = {"x-tail": True} if f"{{{parameter.name}*}}" in operation.path else {}
    return {**pieces.parameter(parameter), **tail}


def _body(operation: Operation) -> dict[str, Any]:
    body = operation.body
    assert body is not None
    one = pieces.content(body.schema, body.example, body.example is not None)
    shown: dict[str, Any] = {"required": body.required, "content": dict.fromkeys(body.media, one)}
    if body.any_media:
        shown["description"] = f"Read as {body.media[0]} whatever Content-Type it bears."
        shown["x-any-media"] = True
    if operation.variants:
        shown["x-variants"] = _variants(operation)
    return {**shown, **origin(body.source)}


def _variants(operation: Operation) -> dict[str, Any]:
    return {name: {"$ref": pieces.COMPONENTS + _variant(operation, name)} for name in operation.variants}


def _variant(operation: Operation, name: str) -> str:
    """The component that a variant is: the definition that it refers to, else one of its own."""
    raw = operation.variants[name].raw
    if isinstance(raw, dict) and set(raw) == {"$ref"}:
        return str(raw["$ref"]).removeprefix("#/$defs/")
    return f"{operation.id}.{name}"


def _meaning(contract: Contract, operation: Operation) -> dict[str, Any]:
    """What the contract says of an operation and OpenAPI has no word for."""
    found: dict[str, Any] = {
        "x-access": sorted(operation.access),
        "x-limits": list(operation.limits),
        "x-paging": operation.paging,
        "x-creates": operation.creates,
        "x-deletes": operation.deletes,
        "x-emits": list(operation.emits),
        "x-variants": _variants(operation) if operation.body is None else {},
        "x-canned": operation.behaviour == "canned" and operation.act == operation.id,
    }
    return {name: value for name, value in found.items() if value}


def _webhook(contract: Contract, event: Event) -> dict[str, Any]:
    style = contract.webhooks[event.webhook]
    headers: list[dict[str, Any]] = [
        {"name": name, "in": "header", "required": True, "schema": {"const": value}}
        for name, value in style.headers.items()
    ]
    if (signature := style.signature) is not None:
        described = {"required": False, "description": words.signature(signature), "schema": {"type": "string"}}
        headers.append({"name": signature.header, "in": "header", **described, **origin(signature.source)})
    return {
        "operationId": f"{contract.vendor}.events.{event.name}",
        "tags": [WEBHOOKS],
        "summary": event.title,
        "description": "\n\n".join(filter(None, [event.description or event.source.says, words.delivery(style)])),
        **({"parameters": headers} if headers else {}),
        "requestBody": {"required": True, "content": {style.media: pieces.content(event.schema, event.example, True)}},
        "responses": {"2XX": {"description": "Taken; anything else is a failed attempt."}},
        "security": [],
        **origin(event.source),
    }


def _components(contract: Contract) -> dict[str, Any]:
    schemas = {name: pieces.rewritten(raw) for name, raw in contract.definitions.items()}
    for operation in contract.operations.values():
        for name, schema in operation.variants.items():
            schemas.setdefault(_variant(operation, name), pieces.rewritten(schema.raw))
    unrouted = {
        kind.value: refused(contract, [contract.refusals[kind]], {})
        for kind in (Kind.NOT_FOUND, Kind.METHOD_NOT_ALLOWED)
        if kind in contract.refusals
    }
    found = {"schemas": schemas, "responses": unrouted, "securitySchemes": security.schemes(contract)}
    return {name: value for name, value in found.items() if value}


def _extensions(contract: Contract) -> dict[str, Any]:
    """What holds for the whole vendor and OpenAPI has no word for."""
    raw = contract.raw["vendor.json"]
    found = {
        "x-documents": plain(contract.documents),
        "x-roles": plain(contract.roles),
        "x-refusals": {
            kind.value: {"status": p.status, "messages": plain(p.messages), **origin(p.source)}
            for kind, p in contract.refusals.items()
        },
        "x-limits": {name: _part(part, words.limit(part)) for name, part in contract.limits.items()},
        "x-paging": {name: _part(style.part) for name, style in contract.paging.items()},
        "x-settings": plain(raw.get("settings", {})),
        "x-figures": plain(raw.get("figures", {})),
        "x-aliases": plain(raw.get("aliases", [])),
        "x-case": plain(raw.get("case", {})),
        "x-trailing-slash": plain(raw.get("trailing_slash", {})),
        "x-max-body": plain(raw.get("max_body", {})),
    }
    return {name: value for name, value in found.items() if value}


def _part(part: Part, described: str = "") -> dict[str, Any]:
    shown = {"title": part.title, "description": described, "kind": part.kind, "options": plain(part.options)}
    return {**{name: value for name, value in shown.items() if value}, **origin(part.source)}
