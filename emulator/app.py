"""The application that is served: vendors' traffic at once, everything else by a Flask application that is made when first needed."""

from __future__ import annotations

import io
import ipaddress
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import cached_property, lru_cache
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any

import orjson

from emulator import __version__
from emulator.assembly import Assembly
from emulator.courier import Courier
from emulator.engine import Answer as Answered
from emulator.engine import Engine
from emulator.serving import Answer, Application, MustWait, Request, wsgi
from emulator.wire import Call, fixed
from emulator.world.clock import effort, stopwatch
from emulator.world.journal import Entry
from emulator.world.sandbox import Sandbox
from emulator.world.sandboxes import Sandboxes
from emulator.world.world import World

if TYPE_CHECKING:
    from flask import Flask

Environ = dict[str, Any]
CONTROL = "/_emulator"
HELD = 1024 * 1024
KNOWN_PLACES = 1000
LONG = 0.01  # seconds
REASONS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


@fixed
class Options:
    """How the emulator is served. `admin_token` guards the control plane; without one, it is open to callers on this machine."""

    public_url: str = ""
    admin_token: str = ""
    trusted_hosts: frozenset[str] = field(default_factory=frozenset)
    tls_authority: Callable[[], bytes] | None = None


@fixed
class _Place:
    """Where a call belongs: the vendor, the path below its base, the sandbox that was named in front, and what is mounted there."""

    engine: Engine
    path: str
    sandbox: str
    base_url: str
    prefix: str
    mount: str


class App:
    """Answers vendors' calls by their engines, and the control plane's by Flask."""

    def __init__(
        self, assembly: Assembly, sandboxes: Sandboxes, courier: Courier, options: Options | None = None
    ) -> None:
        self.engines, self.sandboxes, self.courier = assembly.engines, sandboxes, courier
        self.assembly = assembly
        self.options = options or Options()
        self._public = self.options.public_url.rstrip("/")
        self._hosts, self._wildcards = _host_names(assembly.engines)
        self._slow: dict[str, dict[str, int]] = {vendor: {} for vendor in self.engines}
        self._place = lru_cache(KNOWN_PLACES)(self._placed)

    def __call__(self, request: Request) -> Answer:
        """The answer to one request. Raises MustWait where it may not wait and would have to."""
        line, origin = request.line, request.origin
        host = line.host or request.head.texts.get("host") or f"{origin.host}:{origin.port}"
        place = self._place(line.path, host, origin.scheme)
        if place is not None:
            return self._vendor(place, request)
        if line.path == CONTROL + "/health":
            return self._health()
        if not request.may_wait:
            raise MustWait
        return self._control(request)

    @cached_property
    def flask(self) -> Flask:
        """The Flask application of the control plane."""
        from emulator.control import control_plane  # flask takes a fifth of a second to import; vendors do without

        return control_plane(self.assembly, self.sandboxes, self.courier, self.options)

    @cached_property
    def _control(self) -> Application:
        return wsgi(self.flask.wsgi_app)

    # -- where a call belongs

    def _placed(self, path: str, host: str, scheme: str) -> _Place | None:
        """The place that a path names on a host; None: it is no vendor's."""
        first, _, rest = path[1:].partition("/")
        sandbox = prefix = ""
        if first.startswith("~"):
            sandbox, (first, _, rest) = first[1:], rest.partition("/")
            prefix = f"/~{sandbox}"
        if first in self.engines:
            vendor, below, prefix = first, "/" + rest, f"{prefix}/{first}"
        elif first == CONTROL[1:]:
            return None
        else:
            name = host.partition(":")[0].lower()
            named = self._hosts.get(name) or next((v for end, v in self._wildcards if name.endswith(end)), None)
            if named is None:
                return None
            vendor, below = named, path[len(prefix) :] or "/"
        engine = self.engines[vendor]
        mount = next((at for at in engine.vendor.mounts if below == at or below.startswith(at + "/")), "")
        return _Place(engine, below, sandbox, (self._public or f"{scheme}://{host}") + prefix, prefix, mount)

    def _sandbox(self, place: _Place, call: Call) -> Sandbox | None:
        """The sandbox of the prefix; without one, that which owns the call's credential; else the default."""
        if place.sandbox:
            return self.sandboxes.get(place.sandbox)
        if len(self.sandboxes) > 1:
            for credential in place.engine.credentials(call):
                owner = self.sandboxes.owners.of(place.engine.contract.vendor, credential)
                if owner is not None:
                    return self.sandboxes.get(owner)
        return self.sandboxes.default

    # -- a vendor's call

    def _vendor(self, place: _Place, request: Request) -> Answer:
        line, engine = request.line, place.engine
        body, spool = (request.body, None) if request.spool is None else _held(request.spool)
        call = Call(
            line.method,
            place.path,
            line.query,
            request.head.texts,
            body,
            request.origin.address,
            place.base_url,
            spool,
        )
        sandbox = self._sandbox(place, call)
        if sandbox is None:
            return _problem(404, f"There is no sandbox {place.sandbox!r}.")
        world = sandbox.worlds[engine.contract.vendor]
        if place.mount:
            return self._mounted(place, world, call, request)
        return _framed(self._handled(engine, call, world, request.may_wait))

    def _handled(self, engine: Engine, call: Call, world: World, may_wait: bool) -> Answered:
        """The engine's answer, while nobody else has the world; where that cannot be waited for, only if it is free.

        An operation that takes long is watched. One that takes long again, in processor time, is not done where others would
        have to wait for it, until it is quick again.
        """
        slow = self._slow[engine.contract.vendor]
        operation = engine.operation(call) if slow else ""
        watched = operation in slow
        if not may_wait and watched and slow[operation] > 1:
            raise MustWait
        if not world.lock.acquire(blocking=may_wait):
            raise MustWait
        clock = effort if watched else stopwatch
        began = clock()
        try:
            answer = engine.handle(call, world)
        finally:
            world.lock.release()
        if clock() - began > LONG:
            operation = operation or engine.operation(call)
            slow[operation] = slow.get(operation, 0) + 1
        elif watched:
            slow.pop(operation, None)
        return answer

    def _mounted(self, place: _Place, world: World, call: Call, request: Request) -> Answer:
        """A vendor's own WSGI application: one turn of the world; undone where it refuses; in the journal like any call."""
        if not request.may_wait:
            raise MustWait

        mounted, script = place.engine.vendor.mounts[place.mount], place.prefix + place.mount

        def below(environ: Environ, start_response: Any) -> Iterable[bytes]:
            environ["SCRIPT_NAME"], environ["PATH_INFO"] = script, environ["PATH_INFO"][len(script) :]
            return mounted(world, environ, start_response)

        with world.lock:
            world.store.mark()
            answer = wsgi(below)(request)
            answer.body, answer.pieces = answer.body + b"".join(answer.pieces or ()), None
            status = int(answer.status[:3])
            (world.store.undo if status >= 400 else world.store.commit)()
            operation = f"{world.vendor}.{place.mount.strip('/').replace('/', '.')}"
            headers = dict(answer.headers)
            world.journal.write(
                Entry(world.clock.now(), world.vendor, operation, "", call, status, headers, answer.body)
            )
        return answer

    def _health(self) -> Answer:
        body = orjson.dumps({"status": "ok", "version": __version__, "vendors": list(self.engines)})
        return Answer("200 OK", [("Content-Type", "application/json")], body)


def _framed(answered: Answered) -> Answer:
    """The engine's answer as the server takes it."""
    body, status = answered.body, answered.status
    answer = Answer(REASONS.get(status) or f"{status} Unknown", list(answered.headers.items()))
    answer.wire, answer.done = answered.wire, answered.finished
    if isinstance(body, bytes):
        answer.body = body
    else:
        answer.pieces = body
    return answer


def _held(spool: IO[bytes]) -> tuple[bytes, IO[bytes] | None]:
    """A body that waits in a file, in memory if that is not long; the file is rewound."""
    size = spool.seek(0, io.SEEK_END)
    spool.seek(0)
    if size > HELD:
        return b"", spool
    body = spool.read()
    spool.seek(0)
    return body, None


def _problem(status: int, detail: str) -> Answer:
    """An answer about the emulator itself, in a shape that no vendor uses (RFC 9457)."""
    body = orjson.dumps({"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail})
    return Answer(REASONS[status], [("Content-Type", "application/problem+json")], body)


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
