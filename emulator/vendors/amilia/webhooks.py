"""Webhook subscriptions: the only thing that version 3 lets a client write."""

from __future__ import annotations

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.lens import Json, number, through
from emulator.vendors.amilia.numbers import unused
from emulator.vendors.amilia.pages import listed

SHOWN = ("Name", "Url", "Context", "Action", "Version", "Status")


def find(ask: Ask, world: World) -> Outcome:
    """The subscriptions, with their status."""
    return listed(through(ask, world).all("webhooks"), _shown)


def create(ask: Ask, world: World) -> Outcome:
    """A new subscription to one action in one context."""
    lens = through(ask, world)
    row = {
        "id": str(unused("webhooks", world)),
        "OrganizationId": lens.id,
        **{key: ask.body[key] for key in ("Name", "Url", "Context", "Action")},
        "Secret": ask.body.get("Secret"),
        **world.table("new_subscription"),
    }
    world.rows("webhooks").add(row)
    return Outcome(data=_shown(row))


def delete(ask: Ask, world: World) -> Outcome:
    """Removes a subscription; what waits to be sent to it is dropped."""
    lens = through(ask, world)
    row = lens.own("webhooks", ask.path["id"], "Webhook")
    world.rows("webhooks").drop(row["id"])
    world.outbox.drop(row["id"])
    return Outcome()


def _shown(row: Json) -> Json:
    return {"Id": number(row), **{key: row[key] for key in SHOWN}}
