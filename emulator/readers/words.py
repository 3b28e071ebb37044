"""Parts of a contract in words: durations, figures, limits, paging, deliveries, signatures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.contract.duration import seconds
from emulator.contract.model import Part, Signature, Webhook
from emulator.wire import Kind

UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
COUNTED = {"principal": "for each caller", "address": "for each address", "everyone": "for all callers together"}

MEANINGS = {
    Kind.NOT_FOUND: "no operation has this path",
    Kind.METHOD_NOT_ALLOWED: "the path has no such method",
    Kind.UNAUTHENTICATED: "the credential is missing, wrong or expired",
    Kind.FORBIDDEN: "the caller may not do this",
    Kind.THROTTLED: "a limit is used up",
    Kind.MALFORMED: "the body cannot be read",
    Kind.UNSUPPORTED_MEDIA: "the body's media type is not taken",
    Kind.NOT_ACCEPTABLE: "no media type that is accepted can be given",
    Kind.TOO_LARGE: "the body is too large",
    Kind.INVALID: "something breaks its schema or a rule on it",
    Kind.UNPROCESSABLE: "well-formed, but meaningless here",
    Kind.MISSING: "what the path names does not exist",
    Kind.CONFLICT: "it cannot be done as things stand",
    Kind.GONE: "it is no longer there",
    Kind.UPSTREAM: "the platform behind the vendor failed",
    Kind.UNAVAILABLE: "not served at present",
    Kind.FAILED: "the server failed",
    Kind.NOT_IMPLEMENTED: "not done by this server",
}


def spoken(name: str) -> str:
    """A name as people write it: `contact_uploads` -> `Contact uploads`."""
    return name.replace("_", " ").capitalize()


def duration(length: float) -> str:
    """5400 -> `1 hour 30 minutes`."""
    found, rest = [], round(length, 3)
    for unit, size in UNITS:
        count, rest = divmod(rest, size) if unit != "second" else (rest, 0)
        if count:
            found.append(f"{count:g} {unit}{'s' if count != 1 else ''}")
    return " ".join(found) or "at once"


def figure(value: Any) -> str:
    """A figure: a number, or how it comes from a setting."""
    if not isinstance(value, Mapping):
        return f"{value:,}" if isinstance(value, int) and value > 9999 else str(value)
    name = f"setting `{value['setting']}`"
    if "values" in value:
        name = "; ".join(f"{figure(one)} where {name} is {key}" for key, one in value["values"].items())
    return f"{value['times']:g} times {name}" if "times" in value else name


def limit(part: Part) -> str:
    """How many calls a limit allows."""
    options = part.options
    if "calls" not in options:
        return part.title or spoken(part.kind)
    within = f"in {duration(seconds(options['per']))}" if "per" in options else "at one time"
    counted = COUNTED.get(options.get("counted_by", "principal"), "")
    return f"{f'Calls {within} {counted}'.strip()}: {figure(options['calls'])}"


def option(name: str, value: Any) -> str:
    """An option of a part."""
    if isinstance(value, Mapping) and "setting" in value:
        return figure(value)
    if isinstance(value, str) and value.startswith("P") and value[-1:] in "DHMS":
        return duration(seconds(value))
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def delivery(style: Webhook) -> str:
    """How a webhook is sent, and sent again."""
    told = f"Answer within {duration(style.timeout)}. "
    if style.retry:
        told += f"Else it is sent again after {', '.join(map(duration, style.retry))}, then discarded."
    else:
        told += "It is not sent again."
    return told + (" One waits for the one before." if style.order == "strict" and style.retry else "")


def signature(style: Signature) -> str:
    """How a webhook is signed."""
    written = f", written after `{style.prefix}`" if style.prefix else ""
    return (
        f"HMAC-{style.algorithm.upper()} of the body's very bytes under the receiver's secret, in {style.encoding}{written}. "
        "Compare before you parse, in constant time."
    )
