"""Parameters as the texts that stand for them: lawful ones, and ones that their schema does not allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from emulator.contract.model import Parameter
from emulator.contract.read import typed
from emulator.contract.schema import Schema
from emulator.fuzz.instances import TRIES, valid
from emulator.fuzz.invalid import Broken, invalid
from emulator.fuzz.text import texts

Known = Mapping[str, Sequence[str]]
ASSERTING = frozenset({"enum", "pattern", "maxLength", "minItems", "maxItems", "uniqueItems", "$ref"})


@dataclass(frozen=True)
class Request:
    """A request before it is written: every parameter as its texts, so that one can be changed."""

    path: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes = b""


def texts_of(draw: Any, parameter: Parameter, known: Known) -> list[str]:
    """What is written for a lawful value: one text, or several where the parameter is repeated."""
    ids = [ident for ident in known.get(parameter.refers_to, ()) if parameter.schema.valid(read(parameter, [ident]))]
    if ids and "array" not in parameter.types and draw(st.integers(0, 4)):
        return [draw(st.sampled_from(ids))]
    strategy = valid(parameter.schema) if not _only_text(parameter) else text_for(parameter)
    for _ in range(TRIES):
        value = draw(strategy)
        given = rendered(parameter, value)
        if given and all(_fits(parameter, text) for text in given) and parameter.schema.valid(read(parameter, given)):
            if parameter.spellings and draw(st.booleans()):
                given = [text.swapcase() for text in given]
            return given
    return reject()


def text_for(parameter: Parameter) -> st.SearchStrategy[str]:
    """Texts for a parameter that takes any: of a header those that a header can carry."""
    alphabet = st.characters(min_codepoint=0x20, max_codepoint=0x7E) if parameter.place == "header" else None
    raw = parameter.schema.raw
    return texts(max(raw.get("minLength", 0), int(parameter.place == "path")), raw.get("maxLength"), alphabet)


def _only_text(parameter: Parameter) -> bool:
    return parameter.types == {"string"} and not ({"enum", "pattern", "examples", "const"} & words(parameter.schema))


def words(schema: Schema) -> set[str]:
    raw = schema.raw if isinstance(schema.raw, dict) else {}
    return {"enum", "pattern"} if set(raw) & {"$ref", "allOf", "anyOf", "oneOf", "not", "if"} else set(raw)


def rendered(parameter: Parameter, value: Any) -> list[str]:
    """A value as the texts that are read as it; none where it cannot be written."""
    if isinstance(value, list):
        found = [text for item in value for text in rendered(parameter, item)]
        if parameter.style == "csv" and value and len(found) == len(value):
            return [",".join(found)]
        return found if len(found) == len(value) else []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, float):
        return [str(int(value)) if value.is_integer() else f"{value:f}"]
    return [str(value)] if isinstance(value, str | int) else []


def read(parameter: Parameter, given: list[str]) -> Any:
    """The texts as the contract's rules read them."""
    if "array" not in parameter.types:
        return typed(parameter.spellings.get(given[0].lower(), given[0]), parameter.types)
    items = parameter.schema.raw.get("items", {}) if isinstance(parameter.schema.raw, dict) else {}
    kind = items.get("type", ()) if isinstance(items, dict) else ()
    pieces = [piece.strip() for text in given for piece in text.split(",")] if parameter.style == "csv" else given
    return [
        typed(parameter.spellings.get(p.lower(), p), frozenset([kind] if isinstance(kind, str) else kind))
        for p in pieces
    ]


def _fits(parameter: Parameter, text: str) -> bool:
    """Whether a text can stand where the parameter stands."""
    if parameter.place == "header":
        return text == text.strip() and text.isascii() and text.isprintable()
    return parameter.place != "path" or text != ""


def spoilt(draw: Any, request: Request, parameter: Parameter) -> tuple[Request, Broken]:
    """The request with one parameter missing, or with a text that its schema does not allow."""
    others = [(name, text) for name, text in request.query if name.lower() != parameter.name.lower()]
    rest = {name: text for name, text in request.headers.items() if name != parameter.key}
    if parameter.required and parameter.place != "path" and draw(st.booleans()):
        return replace(request, query=others, headers=rest), Broken((parameter.name,), "required")
    words = st.sampled_from(
        ["", "x", "1.5", "-1", "0", "true", "null", "99999999999999999999", "١", "1e3", "[]", "é" * 300]
    )
    broken = invalid(parameter.schema).map(lambda pair: pair[0])
    choices = words if broken.is_empty else st.one_of(broken, words)
    for _ in range(TRIES * 2):
        given = rendered(parameter, draw(choices))
        if (
            given
            and all(_fits(parameter, text) for text in given)
            and not parameter.schema.valid(read(parameter, given))
        ):
            if parameter.place == "path":
                return replace(request, path={**request.path, parameter.name: given[0]}), Broken((parameter.name,), "")
            if parameter.place == "header":
                return replace(request, headers={**rest, parameter.key: given[0]}), Broken((parameter.name,), "")
            return replace(request, query=[*others, *((parameter.name, t) for t in given)]), Broken(
                (parameter.name,), ""
            )
    return reject()
