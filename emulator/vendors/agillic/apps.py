"""Devices with an app: registered, forgotten, with consents, and reporting on push messages."""

from __future__ import annotations

from typing import Any

from emulator.kit import Ask, Kind, Outcome, Refusal, World
from emulator.vendors.agillic.dates import formats
from emulator.vendors.agillic.fields import ROW_ID
from emulator.vendors.agillic.people import addressed
from emulator.vendors.agillic.running import record
from emulator.vendors.agillic.tables import OTM, Table, table
from emulator.vendors.agillic.values import blank

TABLE = "AGILLIC_REGISTRATION"
TOKEN = "pushNotificationToken"
CONSENTS = "consents"


def register(ask: Ask, world: World) -> Outcome:
    """Registers a device, or brings its registration up to date."""
    recipient = addressed(ask, world)[ROW_ID]
    for consented in ask.body.get("consent", ()):
        _consent(world, recipient, ask.body["clientAppId"], consented)
    _table(world, recipient).upsert(ask.body["appInstallationId"], _columns(world, ask.body))
    return Outcome()


def unregister(ask: Ask, world: World) -> Outcome:
    """Clears the push token of a device; the rest of its registration stays."""
    recipient = addressed(ask, world)[ROW_ID]
    rows, device = _table(world, recipient), ask.body["appInstallationId"]
    if rows.find(device) is None:
        raise Refusal(Kind.MISSING, facts={"resource": "registration", "id": device})
    rows.upsert(device, {world.table("registration_columns")[TOKEN]: None})
    return Outcome()


def consent(ask: Ask, world: World) -> Outcome:
    """Gives a consent, or gives it anew."""
    _consent(world, addressed(ask, world)[ROW_ID], ask.body["clientAppId"], ask.body)
    return Outcome()


def withdraw(ask: Ask, world: World) -> Outcome:
    """Withdraws a consent. Raises `missing` if it was not given."""
    recipient = addressed(ask, world)[ROW_ID]
    if not world.rows(CONSENTS).drop(_consent_id(recipient, ask.body["clientAppId"], ask.body["type"])):
        raise Refusal(Kind.MISSING, facts={"resource": "consent", "id": ask.body["type"]})
    return Outcome()


def feedback(ask: Ask, world: World) -> Outcome:
    """Notes that a push message was received or opened."""
    recipient = addressed(ask, world)[ROW_ID]
    fields = {
        "REPORT_ID": ask.body["reportId"],
        "CLIENT_APP_ID": ask.body["clientAppId"],
        "FEEDBACK_STATUS": ask.body["feedbackStatus"],
    }
    record(world, "feedback", recipient, fields)
    return Outcome()


def _table(world: World, recipient: str) -> Table:
    return table(world, OTM, TABLE, recipient)


def _columns(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """What is sent of the device, as columns of its row; what is empty clears its column."""
    columns = world.table("registration_columns")
    return {column: body[name] for name, column in columns.items() if name in body}


def _consent(world: World, recipient: str, app: str, given: dict[str, Any]) -> None:
    """Remembers a consent. Raises `invalid` for an end that is no date."""
    until = given.get("validUntil")
    when = None if blank(until) else formats(world).argument(str(until))
    if when is None and not blank(until):
        raise Refusal(Kind.INVALID, detail="bad_value", facts={"field": "validUntil", "type": "DATE", "actual": until})
    row = {"id": _consent_id(recipient, app, given["type"]), "recipient": recipient, "app": app, "type": given["type"]}
    world.rows(CONSENTS).put({**row, "until": None if when is None else when.date().isoformat()})


def _consent_id(recipient: str, app: str, kind: str) -> str:
    return f"{recipient}\x1f{app}\x1f{kind}"
