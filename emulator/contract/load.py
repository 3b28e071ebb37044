"""A folder becomes a Contract, or every complaint at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from emulator.contract import files as reading
from emulator.contract.duration import seconds
from emulator.contract.files import EVENTS, STIMULI, VENDOR, BadContract, Files, pointer
from emulator.contract.model import (
    EMPTY,
    Body,
    Contract,
    Credential,
    Event,
    Figure,
    Header,
    Operation,
    Paging,
    Parameter,
    Part,
    Promise,
    RefusalPromise,
    Setting,
    Signature,
    Source,
    Webhook,
)
from emulator.contract.schema import Late, Schema
from emulator.contract.vocabulary import subschemas
from emulator.wire import Kind

PART_KEYS = frozenset({"kind", "source", "title"})
PAGING_KEYS = PART_KEYS | {"parameters", "headers", "wrapper", "refusals"}


def load(folder: Path, *, thorough: bool = True) -> Contract:
    """The contract in a vendor's folder.

    With `thorough`, everything is held against the rules of contracts first (half a second for a large vendor);
    without, the folder is trusted to have passed them. Raises BadContract with every complaint.
    """
    files = reading.read(folder)
    if thorough:
        from emulator.contract.check import complaints  # brings jsonschema with it, which serving does without

        if found := complaints(files):
            raise BadContract(found)
    return built(files)


def built(files: Files) -> Contract:
    """The contract of files that were read, trusted to keep the rules of contracts."""
    return _Builder(files).contract()


def frozen(mapping: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """A mapping that cannot be written to."""
    return MappingProxyType(dict(mapping))


class _Builder:
    """Turns one vendor's files into its contract; holds what every schema needs: the definitions."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.head = files.head
        self.definitions = files.definitions()
        case = self.head.get("case", {})
        self.path_case_ignored, self.query_case_ignored = "path" in case, "query" in case
        self.paging = {
            name: self._paging(name, raw, partial(self._schema, VENDOR))
            for name, raw in self.head.get("paging", {}).items()
        }
        self.refusals = {
            Kind(kind): self._refusal(Kind(kind), raw, VENDOR, ("refusals", kind))
            for kind, raw in self.head.get("refusals", {}).items()
        }

    def contract(self) -> Contract:
        head, defaults = self.head, self.head.get("defaults", {})
        part = partial(self._parts, PART_KEYS)
        return Contract(
            vendor=self.files.vendor,
            title=head["title"],
            version=head["version"],
            folder=self.files.folder,
            source=source(head["source"]),
            media=head["media"],
            hosts=tuple(head["hosts"]),
            description=head.get("description", ""),
            documents=frozen(head["documents"]),
            aliases=tuple((a["prefix"], a["stands_for"], source(a["source"])) for a in head.get("aliases", ())),
            path_case_ignored=self.path_case_ignored,
            query_case_ignored=self.query_case_ignored,
            trailing_slash_ignored="trailing_slash" in head,
            headers=frozen({name: h["value"] for name, h in head.get("headers", {}).items()}),
            max_body=head.get("max_body", {}).get("bytes", 0),
            auth=part("auth"),
            roles=frozen(head.get("roles", {})),
            limits=part("limits"),
            paging=frozen(self.paging),
            webhooks=frozen({name: _webhook(name, raw) for name, raw in head.get("webhooks", {}).items()}),
            refusals=frozen(self.refusals),
            settings=frozen({name: self._setting(name, raw) for name, raw in head["settings"].items()}),
            figures=frozen(
                {name: Figure(_figure(f["value"]), source(f["source"])) for name, f in head.get("figures", {}).items()}
            ),
            tables=frozen({name: raw["value"] for name, raw in head.get("tables", {}).items()}),
            credentials=frozen({name: Credential(name, **raw) for name, raw in head["credentials"].items()}),
            default_auth=_names(defaults.get("auth")),
            default_limits=tuple(defaults.get("limits", ())),
            operations=frozen({o.id: o for o in map(self._operation, *_columns(self.files.of("operations")))}),
            stimuli=frozen({o.id: o for o in map(self._stimulus, *_columns(self.files.of(STIMULI)))}),
            events=frozen({e.name: e for e in map(self._event, *_columns(self.files.of(EVENTS)))}),
            definitions=self.definitions,
            raw=self.files.files,
        )

    def _schema(self, file: str, raw: Any, *place: str | int) -> Schema:
        return Late(
            partial(reading.resolved, raw, file),
            self.definitions,
            lambda: f"{self.files.named(file)}#{pointer(*place)}",
        )

    def _deref(self, raw: Any) -> Any:
        while isinstance(raw, dict) and "$ref" in raw:
            raw = self.definitions[raw["$ref"].removeprefix("#/$defs/")]
        return raw

    def _parts(self, keys: frozenset[str], section: str) -> Mapping[str, Part]:
        return frozen({name: self._part(section, name, raw, keys) for name, raw in self.head.get(section, {}).items()})

    def _part(self, section: str, name: str, raw: Mapping[str, Any], keys: frozenset[str]) -> Part:
        options = frozen({key: value for key, value in raw.items() if key not in keys})
        place = f"{self.files.named(VENDOR)}#{pointer(section, name)}"
        return Part(name, raw["kind"], options, source(raw["source"]), raw.get("title", ""), place)

    def _paging(self, name: str, raw: Mapping[str, Any], schema: Any) -> Paging:
        return Paging(
            name=name,
            part=self._part("paging", name, raw, PAGING_KEYS),
            parameters=tuple(
                self._parameter(p, VENDOR, ("paging", name, "parameters", i))
                for i, p in enumerate(raw.get("parameters", ()))
            ),
            headers=self._headers(raw.get("headers", {}), VENDOR, ("paging", name)),
            wrapper=reading.resolved(raw["wrapper"], VENDOR) if "wrapper" in raw else None,
        )

    def _setting(self, name: str, raw: Mapping[str, Any]) -> Setting:
        schema = self._schema(VENDOR, raw["schema"], "settings", name, "schema")
        return Setting(name, raw["title"], schema, raw["default"], source(raw["source"]))

    def _headers(self, raw: Mapping[str, Any], file: str, at: tuple[str | int, ...]) -> Mapping[str, Header]:
        return frozen(
            {
                name: Header(
                    schema=self._schema(file, h["schema"], *at, "headers", name, "schema"),
                    required=h.get("required", True),
                    description=h.get("description", ""),
                    source=maybe_source(h),
                )
                for name, h in raw.items()
            }
        )

    def _parameter(self, raw: Mapping[str, Any], file: str, at: tuple[str | int, ...]) -> Parameter:
        schema = self._schema(file, raw["schema"], *at, "schema")
        plain = self._deref(schema.raw)
        types = plain.get("type", ()) if isinstance(plain, dict) else ()
        place = raw["in"]
        folded = place == "header" or (place == "query" and self.query_case_ignored)
        return Parameter(
            name=raw["name"],
            place=place,
            schema=schema,
            required=place == "path" or raw.get("required", False),
            key=raw["name"].lower() if folded else raw["name"],
            types=frozenset([types] if isinstance(types, str) else types),
            spellings=self._spellings(plain)
            if (self.path_case_ignored if place == "path" else self.query_case_ignored)
            else EMPTY,
            style=raw.get("style", "single"),
            twice=raw.get("decode") == "twice",
            refers_to=raw.get("refers_to", ""),
            refusal=Kind(raw.get("refusal", "invalid")),
            default=plain.get("default") if isinstance(plain, dict) else None,
            has_default=isinstance(plain, dict) and "default" in plain,
            description=raw.get("description", ""),
            example=raw.get("example"),
            source=maybe_source(raw),
        )

    def _spellings(self, schema: Any) -> Mapping[str, str]:
        """The listed values of a parameter by their lower case, where case does not count."""
        schema = self._deref(schema.get("items", schema)) if isinstance(schema, dict) else {}
        return frozen({text.lower(): text for text in schema.get("enum", ()) if isinstance(text, str)})

    def _body(self, raw: Mapping[str, Any], file: str) -> Body:
        return Body(
            media=_names(raw["media"]),
            schema=self._schema(file, raw["schema"], "body", "schema"),
            any_media=raw.get("any_media", False),
            required=raw.get("required", True),
            refusal=Kind(raw.get("refusal", "invalid")),
            example=raw.get("example"),
            source=maybe_source(raw),
        )

    def _refusal(self, kind: Kind, raw: Mapping[str, Any], file: str, at: tuple[str | int, ...]) -> RefusalPromise:
        """The refusal as `raw` gives it, laid over the vendor's own of that kind."""
        base = self.refusals.get(kind) if file != VENDOR else None
        return RefusalPromise(
            kind=kind,
            status=raw["status"] if "status" in raw or base is None else base.status,
            schema=self._schema(file, raw["schema"], *at, "schema")
            if "schema" in raw
            else base.schema
            if base
            else None,
            media=raw.get("media", base.media if base else ""),
            headers=self._headers(raw["headers"], file, at)
            if "headers" in raw
            else (base.headers if base else frozen({})),
            messages=frozen({**(base.messages if base else {}), **raw.get("messages", {})}),
            example=raw.get("example", base.example if base and "schema" not in raw else None),
            source=maybe_source(raw) or (base.source if base else None),
        )

    def _promise(self, status: str, raw: Mapping[str, Any], file: str, style: Paging | None) -> Promise:
        at = ("replies", status)
        schema = self._schema(file, raw["schema"], *at, "schema") if "schema" in raw else None
        item, shell, whole = None, None, schema
        headers = self._headers(raw.get("headers", {}), file, at)
        if schema is not None and int(status) < 300:
            around = []
            if style is not None:
                plain = self._deref(schema.raw)
                if isinstance(plain, dict) and isinstance(plain.get("items"), dict):
                    item = Schema(plain["items"], self.definitions, schema.pointer + "/items")
                headers = frozen({**style.headers, **headers})
                around.append(style.wrapper)
            around.append(reading.resolved(self.head.get("wrapper"), VENDOR))
            if raw.get("wrapped", True) and (wrappers := [w for w in around if w is not None]):
                shell = Late(partial(wrapped, True, wrappers), self.definitions, lambda: schema.pointer)
                whole = Late(lambda: wrapped(schema.raw, wrappers), self.definitions, lambda: schema.pointer)
        return Promise(
            status=int(status),
            schema=schema,
            item=item,
            shell=shell,
            whole=whole,
            media=raw.get("media", ""),
            headers=headers,
            title=raw.get("title", ""),
            example=raw.get("example"),
            has_example="example" in raw,
            source=maybe_source(raw),
        )

    def _operation(self, file: str, raw: Mapping[str, Any]) -> Operation:
        defaults = self.head.get("defaults", {})
        style = self.paging[raw["paging"]] if "paging" in raw else None
        ident = f"{self.files.vendor}.{file.removesuffix('.json').replace('/', '.')}"
        own = tuple(self._parameter(p, file, ("parameters", i)) for i, p in enumerate(raw.get("parameters", ())))
        styled = self.head["paging"][raw["paging"]].get("refusals", ()) if style else ()
        auth = _names(raw["auth"] if "auth" in raw else defaults.get("auth"))
        refusals = {
            Kind(kind): self.refusals[Kind(kind)]
            for kind in (*defaults.get("refusals", ()), *styled)
            if auth or kind not in ("unauthenticated", "forbidden")
        }
        for index, given in enumerate(raw.get("refusals", ())):
            if isinstance(given, str) and (usual := self.refusals.get(Kind(given))) is not None:
                refusals[usual.kind] = usual
                continue
            promise = {"kind": given} if isinstance(given, str) else given
            kind = Kind(promise["kind"])
            refusals[kind] = self._refusal(kind, promise, file, ("refusals", index))
        return Operation(
            id=ident,
            title=raw["title"],
            source=source(raw["source"]),
            file=self.files.named(file),
            method=raw["method"],
            path=raw["path"],
            description=raw.get("description", ""),
            auth=auth,
            access=frozenset(raw["access"] if "access" in raw else defaults.get("access", ()) if auth else ()),
            limits=tuple(raw["limits"] if "limits" in raw else defaults.get("limits", ())),
            parameters=own + (style.parameters if style else ()),
            body=self._body(raw["body"], file) if "body" in raw else None,
            variants=frozen({n: self._schema(file, s, "variants", n) for n, s in raw.get("variants", {}).items()}),
            replies=frozen(
                {int(status): self._promise(status, r, file, style) for status, r in raw["replies"].items()}
            ),
            refusals=frozen(refusals),
            paging=raw.get("paging", ""),
            creates=raw.get("creates", ""),
            deletes=raw.get("deletes", ""),
            emits=tuple(raw.get("emits", ())),
            behaviour=raw["behaviour"],
            act=raw.get("act", ident),
        )

    def _stimulus(self, file: str, raw: Mapping[str, Any]) -> Operation:
        ident = f"{self.files.vendor}.{file.removesuffix('.json').replace('/', '.')}"
        replies = {}
        if reply := raw.get("reply"):
            schema = self._schema(file, reply["schema"], "reply", "schema")
            replies[200] = Promise(
                200, schema, whole=schema, example=reply.get("example"), has_example="example" in reply
            )
        return Operation(
            id=ident,
            title=raw["title"],
            source=source(raw["source"]),
            file=self.files.named(file),
            description=raw.get("description", ""),
            body=self._body({"media": "application/json", **raw["body"]}, file),
            replies=frozen(replies),
            emits=tuple(raw.get("emits", ())),
            act=ident,
            hidden=raw.get("hidden", False),
        )

    def _event(self, file: str, raw: Mapping[str, Any]) -> Event:
        return Event(
            name=file.removeprefix(EVENTS + "/").removesuffix(".json"),
            title=raw["title"],
            source=source(raw["source"]),
            file=self.files.named(file),
            schema=self._schema(file, raw["schema"], "schema"),
            webhook=raw["webhook"],
            example=raw["example"],
            description=raw.get("description", ""),
        )


def wrapped(payload: Any, wrappers: Iterable[Any]) -> Any:
    """The payload's schema within the wrappers, innermost first."""
    for wrapper in wrappers:
        payload = _filled(wrapper, payload)
    return payload


def slots(wrapper: Any) -> list[tuple[Any, ...]]:
    """The places of the slots in a wrapper."""
    return [at for at, sub in subschemas(wrapper) if isinstance(sub, dict) and "x-slot" in sub]


def _filled(schema: Any, payload: Any) -> Any:
    if isinstance(schema, list):
        return [_filled(item, payload) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return payload if "x-slot" in schema else {key: _filled(value, payload) for key, value in schema.items()}


def source(raw: Mapping[str, Any]) -> Source:
    """A `source` object as a value."""
    return Source(**raw)


def maybe_source(raw: Mapping[str, Any]) -> Source | None:
    """The source of something that may have none of its own."""
    return Source(**raw["source"]) if "source" in raw else None


def _names(given: str | Iterable[str] | None) -> tuple[str, ...]:
    return () if given is None else (given,) if isinstance(given, str) else tuple(given)


def _columns(pairs: Iterable[tuple[str, Any]]) -> tuple[list[str], list[Any]]:
    rows = list(pairs)
    return [file for file, _ in rows], [raw for _, raw in rows]


def _figure(value: Any) -> Any:
    return seconds(value) if isinstance(value, str) else value


def _webhook(name: str, raw: Mapping[str, Any]) -> Webhook:
    signature = raw.get("signature")
    return Webhook(
        name=name,
        timeout=seconds(raw["timeout"]),
        retry=tuple(seconds(delay) for delay in raw["retry"]),
        source=source(raw["source"]),
        order=raw.get("order", "strict"),
        media=raw.get("media", "application/json"),
        headers=frozen(raw.get("headers", {})),
        signature=Signature(**{**signature, "source": source(signature["source"])}) if signature else None,
    )
