"""What every view stands on: the route, the problem, the call's body and query, and the sandboxes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from flask import request

from emulator.app import Options
from emulator.assembly import Assembly
from emulator.contract.read import DEEPEST, deeper
from emulator.courier import Courier
from emulator.lawful import lawful
from emulator.world.clock import moment
from emulator.world.journal import Entry
from emulator.world.sandbox import Sandbox
from emulator.world.sandboxes import Sandboxes

BOX = "/sandboxes/<name>"
OBJECT = {"type": "object"}


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


@dataclass(frozen=True)
class Desk:
    """What the views look at."""

    assembly: Assembly
    sandboxes: Sandboxes
    courier: Courier
    options: Options

    def box(self, name: str) -> Sandbox:
        """The sandbox of this name. Raises Problem where there is none."""
        sandbox = self.sandboxes.get(name)
        if sandbox is None:
            raise Problem(404, f"There is no sandbox {name!r}.")
        return sandbox

    def base_url(self) -> str:
        """Where the caller finds the emulator."""
        return (self.options.public_url or request.host_url).rstrip("/")


class Views:
    """Some views over one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk


def body() -> dict[str, Any]:
    """The call's JSON object; without a body an empty one."""
    raw = request.get_data()
    try:
        value = orjson.loads(raw) if raw else {}
    except orjson.JSONDecodeError as error:
        raise Problem(400, f"The body is not JSON: {error}") from None
    if raw.count(b"[") + raw.count(b"{") > DEEPEST and deeper(value, DEEPEST):
        raise Problem(422, f"The body is nested more than {DEEPEST} levels deep.")
    if not isinstance(value, dict):
        raise Problem(422, "The body is to be a JSON object.")
    return value


def number(name: str, default: int) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise Problem(422, f"{name} is a whole number.")
    return int(text)


def wanted_entries() -> Callable[[Entry], bool]:
    """The filter that the query asks for. `since` is a number of the journal (entries after it) or a moment."""
    args = request.args
    since, status = args.get("since", ""), args.get("status")
    after = int(since) if since.isascii() and since.isdigit() and len(since) < 12 else None
    if args.get("lawful", "true") not in ("true", "false"):
        raise Problem(422, "lawful is true or false.")
    try:
        when = moment(since) if since and after is None else None
    except ValueError as error:
        raise Problem(422, f"since: {error}") from None

    def wanted(entry: Entry) -> bool:
        return (
            args.get("vendor", entry.vendor) == entry.vendor
            and args.get("operation", entry.operation) == entry.operation
            and (status is None or str(entry.status) == status)
            and ("refusal" not in args or (entry.refusal is not None and entry.refusal.kind == args["refusal"]))
            and ("remarks" not in args or bool(entry.remarks))
            and ("lawful" not in args or lawful(entry) == (args["lawful"] == "true"))
            and (after is None or entry.id > after)
            and (when is None or entry.at >= when)
        )

    return wanted
