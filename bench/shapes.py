"""The three requests that every peer answers, and each peer: what it is installed from, what it reads, how it is started."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from load import request

THING = {
    "id": "7391051513856000001",
    "channel": {"id": "7391052017172488193", "type": "amio_chat"},
    "contact": {"id": "6456078781510718339", "name": "Ann Example"},
    "direction": "sent",
    "sent": "2026-01-05T12:00:00.000Z",
    "delivered": None,
    "read": None,
    "content": {"type": "text", "payload": "hello"},
}
WISH = {key: THING[key] for key in ("channel", "contact", "content")}
PAGE = [THING | {"id": str(number)} for number in range(100)]
AUTHORIZATION = "Bearer token"
SHAPES = ("GET one", "POST validated", "page of 100")
Options = Mapping[str, Any]


@dataclass(frozen=True)
class Peer:
    """`npm` and `pypi` are what is installed, `files` what is written for it, by name, given a port; `command` starts it in its folder."""

    name: str
    command: Callable[[Path, int], Sequence[str]]
    npm: tuple[str, ...] = ()
    pypi: tuple[str, ...] = ()
    files: Callable[[int], Mapping[str, str]] = lambda port: {}
    paths: tuple[str, str, str] = ("/things/1", "/things", "/things?limit=100")
    told: str = ""
    """What is not the same as elsewhere."""
    requests: tuple[bytes, bytes, bytes] | None = None
    prepare: tuple[bytes, ...] = ()
    environment: Options = field(default_factory=dict)

    @property
    def probe(self) -> str:
        """What answers 200 as soon as it serves."""
        return self.paths[0]

    @property
    def asked(self) -> tuple[bytes, bytes, bytes]:
        """The requests of the three shapes."""
        if self.requests is not None:
            return self.requests
        one, many, page = self.paths
        return (
            request("GET", one, AUTHORIZATION),
            request("POST", many, AUTHORIZATION, WISH),
            request("GET", page, AUTHORIZATION),
        )


def _tool(name: str) -> Callable[[Path], str]:
    return lambda folder: str(folder / "node_modules" / ".bin" / name)


def _python(folder: Path) -> str:
    return str(folder / "venv" / "bin" / "python")


def _schema(value: Any) -> dict[str, Any]:
    """A schema that a value of this form meets, and few others."""
    if isinstance(value, dict):
        members = {name: _schema(inner) for name, inner in value.items()}
        return {"type": "object", "required": list(value), "properties": members, "additionalProperties": False}
    if isinstance(value, list):
        return {"type": "array", "items": _schema(value[0])}
    return {"type": "string"} if isinstance(value, str) else {}


def _openapi(port: int) -> dict[str, str]:
    def answer(example: Any) -> dict[str, Any]:
        return {
            "description": "done",
            "content": {"application/json": {"schema": _schema(example), "example": example}},
        }

    identifier = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}}
    wish = {"required": True, "content": {"application/json": {"schema": _schema(WISH)}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "things", "version": "1"},
        "paths": {
            "/things/{id}": {"get": {"parameters": [identifier], "responses": {"200": answer(THING)}}},
            "/things": {
                "get": {"parameters": [limit], "responses": {"200": answer(PAGE)}},
                "post": {"requestBody": wish, "responses": {"201": answer(THING)}},
            },
        },
    }
    return {"openapi.json": json.dumps(document)}


def _mockoon(port: int) -> dict[str, str]:
    def route(number: int, method: str, endpoint: str, status: int, body: Any) -> dict[str, Any]:
        reply = {
            "uuid": f"00000000-0000-4000-8000-00000000010{number}",
            "body": json.dumps(body),
            "latency": 0,
            "statusCode": status,
            "label": "",
            "headers": [{"key": "Content-Type", "value": "application/json"}],
            "bodyType": "INLINE",
            "filePath": "",
            "databucketID": "",
            "sendFileAsBody": False,
            "rules": [],
            "rulesOperator": "OR",
            "disableTemplating": True,
            "fallbackTo404": False,
            "default": True,
            "crudKey": "id",
            "callbacks": [],
        }
        return {
            "uuid": f"00000000-0000-4000-8000-00000000000{number}",
            "type": "http",
            "documentation": "",
            "method": method,
            "endpoint": endpoint,
            "responses": [reply],
            "responseMode": None,
            "streamingMode": None,
            "streamingInterval": 0,
        }

    routes = [
        route(1, "get", "things/1", 200, THING),
        route(2, "post", "things", 201, THING),
        route(3, "get", "things", 200, PAGE),
    ]
    environment = {
        "uuid": "00000000-0000-4000-8000-000000000009",
        "lastMigration": 33,
        "name": "things",
        "endpointPrefix": "",
        "latency": 0,
        "port": port,
        "hostname": "127.0.0.1",
        "folders": [],
        "routes": routes,
        "rootChildren": [{"type": "route", "uuid": one["uuid"]} for one in routes],
        "proxyMode": False,
        "proxyHost": "",
        "proxyRemovePrefix": False,
        "tlsOptions": {
            "enabled": False,
            "type": "CERT",
            "pfxPath": "",
            "certPath": "",
            "keyPath": "",
            "caPath": "",
            "passphrase": "",
        },
        "cors": False,
        "headers": [],
        "proxyReqHeaders": [],
        "proxyResHeaders": [],
        "data": [],
        "callbacks": [],
    }
    return {"mockoon.json": json.dumps(environment)}


def _imposters(port: int) -> dict[str, str]:
    def stub(method: str, path: str, status: int, body: Any) -> dict[str, Any]:
        reply = {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}
        return {"predicates": [{"equals": {"method": method, "path": path}}], "responses": [{"is": reply}]}

    stubs = [
        stub("GET", "/things/1", 200, THING),
        stub("POST", "/things", 201, THING),
        stub("GET", "/things", 200, PAGE),
    ]
    return {"imposters.json": json.dumps({"imposters": [{"protocol": "http", "port": port, "stubs": stubs}]})}


def _mappings(port: int) -> dict[str, str]:
    def mapping(method: str, path: str, status: int, body: Any) -> str:
        reply = {"status": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}
        return json.dumps({"request": {"method": method, "urlPath": path}, "response": reply})

    return {
        "mappings/one.json": mapping("GET", "/things/1", 200, THING),
        "mappings/post.json": mapping("POST", "/things", 201, THING),
        "mappings/page.json": mapping("GET", "/things", 200, PAGE),
    }


HTTPSERVER = """
import json, sys, threading
from pytest_httpserver import HTTPServer
server = HTTPServer(host="127.0.0.1", port=int(sys.argv[1]))
server.expect_request("/things/1").respond_with_data({one!r}, content_type="application/json")
server.expect_request("/things", method="POST").respond_with_data({one!r}, 201, content_type="application/json")
server.expect_request("/things", method="GET").respond_with_data({page!r}, content_type="application/json")
server.start()
threading.Event().wait()
"""
NODE = """
const one = {one}, page = {page};
require("http").createServer((request, response) => {{
  const body = request.url === "/things/1" || request.method === "POST" ? one : page;
  request.on("data", () => 0).on("end", () => {{
    response.writeHead(request.method === "POST" ? 201 : 200, {{"Content-Type": "application/json", "Content-Length": body.length}});
    response.end(body);
  }});
}}).listen(+process.argv[2], "127.0.0.1");
"""


def _dynamo(target: str, body: Mapping[str, Any]) -> bytes:
    credential = (
        "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
    )
    made = request("POST", "/", credential, body)
    return made.replace(
        b"Content-Type: application/json",
        b"X-Amz-Target: DynamoDB_20120810." + target.encode() + b"\r\nContent-Type: application/x-amz-json-1.0",
    )


def _item(number: int) -> dict[str, Any]:
    return {"group": {"S": "g"}, "id": {"S": f"{number:05d}"}, "content": {"S": json.dumps(THING)}}


_KEYS = [{"AttributeName": "group", "KeyType": "HASH"}, {"AttributeName": "id", "KeyType": "RANGE"}]
_TABLE = {
    "TableName": "things",
    "KeySchema": _KEYS,
    "AttributeDefinitions": [{"AttributeName": key["AttributeName"], "AttributeType": "S"} for key in _KEYS],
    "BillingMode": "PAY_PER_REQUEST",
}
_QUERY = {
    "TableName": "things",
    "Limit": 100,
    "KeyConditionExpression": "#g = :g",
    "ExpressionAttributeNames": {"#g": "group"},
    "ExpressionAttributeValues": {":g": {"S": "g"}},
}

PEERS = (
    Peer(
        "Prism",
        lambda folder, port: [_tool("prism")(folder), "mock", "-h", "127.0.0.1", "-p", str(port), "openapi.json"],
        npm=("@stoplight/prism-cli",),
        files=_openapi,
        told="as it comes: answers from examples, validates requests, logs each call; no state",
    ),
    Peer(
        "Prism, silent",
        lambda folder, port: [
            _tool("prism")(folder),
            "mock",
            "-v",
            "silent",
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
            "openapi.json",
        ],
        npm=("@stoplight/prism-cli",),
        files=_openapi,
        told="the same without its log",
    ),
    Peer(
        "Mockoon CLI",
        lambda folder, port: [_tool("mockoon-cli")(folder), "start", "--data", "mockoon.json", "--port", str(port)],
        npm=("@mockoon/cli",),
        files=_mockoon,
        told="fixed answers, no validation, no state",
    ),
    Peer(
        "moto server",
        lambda folder, port: [_python(folder), "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        pypi=("moto[server]",),
        paths=("/moto-api/", "/", "/"),
        requests=(
            _dynamo("GetItem", {"TableName": "things", "Key": {"group": {"S": "g"}, "id": {"S": "00001"}}}),
            _dynamo("PutItem", {"TableName": "things", "Item": _item(99_999)}),
            _dynamo("Query", _QUERY),
        ),
        prepare=(
            _dynamo("CreateTable", _TABLE),
            *(_dynamo("PutItem", {"TableName": "things", "Item": _item(number)}) for number in range(100)),
        ),
        told="DynamoDB: an item read, an item put, a query of 100; stateful",
    ),
    Peer(
        "json-server",
        lambda folder, port: [
            _tool("json-server")(folder),
            "--quiet",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "db.json",
        ],
        npm=("json-server@0.17.4",),
        files=lambda port: {"db.json": json.dumps({"things": [THING | {"id": number} for number in range(1, 101)]})},
        paths=("/things/1", "/things", "/things?_page=1&_limit=100"),
        told="stateful, written to a file at each POST; no validation",
    ),
    Peer(
        "pytest-httpserver",
        lambda folder, port: [_python(folder), "server.py", str(port)],
        pypi=("pytest-httpserver",),
        files=lambda port: {"server.py": HTTPSERVER.format(one=json.dumps(THING), page=json.dumps(PAGE))},
        told="fixed answers, no validation, no state",
    ),
    Peer(
        "mountebank",
        lambda folder, port: [
            _tool("mb")(folder),
            "start",
            "--port",
            str(port + 1),
            "--configfile",
            "imposters.json",
            "--nologfile",
        ],
        npm=("mountebank",),
        files=_imposters,
        told="fixed answers, no validation, no state",
    ),
    Peer(
        "WireMock",
        lambda folder, port: [
            "java",
            "-jar",
            "wiremock.jar",
            "--port",
            str(port),
            "--bind-address",
            "127.0.0.1",
            "--root-dir",
            ".",
        ],
        npm=("wiremock",),
        files=_mappings,
        told="fixed answers, journal on, no validation, no state",
    ),
    Peer(
        "bare Node server",
        lambda folder, port: ["node", "server.js", str(port)],
        files=lambda port: {
            "server.js": NODE.format(one=json.dumps(json.dumps(THING)), page=json.dumps(json.dumps(PAGE)))
        },
        told="constant bytes",
    ),
    Peer(
        "constant bytes on our server",
        lambda folder, port: [sys.executable, str(Path(__file__).parent / "floor.py"), str(port)],
        told="a WSGI application",
    ),
)
