"""The schemas of the control plane: what goes in, what comes out, and the queries."""

from __future__ import annotations

from typing import Any

from emulator.wire import Kind

Shape = dict[str, Any]
TEXT: Shape = {"type": "string"}
COUNT: Shape = {"type": "integer", "minimum": 0}
FROM_ONE: Shape = {"type": "integer", "minimum": 1}
JSON: Shape = {"description": "Any JSON value"}
OBJECT: Shape = {"type": "object"}
ADDRESS: Shape = {"type": "string", "format": "uri"}
TIME: Shape = {"type": "string", "format": "date-time"}
DURATION: Shape = {"type": "string", "description": "ISO 8601 (PT2H) or short (2h, 90s)", "examples": ["PT2H", "90s"]}
LIMITS: Shape = {"enum": ["documented", "off"]}
VENDOR: Shape = {"type": "string", "description": "A vendor's name"}
PLACE: Shape = {"enum": ["body", "query", "path", "header"]}
HEADERS: Shape = {"type": "object", "additionalProperties": TEXT}
SANDBOX_NAME: Shape = {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,62}$"}


def ref(name: str) -> Shape:
    """A reference to one of SHAPES."""
    return {"$ref": f"#/components/schemas/{name}"}


def listed(name: str) -> Shape:
    """A list of one of SHAPES."""
    return {"type": "array", "items": ref(name)}


def nullable(schema: Shape) -> Shape:
    """The schema, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def by_name(schema: Shape) -> Shape:
    """An object with a member for each name."""
    return {"type": "object", "additionalProperties": schema}


def closed(required: str = "", /, **properties: Shape) -> Shape:
    """An object of exactly these members; `required` names those that are always there. A final _ is left off."""
    named = {name.rstrip("_"): schema for name, schema in properties.items()}
    shape: Shape = {"type": "object", "additionalProperties": False, "properties": named}
    return {**shape, "required": required.split()} if required else shape


def entirely(**properties: Shape) -> Shape:
    """An object of exactly these members, all of them always there."""
    return closed(" ".join(name.rstrip("_") for name in properties), **properties)


CLOCK = {
    "now": TIME,
    "mode": {"enum": ["running", "frozen"]},
    "rate": {"type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000},
}
HAPPENED = {"at": TIME, "vendor": VENDOR, "kind": TEXT, "title": TEXT}
WISHED_WORLD: Shape = {"anyOf": [{"enum": ["demo", "empty"]}, ref("World")]}
ALLOWED: Shape = {"description": "The JSON Schema that a value must meet", "type": ["object", "boolean"]}

SANDBOX = {
    "Health": entirely(status={"const": "ok"}, version=TEXT, vendors={"type": "array", "items": VENDOR}),
    "Index": entirely(name=TEXT, version=TEXT, vendors=by_name(ref("Served")), sandboxes=ADDRESS, openapi=ADDRESS),
    "Served": entirely(title=TEXT, base_url=ADDRESS, openapi=ADDRESS),
    "SandboxWish": closed(
        name=SANDBOX_NAME,
        seed={"description": "Anything: equal seeds make equal ids and secrets"},
        world=WISHED_WORLD,
        limits=LIMITS,
        clock=ref("ClockWish"),
        ttl=DURATION,
    ),
    "Sandbox": closed(
        "name created clock vendors",
        name=TEXT,
        created=TIME,
        expires=TIME,
        clock=ref("Clock"),
        vendors=by_name(ref("Connection")),
    ),
    "Connection": entirely(base_url=ADDRESS, credentials=by_name(TEXT)),
    "Clock": entirely(**CLOCK),
    "ClockWish": closed(**CLOCK),
    "Advance": {"oneOf": [entirely(by=DURATION), entirely(to={"const": "next"})]},
    "Advanced": entirely(now=TIME, happened=listed("Happened")),
    "Happened": entirely(**HAPPENED, outcome={"description": "What came of it", "type": "object"}),
    "AgendaEntry": entirely(**HAPPENED),
}
FAULTS = {
    "FaultPlan": closed(
        "do",
        match=ref("FaultMatch"),
        times={**FROM_ONE, "description": "How often it strikes; without it, always"},
        when={"enum": ["before", "after"], "default": "before", "description": "Before the effect, or after it"},
        do=ref("FaultEffect"),
    ),
    "FaultMatch": closed(
        vendor=VENDOR,
        operation=TEXT,
        method=TEXT,
        path=TEXT,
        nth={"anyOf": [FROM_ONE, {"type": "array", "minItems": 2, "maxItems": 2, "items": FROM_ONE}]},
    ),
    "FaultEffect": {
        "oneOf": [
            entirely(refuse={"enum": [kind.value for kind in Kind], "description": "In the vendor's own shape"}),
            closed("status", status={"type": "integer", "minimum": 101, "maximum": 599}, body=JSON),
            entirely(delay={"type": "number", "minimum": 0, "maximum": 3600, "description": "Seconds"}),
            entirely(drip={**FROM_ONE, "description": "Bytes a second"}),
            entirely(connection={"enum": ["reset", "close", "truncate", "garbage"]}),
            entirely(
                mutate={"enum": ["extra-field", "drop-optional", "null-nullable", "new-enum-value", "reorder-keys"]}
            ),
        ]
    },
    "Fault": entirely(
        id=FROM_ONE,
        match=ref("FaultMatch"),
        do=ref("FaultEffect"),
        when={"enum": ["before", "after"]},
        times=nullable(FROM_ONE),
        seen={**COUNT, "description": "Calls that matched"},
        struck={**COUNT, "description": "Calls that were hit"},
    ),
}
ENTRY = {
    "id": FROM_ONE,
    "at": TIME,
    "vendor": VENDOR,
    "operation": nullable(TEXT),
    "principal": nullable(TEXT),
    "attempt": {**FROM_ONE, "description": "How often in a row this very call was made"},
    "request": entirely(method=TEXT, path=TEXT, query=TEXT, headers=HEADERS, body=JSON),
    "reply": entirely(status={"type": "integer"}, headers=HEADERS, body=JSON),
    "refusal": nullable(ref("Refusal")),
    "fault": nullable(TEXT),
    "remarks": {"type": "array", "items": TEXT, "description": "Tolerated, but not documented"},
    "facts": OBJECT,
}
JOURNAL = {
    "Journal": entirely(
        entries=listed("Entry"),
        total={**COUNT, "description": "Calls that the query asks for, before `limit`"},
        evicted=nullable(entirely(**{"from": FROM_ONE, "to": FROM_ONE})),
    ),
    "Entry": entirely(**ENTRY),
    "Explained": entirely(**ENTRY, why={"type": "array", "items": TEXT, "description": "The decisive line first"}),
    "Refusal": entirely(
        kind={"enum": [kind.value for kind in Kind]},
        detail=nullable(TEXT),
        facts=OBJECT,
        violations=listed("Violation"),
    ),
    "Violation": entirely(
        where=PLACE,
        at=TEXT,
        rule=TEXT,
        actual=JSON,
        expected=JSON,
        said=TEXT,
        contract={"type": "string", "description": "File and JSON pointer of the rule"},
    ),
    "Delivery": entirely(
        vendor=VENDOR,
        id=TEXT,
        event=TEXT,
        url=TEXT,
        lane=TEXT,
        state={"enum": ["pending", "sending", "delivered", "discarded", "refused"]},
        headers=HEADERS,
        body=TEXT,
        attempts={"type": "array", "items": {"type": "object", "required": ["at"], "properties": {"at": TIME}}},
        created=TIME,
        next_attempt=nullable(TIME),
    ),
}
STATE = {
    "World": closed(
        format={"type": "string", "pattern": "^emulator-world-[12]$"},
        versions=ref("Versions"),
        clock=ref("ClockWish"),
        seed={"description": "What the sandbox was seeded with"},
        settings=ref("Settings"),
        faults=listed("Fault"),
        vendors=by_name(ref("VendorWorld")),
        journal={"anyOf": [ref("KeptJournal"), listed("Entry")]},
        as_of=TIME,
        fixed={"type": "array", "items": TEXT},
    ),
    "Versions": closed(emulator=TEXT, contracts=by_name(TEXT)),
    "KeptJournal": closed(
        "entries", entries=listed("Entry"), evicted=nullable(entirely(**{"from": FROM_ONE, "to": FROM_ONE})), last=COUNT
    ),
    "VendorWorld": {
        "type": "object",
        "properties": {
            "collections": by_name(
                {"type": "array", "items": {"type": "object", "required": ["id"], "properties": {"id": TEXT}}}
            ),
            "numbers": by_name({"type": "number"}),
            "expires": by_name(by_name({"type": "number", "description": "Epoch seconds"})),
        },
    },
    "SnapshotWish": entirely(name={**TEXT, "minLength": 1, "maxLength": 100}),
    "Snapshot": entirely(name=TEXT, clock=ref("Clock")),
    "Stimulus": entirely(vendor=VENDOR, name=TEXT, title=TEXT, body=ALLOWED, example=JSON),
    "Settings": {
        "type": "object",
        "description": "`limits`, and each vendor's settings by its name",
        "properties": {"limits": LIMITS},
        "additionalProperties": by_name(JSON),
    },
    "DescribedSettings": {
        "type": "object",
        "properties": {
            "limits": closed("value default allowed title", value=LIMITS, default=LIMITS, allowed=ALLOWED, title=TEXT)
        },
        "additionalProperties": by_name(entirely(value=JSON, default=JSON, allowed=ALLOWED, title=TEXT, reason=TEXT)),
    },
    "Problem": entirely(type=TEXT, title=TEXT, status={"type": "integer"}, detail=TEXT),
}
SHAPES: dict[str, Shape] = {**SANDBOX, **FAULTS, **JOURNAL, **STATE}
