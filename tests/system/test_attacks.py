"""Attacks on what is served: paths, headers, bombs, sizes, slowness, and the control plane. Each is refused as docs/security.md says."""

from __future__ import annotations

import gzip
import json
import re
import socket
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from emulator.control import routes
from emulator.control.desk import Desk
from emulator.serving import Server
from emulator.serving.bounds import Bounds
from emulator.testing.client import Box, Emulator
from emulator.world.faults import MOST_FAULTS
from emulator.world.journal import LONGEST_BODY, MOST_BYTES, MOST_CALLS
from emulator.world.sandbox import MOST_SNAPSHOTS
from emulator.world.sandboxes import MOST_SANDBOXES

DEMO = "Basic ZGVtb0tleTEyMzQ1OmRlbW9TZWNyZXQxMjM0NTY="
MEBI = 1024 * 1024


def raw(emulator: Emulator, request: bytes) -> bytes:
    """What the socket says to these very bytes."""
    assert emulator.address is not None
    with socket.create_connection(emulator.address, timeout=10) as sock:
        sock.sendall(request)
        sock.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: sock.recv(65536), b""))


def get(emulator: Emulator, target: str, *headers: str) -> tuple[int, bytes]:
    """Status and reply to a GET of this very target."""
    lines = [f"GET {target} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *headers, "", ""]
    reply = raw(emulator, "\r\n".join(lines).encode("latin-1"))
    return int(reply[9:12]), reply


def control(emulator: Emulator, method: str, path: str, body: Any = None, **more: Any) -> requests.Response:
    return requests.request(method, f"{emulator.base_url}/_emulator{path}", json=body, timeout=30, **more)


# -- paths


TRAVERSALS = [
    "/_emulator/openapi/..%2f..%2fetc%2fpasswd.json",
    "/_emulator/openapi/../../etc/passwd",
    "/_emulator/sandboxes/..%2f..%2fdefault/world",
    "/_emulator/sandboxes/default/snapshots/..%2f..%2fetc%2fpasswd/restore",
    "/_emulator/docs/../../../etc/passwd",
    "/~../amio/v1/channels",
    "/~%2e%2e/amio/v1/channels",
    "/~default%2f..%2f/amio/v1/channels",
    "/agillic/media/../../etc/passwd",
    "/agillic/media/%2e%2e/%2e%2e/etc/passwd",
    "/agillic/media/..%2f..%2f..%2fetc/passwd",
    "/agillic/media/....//....//etc/passwd",
    "/agillic/media/..%5c..%5cetc%5cpasswd",
    "/agillic/media/contexts/..%2f..%2fcontracts%2famio%2fvendor.json",
    "/agillic/media/%00",
]


@pytest.mark.parametrize("target", TRAVERSALS)
def test_no_path_leads_to_a_file(emulator: Emulator, target: str) -> None:
    status, reply = get(emulator, target, f"Authorization: {DEMO}")
    assert status in (400, 404, 405)
    assert b"root:" not in reply
    assert b'"hosts"' not in reply


@pytest.mark.parametrize(
    "target", ["/amio/../_emulator/sandboxes", "/amio/..%2f_emulator/sandboxes", "/amio/%2e%2e/_emulator/"]
)
def test_no_vendors_path_leads_to_the_control_plane(emulator: Emulator, target: str) -> None:
    status, reply = get(emulator, target)
    assert (status, b"sandboxes" in reply.partition(b"\r\n\r\n")[0]) == (404, False)
    assert b'"clock"' not in reply


@pytest.mark.parametrize(
    "to", ["/etc/passwd", "file:///etc/passwd", "{base}/media/../../x", "{base}/media/%2e%2e/x", "http://evil.test/x"]
)
def test_a_file_is_not_moved_out_of_its_mount(sandbox: Box, to: str) -> None:
    pair, base = (sandbox.agillic.client_id, sandbox.agillic.client_secret), sandbox.agillic.base_url
    requests.put(f"{base}/media/contexts/a.json", data=b"{}", auth=pair, timeout=10)
    headers = {"Destination": to.format(base=base), "Overwrite": "T"}
    reply = requests.request("MOVE", f"{base}/media/contexts/a.json", headers=headers, auth=pair, timeout=10)
    assert reply.status_code >= 400


@pytest.mark.parametrize(
    "name", ["../x", "a/b", "a%2fb", "..", ".", "", "a\0b", "a\r\nb", "x" * 64, "ä", "A", "~a", "-a"]
)
def test_a_sandbox_has_no_name_that_is_a_path(emulator: Emulator, name: str) -> None:
    assert control(emulator, "POST", "/sandboxes", {"name": name}).status_code == 422


@pytest.mark.parametrize("name", ["../x", "a/b", "..", ".a", "", "a\0b", "a\r\nb", "x" * 101])
def test_a_snapshot_has_no_name_that_is_a_path(emulator: Emulator, sandbox: Box, name: str) -> None:
    assert control(emulator, "POST", f"/sandboxes/{sandbox.name}/snapshots", {"name": name}).status_code == 422


# -- headers


@pytest.mark.parametrize(
    "header", ["Host", "Origin", "X-Request-Id", "Accept-Language", "Authorization", "X-Amilia-Origin"]
)
@pytest.mark.parametrize("value", [b"a\nX-Evil: 1", b"a\rX-Evil: 1", b"a\0b"])
def test_a_header_with_a_line_break_is_refused(emulator: Emulator, header: str, value: bytes) -> None:
    lines = [b"GET /amilia/api/v3/en/org/8008/programs HTTP/1.1", b"Host: 127.0.0.1", header.encode() + b": " + value]
    reply = raw(emulator, b"\r\n".join([*lines, b"Connection: close", b"", b""]))
    assert reply.startswith(b"HTTP/1.1 400 ")
    assert b"x-evil" not in reply.lower()


BREAKS = ("%0d%0aX-Evil:%201", "%250d%250aX-Evil:%25201", "%E5%98%8A%E5%98%8DX-Evil:%201")


@pytest.mark.parametrize("hidden", BREAKS)
def test_no_header_comes_of_a_path_or_a_query(sandbox: Box, hidden: str) -> None:
    pair, base = (sandbox.agillic.client_id, sandbox.agillic.client_secret), sandbox.agillic.base_url
    client = sandbox.agillic.client_id
    consent = f"client_id={client}&redirect_uri=https://x.test/{hidden}&state={hidden}&decision=approve"
    replies = [
        requests.put(f"{base}/recipients/{hidden}@example.com", json={"personData": {}}, auth=pair, timeout=10),
        requests.get(f"{base}/media/{hidden}", auth=pair, timeout=10),
        requests.request("MKCOL", f"{base}/media/contexts/{hidden}", auth=pair, timeout=10),
        requests.post(
            f"{base}/oauth2/authorize",
            data=consent,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            allow_redirects=False,
            timeout=10,
        ),
    ]
    for reply in replies:
        assert reply.status_code != 500
        assert not {"x-evil"} & {name.lower() for name in reply.headers}
        assert not re.search(r"[\r\n\0]", str(reply.headers.values()))


def test_no_header_comes_of_a_row(sandbox: Box) -> None:
    made = requests.post(
        f"{sandbox.amio.base_url}/v1/channels",
        json={"type": "amio_chat", "name": "a\r\nX-Evil: 1"},
        headers={"Authorization": f"Bearer {sandbox.amio.token}", "Host": "127.0.0.1"},
        timeout=10,
    )
    assert "X-Evil" not in made.headers


# -- bombs


def nested(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


BOMBS = {
    "201 levels": nested(201),
    "900 levels": nested(900),
    "100,000 levels": b"[" * 100_000,
    "100,000 levels, closed": b"[" * 100_000 + b"]" * 100_000,
    "a number of 100,000 digits": b'{"a":' + b"9" * 100_000 + b"}",
    "100,000 members": json.dumps({f"k{n}": n for n in range(100_000)}).encode(),
    "one member 100,000 times": b"{" + b",".join([b'"a":1'] * 100_000) + b"}",
    "100,000 escapes": b'{"a":"' + b"\\u0041" * 100_000 + b'"}',
    "half a surrogate": b'{"a":"\\ud800"}',
    "10 MiB of one letter, zipped": gzip.compress(b'{"a":"' + b"x" * 10 * MEBI + b'"}'),
    "the same, deflated": zlib.compress(b'{"a":"' + b"x" * 10 * MEBI + b'"}'),
}
CODINGS = {"10 MiB of one letter, zipped": "gzip", "the same, deflated": "deflate"}


def doors(box: Box, emulator: Emulator) -> Iterator[tuple[str, str, dict[str, str], tuple[str, str] | None]]:
    """Where bodies are taken: method, address, headers, pair."""
    agillic, ameyo = box.agillic, box.ameyo
    yield "POST", f"{box.amio.base_url}/v1/messages", {"Authorization": f"Bearer {box.amio.token}"}, None
    yield "PUT", f"{agillic.base_url}/recipients/x@example.com", {}, (agillic.client_id, agillic.client_secret)
    yield "POST", f"{agillic.base_url}/recipients/:batch", {}, (agillic.client_id, agillic.client_secret)
    keys = {"X-AMILIA-APIKEY": box.amilia.api_key, "X-AMILIA-APISECRET": box.amilia.api_secret}
    yield "POST", f"{box.amilia.base_url}/api/v3/en/org/8008/webhooks", keys, None
    yield "POST", f"{ameyo.base_url}/configuration/basicauth", {"Authorization": f"Bearer {ameyo.bearer_token}"}, None
    for path in ("", f"/{box.name}/faults", f"/{box.name}/snapshots", f"/{box.name}/stimuli/amio/message_received"):
        yield "POST", f"{emulator.base_url}/_emulator/sandboxes{path}", {}, None
    yield "PUT", f"{emulator.base_url}/_emulator/sandboxes/{box.name}/world", {}, None


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_body_that_is_a_bomb_is_refused_and_does_not_go_off_later(
    sandbox: Box, emulator: Emulator, bomb: str
) -> None:
    for method, url, headers, pair in doors(sandbox, emulator):
        given = {**headers, "Content-Type": "application/json"}
        given |= {"Content-Encoding": CODINGS[bomb]} if bomb in CODINGS else {}
        reply = requests.request(method, url, data=BOMBS[bomb], headers=given, auth=pair, timeout=30)
        assert 400 <= reply.status_code < 500, (url, reply.status_code, reply.text[:200])
    for what in ("journal", "world"):
        told = control(emulator, "GET", f"/sandboxes/{sandbox.name}/{what}")
        assert (told.status_code, len(told.content) < 5 * MEBI) == (200, True)


def test_a_refusal_is_kept_in_brief_however_much_was_wrong(sandbox: Box, emulator: Emulator) -> None:
    entries = [{f"unknown {n}": "x" * 1000} for n in range(500)]
    pair = (sandbox.agillic.client_id, sandbox.agillic.client_secret)
    requests.post(f"{sandbox.agillic.base_url}/recipients/:batch", json={"a": entries}, auth=pair, timeout=10)
    wish = {"Authorization": f"Bearer {sandbox.amio.token}"}
    requests.post(f"{sandbox.amio.base_url}/v1/channels", json={"type": entries}, headers=wish, timeout=10)
    for entry in sandbox.journal:
        assert len(json.dumps(entry["refusal"])) < 300_000


CSVS = {
    "a field of 5 MB": "customer_name,phone1\n" + "x" * 5_000_000 + ",1\n",
    "a quote that is not closed": 'customer_name,phone1\n"' + "x,1\n" * 500_000,
    "100,000 columns": ",".join(f"c{n}" for n in range(100_000)) + "\n" + "1," * 100_000 + "\n",
    "zeros": "customer_name,phone1\n" + "\0" * 1_000_000 + "\n",
    "quotes": "customer_name,phone1\n" + '""' * 500_000 + ",1\n",
}


def upload(box: Box, parts: dict[str, Any], **data: str) -> requests.Response:
    path = "/v1/cc-list/1/process-list/13/leads/17/contact-upload-tasks"
    mapping = '{"name": "customer_name", "phone1": "phone1"}'
    fields = {"user_id": "john", "header_mapping": mapping, **data}
    pair = (box.ameyo.username, box.ameyo.password)
    return requests.post(box.ameyo.base_url + path, files=parts, data=fields, auth=pair, timeout=30)


@pytest.mark.parametrize("bomb", CSVS)
def test_a_table_that_is_a_bomb_is_refused(sandbox: Box, bomb: str) -> None:
    assert upload(sandbox, {"file": ("a.csv", CSVS[bomb], "text/csv")}).status_code == 400


def test_a_row_with_very_many_fields_is_an_error_of_that_row(sandbox: Box) -> None:
    errors = sandbox.state("ameyo").rows("contact_task_errors")
    table, before = "customer_name,phone1\n" + "1," * 500_000 + "\n", len(errors)
    assert upload(sandbox, {"file": ("a.csv", table, "text/csv")}).status_code == 200
    assert len(errors) == before + 1


@pytest.mark.parametrize(
    "mapping", ["[" * 100_000, '{"a":' * 300 + "1" + "}" * 300, json.dumps({f"k{n}": "x" for n in range(100_000)})]
)
def test_json_within_a_form_is_bounded_too(sandbox: Box, mapping: str) -> None:
    file = ("a.csv", "customer_name,phone1\n", "text/csv")
    assert upload(sandbox, {"file": file}, header_mapping=mapping).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        '--b\r\nContent-Disposition: form-data; name="x"\r\n\r\nx\r\n' * 5000 + "--b--\r\n",
        '--b\r\nContent-Disposition: form-data; name="x"\r\nX: ' + "y" * 2_000_000 + "\r\n\r\nx\r\n--b--\r\n",
        "--b\r\n" * 300_000,
        "\r\n--" * 300_000,
    ],
    ids=["parts", "a part's head", "boundaries", "almost boundaries"],
)
def test_a_form_that_is_a_bomb_is_refused(sandbox: Box, body: str) -> None:
    url = f"{sandbox.ameyo.base_url}/v1/cc-list/1/process-list/13/leads/17/contact-upload-tasks"
    media = {"Content-Type": "multipart/form-data; boundary=b"}
    pair = (sandbox.ameyo.username, sandbox.ameyo.password)
    assert requests.post(url, data=body, headers=media, auth=pair, timeout=30).status_code == 400


def test_the_name_of_a_file_is_no_path(sandbox: Box) -> None:
    file = ("../../../../tmp/evil\r\nX-Evil: 1.csv", "customer_name,phone1\nAnn,9810000001\n", "text/csv")
    task = upload(sandbox, {"file": file}).json()["response"][0]["data"]["task_id"]
    path = f"/cc-list/1/process-list/13/leads/17/contact-upload-tasks/{task}/error-file"
    pair = (sandbox.ameyo.username, sandbox.ameyo.password)
    told = requests.get(sandbox.ameyo.base_url + path, auth=pair, timeout=10).headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="[\w.-]+"', told)


def test_xml_has_no_entities(sandbox: Box) -> None:
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    xml = (
        f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY e0 "x">{entities}]>'
        '<D:propfind xmlns:D="DAV:"><D:prop><D:displayname>&f;&e9;</D:displayname></D:prop></D:propfind>'
    )
    pair = (sandbox.agillic.client_id, sandbox.agillic.client_secret)
    media = {"Content-Type": "application/xml", "Depth": "1"}
    url = f"{sandbox.agillic.base_url}/media/"
    reply = requests.request("PROPFIND", url, data=xml, headers=media, auth=pair, timeout=10)
    assert (reply.status_code, "root:" in reply.text) == (400, False)


# -- sizes


def test_a_head_that_is_too_large_is_refused(emulator: Emulator) -> None:
    for target, header in (
        ("/" + "a" * 70_000, "X: y"),
        ("/amio?" + "a" * 70_000, "X: y"),
        ("/", "X: " + "y" * 70_000),
    ):
        assert get(emulator, target, header)[0] == 431
    assert get(emulator, "/", *["X: y"] * 20_000)[0] == 431


@pytest.mark.parametrize("path, most", [("/amio/v1/messages", Bounds().body), ("/_emulator/sandboxes", 64 * MEBI)])
def test_a_body_that_announces_too_much_is_refused_before_it_comes(emulator: Emulator, path: str, most: int) -> None:
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {most + 1}",
    ]
    assert emulator.address is not None
    with socket.create_connection(emulator.address, timeout=10) as sock:
        sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + b" " * 1000)
        if most < Bounds().body:  # the control plane's own bound is looked at once the body is there
            for _ in range(most // MEBI + 1):
                sock.sendall(b" " * MEBI)
        assert sock.recv(100).split()[1] == b"413"


def test_there_is_an_end_to_faults_and_snapshots(emulator: Emulator, sandbox: Box) -> None:
    for number in range(MOST_FAULTS):
        sandbox.faults.add(vendor="amio", path=f"/{number}", status=500)
    plan = {"do": {"status": 500}}
    assert control(emulator, "POST", f"/sandboxes/{sandbox.name}/faults", plan).status_code == 422
    for number in range(MOST_SNAPSHOTS):
        sandbox.snapshot(str(number))
    assert control(emulator, "POST", f"/sandboxes/{sandbox.name}/snapshots", {"name": "more"}).status_code == 422


def test_a_fault_may_not_be_as_large_as_a_world(emulator: Emulator, sandbox: Box) -> None:
    plan = {"do": {"status": 500, "body": "x" * 2 * MEBI}}
    assert control(emulator, "POST", f"/sandboxes/{sandbox.name}/faults", plan).status_code == 422


def test_there_is_an_end_to_sandboxes(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_SANDBOXES == 20_000
    monkeypatch.setattr("emulator.world.sandboxes.MOST_SANDBOXES", len(emulator.sandboxes))
    assert control(emulator, "POST", "/sandboxes", {}).status_code == 422


def test_the_journal_keeps_what_fits_and_says_what_it_let_go(sandbox: Box) -> None:
    assert (MOST_CALLS, MOST_BYTES, LONGEST_BODY) == (10_000, 32 * MEBI, 64 * 1024)
    journal = sandbox.state("amio").journal
    journal._most_bytes = 500_000
    with requests.Session() as session:
        for number in range(30):
            session.get(
                sandbox.amio.base_url + "/" + "a" * 20_000 + str(number), headers={"X": "y" * 20_000}, timeout=10
            )
            session.post(sandbox.amio.base_url + "/v1/messages", data=b"x" * 200_000, timeout=10)
    assert 3 < len(journal) < 20
    assert journal.evicted is not None


# -- slowness


def test_clients_that_dawdle_keep_nobody_else_and_are_cut_off(emulator: Emulator) -> None:
    server = Server(emulator.app, "127.0.0.1", 0, bounds=Bounds(head_seconds=0.5, body_seconds=0.5), inline=True)
    server.start()
    try:
        starts = [
            b"GET /amio/v1/channels HTTP/1.1\r\nHost: t\r\nX-",
            b"POST /amio/v1/messages HTTP/1.1\r\nHost: t\r\nContent-Length: 99\r\n\r\n{",
        ]
        slow = [socket.create_connection(server.address, timeout=10) for _ in range(100)]
        for number, sock in enumerate(slow):
            sock.sendall(starts[number % 2])
        url = "http://{}:{}/_emulator/health".format(*server.address)
        assert requests.get(url, timeout=10).status_code == 200
        for sock in slow:
            assert sock.recv(100).split()[1] == b"408"
            sock.close()
    finally:
        server.stop()


# -- the control plane


ROUTES = routes(Desk(None, None, None, None))  # type: ignore[arg-type]
ADDRESSES = [
    (r.method, re.sub(r"<(int:)?\w+>", "1", r.path).replace("/sandboxes/1", "/sandboxes/default")) for r in ROUTES
]


@pytest.fixture(scope="module")
def open_to_all() -> Iterator[Emulator]:
    """An emulator that listens on every address."""
    with Emulator(host="0.0.0.0", vendors=["amio"]) as running:
        yield running


@pytest.mark.parametrize("method, path", ADDRESSES)
def test_beyond_loopback_nothing_is_open_without_the_token(open_to_all: Emulator, method: str, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic x"}):
        assert control(open_to_all, method, path, {} if method != "GET" else None, headers=headers).status_code == 401


def test_with_the_token_it_is_open_and_health_always_is(open_to_all: Emulator) -> None:
    bearer = {"Authorization": f"Bearer {open_to_all.admin_token}"}
    assert len(open_to_all.admin_token) == 24
    assert control(open_to_all, "GET", "/sandboxes", headers=bearer).status_code == 200
    assert control(open_to_all, "GET", "/health").status_code == 200


@pytest.mark.parametrize("method, path", ADDRESSES)
def test_a_name_that_was_bent_to_this_machine_reaches_nothing(emulator: Emulator, method: str, path: str) -> None:
    for host in ("evil.test", "127.0.0.1.evil.test", "localhost.evil.test", "evil.test:80", "2130706433.evil.test"):
        assert (
            control(emulator, method, path, {} if method != "GET" else None, headers={"Host": host}).status_code == 403
        )


@pytest.mark.parametrize("method, path", [a for a in ADDRESSES if a[0] != "GET"])
def test_a_page_of_another_site_reaches_nothing(emulator: Emulator, method: str, path: str) -> None:
    for origin in ("http://evil.test", "null", "https://127.0.0.1", "http://127.0.0.1:1", "file://"):
        assert control(emulator, method, path, {}, headers={"Origin": origin}).status_code == 403


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_form_of_a_page_that_hides_its_origin_is_not_taken(emulator: Emulator, media: str) -> None:
    url = f"{emulator.base_url}/_emulator/sandboxes"
    assert requests.post(url, data=b'{"name": "x"}', headers={"Content-Type": media}, timeout=10).status_code == 415


def test_no_page_is_told_that_it_may_read(emulator: Emulator) -> None:
    reply = control(emulator, "OPTIONS", "/sandboxes", headers={"Origin": "http://evil.test"})
    assert reply.status_code == 403
    assert not [name for name in reply.headers if name.lower().startswith("access-control-")]


# -- data, never code


CODE = [
    "{{7*7}}",
    "${7*7}",
    "$(touch /tmp/x)",
    "!!python/object/apply:os.system ['x']",
    "__import__('os')",
    "%(x)s",
    "{0.__class__}",
]


@pytest.mark.parametrize("code", CODE)
def test_a_world_is_data(emulator: Emulator, sandbox: Box, code: str) -> None:
    rows = {"things": [{"id": code, code: code, "__class__": code, "__reduce__": [code]}]}
    document = {"vendors": {"amio": {"collections": rows}}}
    assert control(emulator, "PUT", f"/sandboxes/{sandbox.name}/world", document).status_code == 200
    assert sandbox.world()["vendors"]["amio"]["collections"]["things"] == rows["things"]
