"""A contract in memory: frozen values, every name resolved, every schema ready to judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from emulator.contract.schema import Schema
from emulator.wire import NOTHING, Kind, fixed

Basis = Literal["documented", "inferred", "assumed"]
EMPTY: Any = NOTHING


@fixed
class Source:
    """Where a fact comes from, and how sure it is."""

    basis: Basis
    document: str = ""
    section: str = ""
    says: str = ""
    why: str = ""


@fixed
class Parameter:
    """One path, query or header parameter. `key` is its name as it is looked up: lower case where case does not count."""

    name: str
    place: Literal["path", "query", "header"]
    schema: Schema
    required: bool
    key: str
    types: frozenset[str]
    style: Literal["single", "csv", "repeat"] = "single"
    twice: bool = False
    spellings: Mapping[str, str] = EMPTY
    """Listed values by their lower case, where case does not count."""
    refers_to: str = ""
    refusal: Kind = Kind.INVALID
    default: Any = None
    has_default: bool = False
    description: str = ""
    example: Any = None
    source: Source | None = None


@fixed
class Body:
    """What a request may carry. `refusal` is the kind that a body breaking the schema gets."""

    media: tuple[str, ...]
    schema: Schema
    any_media: bool = False
    required: bool = True
    refusal: Kind = Kind.INVALID
    example: Any = None
    source: Source | None = None


@fixed
class Header:
    """A header that a reply bears."""

    schema: Schema
    required: bool = True
    description: str = ""
    source: Source | None = None


@fixed
class Promise:
    """One success that an operation may answer: `schema` is of the payload, `item` of one member where pages are cut,
    `shell` of what stands round the payload (None: nothing does).
    """

    status: int
    schema: Schema | None
    item: Schema | None = None
    shell: Schema | None = None
    whole: Schema | None = None
    """The complete body: payload within its wrappers, for readers."""
    media: str = ""
    headers: Mapping[str, Header] = EMPTY
    title: str = ""
    example: Any = None
    has_example: bool = False
    source: Source | None = None


@fixed
class RefusalPromise:
    """How an operation fails in one way."""

    kind: Kind
    status: int
    schema: Schema | None = None
    media: str = ""
    headers: Mapping[str, Header] = EMPTY
    messages: Mapping[str, Mapping[str, Any]] = EMPTY
    example: Any = None
    source: Source | None = None

    def message(self, name: str, facts: Mapping[str, Any] = EMPTY) -> str:
        """The wording called `name`, its gaps filled. Raises KeyError if the contract has none of that name."""
        return str(self.messages[name]["text"]).format_map(facts)

    def code(self, name: str) -> Any:
        """The vendor's code of the wording called `name`, or None."""
        return self.messages[name].get("code")


@fixed
class Paging:
    """A paging style: the part that cuts, the parameters it reads and what it puts round the items."""

    name: str
    part: Part
    parameters: tuple[Parameter, ...] = ()
    headers: Mapping[str, Header] = EMPTY
    wrapper: Any = None


@fixed
class Part:
    """A mechanism by name, with its options: `{"kind": "window", "calls": 1000, ...}`."""

    name: str
    kind: str
    options: Mapping[str, Any]
    source: Source
    title: str = ""
    pointer: str = ""


@fixed
class Operation:
    """One operation. `id` is `<vendor>.<resource>.<name>`; `act` is the id of the behaviour that carries it out."""

    id: str
    title: str
    source: Source
    file: str
    method: str = ""
    path: str = ""
    description: str = ""
    auth: tuple[str, ...] = ()
    access: frozenset[str] = frozenset()
    limits: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    variants: Mapping[str, Schema] = EMPTY
    replies: Mapping[int, Promise] = EMPTY
    refusals: Mapping[Kind, RefusalPromise] = EMPTY
    paging: str = ""
    creates: str = ""
    deletes: str = ""
    emits: tuple[str, ...] = ()
    behaviour: Literal["stateful", "canned"] = "stateful"
    act: str = ""
    hidden: bool = False

    @property
    def resource(self) -> str:
        """The folder it stands in, and the module that carries it out."""
        return self.id.split(".")[1]

    @property
    def name(self) -> str:
        """Its own name within the resource."""
        return self.id.rsplit(".", 1)[1]

    @cached_property
    def success(self) -> int:
        """The status of a success that names none: the first 2xx of the contract."""
        return next((s for s in self.replies if s < 300), next(iter(self.replies), 200))


@fixed
class Event:
    """A webhook: `schema` is of the whole body that is sent."""

    name: str
    title: str
    source: Source
    file: str
    schema: Schema
    webhook: str
    example: Any = None
    description: str = ""


@fixed
class Signature:
    """How a webhook's bytes are signed: HMAC under the receiver's secret, in one header."""

    header: str
    algorithm: Literal["sha1", "sha256"]
    encoding: Literal["hex", "base64"]
    prefix: str = ""
    source: Source | None = None


@fixed
class Webhook:
    """A delivery style. Times are in seconds of the virtual clock, but `timeout`, which is of real time."""

    name: str
    timeout: float
    retry: tuple[float, ...]
    source: Source
    order: Literal["strict", "independent"] = "strict"
    media: str = "application/json"
    headers: Mapping[str, str] = EMPTY
    signature: Signature | None = None


@fixed
class Setting:
    """A switch for what the documents leave open or make depend on the account."""

    name: str
    title: str
    schema: Schema
    default: Any
    source: Source


@fixed
class Credential:
    """A value that a sandbox's clients are handed."""

    name: str
    demo: str
    same: bool = False
    form: str = "{}"
    length: int = 32
    same_as: str = ""


@fixed
class Figure:
    """A number of the vendor's (durations in seconds), or how to get it from settings."""

    value: Any
    source: Source


@fixed
class Contract:
    """All that a vendor promises. `folder` is where it was read."""

    vendor: str
    title: str
    version: str
    folder: Path
    source: Source
    media: str
    hosts: tuple[str, ...]
    description: str = ""
    documents: Mapping[str, Mapping[str, str]] = EMPTY
    aliases: tuple[tuple[str, str, Source], ...] = ()
    path_case_ignored: bool = False
    query_case_ignored: bool = False
    trailing_slash_ignored: bool = False
    headers: Mapping[str, str] = EMPTY
    max_body: int = 0
    auth: Mapping[str, Part] = EMPTY
    roles: Mapping[str, Any] = EMPTY
    limits: Mapping[str, Part] = EMPTY
    paging: Mapping[str, Paging] = EMPTY
    webhooks: Mapping[str, Webhook] = EMPTY
    refusals: Mapping[Kind, RefusalPromise] = EMPTY
    settings: Mapping[str, Setting] = EMPTY
    figures: Mapping[str, Figure] = EMPTY
    tables: Mapping[str, Any] = EMPTY
    credentials: Mapping[str, Credential] = EMPTY
    default_auth: tuple[str, ...] = ()
    default_limits: tuple[str, ...] = ()
    operations: Mapping[str, Operation] = EMPTY
    stimuli: Mapping[str, Operation] = EMPTY
    events: Mapping[str, Event] = EMPTY
    definitions: Mapping[str, Any] = EMPTY
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """Every file as it was read, by its path below the folder."""
