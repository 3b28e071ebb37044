"""The WSGI application: vendors' traffic in a thin layer, everything else in a Flask application that is made when first needed."""

from __future__ import annotations

import io
import ipaddress
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import orjson

from emulator import __version__
from emulator.assembly import Assembly
from emulator.courier import Courier
from emulator.engine import Answer, Engine
from emulator.serving import MAY_WAIT, RAW_HEADERS, RAW_TARGET, WIRE, MustWait
from emulator.wire import Call
from emulator.world.clock import effort
from emulator.world.sandbox import Sandbox
from emulator.world.sandboxes import Sandboxes
from emulator.world.world import World

if TYPE_CHECKING:
    from flask import Flask

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
CONTROL = "/_emulator"
HELD = 1024 * 1024
LONG = 0.01  # seconds of processor time
REASONS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


@dataclass(frozen=True)
class Options:
    """How the emulator is served. `admin_token` guards the control plane; without one, it is open to callers on this machine."""

    public_url: str = ""
    admin_token: str = ""
    trusted_hosts: frozenset[str] = field(default_factory=frozenset)
    tls_authority: Callable[[], bytes] | None = None


class App:
    """Answers vendors' calls by their engines, and the control plane's by Flask."""

    def __init__(
        self, assembly: Assembly, sandboxes: Sandboxes, courier: Courier, options: Options | None = None
    ) -> None:
        self.engines, self.sandboxes, self.courier = assembly.engines, sandboxes, courier
        self.assembly = assembly
        self.options = options or Options()
        self._public = urlsplit(self.options.public_url) if self.options.public_url else None
        self._hosts, self._wildcards = _host_names(assembly.engines)
        self._slow: dict[str, dict[str, int]] = {vendor: {} for vendor in self.engines}
        self._flask: Flask | None = None

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        target = environ.get(RAW_TARGET) or environ.get("RAW_URI") or quote(environ.get("PATH_INFO", "/"), safe="/%:@")
        path, _, query = target.partition("?")
        if not path.startswith("/"):  # a proxy's form: the whole URL
            path = urlsplit(path).path or "/"
        place = self._place(path, environ)
        if place is not None:
            return self._vendor(place, query, environ, start_response)
        if path == CONTROL + "/health":
            return self._health(start_response)
        if not environ.get(MAY_WAIT, True):
            raise MustWait
        return self.flask.wsgi_app(environ, start_response)

    @property
    def flask(self) -> Flask:
        """The Flask application of the control plane."""
        if self._flask is None:
            from emulator.control import (
                control_plane,
            )  # flask takes a fifth of a second to import; health and vendors do without

            self._flask = control_plane(self.assembly, self.sandboxes, self.courier, self.options)
        return self._flask

    # -- where a call belongs

    def _place(self, path: str, environ: Environ) -> _Place | None:
        """The vendor, the path below it, the sandbox named in front and the prefix so far; None: it is no vendor's."""
        first, _, rest = path[1:].partition("/")
        sandbox = ""
        if first.startswith("~"):
            sandbox, (first, _, rest) = first[1:], rest.partition("/")
            prefix = f"/~{sandbox}/{first}"
        else:
            prefix = f"/{first}"
        if first in self.engines:
            return _Place(first, "/" + rest, sandbox, prefix)
        if first != CONTROL[1:]:
            host = environ.get("HTTP_HOST", "").partition(":")[0].lower()
            vendor = self._hosts.get(host) or next((v for end, v in self._wildcards if host.endswith(end)), None)
            if vendor is not None:
                below = path if not sandbox else path[len(sandbox) + 2 :]
                return _Place(vendor, below or "/", sandbox, f"/~{sandbox}" if sandbox else "")
        return None

    def _sandbox(self, engine: Engine, place: _Place, call: Call) -> Sandbox | None:
        """The sandbox of the prefix; without one, that which owns the call's credential; else the default."""
        if place.sandbox:
            return self.sandboxes.get(place.sandbox)
        if len(self.sandboxes) > 1:
            for credential in engine.credentials(call):
                owner = self.sandboxes.owners.of(place.vendor, credential)
                if owner is not None:
                    return self.sandboxes.get(owner)
        return self.sandboxes.default

    # -- a vendor's call

    def _vendor(self, place: _Place, query: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        may_wait = environ.get(MAY_WAIT, True)
        engine = self.engines[place.vendor]
        call = self._call(place, query, environ)
        if call.spool is not None and not may_wait:
            raise MustWait
        sandbox = self._sandbox(engine, place, call)
        if sandbox is None:
            return _problem(start_response, 404, f"There is no sandbox {place.sandbox!r}.")
        world = sandbox.worlds[place.vendor]
        for prefix, mounted in engine.vendor.mounts.items():
            if place.path == prefix or place.path.startswith(prefix + "/"):
                return self._mounted(mounted, prefix, place, world, call, environ, start_response)
        answer = self._handled(engine, call, world, may_wait)
        return _write(answer, call.method, environ, start_response)

    def _handled(self, engine: Engine, call: Call, world: World, may_wait: bool) -> Answer:
        """The engine's answer. Operations that took long twice in a row are not done where others would have to wait for them."""
        slow = self._slow[engine.contract.vendor]
        operation = engine.operation(call) if slow else ""
        if not may_wait and slow.get(operation, 0) > 1:
            raise MustWait
        with _turn(world, may_wait):
            began = effort()
            answer = engine.handle(call, world)
            if effort() - began > LONG:
                operation = operation or engine.operation(call)
                slow[operation] = slow.get(operation, 0) + 1
            elif slow:
                slow.pop(operation, None)
        return answer

    def _call(self, place: _Place, query: str, environ: Environ) -> Call:
        body, spool = _body(environ)
        raw = environ.get(RAW_HEADERS)
        headers = (
            {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw}
            if raw is not None
            else {
                name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")
            }
        )
        if "CONTENT_TYPE" in environ:
            headers["content-type"] = environ["CONTENT_TYPE"]
        return Call(
            environ["REQUEST_METHOD"],
            place.path,
            query,
            headers,
            body,
            environ.get("REMOTE_ADDR", ""),
            self._base_url(environ) + place.prefix,
            spool,
        )

    def _base_url(self, environ: Environ) -> str:
        if self._public is not None:
            return self.options.public_url.rstrip("/")
        host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
        return f"{environ['wsgi.url_scheme']}://{host}"

    def _mounted(
        self,
        mounted: Callable[..., Iterable[bytes]],
        prefix: str,
        place: _Place,
        world: World,
        call: Call,
        environ: Environ,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        """A vendor's own WSGI application: one turn of the world; undone where it refuses; in the journal like any call."""
        if not environ.get(MAY_WAIT, True):
            raise MustWait
        told: list[Any] = [500, []]

        def started(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
            told[:] = [int(status[:3]), headers]
            return parts.append

        parts: list[bytes] = []
        inner = {
            **environ,
            "SCRIPT_NAME": place.prefix + prefix,
            "PATH_INFO": environ["PATH_INFO"][len(place.prefix + prefix) :],
            "wsgi.input": call.spool or io.BytesIO(call.body),
        }
        with world.lock:
            world.store.mark()
            result = mounted(world, inner, started)
            try:
                parts.extend(result)
            finally:
                getattr(result, "close", lambda: None)()
            (world.store.undo if told[0] >= 400 else world.store.commit)()
            body = b"".join(parts)
            world.journal.write(
                at=world.clock.now(),
                vendor=world.vendor,
                operation=f"{world.vendor}.{prefix.strip('/').replace('/', '.')}",
                principal="",
                call=call,
                status=told[0],
                reply_headers=dict(told[1]),
                reply_body=body,
            )
        start_response(REASONS.get(told[0], f"{told[0]} Unknown"), told[1])
        return [body]

    def _health(self, start_response: StartResponse) -> Iterable[bytes]:
        body = orjson.dumps({"status": "ok", "version": __version__, "vendors": list(self.engines)})
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]


@dataclass(frozen=True, slots=True)
class _Place:
    vendor: str
    path: str
    sandbox: str
    prefix: str


class _Closing(list[bytes]):
    """A reply's bytes, and what is to be done once they are written."""

    def __init__(self, body: Iterable[bytes], finished: Callable[[], None]) -> None:
        super().__init__(body)
        self._finished = finished

    def close(self) -> None:
        finished, self._finished = self._finished, lambda: None
        finished()


class _ClosingStream:
    """A reply that is made as it goes, and what is to be done once it is written."""

    def __init__(self, body: Iterable[bytes], finished: Callable[[], None]) -> None:
        self._body, self._finished = body, finished

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        self._finished()


def _write(answer: Answer, method: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    headers = list(answer.headers.items())
    body = answer.body
    if isinstance(body, bytes):
        if answer.status >= 200 and answer.status not in (204, 304):
            headers.append(("Content-Length", str(len(body))))
        body = [body]
    if answer.wire is not None:
        environ[WIRE] = answer.wire
    start_response(REASONS.get(answer.status) or f"{answer.status} Unknown", headers)
    if answer.finished is None:
        return body
    return _Closing(body, answer.finished) if isinstance(body, list) else _ClosingStream(body, answer.finished)


@contextmanager
def _turn(world: World, may_wait: bool) -> Iterator[None]:
    """The world's exclusive turn; where the caller may not wait for it, only if it is free."""
    if not world.lock.acquire(blocking=may_wait):
        raise MustWait
    try:
        yield
    finally:
        world.lock.release()


def _body(environ: Environ) -> tuple[bytes, IO[bytes] | None]:
    """The whole body: held, or where it is long in a file that can be read again."""
    stream = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH") or ""
    if type(stream) is io.BytesIO:
        return stream.read(), None
    if not length.isdecimal() and not environ.get("wsgi.input_terminated"):
        return b"", None
    if length.isdecimal() and int(length) <= HELD:
        return stream.read(int(length)), None
    if getattr(stream, "seekable", lambda: False)():
        return b"", stream
    spool: IO[bytes] = SpooledTemporaryFile(max_size=HELD)  # noqa: SIM115 - the call owns it
    left = int(length) if length.isdecimal() else -1
    while left and (piece := stream.read(min(left, 65536) if left > 0 else 65536)):
        spool.write(piece)
        left = left - len(piece) if left > 0 else left
    spool.seek(0)
    return b"", spool


def _problem(start_response: StartResponse, status: int, detail: str) -> Iterable[bytes]:
    """An answer about the emulator itself, in a shape that no vendor uses (RFC 9457)."""
    body = orjson.dumps({"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail})
    start_response(REASONS[status], [("Content-Type", "application/problem+json"), ("Content-Length", str(len(body)))])
    return [body]


def _host_names(engines: Mapping[str, Engine]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The vendors' own host names, and the ends of those that have any label in front."""
    exact, ends = {}, []
    for vendor, engine in engines.items():
        for host in engine.contract.hosts:
            if host.startswith("*."):
                ends.append((host[1:].lower(), vendor))
            else:
                exact[host.lower()] = vendor
    return exact, ends


def loopback(host: str) -> bool:
    """Whether a bind address can only be reached from this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
