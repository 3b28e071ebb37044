"""A toy vendor with one of everything that readers look at."""

import json
from pathlib import Path

import pytest

from emulator.contract.load import load
from emulator.contract.model import Contract

HOSTILE = "<script>alert('toy')</script>"
SAID = {"document": "toys", "section": "One", "basis": "documented", "says": "the page says so"}
GUESSED = {"basis": "assumed", "says": "ten", "why": "a number was needed"}
ERROR = {"$ref": "schemas/error.json#/$defs/error"}
TOY = {"$ref": "schemas/toy.json#/$defs/toy"}

VENDOR = {
    "title": "Toys",
    "version": "1",
    "description": HOSTILE,
    "source": SAID,
    "documents": {"toys": {"title": "The page"}},
    "hosts": ["api.toys.test", "*.toys.test"],
    "media": "application/json",
    "headers": {"X-Made-By": {"value": "toys"}},
    "auth": {
        "token": {"kind": "bearer", "query": "access_token", "source": SAID},
        "user": {"kind": "basic", "source": SAID},
        "pair": {"kind": "key_pair", "key_header": "X-Key", "secret_header": "X-Secret", "source": SAID},
        "session": {"kind": "session", "header": "sessionId", "source": SAID},
        "nobody": {"kind": "nobody", "source": GUESSED},
    },
    "roles": {"child": {"title": "A child", "source": SAID}, "parent": {"title": "A parent", "source": SAID}},
    "limits": {
        "minute": {
            "kind": "window",
            "calls": {"setting": "plan", "values": {"free": 10, "paid": 100}},
            "per": "PT1M",
            "remaining_header": "X-Left",
            "reset_header": "X-Reset",
            "reset_as": "http_date",
            "retry_after": True,
            "source": SAID,
        }
    },
    "paging": {
        "pages": {
            "kind": "offset",
            "offset": "from",
            "limit": "most",
            "parameters": [
                {"name": "from", "in": "query", "schema": {"type": "integer", "minimum": 0, "default": 0}},
                {
                    "name": "most",
                    "in": "query",
                    "schema": {"type": "integer", "minimum": 1, "maximum": 9, "default": 5},
                },
            ],
            "wrapper": {
                "type": "object",
                "additionalProperties": False,
                "required": ["items", "total"],
                "properties": {"items": {"x-slot": "payload"}, "total": {"type": "integer", "minimum": 0}},
            },
            "source": SAID,
        }
    },
    "webhooks": {
        "hook": {
            "timeout": "PT10S",
            "retry": ["PT1M", "PT1H30M"],
            "signature": {
                "header": "X-Sign",
                "algorithm": "sha256",
                "encoding": "hex",
                "prefix": "v1=",
                "source": SAID,
            },
            "source": SAID,
        }
    },
    "refusals": {
        "not_found": {"status": 404, "source": SAID},
        "method_not_allowed": {"status": 405, "source": SAID},
        "unauthenticated": {"status": 401, "schema": ERROR, "source": SAID},
        "throttled": {"status": 429, "schema": ERROR, "source": SAID},
        "malformed": {"status": 400, "source": {"basis": "inferred", "why": "nothing else fits"}},
        "invalid": {
            "status": 400,
            "schema": ERROR,
            "headers": {"X-Field": {"schema": {"type": "string"}}},
            "messages": {"value": {"text": "{place} is wrong", "code": "E1"}},
            "source": SAID,
        },
        "missing": {"status": 404, "schema": ERROR, "source": SAID},
    },
    "settings": {
        "plan": {"title": "The plan", "schema": {"enum": ["free", "paid"]}, "default": "free", "source": GUESSED}
    },
    "figures": {"life": {"value": "PT10S", "source": GUESSED}},
    "credentials": {"token": {"demo": "demo-toy-token"}},
    "defaults": {"auth": "token", "limits": ["minute"], "refusals": ["unauthenticated", "throttled"]},
}
FILES = {
    "vendor.json": VENDOR,
    "schemas/error.json": {
        "$defs": {
            "error": {
                "type": "object",
                "required": ["errorMessage", "errorCode", "status"],
                "properties": {
                    "errorMessage": {"type": "string"},
                    "errorCode": {"type": "string"},
                    "status": {"type": "integer"},
                },
            }
        }
    },
    "schemas/toy.json": {
        "$defs": {
            "toy": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "name"],
                "properties": {
                    "id": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(?!.|\\n)"},
                    "name": {"type": "string", "minLength": 2},
                    "colour": {"enum": ["red", "blue"], "x-source": {"basis": "inferred", "why": "the picture"}},
                    "parts": {"type": "array", "items": {"$ref": "#/$defs/toy"}},
                },
            }
        }
    },
    "toys/find.json": {
        "title": "Find toys",
        "source": SAID,
        "method": "GET",
        "path": "/toys",
        "paging": "pages",
        "parameters": [
            {
                "name": "colours",
                "in": "query",
                "style": "csv",
                "schema": {"type": "array", "items": {"type": "string"}},
            },
            {
                "name": "sizes",
                "in": "query",
                "style": "repeat",
                "schema": {"type": "array", "items": {"type": "string"}},
            },
        ],
        "replies": {
            "200": {"schema": {"type": "array", "items": TOY}, "example": [{"id": "2024-05-06", "name": "Bear"}]}
        },
        "refusals": ["invalid"],
        "behaviour": "stateful",
    },
    "toys/create.json": {
        "title": "Make a toy",
        "source": SAID,
        "method": "POST",
        "path": "/toys",
        "access": ["parent"],
        "body": {
            "media": ["application/json", "application/x-www-form-urlencoded"],
            "schema": TOY,
            "example": {"id": "2024-05-06", "name": HOSTILE},
        },
        "variants": {"soft": {"type": "object", "required": ["colour"]}, "whole": TOY},
        "replies": {"201": {"schema": TOY, "headers": {"Location": {"schema": {"type": "string"}}}}},
        "refusals": ["malformed", "invalid"],
        "emits": ["made"],
        "behaviour": "stateful",
    },
    "toys/file.json": {
        "title": "Read a file",
        "source": {"basis": "assumed", "why": "there must be a way"},
        "method": "GET",
        "path": "/toys/{toy}:file/{rest*}",
        "auth": ["pair", "session", "nobody"],
        "parameters": [
            {"name": "toy", "in": "path", "schema": {"type": "string"}, "decode": "twice", "example": "a/b"},
            {"name": "rest", "in": "path", "schema": {"type": "string"}},
        ],
        "replies": {"200": {"media": "application/octet-stream"}},
        "refusals": [{"kind": "missing", "status": 410, "source": GUESSED}],
        "behaviour": "stateful",
    },
    "toys/greet.json": {
        "title": "Say hello",
        "source": SAID,
        "method": "GET",
        "path": "/hello",
        "auth": None,
        "limits": [],
        "replies": {"200": {"schema": {"type": "string"}, "example": "hello"}},
        "refusals": [],
        "behaviour": "canned",
    },
    "events/made.json": {
        "title": "A toy was made",
        "source": SAID,
        "webhook": "hook",
        "schema": {"type": "object", "required": ["toy"], "properties": {"toy": TOY}},
        "example": {"toy": {"id": "2024-05-06", "name": HOSTILE}},
    },
}


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    folder = tmp_path_factory.mktemp("contracts") / "toys"
    for name, value in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(value))
    return load(folder)


@pytest.fixture(scope="session")
def fixtures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fixtures")
    exchanges = folder / "toys" / "exchanges"
    exchanges.mkdir(parents=True)
    request = {"method": "GET", "path": "/hello"}
    (exchanges / "hello.json").write_text(
        json.dumps({"title": "Hello", "source": SAID, "request": request, "reply": {"status": 200}})
    )
    lost = {"request": {"method": "GET", "path": "/nowhere"}, "reply": {"status": 404}}
    (exchanges / "lost.json").write_text(json.dumps(lost))
    return folder
