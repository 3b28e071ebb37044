"""Calls to a vendor's own host, answered in this process."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import urllib3
from urllib3.util import Retry

from emulator.testing.client import Emulator
from emulator.world.clock import stopwatch
from tests import toy

NOTES = "https://api.toy.test/notes"
TOKEN = {"Authorization": "Bearer toy-token"}
LONG = {"id": "long", "text": "x" * 20}


async def _await_httpx(method: str, url: str, **options: Any) -> Any:
    async with httpx.AsyncClient() as client:
        return await client.request(method, url, **options)


def by_async_httpx(method: str, url: str, **options: Any) -> Any:
    return asyncio.run(_await_httpx(method, url, **options))


def by_urllib3(method: str, url: str, timeout: Any = None, **options: Any) -> Any:
    return urllib3.request(method, url, timeout=timeout, retries=False, **options)


CLIENTS = {"requests": requests.request, "urllib3": by_urllib3, "httpx": httpx.request, "async httpx": by_async_httpx}
every_client = pytest.mark.parametrize("call", CLIENTS.values(), ids=CLIENTS)
BROKEN = {
    "reset": {
        "requests": requests.exceptions.ConnectionError,
        "urllib3": urllib3.exceptions.ProtocolError,
        "httpx": httpx.ReadError,
    },
    "close": {
        "requests": requests.exceptions.ConnectionError,
        "urllib3": urllib3.exceptions.ProtocolError,
        "httpx": httpx.RemoteProtocolError,
    },
    "truncate": {
        "requests": requests.exceptions.ChunkedEncodingError,
        "urllib3": urllib3.exceptions.ProtocolError,
        "httpx": httpx.RemoteProtocolError,
    },
    "garbage": {
        "requests": requests.exceptions.ChunkedEncodingError,
        "urllib3": urllib3.exceptions.ProtocolError,
        "httpx": httpx.RemoteProtocolError,
    },
}
TIMEOUTS = {
    "requests": requests.exceptions.ReadTimeout,
    "urllib3": urllib3.exceptions.ReadTimeoutError,
    "httpx": httpx.ReadTimeout,
}


@pytest.fixture(scope="module")
def unserved(tmp_path_factory: pytest.TempPathFactory) -> Emulator:
    return toy.emulator(tmp_path_factory.mktemp("intercepted"))


@pytest.fixture
def emu(unserved: Emulator) -> Iterator[Emulator]:
    with unserved.intercept(unknown="refuse") as emulator:
        yield emulator
    unserved.default.reset()


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """A server that no vendor has."""

    class Hello(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"hello")

        def do_POST(self) -> None:
            server.told.append(self.rfile.read(int(self.headers["Content-Length"])))  # type: ignore[attr-defined]
            self.do_GET()

        def log_message(self, *args: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Hello)
    server.told = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def status(reply: Any) -> int:
    return int(getattr(reply, "status_code", 0) or reply.status)


@every_client
def test_a_call_to_the_vendors_host_is_answered_without_a_socket(emu: Emulator, call: Callable[..., Any]) -> None:
    reply = call("GET", NOTES, headers=TOKEN)
    assert (status(reply), reply.headers["X-Total"], len(reply.json()["notes"])) == (200, "5", 2)


@every_client
def test_what_is_sent_is_kept(emu: Emulator, call: Callable[..., Any]) -> None:
    assert status(call("POST", NOTES, headers=TOKEN, json={"id": "a", "text": "hello"})) == 201
    assert emu.default.state("toy").rows("notes").get("a") == {"id": "a", "text": "hello"}


def test_any_port_and_either_scheme_will_do(emu: Emulator) -> None:
    for url in ("http://api.toy.test/motto", "http://API.toy.test:81/motto", "https://api.toy.test:8443/motto"):
        assert requests.get(url).json() == httpx.get(url).json() == "write it down"


def test_a_pool_for_the_host_is_answered_too(emu: Emulator) -> None:
    with urllib3.HTTPSConnectionPool("api.toy.test", block=True, maxsize=1) as pool:
        assert [pool.request("GET", "/motto").json() for _ in range(3)] == ["write it down"] * 3


def test_a_label_stands_for_the_asterisk(tmp_path: Path) -> None:
    contract = toy.files()
    contract["vendor.json"]["hosts"] = ["*.toy.test"]
    with toy.emulator(tmp_path, contract).intercept() as emu:
        assert requests.get("https://eu.toy.test/motto").json() == "write it down"
        assert emu.default.toy.base_url == "https://toy.toy.test"


def test_the_address_in_a_reply_can_be_called(emu: Emulator) -> None:
    written = requests.post(NOTES, headers=TOKEN, json=LONG)
    assert written.headers["Location"] == "https://api.toy.test/notes/long"
    assert httpx.get(written.headers["Location"], headers=TOKEN).json() == LONG


def test_the_credential_decides_on_the_sandbox(emu: Emulator) -> None:
    mine, other = emu.sandbox(), emu.sandbox()
    requests.post(f"{mine.toy.base_url}/notes", headers={"Authorization": f"Bearer {mine.toy.token}"}, json=LONG)
    assert [len(box.journal.calls(status=201)) for box in (mine, other, emu.default)] == [1, 0, 0]


def test_the_wire_says_the_same_as_a_socket_would(tmp_path: Path) -> None:
    with toy.emulator(tmp_path) as emu, emu.intercept():
        over = requests.get(f"{emu.default.toy.base_url}/notes", headers=TOKEN)
        within = requests.get(NOTES, headers=TOKEN)
        assert list(over.headers) == list(within.headers)
        assert over.content == within.content
        calls = [{name.lower() for name in call["request"]["headers"]} for call in emu.default.journal.calls()]
        assert calls[0] == calls[1]


# -- the library above stays as it is


def test_a_body_can_be_streamed_either_way(emu: Emulator) -> None:
    pieces = [b'{"id": "s", ', b'"text": "streamed"}']
    headers = {**TOKEN, "Content-Type": "application/json"}
    assert requests.post(NOTES, headers=headers, data=iter(pieces)).status_code == 201
    with requests.get(f"{NOTES}/s", headers=TOKEN, stream=True) as reply:
        assert b"".join(reply.iter_content(3)) == b'{"id":"s","text":"streamed"}'
    with httpx.stream(
        "POST", NOTES, headers=headers, content=iter([p.replace(b'"s"', b'"t"') for p in pieces])
    ) as sent:
        assert json.loads(b"".join(sent.iter_bytes(3)))["id"] == "t"


def test_a_session_with_retries_waits_and_asks_again(emu: Emulator) -> None:
    emu.default.faults.add(vendor="toy", times=2, status=503)
    with requests.Session() as session:
        session.mount("https://", requests.adapters.HTTPAdapter(max_retries=Retry(3, status_forcelist=[503])))
        assert session.get(NOTES, headers=TOKEN).status_code == 200
    assert [call["reply"]["status"] for call in emu.default.journal] == [503, 503, 200]


def test_a_proxy_in_the_environment_is_not_asked(emu: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    proxied = urllib3.ProxyManager("http://127.0.0.1:9")
    for url in ("https://api.toy.test/motto", "http://api.toy.test/motto"):
        assert proxied.request("GET", url).json() == requests.get(url).json() == httpx.get(url).json()
    assert requests.get(url, proxies={"http": "http://127.0.0.1:9"}).status_code == 200


# -- what befalls a reply on its way


@every_client
@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_connection_raises_the_librarys_own_error(
    emu: Emulator, call: Callable[..., Any], kind: str, request: pytest.FixtureRequest
) -> None:
    emu.default.faults.add(vendor="toy", connection=kind, when="after")
    with pytest.raises(BROKEN[kind][_library(request)]):
        call("POST", NOTES, headers=TOKEN, json=LONG)
    assert emu.default.state("toy").rows("notes").get("long") == LONG


@every_client
def test_a_delay_beyond_the_timeout_costs_the_timeout(
    emu: Emulator, call: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    emu.default.faults.add(vendor="toy", delay=30)
    began = stopwatch()
    with pytest.raises(TIMEOUTS[_library(request)]):
        call("GET", NOTES, headers=TOKEN, timeout=0.1)
    assert 0.1 <= stopwatch() - began < 10


@every_client
def test_a_delay_within_the_timeout_is_waited_for(emu: Emulator, call: Callable[..., Any]) -> None:
    emu.default.faults.add(vendor="toy", delay=0.2)
    began = stopwatch()
    assert status(call("GET", NOTES, headers=TOKEN, timeout=20)) == 200
    assert stopwatch() - began >= 0.2


@every_client
def test_a_dripping_reply_arrives_slowly_and_whole(emu: Emulator, call: Callable[..., Any]) -> None:
    emu.default.faults.add(vendor="toy", drip=300)
    began = stopwatch()
    assert len(call("GET", NOTES, headers=TOKEN).json()["notes"]) == 2
    assert stopwatch() - began > 0.1


@every_client
def test_drops_that_come_too_seldom_time_out(emu: Emulator, call: Callable[..., Any]) -> None:
    emu.default.faults.add(vendor="toy", drip=2)
    with pytest.raises((*TIMEOUTS.values(), requests.exceptions.ConnectionError)):
        call("GET", NOTES, headers=TOKEN, timeout=0.1)


@every_client
def test_a_call_is_no_longer_in_flight_once_its_reply_was_read_or_lost(emu: Emulator, call: Callable[..., Any]) -> None:
    for plan in ({"delay": 0.01}, {"connection": "reset"}, {"delay": 30}):
        emu.default.faults.add(vendor="toy", times=1, **plan)
    for _ in range(4):  # two at once are allowed
        try:
            assert status(call("GET", NOTES, headers=TOKEN, timeout=0.5)) == 200
        except (OSError, httpx.TransportError, urllib3.exceptions.HTTPError):
            continue
    assert not emu.default.journal.calls(refusal="throttled")


# -- whose calls, and which


def test_unknown_hosts_are_called_as_ever_unless_they_are_to_be_refused(unserved: Emulator, elsewhere: str) -> None:
    with unserved.intercept():
        assert (
            requests.get(elsewhere).text
            == httpx.get(elsewhere).text
            == by_async_httpx("GET", elsewhere).text
            == "hello"
        )
    with unserved.intercept(unknown="refuse"):
        with pytest.raises(requests.exceptions.ConnectionError, match=r"no vendor's host.*api\.toy\.test"):
            requests.get(elsewhere)
        with pytest.raises(urllib3.exceptions.NewConnectionError, match="no vendor's host"):
            by_urllib3("GET", elsewhere)
        with pytest.raises(httpx.ConnectError, match="no vendor's host"):
            httpx.get(elsewhere)
        with pytest.raises(httpx.ConnectError, match="no vendor's host"):
            by_async_httpx("GET", elsewhere)


def test_an_emulator_that_is_served_can_be_called_while_others_are_refused(tmp_path: Path) -> None:
    with toy.emulator(tmp_path) as emu, emu.intercept(unknown="refuse"):
        assert requests.get(f"{emu.default.toy.base_url}/motto").json() == "write it down"


def test_the_innermost_that_knows_the_host_answers(tmp_path: Path) -> None:
    other = toy.files()
    other["notes/motto.json"]["replies"]["200"]["example"] = "forget it"
    twin = toy.files()
    twin["vendor.json"]["hosts"] = ["api.twin.test"]
    outer, inner, beside = (toy.emulator(tmp_path / n, c) for n, c in (("o", None), ("i", other), ("b", twin)))
    with outer.intercept(), beside.intercept():
        with inner.intercept():
            assert requests.get("https://api.toy.test/motto").json() == "forget it"
            assert requests.get("https://api.twin.test/motto").json() == "write it down"
        assert requests.get("https://api.toy.test/motto").json() == "write it down"


def test_everything_is_as_it_was_even_after_an_exception(unserved: Emulator) -> None:
    def patched() -> list[Any]:
        pool = urllib3.connectionpool
        return [
            pool.HTTPConnectionPool._make_request,
            pool.HTTPSConnectionPool._prepare_proxy,
            requests.adapters.HTTPAdapter.send,
            requests.Session.merge_environment_settings,
            httpx.HTTPTransport.handle_request,
            httpx.AsyncHTTPTransport.handle_async_request,
            httpx.Cookies.extract_cookies,
            *sys.meta_path,
        ]

    def fail() -> None:
        with unserved.intercept(), unserved.intercept():
            assert not set(before) <= set(patched())
            raise LookupError

    before = patched()
    with pytest.raises(LookupError):
        fail()
    assert patched() == before


def test_threads_are_answered_and_may_come_and_go(unserved: Emulator) -> None:
    def work(number: int) -> int:
        with unserved.intercept(unknown="refuse"):
            note = {"id": f"thread-{number}", "text": "x"}
            return int(requests.post(NOTES, headers=TOKEN, json=note).status_code)

    unserved.default.settings.update({"limits": "off"})
    with unserved.intercept(), ThreadPoolExecutor(8) as threads:
        assert set(threads.map(work, range(40))) == {201}
    unserved.default.reset()


def test_webhooks_go_out_without_a_server(tmp_path: Path, elsewhere: str) -> None:
    with toy.emulator(tmp_path).intercept(unknown="refuse") as emu:
        emu.default.settings.update({"toy": {"hook": elsewhere}})
        requests.post(NOTES, headers=TOKEN, json=LONG)
        emu.default.deliver()
        assert [delivery["state"] for delivery in emu.default.deliveries()] == ["delivered"]


def test_a_wish_about_unknown_hosts_that_is_none_is_refused(unserved: Emulator) -> None:
    with pytest.raises(ValueError, match="pass or refuse"):
        unserved.intercept(unknown="ask")  # type: ignore[arg-type]


def test_a_library_imported_within_the_block_is_patched_and_none_is_imported_for_it() -> None:
    program = """
import sys
from emulator import Emulator
with Emulator(vendors=["amio"]).intercept(unknown="refuse"):
    assert not {"requests", "urllib3", "httpx", "httpcore"} & set(sys.modules)
    import httpx, requests
    headers = {"Authorization": "Bearer demo-amio-token"}
    replies = [get("https://api.amio.io/v1/channels", headers=headers) for get in (requests.get, httpx.get)]
    assert [reply.status_code for reply in replies] == [200, 200]
    assert "exec_module" not in vars(httpx.__spec__.loader)
"""
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, timeout=60)


def _library(request: pytest.FixtureRequest) -> str:
    return str(request.node.callspec.id).split("-")[-1].removeprefix("async ")
