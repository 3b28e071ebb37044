"""Recipients as the rest of the vendor needs them: found by what names them, written field by field, removed with all that is theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Ask, Kind, Refusal, World, stamp
from emulator.vendors.agillic.addresses import named
from emulator.vendors.agillic.fields import AGILLIC_ID, CREATED, ROW_ID, UPDATED, Field, Person, person
from emulator.vendors.agillic.values import BadValue, blank

RECIPIENTS = "recipients"
THEIRS = ("otm_rows", "memberships", "achievements", "consents", "communications")

Recipient = dict[str, Any]


def address(world: World, who: Person, text: str) -> tuple[str, str]:
    """The field and the value that `FIELD=value` or a bare identifier names. Raises `invalid` for a field that is unknown or not unique."""
    left, equals, right = text.partition("=")
    if not equals:
        return who.identifier, text
    field = who.fields.get(left)
    if field is None:
        if find(world, who, who.identifier, text) is not None:
            return who.identifier, text
        raise Refusal(Kind.INVALID, detail="unknown_path_field", facts={"field": left})
    if not (field.unique or left == who.identifier):
        raise Refusal(Kind.INVALID, detail="not_unique", facts={"field": left})
    return left, right


def find(world: World, who: Person, field: str, value: str) -> Recipient | None:
    """The recipient whose unique field has this value."""
    rows = world.rows(RECIPIENTS)
    if field == AGILLIC_ID:
        return rows.get(value)
    try:
        kept = who.types.keep(who.fields[field].type, value)
    except BadValue:
        return None
    row = rows.where(**{field: kept}).first()
    return None if row is None else row.data


def lookup(world: World, who: Person, text: str) -> tuple[str, str, Recipient | None]:
    """The field and the value that the text names, and the recipient that has them; a bare text may also be an AGILLIC_ID."""
    field, value = address(world, who, text)
    found = find(world, who, field, value)
    if (
        found is None
        and field == who.identifier
        and value == text
        and (other := world.rows(RECIPIENTS).get(text)) is not None
    ):
        return AGILLIC_ID, text, other
    return field, value, found


def needed(world: World, who: Person, text: str) -> Recipient:
    """The recipient that the text names. Raises `missing`."""
    found = lookup(world, who, text)[2]
    if found is None:
        raise Refusal(Kind.MISSING, facts={"resource": "recipient", "id": text})
    return found


def addressed(ask: Ask, world: World, who: Person | None = None) -> Recipient:
    """The recipient of the path. Raises `missing`, or `invalid` for a path expression that cannot be."""
    return needed(world, who or person(world), named(ask, "recipientId"))


def create(world: World, who: Person, data: Mapping[str, Any]) -> Recipient:
    """A new recipient. Raises `invalid` without an identifier or with a bad value, `conflict` where a unique value is taken."""
    fresh: Recipient = {ROW_ID: world.ids.hex(int(world.figure("recipient_id_length")))}
    merged = _merged(world, who, fresh, data)
    if who.identifier not in merged:
        raise Refusal(Kind.INVALID, detail="no_identifier", facts={"field": who.identifier})
    now = stamp(world.clock.now(), millis=False)
    return world.rows(RECIPIENTS).add({**merged, CREATED: now, UPDATED: now}).data


def upsert(world: World, who: Person, text: str, data: Mapping[str, Any]) -> bool:
    """Creates or updates the recipient that the text names; says whether it is new.

    Raises as `create` does, and `missing` for an AGILLIC_ID that nobody has.
    """
    field, value, old = lookup(world, who, text)
    if old is None:
        if field == AGILLIC_ID:
            raise Refusal(
                Kind.MISSING,
                facts={"resource": "recipient", "id": text, "why": "only the server gives out an AGILLIC_ID"},
            )
        _same_key(who, who.fields[field], value, data)
        create(world, who, {**data, field: value})
        return True
    if field != AGILLIC_ID:
        _same_key(who, who.fields[field], value, data)
    change(world, who, old, data)
    return False


def change(world: World, who: Person, old: Recipient, data: Mapping[str, Any]) -> None:
    """Writes the fields that are sent; empty and null ones are cleared, absent ones stay. Raises `invalid` and `conflict`."""
    merged = _merged(world, who, old, data)
    world.rows(RECIPIENTS).put({**merged, UPDATED: stamp(world.clock.now(), millis=False)})


def remove(world: World, recipient: Mapping[str, Any]) -> None:
    """Deletes a recipient and what belongs to it. Raises `conflict` while a flow is running for it."""
    ident = recipient[ROW_ID]
    run = world.rows("runs").where(recipient=ident).first()
    if run is not None:
        raise Refusal(Kind.CONFLICT, detail="in_use", facts={"name": "The recipient", "by": f"flow {run.data['flow']}"})
    for collection in THEIRS:
        rows = world.rows(collection)
        for row in list(rows.where(recipient=ident)):
            rows.drop(row.id)
    world.rows(RECIPIENTS).drop(ident)


def _merged(world: World, who: Person, old: Recipient, data: Mapping[str, Any]) -> Recipient:
    new = dict(old)
    for name, value in data.items():
        field = who.field(name)
        if field is None:
            continue
        if field.system:
            if value != who.value(old, name):
                raise Refusal(Kind.INVALID, detail="read_only", facts={"field": name})
        elif blank(value):
            if name == who.identifier:
                raise Refusal(Kind.INVALID, detail="no_identifier", facts={"field": name})
            new.pop(name, None)
        else:
            new[name] = who.keep(field, value)
            _free(world, who, field, new)
    return new


def _free(world: World, who: Person, field: Field, new: Recipient) -> None:
    """Refuses a value that another recipient has in a unique field."""
    if not (field.unique or field.name == who.identifier):
        return
    holder = world.rows(RECIPIENTS).where(**{field.name: new[field.name]}).first()
    if holder is not None and holder.id != new[ROW_ID]:
        raise Refusal(Kind.CONFLICT, detail="taken", facts={"field": field.name, "value": new[field.name]})


def _same_key(who: Person, field: Field, value: str, data: Mapping[str, Any]) -> None:
    """Refuses a body that says something else of the field that the path is addressed by."""
    if field.name in data and (blank(data[field.name]) or who.keep(field, data[field.name]) != who.keep(field, value)):
        raise Refusal(Kind.INVALID, detail="key_changed", facts={"field": field.name})
