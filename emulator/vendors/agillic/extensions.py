"""Calls to extensions, closed ones by those who are known and open ones by anybody."""

from __future__ import annotations

from typing import Any

from emulator.kit import Ask, Kind, Outcome, Refusal, World
from emulator.vendors.agillic.scripts import HTTP, SCRIPTS, answer

HIDDEN = ("authorization", "cookie")
ACCEPTED, NOTHING_TO_SAY = 202, 204


def secure_get(ask: Ask, world: World) -> Outcome:
    """Runs a closed script, whatever the method."""
    return _run(ask, world, is_open=False)


def open_get(ask: Ask, world: World) -> Outcome:
    """Runs an open script of a customer's, whatever the method."""
    if ask.path["customerId"] != world.settings["customer"]:
        raise Refusal(Kind.MISSING, facts={"resource": "customer", "id": ask.path["customerId"]})
    return _run(ask, world, is_open=True)


def _run(ask: Ask, world: World, *, is_open: bool) -> Outcome:
    script = world.rows(SCRIPTS).get(ask.path["extensionId"])
    if script is None or script.get("type", HTTP) != HTTP:
        raise Refusal(Kind.MISSING, facts={"resource": "extension", "id": ask.path["extensionId"]})
    if bool(script.get("open")) is not is_open:
        raise Refusal(
            Kind.FORBIDDEN, detail="mode", facts={"extension": script["id"], "open": bool(script.get("open"))}
        )
    if script.get("async"):
        return Outcome(status=ACCEPTED, data=b"")
    reply = answer(script, ask.call.method, ask.path["path"])
    if reply is None:
        raise Refusal(
            Kind.UPSTREAM,
            detail="script",
            facts={"extension": script["id"], "why": "it fails, or no answer was given for this call"},
        )
    if reply["status"] == NOTHING_TO_SAY:
        return Outcome(status=NOTHING_TO_SAY)
    data: Any = reply.get("body", b"")
    return Outcome(status=reply["status"], data=_given(ask) if reply.get("echo") else data)


def _given(ask: Ask) -> dict[str, Any]:
    """What the script was given, but for who called."""
    call = ask.call
    headers = {name: value for name, value in call.headers.items() if name not in HIDDEN}
    body = call.content().decode(errors="replace")
    return {"method": call.method, "path": ask.path["path"], "query": call.query, "headers": headers, "body": body}
