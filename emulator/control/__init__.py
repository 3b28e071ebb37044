"""The control plane: what tests and people ask of the emulator itself, as JSON under `/_emulator`. It knows no vendor."""

from __future__ import annotations

import hmac
import ipaddress
import traceback
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from emulator import __version__
from emulator.app import CONTROL, Options
from emulator.assembly import Assembly
from emulator.control.about import About
from emulator.control.boxes import Boxes
from emulator.control.desk import Desk, Problem, Route
from emulator.control.faults import PlannedFaults
from emulator.control.history import History
from emulator.control.outside import Outside
from emulator.control.state import State
from emulator.control.time import Time
from emulator.courier import AGENT, Courier
from emulator.readers.control import describe_control
from emulator.world.sandboxes import Sandboxes

LARGEST = 64 * 1024 * 1024
VIEWS = (About, Boxes, Time, PlannedFaults, History, State, Outside)


def control_plane(assembly: Assembly, sandboxes: Sandboxes, courier: Courier, options: Options) -> Flask:
    """The Flask application with every route of the control plane."""
    app = Flask("emulator", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    for route in routes(Desk(assembly, sandboxes, courier, options)):
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


def routes(desk: Desk) -> list[Route]:
    """Every call of the control plane, in the order of the documentation."""
    found = [route for views in VIEWS for route in views(desk).routes()]

    def self_description() -> Any:
        return describe_control(found, __version__)

    found.append(Route("GET", "/openapi.json", "What this control plane offers, as OpenAPI", self_description))
    return found


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
    if request.headers.get("User-Agent", "").startswith(AGENT):
        return _problem(403, "Webhooks may not call the control plane.")
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
