"""Says a thing once: replies and headers that many operations have alike become components of the document."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

HTTP = frozenset({"get", "post", "put", "patch", "delete"})


def hoisted(document: dict[str, Any]) -> dict[str, Any]:
    """The document with every reply and header that stands in it twice or more moved to its components."""
    components = document["components"]
    replies = [*_replies(document)]
    components["headers"] = _moved([r for _, r in replies if "headers" in r], "headers", lambda name, header: name)
    owners = [operation for operation in _operations(document) if "responses" in operation]
    named = _moved(owners, "responses", _reply_name)
    components["responses"] = {**components.get("responses", {}), **named}
    document["components"] = {name: value for name, value in components.items() if value}
    return document


def _moved(owners: list[dict[str, Any]], key: str, naming: Any) -> dict[str, Any]:
    """Puts references in the place of what is there more than once; answers what they refer to, by name."""
    texts = [{name: json.dumps(value, sort_keys=True) for name, value in owner[key].items()} for owner in owners]
    often = {text for text, count in Counter(t for found in texts for t in found.values()).items() if count > 1}
    names: dict[str, str] = {}
    moved: dict[str, Any] = {}
    for owner, found in zip(owners, texts, strict=True):
        for name, text in found.items():
            if text not in often:
                continue
            if text not in names:
                names[text] = _free(naming(name, owner[key][name]), moved)
                moved[names[text]] = owner[key][name]
            owner[key][name] = {"$ref": f"#/components/{key}/{names[text]}"}
    return moved


def _reply_name(status: str, reply: dict[str, Any]) -> str:
    return ".".join([status, *reply.get("x-refusals", ())])


def _free(name: str, taken: dict[str, Any]) -> str:
    return next(n for n in (name, *(f"{name}-{i}" for i in range(2, len(taken) + 3))) if n not in taken)


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        yield from (operation for method, operation in item.items() if method in HTTP)


def _replies(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for operation in _operations(document):
        yield from operation["responses"].items()
