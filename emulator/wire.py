"""The values that cross boundaries: what arrives, what is asked, what happened, what is answered, and why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, Literal, TypeVar, dataclass_transform

import orjson

if TYPE_CHECKING:
    from emulator.contract.model import Operation


T = TypeVar("T")


def _values(self: Any) -> tuple[Any, ...]:
    return tuple(getattr(self, name) for name in self.__match_args__)


def _equal(self: Any, other: object) -> bool:
    return type(self) is type(other) and _values(self) == _values(other)


def _hash(self: Any) -> int:
    return hash(_values(self))


def _shown(self: Any) -> str:
    told = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.repr)
    return f"{type(self).__qualname__}({told})"


SHARED = {"__eq__": _equal, "__hash__": _hash, "__repr__": _shown}


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def fixed(kind: type[T]) -> type[T]:
    """A dataclass that nobody changes: the type checker sees to it. A frozen one would cost four times as much to make.

    Classes share what compares and shows them: written for each, as dataclasses have it, that would be half of what the class costs
    to define, and the start is made of some sixty. One that keeps something cached, or builds upon another (and may call `super()`,
    which slots break), has no slots.
    """
    caching = any(isinstance(member, cached_property) for member in vars(kind).values())
    slots = kind.__bases__ == (object,) and not caching
    made = dataclass(slots=slots, eq=False, repr=False)(kind)
    for name in SHARED.keys() - vars(kind).keys():
        setattr(made, name, SHARED[name])
    return made


class _Nothing(dict[str, Any]):
    """An empty mapping that stays so."""

    __slots__ = ()

    def __hash__(self) -> int:  # type: ignore[override]
        return 0

    def __setitem__(self, key: str, value: Any) -> None:
        raise TypeError("this mapping stays empty")


NOTHING: Mapping[str, Any] = _Nothing()


class Kind(StrEnum):
    """Every way to be refused. `vendor.json` gives each its status and its body; the list itself is closed."""

    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    THROTTLED = "throttled"
    MALFORMED = "malformed"
    UNSUPPORTED_MEDIA = "unsupported_media"
    NOT_ACCEPTABLE = "not_acceptable"
    TOO_LARGE = "too_large"
    INVALID = "invalid"
    UNPROCESSABLE = "unprocessable"
    MISSING = "missing"
    CONFLICT = "conflict"
    GONE = "gone"
    UPSTREAM = "upstream"
    UNAVAILABLE = "unavailable"
    FAILED = "failed"
    NOT_IMPLEMENTED = "not_implemented"


@fixed
class Call:
    """A request as it arrived. Path and query are percent-encoded still; header names are in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = NOTHING
    body: bytes = b""
    address: str = "127.0.0.1"
    base_url: str = "http://localhost"
    spool: IO[bytes] | None = None
    """A body too large to be held, rewound; `body` is then empty."""

    def content(self) -> bytes:
        """The whole body, wherever it is kept."""
        if self.spool is None:
            return self.body
        self.spool.seek(0)
        return self.spool.read()


@fixed
class Violation:
    """One rule that a value breaks: where it stands, which rule, what was there and what would have been right."""

    at: tuple[str | int, ...]
    keyword: str
    value: Any = None
    expected: Any = None
    where: Literal["body", "query", "path", "header"] = "body"
    said: str = ""
    """The validator's own words."""
    pointer: str = ""
    """The contract's place that states the rule."""

    @property
    def place(self) -> str:
        """`contact.id`, `items[0].price`; empty for the value as a whole."""
        text = ""
        for part in self.at:
            text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
        return text


class Refusal(Exception):
    """Why a call is not done; never how that looks. Two refusals with equal data are equal."""

    def __init__(
        self, kind: Kind, violations: Sequence[Violation] = (), detail: str = "", facts: Mapping[str, Any] = NOTHING
    ) -> None:
        super().__init__(kind, violations, detail, facts)
        self.kind = kind
        self.violations = tuple(violations)
        self.detail = detail
        self.facts = facts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refusal) and self._data() == other._data()

    def __hash__(self) -> int:
        return hash((self.kind, self.detail))

    def __str__(self) -> str:
        parts = [self.kind.value, self.detail, *(f"{v.place or '.'}: {v.said or v.keyword}" for v in self.violations)]
        return "; ".join(part for part in parts if part)

    def _data(self) -> tuple[Any, ...]:
        return self.kind, self.violations, self.detail, dict(self.facts)


class ContractBreach(Exception):
    """The emulator was about to answer what its contract does not allow: our bug, never the caller's."""


@fixed
class Principal:
    """Who calls: the credential's owner, the roles it bears, and the row that says so."""

    id: str
    roles: frozenset[str] = frozenset()
    data: Mapping[str, Any] = NOTHING


@fixed
class Anonymous:
    """Nobody we know. `why` is one of `missing`, `wrong`, `expired`, and names the wording of the refusal."""

    why: str = "missing"
    facts: Mapping[str, Any] = NOTHING


@fixed
class Upload:
    """A file of a multipart body. `stream` is rewound and can be read again; `charset` is what the part's type says, if it does."""

    filename: str
    media: str
    stream: IO[bytes]
    size: int
    charset: str = ""


@fixed
class Ask:
    """A call that was understood: typed, defaulted and within its contract."""

    operation: Operation
    principal: Principal | Anonymous
    path: Mapping[str, Any] = NOTHING
    query: Mapping[str, Any] = NOTHING
    headers: Mapping[str, Any] = NOTHING
    body: Any = None
    call: Call = field(default_factory=lambda: Call("GET", "/"))
    remarks: list[str] = field(default_factory=list)

    def remark(self, text: str) -> None:
        """Note something that the vendor tolerates but does not document; it goes to the journal, once."""
        if text not in self.remarks:
            self.remarks.append(text)

    def require(self, variant: str, at: str = "") -> None:
        """Hold the body (or its member `at`) against one of the operation's variants.

        Raises `Refusal` of kind `invalid`, or of the kind that the body names, with every violation.
        """
        value = self.body if not at else self.body[at]
        broken = self.operation.variants[variant].explain(value, (at,) if at else ())
        if broken:
            raise Refusal(self.operation.body.refusal if self.operation.body else Kind.INVALID, broken)


MOST_KEPT = 8  # things made of one row; a behaviour that makes a new function for every call must not fill the memory


class Row:
    """One version of one row: JSON kept as bytes, never changed. What was made of it once (`kept`) holds as long as it does."""

    __slots__ = ("expires", "id", "kept", "raw", "seq")

    def __init__(self, ident: str, raw: bytes, seq: int, expires: float | None = None) -> None:
        self.id = ident
        self.raw = raw
        self.seq = seq
        self.expires = expires
        self.kept: Mapping[Any, Any] = NOTHING

    def __repr__(self) -> str:
        return f"Row({self.id!r}, {self.raw!r})"

    @property
    def data(self) -> dict[str, Any]:
        """The row's JSON object, fresh each time."""
        value: dict[str, Any] = orjson.loads(self.raw)
        return value

    def keep(self, key: Any, thing: T) -> T:
        """Puts what was made of this version in `kept`, where it is looked for under the same key. It must not change."""
        if len(self.kept) >= MOST_KEPT or not self.kept:
            self.kept = {}
        self.kept[key] = thing  # type: ignore[index]
        return thing


def packed(value: Any, default: Callable[[Any], Any] | None = None) -> bytes:
    """JSON text to be kept. Without the copy, orjson's result would hold its whole buffer, 4 KiB for the smallest row."""
    return bytes(memoryview(orjson.dumps(value, default, orjson.OPT_PASSTHROUGH_DATACLASS)))


@fixed
class Encoded:
    """JSON text of a value that was held against its contract already: to be placed, not looked into."""

    text: bytes


@fixed
class Page:
    """What a pager cut: the items, the headers that go with them, and what the wrapper says of the rest."""

    items: Sequence[Any]
    headers: Mapping[str, str] = NOTHING
    facts: Mapping[str, Any] = NOTHING


@fixed
class Outcome:
    """What happened, in the vendor's nouns. `items` are all there are, lazily; `show` turns one row's data into what is shown."""

    status: int = 0
    data: Any = None
    items: Sequence[Any] | None = None
    show: Callable[[Any], Any] | None = None
    page: Page | None = None
    location: str = ""
    media: str = ""
    headers: Mapping[str, str] = NOTHING

    def but(self, **changes: Any) -> Outcome:
        """The same with some fields changed."""
        return replace(self, **changes)


@fixed
class Wire:
    """What happens to a reply on its way: carried out by the server, never by the engine.

    `delay` is in seconds and stands before the first byte; `drip` is in bytes a second.
    """

    delay: float = 0.0
    drip: int | None = None
    connection: Literal["reset", "close", "truncate", "garbage"] | None = None


@fixed
class Reply:
    """An answer ready to write. `body` is a JSON value, `Encoded`, `bytes`, an iterator of bytes for a stream, or None for none."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = NOTHING
    media: str = ""
    wire: Wire | None = None

    def but(self, **changes: Any) -> Reply:
        """The same with some fields changed."""
        return replace(self, **changes)
