"""The gate in: a Call becomes an Ask, or a refusal that names all its violations at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote

import orjson

from emulator.contract.model import Body, Contract, Operation, Parameter
from emulator.contract.tolerated import Tolerated
from emulator.wire import NOTHING, Anonymous, Ask, Call, Kind, Principal, Refusal, Violation, fixed

DEEPEST = 200  # levels of JSON; what can be read deeper could not be written or judged
LONGEST_NUMBER = 40  # digits; a longer text is no number for us, and int() of it would be slow


@fixed
class Line:
    """What a call's first line says to an operation: typed and defaulted, what is remarkable and what is broken in it."""

    path: Mapping[str, Any]
    query: Mapping[str, Any]
    remarks: tuple[str, ...]
    broken: tuple[tuple[Kind, Violation], ...]


class Reader:
    """Reads the calls of one operation.

    `elsewhere` are query names that mean something to another part (a token in the query), so that they are no strangers here;
    `decoders` add or replace ways to read a body, by media type.
    """

    def __init__(
        self,
        contract: Contract,
        operation: Operation,
        elsewhere: frozenset[str] = frozenset(),
        decoders: Mapping[str, Callable[[Call], Any]] = NOTHING,
    ) -> None:
        self._operation = operation
        self._fold = contract.query_case_ignored
        self._max = contract.max_body
        self._elsewhere = elsewhere
        self._path = [p for p in operation.parameters if p.place == "path"]
        self._query = {p.key: p for p in operation.parameters if p.place == "query"}
        self._headers = [p for p in operation.parameters if p.place == "header"]
        self._query_defaults = {p.name: p.default for p in self._query.values() if p.has_default}
        picky = Kind.NOT_ACCEPTABLE in operation.refusals
        self._answers = sorted({_bare(p.media or contract.media) for p in operation.replies.values()}) if picky else []
        self._decoders = {**DECODERS, **decoders}
        self._tolerated = Tolerated(contract, operation)

    def read(self, call: Call, segments: Mapping[str, str], who: Principal | Anonymous) -> Ask:
        """The call, typed and defaulted. Raises Refusal of the first kind that applies, with every violation of that kind."""
        return self.ask(call, self.line(segments, call.query), who)

    def line(self, segments: Mapping[str, str], query: str) -> Line:
        """What the path's segments and the query say. It depends on nothing else, so it can be kept."""
        broken: list[tuple[Kind, Violation]] = []
        remarks: list[str] = []
        path = {p.name: self._segment(p, segments[p.name], broken) for p in self._path}
        asked = self._read_query(query, broken, remarks)
        return Line(path, asked, tuple(remarks), tuple(broken))

    def ask(self, call: Call, line: Line, who: Principal | Anonymous) -> Ask:
        """The same of a call whose line was read before."""
        if self._answers and "accept" in call.headers and not acceptable(call.headers["accept"], self._answers):
            raise Refusal(Kind.NOT_ACCEPTABLE, facts={"expected": self._answers, "actual": call.headers["accept"]})
        broken, remarks = list(line.broken), list(line.remarks)
        headers = self._read_headers(call.headers, broken) if self._headers else NOTHING
        body = self._operation.body
        value = self._read_body(body, call, broken, remarks) if body is not None else None
        if body is None and (call.body or call.spool):
            remarks.append("a body was sent where none is documented")
        if broken:
            first = broken[0][0]
            raise Refusal(first, [violation for kind, violation in broken if kind is first])
        remarks += self._tolerated.remarks(call, line.query, value)
        return Ask(self._operation, who, line.path, line.query, headers, value, call, remarks)

    def _segment(self, parameter: Parameter, text: str, broken: list[tuple[Kind, Violation]]) -> Any:
        decoded = unquote(text) if "%" in text else text
        if parameter.twice and "%" in decoded:
            decoded = unquote(decoded)
        decoded = parameter.spellings.get(decoded.lower(), decoded)
        return self._judged(parameter, typed(decoded, parameter.types), broken)

    def _read_query(self, text: str, broken: list[tuple[Kind, Violation]], remarks: list[str]) -> Mapping[str, Any]:
        if not text and not self._query:
            return NOTHING
        given: dict[str, list[str]] = {}
        for name, value in parse_qsl(text, keep_blank_values=True) if text else ():
            given.setdefault(name.lower() if self._fold else name, []).append(value)
        query = dict(self._query_defaults)
        for key, values in given.items():
            parameter = self._query.get(key)
            if parameter is not None:
                query[parameter.name] = value = self._judged(parameter, _listed(parameter, values), broken)
                if type(value) is int and str(value) != values[0]:  # +7, 007
                    remarks.append(f"query parameter {parameter.name!r} is written {values[0]!r}")
                if len(values) > 1 and "array" not in parameter.types:
                    remarks.append(
                        f"query parameter {parameter.name!r} was given {len(values)} times; the first counts"
                    )
            elif key not in self._elsewhere:
                remarks.append(f"unknown query parameter {key!r}")
        broken += [
            (self._kind_if_absent(p), absent(p)) for p in self._query.values() if p.required and p.key not in given
        ]
        return query

    def _read_headers(self, given: Mapping[str, str], broken: list[tuple[Kind, Violation]]) -> Mapping[str, Any]:
        headers = {p.name: p.default for p in self._headers if p.has_default}
        for parameter in self._headers:
            text = given.get(parameter.key)
            if text is not None:
                headers[parameter.name] = self._judged(parameter, _listed(parameter, [text]), broken)
            elif parameter.required:
                broken.append((self._kind_if_absent(parameter), absent(parameter)))
        return headers

    def _kind_if_absent(self, parameter: Parameter) -> Kind:
        """A parameter's own refusal is about its values; one that is absent makes the call invalid, where that can be."""
        return Kind.INVALID if Kind.INVALID in self._operation.refusals else parameter.refusal

    def _judged(self, parameter: Parameter, value: Any, broken: list[tuple[Kind, Violation]]) -> Any:
        if not parameter.schema.valid(value):
            found = parameter.schema.explain(value, (parameter.name,), parameter.place)
            broken += [(parameter.refusal, violation) for violation in found]
        return value

    def _read_body(self, body: Body, call: Call, broken: list[tuple[Kind, Violation]], remarks: list[str]) -> Any:
        if self._max and (call.spool is not None or len(call.body) > self._max) and (size := _size(call)) > self._max:
            raise Refusal(Kind.TOO_LARGE, facts={"limit": self._max, "size": size})
        media = self._media(body, call.headers.get("content-type", ""), remarks)
        if not call.body and call.spool is None:
            if not body.required:
                return None
            if media in _JSON or media.endswith("+json"):
                raise Refusal(Kind.MALFORMED, detail="empty", facts={"expected": media, "actual": "no body"})
        decode = self._decoders.get(media) or (_json if media.endswith("+json") else None)
        if decode is None:
            return call.content()
        value = decode(call)
        judged = _plain(value) if decode is _multipart else value
        if not body.schema.valid(judged):
            broken += [(body.refusal, violation) for violation in body.schema.explain(judged)]
        return value

    def _media(self, body: Body, given: str, remarks: list[str]) -> str:
        bare = _bare(given)
        lenient = body.any_media or Kind.UNSUPPORTED_MEDIA not in self._operation.refusals
        if bare in body.media and (lenient or not _json_in_another_charset(bare, given)):
            return bare
        if lenient:
            remarks.append(f"Content-Type {given!r} where {body.media[0]} is documented")
            return body.media[0]
        raise Refusal(Kind.UNSUPPORTED_MEDIA, facts={"expected": list(body.media), "actual": given})


def typed(text: str, types: frozenset[str]) -> Any:
    """The text as the type that a schema asks for; unchanged where it is not written as one."""
    if not types or "string" in types:
        return text
    if "integer" in types or "number" in types:
        plain = text[1:] if text[:1] in "+-" else text
        if plain.isascii() and plain.isdigit() and len(plain) <= LONGEST_NUMBER:
            return int(text)
        if "number" in types and plain.replace(".", "", 1).isascii() and plain.replace(".", "", 1).isdigit():
            return float(text)
    if "boolean" in types and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return text


def absent(parameter: Parameter) -> Violation:
    """What is wrong with a required parameter that was not given."""
    return Violation(
        (parameter.name,), "required", None, parameter.name, parameter.place, "is required", parameter.schema.pointer
    )


def _listed(parameter: Parameter, values: list[str]) -> Any:
    """The texts of one parameter as its schema's type: the first of them, or all where it is an array."""
    spellings = parameter.spellings
    if "array" not in parameter.types:
        return typed(spellings.get(values[0].lower(), values[0]) if spellings else values[0], parameter.types)
    items = parameter.schema.raw.get("items", {}) if isinstance(parameter.schema.raw, dict) else {}
    kind = items.get("type", ()) if isinstance(items, dict) else ()
    kinds = frozenset([kind] if isinstance(kind, str) else kind)
    texts = [part.strip() for value in values for part in value.split(",")] if parameter.style == "csv" else values
    return [typed(spellings.get(text.lower(), text), kinds) for text in texts]


def acceptable(accept: str, offered: list[str]) -> bool:
    """Whether an Accept header takes one of the media types; parameters but `q` do not count."""
    for piece in accept.split(","):
        wanted, *parameters = (part.strip().lower() for part in piece.split(";"))
        quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        if quality.replace(".", "").strip("0") == "":
            continue
        kind, _, sub = wanted.partition("/")
        if any(kind in ("*", "", o.partition("/")[0]) and sub in ("*", "", o.partition("/")[2]) for o in offered):
            return True
    return not accept.strip()


def _bare(media: str) -> str:
    return media.partition(";")[0].strip().lower()


def _json_in_another_charset(bare: str, given: str) -> bool:
    """JSON is UTF-8 (RFC 8259); a vendor that refuses media types refuses this one."""
    charset = next(
        (p.strip()[8:].strip('"').lower() for p in given.split(";")[1:] if p.strip().lower().startswith("charset=")), ""
    )
    return bare in _JSON and charset not in ("", "utf-8", "utf8", "us-ascii")


def _size(call: Call) -> int:
    if call.spool is None:
        return len(call.body)
    size = call.spool.seek(0, 2)
    call.spool.seek(0)
    return size


def _json(call: Call) -> Any:
    text = call.content()
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        facts = {"line": error.lineno, "column": error.colno, "problem": error.msg}
        raise Refusal(Kind.MALFORMED, detail="syntax", facts=facts) from None
    if text.count(b"[") + text.count(b"{") > DEEPEST and deeper(value, DEEPEST):
        raise Refusal(Kind.MALFORMED, detail="syntax", facts={"line": 1, "column": 1, "problem": "nested too deeply"})
    return value


def deeper(value: Any, most: int) -> bool:
    """Whether lists and objects stand in each other more than `most` levels deep."""
    level = [value]
    for _ in range(most + 1):
        below = (item.values() if isinstance(item, dict) else item for item in level if isinstance(item, dict | list))
        level = [item for items in below for item in items]
        if not level:
            return False
    return True


def _form(call: Call) -> dict[str, str]:
    try:
        return dict(reversed(parse_qsl(call.content().decode(), keep_blank_values=True)))
    except UnicodeDecodeError:
        raise Refusal(Kind.MALFORMED, detail="syntax", facts={"problem": "the form is not UTF-8"}) from None


def _multipart(call: Call) -> dict[str, Any]:
    from emulator.contract.multipart import parts  # werkzeug's parser; most vendors never need it

    return parts(call)


def _plain(parts: Mapping[str, Any]) -> dict[str, str]:
    """A multipart body as its schema sees it: a file stands as its name."""
    return {name: part if isinstance(part, str) else part.filename for name, part in parts.items()}


_JSON = ("application/json", "text/json")
DECODERS: dict[str, Callable[[Call], Any]] = {
    **dict.fromkeys(_JSON, _json),
    "application/x-www-form-urlencoded": _form,
    "multipart/form-data": _multipart,
}
Place = Literal["path", "query", "header"]
