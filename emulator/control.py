"""The control plane: what tests and people ask of the emulator itself, as JSON under `/_emulator`. It knows no vendor."""

from __future__ import annotations

import hmac
import ipaddress
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from emulator import __version__
from emulator.app import CONTROL, Options
from emulator.assembly import Assembly
from emulator.contract.duration import seconds
from emulator.courier import Courier
from emulator.explain import explain, worded
from emulator.readers.control import describe_control
from emulator.readers.openapi import openapi
from emulator.wire import Kind, Refusal
from emulator.world import agenda, document, outbox
from emulator.world.clock import moment, stamp
from emulator.world.journal import Entry
from emulator.world.sandbox import Sandbox, Sandboxes, describe

LARGEST = 64 * 1024 * 1024
MOST_ENTRIES = 1000


class Problem(Exception):
    """An answer that says what was wrong with a call of the control plane."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


@dataclass(frozen=True)
class Route:
    """One call of the control plane; `view` is given the arguments of the path."""

    method: str
    path: str
    title: str
    view: Callable[..., Any]
    status: int = 200
    body: Mapping[str, Any] | None = None


def control_plane(assembly: Assembly, sandboxes: Sandboxes, courier: Courier, options: Options) -> Flask:
    """The Flask application with every route of the control plane."""
    app = Flask("emulator", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    plane = _Plane(assembly, sandboxes, courier, options)
    routes = plane.routes()

    def self_description() -> Any:
        return describe_control(routes, __version__)

    routes.append(Route("GET", "/openapi.json", "What this control plane offers, as OpenAPI", self_description))
    for route in routes:
        app.add_url_rule(
            CONTROL + route.path,
            endpoint=f"{route.method} {route.path}",
            view_func=_view(route),
            methods=[route.method],
            strict_slashes=False,
        )
    app.before_request(lambda: _guard(options))
    app.register_error_handler(Problem, lambda problem: _problem(problem.status, problem.detail))
    app.register_error_handler(Exception, _bug)
    app.register_error_handler(HTTPException, lambda error: _problem(error.code or 500, _told(error, assembly)))
    return app


def _view(route: Route) -> Callable[..., Response]:
    def view(**arguments: Any) -> Response:
        told = route.view(**arguments)
        if isinstance(told, Response):
            return told
        if told is None and route.status == 204:
            return Response(status=204)
        return Response(orjson.dumps(told), route.status, content_type="application/json")

    return view


def _bug(error: Exception) -> Response:
    """Our own mistake: said in one line to the caller, in full to whoever runs the emulator."""
    traceback.print_exception(error)
    return _problem(500, f"The emulator failed: {type(error).__name__}: {error}")


def _told(error: HTTPException, assembly: Assembly) -> str:
    """What to say of a call that no route takes."""
    if error.code == 404:
        vendors = ", ".join(f"/{vendor}" for vendor in assembly.engines)
        return f"Nothing is served at {request.path}. The vendors are at {vendors}; the control plane describes itself at {CONTROL}."
    return error.description or ""


def _problem(status: int, detail: str) -> Response:
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return Response(orjson.dumps(body), status, content_type="application/problem+json")


def _guard(options: Options) -> Response | None:
    """Only who may: a token where one is asked for; else a caller whose browser was not tricked into coming here."""
    if options.admin_token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if not hmac.compare_digest(given.encode(), options.admin_token.encode()):
            return _problem(
                401, "The control plane needs Authorization: Bearer <admin token>; it was printed at start."
            )
    elif not _trusted(request.host, options):
        return _problem(
            403, f"The host {request.host!r} is not this machine's; serve with --public-url or --admin-token."
        )
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:
        return _problem(403, f"Pages of {origin} may not call the control plane.")
    if request.method in ("POST", "PUT", "PATCH") and request.content_length and not request.is_json:
        return _problem(415, "The control plane takes application/json.")
    return None


def _trusted(host: str, options: Options) -> bool:
    """Whether a Host header is one that only this machine's own callers send (a rebound DNS name is not)."""
    name = urlsplit(f"//{host}").hostname or ""
    if name == "localhost" or name.endswith(".localhost") or name in options.trusted_hosts:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class _Plane:
    """The views, and what they look at."""

    def __init__(self, assembly: Assembly, sandboxes: Sandboxes, courier: Courier, options: Options) -> None:
        self.assembly, self.sandboxes, self.courier, self.options = assembly, sandboxes, courier, options

    def routes(self) -> list[Route]:
        """Every call, in the order of the documentation."""
        box = "/sandboxes/<name>"
        return [
            Route("GET", "/", "What is served, and where", self.index),
            Route("GET", "/openapi/<vendor>.json", "A vendor's contract as OpenAPI 3.1", self.vendor_openapi),
            Route("GET", "/ca.pem", "The local authority that signs the certificate of --tls", self.authority),
            Route("POST", "/sandboxes", "A new sandbox", self.create, 201, {"type": "object"}),
            Route("GET", "/sandboxes", "All sandboxes", self.all),
            Route("GET", box, "One sandbox, with its credentials", self.one),
            Route("DELETE", box, "Removes a sandbox", self.remove, 204),
            Route("POST", f"{box}/reset", "Back to the first world, clock, faults, counters and journal", self.reset),
            Route("GET", f"{box}/clock", "The virtual time", self.clock),
            Route("PATCH", f"{box}/clock", "Sets now, mode or rate", self.set_clock, 200, {"type": "object"}),
            Route(
                "POST", f"{box}/clock/advance", "Moves time; tells what fell due", self.advance, 200, {"type": "object"}
            ),
            Route("GET", f"{box}/agenda", "What will happen next", self.agenda),
            Route("GET", f"{box}/faults", "The planned faults", self.faults),
            Route("POST", f"{box}/faults", "Plans a fault", self.plan, 201, {"type": "object"}),
            Route("DELETE", f"{box}/faults", "Takes all faults back", self.unplan_all, 204),
            Route("DELETE", f"{box}/faults/<int:number>", "Takes one fault back", self.unplan, 204),
            Route("GET", f"{box}/journal", "The calls, with the reason of each refusal", self.journal),
            Route("GET", f"{box}/journal/<int:number>", "One call, explained", self.entry),
            Route("DELETE", f"{box}/journal", "Empties the journal", self.clear_journal, 204),
            Route("GET", f"{box}/world", "Everything as one document", self.world),
            Route(
                "PUT",
                f"{box}/world",
                "Puts a document in the place of everything",
                self.put_world,
                200,
                {"type": "object"},
            ),
            Route("GET", f"{box}/snapshots", "The names of the snapshots", self.snapshots),
            Route(
                "POST",
                f"{box}/snapshots",
                "Keeps the present state under a name",
                self.snapshot,
                201,
                {"type": "object"},
            ),
            Route("POST", f"{box}/snapshots/<snapshot>/restore", "Goes back to a snapshot", self.restore),
            Route("DELETE", f"{box}/snapshots/<snapshot>", "Forgets a snapshot", self.forget, 204),
            Route("GET", f"{box}/deliveries", "The webhooks: attempts, statuses, next time", self.deliveries),
            Route("POST", f"{box}/deliveries/<delivery>/redeliver", "Sends a webhook again", self.redeliver),
            Route("GET", f"{box}/stimuli", "What the outside world can do", self.stimuli),
            Route(
                "POST", f"{box}/stimuli/<vendor>/<stimulus>", "Lets it happen", self.stimulate, 200, {"type": "object"}
            ),
            Route("GET", f"{box}/settings", "The settings in force", self.settings),
            Route("PATCH", f"{box}/settings", "Changes settings", self.set_settings, 200, {"type": "object"}),
        ]

    def index(self) -> Any:
        base = self._base_url()
        return {
            "name": "vendor-emulator",
            "version": __version__,
            "vendors": {
                vendor: {"title": contract.title, "base_url": f"{base}/{vendor}", "openapi": f"{base}{CONTROL}/openapi/{vendor}.json"}
                for vendor, contract in self.assembly.contracts.items()
            },
            "sandboxes": f"{base}{CONTROL}/sandboxes",
            "openapi": f"{base}{CONTROL}/openapi.json",
        }

    # -- sandboxes

    def create(self) -> Any:
        try:
            sandbox = self.sandboxes.create(_body())
        except KeyError as taken:
            raise Problem(409, f"There is a sandbox {taken.args[0]!r} already.") from None
        except ValueError as error:
            raise Problem(422, str(error)) from None
        return describe(sandbox, self._base_url())

    def all(self) -> Any:
        return [describe(sandbox, self._base_url()) for sandbox in self.sandboxes]

    def one(self, name: str) -> Any:
        return describe(self._box(name), self._base_url())

    def remove(self, name: str) -> None:
        self._box(name)
        if not self.sandboxes.remove(name):
            raise Problem(409, "The default sandbox stays; reset it instead.")

    def reset(self, name: str) -> Any:
        sandbox = self._box(name)
        sandbox.reset()
        return describe(sandbox, self._base_url())

    # -- time

    def clock(self, name: str) -> Any:
        return self._box(name).clock.dump()

    def set_clock(self, name: str) -> Any:
        sandbox, wish = self._box(name), _body()
        if set(wish) - {"now", "mode", "rate"} or wish.get("mode", "running") not in ("running", "frozen"):
            raise Problem(422, "The clock takes now (ISO 8601), mode (running or frozen) and rate.")
        try:
            now = moment(wish["now"]) if "now" in wish else None
            sandbox.clock.set(now, wish.get("mode"), wish.get("rate"))
        except (ValueError, TypeError) as error:
            raise Problem(422, str(error)) from None
        sandbox.wake()
        return sandbox.clock.dump()

    def advance(self, name: str) -> Any:
        sandbox, wish = self._box(name), _body()
        try:
            if set(wish) == {"by"}:
                to = sandbox.clock.now() + seconds(str(wish["by"]))
            elif wish == {"to": "next"}:
                following = agenda.entries(sandbox)
                if not following:
                    raise Problem(409, "Nothing is to come.")
                to = max(sandbox.clock.now(), moment(following[0]["at"]))
            else:
                raise Problem(422, 'advance takes {"by": "PT2H"}, or {"to": "next"} for the next entry of the agenda.')
        except ValueError as error:
            raise Problem(422, str(error)) from None
        happened = self.courier.advance(sandbox, to)
        return {"now": stamp(sandbox.clock.now()), "happened": happened}

    def agenda(self, name: str) -> Any:
        return agenda.entries(self._box(name))

    # -- faults

    def faults(self, name: str) -> Any:
        return self._box(name).faults.dump()

    def plan(self, name: str) -> Any:
        sandbox, wish = self._box(name), _body()
        vendor, kind = wish.get("match", {}).get("vendor"), wish.get("do", {}).get("refuse")
        if vendor is not None and vendor not in self.assembly.engines:
            raise Problem(422, f"There is no vendor {vendor!r}.")
        operation = wish.get("match", {}).get("operation")
        if operation is not None and not any(operation in c.operations for c in self.assembly.contracts.values()):
            raise Problem(422, f"There is no operation {operation!r}; `emulator routes` lists them.")
        if vendor is not None and kind in list(Kind) and Kind(kind) not in self.assembly.contracts[vendor].refusals:
            known = ", ".join(sorted(self.assembly.contracts[vendor].refusals))
            raise Problem(422, f"{vendor} documents no refusal {kind!r}; it has {known}.")
        try:
            return sandbox.faults.add(wish).show()
        except ValueError as error:
            raise Problem(422, str(error)) from None

    def unplan(self, name: str, number: int) -> None:
        if not self._box(name).faults.remove(number):
            raise Problem(404, f"There is no fault {number}.")

    def unplan_all(self, name: str) -> None:
        self._box(name).faults.clear()

    # -- what happened

    def journal(self, name: str) -> Any:
        sandbox, wanted = self._box(name), _wanted()
        entries = sandbox.journal.entries(wanted)
        limit = min(_number("limit", MOST_ENTRIES), MOST_ENTRIES)
        evicted = sandbox.journal.evicted
        return {
            "entries": [entry.show() for entry in entries[-limit:]],
            "total": len(entries),
            "evicted": {"from": evicted[0], "to": evicted[1]} if evicted else None,
        }

    def entry(self, name: str, number: int) -> Any:
        entry = self._box(name).journal.find(number)
        if entry is None:
            raise Problem(404, f"The journal has no call {number}; it may have been let go.")
        return explain(entry, self.assembly.engines[entry.vendor])

    def clear_journal(self, name: str) -> None:
        self._box(name).journal.clear()

    def deliveries(self, name: str) -> Any:
        found = []
        for vendor, world in self._box(name).worlds.items():
            with world.lock:
                found += [{"vendor": vendor, **outbox.show(row.data)} for row in world.outbox.rows.all()]
        for delivery in found:
            delivery["id"] = f"{delivery['vendor']}-{delivery['id']}"
        return sorted(found, key=lambda delivery: delivery["created"])

    def redeliver(self, name: str, delivery: str) -> Any:
        sandbox = self._box(name)
        vendor, _, ident = delivery.rpartition("-")
        world = sandbox.worlds.get(vendor)
        if world is not None:
            with world.lock:
                again = world.outbox.again(ident, sandbox.clock.now())
                world.store.commit()
            if again is not None:
                sandbox.wake()
                return {"vendor": vendor, **outbox.show(again), "id": delivery}
        raise Problem(404, f"There is no delivery {delivery!r}.")

    # -- state

    def world(self, name: str) -> Any:
        sandbox = self._box(name)
        told = document.dump(sandbox)
        told["versions"] = {"emulator": __version__}
        if "journal" in request.args:
            told["journal"] = [entry.show() for entry in sandbox.journal]
        return told

    def put_world(self, name: str) -> Any:
        sandbox = self._box(name)
        try:
            document.restore(sandbox, _body())
        except (ValueError, TypeError) as error:
            raise Problem(422, str(error)) from None
        return describe(sandbox, self._base_url())

    def snapshots(self, name: str) -> Any:
        return sorted(self._box(name).snapshots)

    def snapshot(self, name: str) -> Any:
        sandbox, wish = self._box(name), _body()
        if set(wish) != {"name"} or not isinstance(wish["name"], str) or not wish["name"]:
            raise Problem(422, 'A snapshot takes {"name": "…"}.')
        try:
            sandbox.keep(wish["name"])
        except ValueError as error:
            raise Problem(422, str(error)) from None
        return {"name": wish["name"], "clock": sandbox.clock.dump()}

    def restore(self, name: str, snapshot: str) -> Any:
        sandbox = self._box(name)
        state = sandbox.snapshots.get(snapshot)
        if state is None:
            raise Problem(404, f"There is no snapshot {snapshot!r}.")
        sandbox.restore(state)
        return describe(sandbox, self._base_url())

    def forget(self, name: str, snapshot: str) -> None:
        if self._box(name).snapshots.pop(snapshot, None) is None:
            raise Problem(404, f"There is no snapshot {snapshot!r}.")

    # -- the outside world, and settings

    def stimuli(self, name: str) -> Any:
        self._box(name)
        return [
            {
                "vendor": vendor,
                "name": stimulus.name,
                "title": stimulus.title,
                "body": stimulus.body.schema.closed if stimulus.body else {},
                "example": stimulus.body.example if stimulus.body else None,
            }
            for vendor, contract in self.assembly.contracts.items()
            for stimulus in contract.stimuli.values()
            if not stimulus.hidden
        ]

    def stimulate(self, name: str, vendor: str, stimulus: str) -> Any:
        world = self._box(name).worlds.get(vendor)
        try:
            if world is None:
                raise KeyError(vendor)
            return self.assembly.engines[vendor].stimulate(stimulus, _body(), world)
        except KeyError:
            raise Problem(404, f"There is no stimulus {vendor}.{stimulus}; GET …/stimuli lists them.") from None
        except Refusal as refusal:
            raise Problem(422, worded(refusal, self.assembly.contracts[vendor])) from None

    def settings(self, name: str) -> Any:
        sandbox = self._box(name)
        if not request.args.get("describe"):
            return sandbox.settings
        described: dict[str, Any] = {
            "limits": {
                "value": sandbox.settings["limits"],
                "default": "documented",
                "allowed": {"enum": ["documented", "off"]},
                "title": "whether calls are counted",
            }
        }
        for vendor, contract in self.assembly.contracts.items():
            described[vendor] = {
                setting.name: {
                    "value": sandbox.settings[vendor][setting.name],
                    "default": setting.default,
                    "allowed": setting.schema.closed,
                    "title": setting.title,
                    "reason": setting.source.why or setting.source.says,
                }
                for setting in contract.settings.values()
            }
        return described

    def set_settings(self, name: str) -> Any:
        sandbox = self._box(name)
        try:
            sandbox.change_settings(_body())
        except ValueError as error:
            raise Problem(422, str(error)) from None
        return sandbox.settings

    # -- about the vendors

    def vendor_openapi(self, vendor: str) -> Any:
        contract = self.assembly.contracts.get(vendor)
        if contract is None:
            raise Problem(404, f"There is no vendor {vendor!r}; there are {', '.join(self.assembly.engines)}.")
        return openapi(contract, f"{self._base_url()}/{vendor}")

    def authority(self) -> Response:
        if self.options.tls_authority is None:
            raise Problem(404, "The emulator was not served with --tls.")
        return Response(self.options.tls_authority(), content_type="application/x-pem-file")

    # -- helpers

    def _box(self, name: str) -> Sandbox:
        sandbox = self.sandboxes.get(name)
        if sandbox is None:
            raise Problem(404, f"There is no sandbox {name!r}.")
        return sandbox

    def _base_url(self) -> str:
        return (self.options.public_url or request.host_url).rstrip("/")


def _body() -> dict[str, Any]:
    """The call's JSON object; without a body an empty one."""
    raw = request.get_data()
    try:
        value = orjson.loads(raw) if raw else {}
    except orjson.JSONDecodeError as error:
        raise Problem(400, f"The body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise Problem(422, "The body is to be a JSON object.")
    return value


def _number(name: str, default: int) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise Problem(422, f"{name} is a whole number.")
    return int(text)


def _wanted() -> Callable[[Entry], bool]:
    """The filter that the query asks for. `since` is a number of the journal (entries after it) or a moment."""
    args = request.args
    since, status = args.get("since", ""), args.get("status")
    number = int(since) if since.isascii() and since.isdigit() and len(since) < 12 else None
    try:
        when = moment(since) if since and number is None else None
    except ValueError as error:
        raise Problem(422, f"since: {error}") from None

    def wanted(entry: Entry) -> bool:
        return (
            args.get("vendor", entry.vendor) == entry.vendor
            and args.get("operation", entry.operation) == entry.operation
            and (status is None or str(entry.status) == status)
            and ("refusal" not in args or (entry.refusal is not None and entry.refusal.kind == args["refusal"]))
            and ("remarks" not in args or bool(entry.remarks))
            and (number is None or entry.id > number)
            and (when is None or entry.at >= when)
        )

    return wanted
