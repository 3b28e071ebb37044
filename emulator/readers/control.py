"""The control plane's own OpenAPI document, from its routes and a table of what each takes and gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

from emulator.readers.control_shapes import FROM_ONE, JSON, OBJECT, SHAPES, TEXT, VENDOR, Shape, listed, ref
from emulator.readers.words import spoken
from emulator.wire import Kind

BASE = "/_emulator"
PLACEHOLDER = re.compile(r"<(?:(?P<kind>[a-z]+):)?(?P<name>[a-z_]+)>")
PROBLEM = "application/problem+json"
MEANINGS = {
    400: "The body is not JSON",
    401: "The admin token is missing or wrong",
    403: "The host or the page that calls is not trusted",
    404: "There is none of that name",
    409: "Not as things stand",
    415: "The body is not application/json",
    422: "The values make no sense; the detail says what does",
}


class Described(Protocol):
    """What is read of a route: any object with these attributes will do."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def body(self) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True)
class _Shapes:
    """What a call takes and gives, and how it fails beyond what every call may."""

    takes: str = ""
    gives: Shape | None = None
    query: tuple[tuple[str, Shape, str], ...] = ()
    problems: tuple[int, ...] = ()
    example: Any = None
    media: str = "application/json"


@dataclass(frozen=True)
class _Unrouted:
    """A call that is answered before the routes are looked at."""

    method: str
    path: str
    title: str
    status: int = 200
    body: Mapping[str, Any] | None = None


HEALTH = _Unrouted("GET", "/health", "Whether it can serve; open to everybody")
JOURNAL_QUERY = (
    ("vendor", VENDOR, "calls of this vendor's"),
    ("operation", TEXT, "calls of this operation, by its id"),
    ("status", {"type": "integer"}, "calls answered with this status"),
    ("refusal", {"enum": [kind.value for kind in Kind]}, "calls refused in this way"),
    ("remarks", TEXT, "given at all: only calls that there are remarks on"),
    (
        "lawful",
        {"type": "boolean"},
        "false: only calls that are not as documented: remarked upon, or refused by the contract",
    ),
    ("since", TEXT, "calls after this number of the journal, or since this ISO 8601 moment"),
    ("limit", {"type": "integer", "minimum": 0, "maximum": 1000, "default": 1000}, "the newest so many"),
)
SETTINGS = {"anyOf": [ref("Settings"), ref("DescribedSettings")]}
BOX = "/sandboxes/<name>"
TABLE = {
    ("GET", "/health"): _Shapes(gives=ref("Health")),
    ("GET", "/"): _Shapes(gives=ref("Index")),
    ("GET", "/openapi.json"): _Shapes(gives=OBJECT),
    ("GET", "/openapi/<vendor>.json"): _Shapes(gives=OBJECT),
    ("GET", "/ca.pem"): _Shapes(gives=TEXT, problems=(404,), media="application/x-pem-file"),
    ("POST", "/sandboxes"): _Shapes(
        "SandboxWish", ref("Sandbox"), problems=(409,), example={"name": "mine", "seed": 7}
    ),
    ("GET", "/sandboxes"): _Shapes(gives=listed("Sandbox")),
    ("GET", BOX): _Shapes(gives=ref("Sandbox")),
    ("DELETE", BOX): _Shapes(problems=(409,)),
    ("POST", f"{BOX}/reset"): _Shapes(gives=ref("Sandbox")),
    ("GET", f"{BOX}/clock"): _Shapes(gives=ref("Clock")),
    ("PATCH", f"{BOX}/clock"): _Shapes("ClockWish", ref("Clock"), example={"mode": "frozen"}),
    ("POST", f"{BOX}/clock/advance"): _Shapes("Advance", ref("Advanced"), problems=(409,), example={"by": "PT2H"}),
    ("GET", f"{BOX}/agenda"): _Shapes(gives=listed("AgendaEntry")),
    ("GET", f"{BOX}/faults"): _Shapes(gives=listed("Fault")),
    ("POST", f"{BOX}/faults"): _Shapes(
        "FaultPlan", ref("Fault"), example={"match": {"nth": 3}, "times": 1, "do": {"refuse": "throttled"}}
    ),
    ("DELETE", f"{BOX}/faults"): _Shapes(),
    ("DELETE", f"{BOX}/faults/<int:number>"): _Shapes(),
    ("GET", f"{BOX}/journal"): _Shapes(gives=ref("Journal"), query=JOURNAL_QUERY, problems=(422,)),
    ("GET", f"{BOX}/journal/<int:number>"): _Shapes(gives=ref("Explained")),
    ("DELETE", f"{BOX}/journal"): _Shapes(),
    ("GET", f"{BOX}/world"): _Shapes(
        gives=ref("World"), query=(("journal", {"enum": ["0", "1"], "default": "1"}, "0: without the journal"),)
    ),
    ("PUT", f"{BOX}/world"): _Shapes("World", ref("Sandbox")),
    ("GET", f"{BOX}/snapshots"): _Shapes(gives={"type": "array", "items": TEXT}),
    ("POST", f"{BOX}/snapshots"): _Shapes("SnapshotWish", ref("Snapshot"), example={"name": "before"}),
    ("POST", f"{BOX}/snapshots/<snapshot>/restore"): _Shapes(gives=ref("Sandbox")),
    ("DELETE", f"{BOX}/snapshots/<snapshot>"): _Shapes(),
    ("GET", f"{BOX}/deliveries"): _Shapes(gives=listed("Delivery")),
    ("POST", f"{BOX}/deliveries/<delivery>/redeliver"): _Shapes(gives=ref("Delivery")),
    ("GET", f"{BOX}/stimuli"): _Shapes(gives=listed("Stimulus")),
    ("POST", f"{BOX}/stimuli/<vendor>/<stimulus>"): _Shapes("", JSON),
    ("GET", f"{BOX}/settings"): _Shapes(
        gives=SETTINGS, query=(("describe", TEXT, "given: allowed values, default and reason of each"),)
    ),
    ("PATCH", f"{BOX}/settings"): _Shapes("Settings", ref("Settings"), example={"limits": "off"}),
}


def describe_control(routes: Iterable[Described], version: str) -> dict[str, Any]:
    """The control plane as OpenAPI 3.1. A route that the table does not know is described by what it says of itself."""
    paths: dict[str, Any] = {}
    for route in (HEALTH, *routes):
        path = PLACEHOLDER.sub(r"{\g<name>}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, path)
    resources = dict.fromkeys(operation["tags"][0] for methods in paths.values() for operation in methods.values())
    admin = {"type": "http", "scheme": "bearer", "description": "Where the emulator was served with an admin token"}
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "The emulator's control plane",
            "version": version,
            "description": "Sandboxes, time, faults, the journal, state and the outside world, for every vendor alike.",
        },
        "servers": [{"url": BASE}],
        "tags": [{"name": resource, "x-displayName": spoken(resource)} for resource in resources],
        "paths": paths,
        "components": {"schemas": SHAPES, "securitySchemes": {"admin": admin}},
        "security": [{"admin": []}, {}],
    }


def _operation(route: Described, path: str) -> dict[str, Any]:
    shapes = TABLE.get((route.method, route.path)) or _Shapes(gives=JSON)
    shown: dict[str, Any] = {"operationId": _ident(route.method, path), "tags": [_tag(path)], "summary": route.title}
    parameters = [_segment(found["kind"], found["name"]) for found in PLACEHOLDER.finditer(route.path)]
    parameters += [
        {"name": name, "in": "query", "description": about, "schema": schema} for name, schema, about in shapes.query
    ]
    if parameters:
        shown["parameters"] = parameters
    if route.body is not None:
        schema = ref(shapes.takes) if shapes.takes else dict(route.body)
        media = {"schema": schema, **({"example": shapes.example} if shapes.example is not None else {})}
        shown["requestBody"] = {"content": {"application/json": media}}
    if route is HEALTH:
        shown["security"] = []
    return {**shown, "responses": _responses(route, shapes)}


def _responses(route: Described, shapes: _Shapes) -> dict[str, Any]:
    done: dict[str, Any] = {"description": HTTPStatus(route.status).phrase}
    if route.status != HTTPStatus.NO_CONTENT and shapes.gives is not None:
        done["content"] = {shapes.media: {"schema": shapes.gives}}
    problems = {*shapes.problems} if route is HEALTH else {401, 403, *shapes.problems}
    problems |= {404} if "<" in route.path else set()
    problems |= {400, 415, 422} if route.body is not None else set()
    content = {PROBLEM: {"schema": ref("Problem")}}
    failed = {str(status): {"description": MEANINGS[status], "content": content} for status in sorted(problems)}
    return {str(route.status): done, **failed}


def _segment(kind: str | None, name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": FROM_ONE if kind == "int" else TEXT}


def _ident(method: str, path: str) -> str:
    return "_".join([method.lower(), *(re.findall(r"[a-z]+", path) or ["index"])])


def _tag(path: str) -> str:
    """What a call is about: the member of the sandbox, or the first word."""
    steps = [step.partition(".")[0] for step in path.split("/")[1:] if "{" not in step]
    if steps == [""]:
        return "index"
    return steps[1] if steps[0] == "sandboxes" and len(steps) > 1 and steps[1] != "reset" else steps[0] or "index"
