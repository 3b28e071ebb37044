"""Parts of two schemas as one, and what lies beyond a bound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.fuzz.plain import named

Plain = dict[str, Any]
"""One alternative: plain keywords; `x-without` values that it excludes; `x-also` schemas to be met that could not be merged."""
_JUDGING = frozenset({"pattern", "multipleOf", "uniqueItems", "prefixItems", "additionalProperties", "oneOf"}) | {
    "patternProperties",
    "propertyNames",
}


def beyond(keyword: str, stated: Any, schema: Mapping[str, Any]) -> list[Plain]:
    """Values on the other side of a bound; of any other assertion, only that it does not hold."""
    other = {"minLength": "maxLength", "minItems": "maxItems", "minProperties": "maxProperties"}
    kind = {"Length": "string", "Items": "array", "Properties": "object"}
    for low, high in other.items():
        if keyword == low:
            return [{"type": [kind[low[3:]]], high: stated - 1}] if stated > 0 else []
        if keyword == high:
            return [{"type": [kind[low[3:]]], low: stated + 1}]
    opposite = {"minimum": "exclusiveMaximum", "maximum": "exclusiveMinimum"}
    opposite |= {"exclusiveMaximum": "minimum", "exclusiveMinimum": "maximum"}
    if keyword in opposite:
        return [{"type": ["number"], opposite[keyword]: stated}]
    if keyword == "if":
        whole = {k: v for k, v in schema.items() if k in ("if", "then", "else")}
        return [{"x-also": [{"not": whole}]}]
    if keyword in ("then", "else") or keyword not in _JUDGING:
        return []
    return [{"x-also": [{"not": {keyword: stated}}]}]


def both(a: Any, b: Any) -> Any:
    """A schema that asks for two."""
    if a is False or b is False:
        return False
    if a is True or a == {} or a == b:
        return b
    return a if b is True or b == {} else {"allOf": [a, b]}


def members(a: Plain, b: Plain) -> Plain:
    """Properties of both: what one does not name must meet what it says of others."""
    merged: Plain = {}
    names = [*a.get("properties", ()), *(n for n in b.get("properties", ()) if n not in a.get("properties", ()))]
    if names:
        merged["properties"] = {name: both(named(a, name), named(b, name)) for name in names}
    patterns = {**a.get("patternProperties", {}), **b.get("patternProperties", {})}
    if patterns:
        for pattern in a.get("patternProperties", {}):
            if pattern in b.get("patternProperties", {}):
                patterns[pattern] = both(a["patternProperties"][pattern], b["patternProperties"][pattern])
        merged["patternProperties"] = patterns
        if "additionalProperties" in a or "additionalProperties" in b:
            keys = ("properties", "patternProperties", "additionalProperties")
            merged["x-also"] = [{k: s[k] for k in keys if k in s} for s in (a, b)]
            merged["x-also"] += [*a.get("x-also", ()), *b.get("x-also", ())]
    return merged


def listed(a: Plain, b: Plain) -> Plain:
    """Items of both, place by place."""
    first, second = a.get("prefixItems", []), b.get("prefixItems", [])
    if not first and not second:
        return {}
    return {
        "prefixItems": [
            both(
                first[i] if i < len(first) else a.get("items", True),
                second[i] if i < len(second) else b.get("items", True),
            )
            for i in range(max(len(first), len(second)))
        ]
    }


def ordinary(plain: Plain) -> Any:
    """A plain schema in the vocabulary of contracts."""
    rest = {key: value for key, value in plain.items() if key not in ("x-without", "x-also")}
    also = list(plain.get("x-also", ()))
    if plain.get("x-without"):
        also.append({"not": {"enum": plain["x-without"]}})
    return {**rest, "allOf": also} if also else rest
