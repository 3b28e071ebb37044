"""Campaigns: staged from a template, edited, tried out, published."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from emulator.kit import Kind, Refusal, World
from emulator.vendors.agillic.dates import formats
from emulator.vendors.agillic.files import TEMPLATES, text
from emulator.vendors.agillic.groups import GROUPS, belongs, members
from emulator.vendors.agillic.running import send

CAMPAIGNS = "campaigns"
EMAIL = "EMAIL"
STAGED, SCHEDULED, PUBLISHED = "staged", "scheduled", "published"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SCHEDULE = "%Y-%m-%d %H:%M:%S"
_GROUP = re.compile(r"""agblockgroup\s*=\s*["']([^"']*)["']""")


def stage(world: World, details: Mapping[str, Any]) -> str:
    """A new campaign. Raises `conflict` for a name in use, `invalid` for a template, a group or a block that there is not."""
    if world.rows(CAMPAIGNS).where(name=details["name"]).first() is not None:
        raise Refusal(Kind.CONFLICT, detail="exists", facts={"name": details["name"]})
    template = text(world, TEMPLATES, details["templateName"])
    if template is None:
        raise Refusal(Kind.INVALID, detail="unknown_template", facts={"name": details["templateName"]})
    _known_groups(world, details)
    known = set(_GROUP.findall(template))
    for block in details["blockGroups"]:
        if block["blockGroupId"] not in known:
            raise Refusal(
                Kind.INVALID,
                detail="unknown_block_group",
                facts={"name": block["blockGroupId"], "known": sorted(known)},
            )
    ident = ""
    while not ident or world.rows(CAMPAIGNS).row(ident) is not None:
        ident = "#" + world.ids.token(int(world.figure("campaign_id_length")), LETTERS)
    ready = world.clock.now() + float(world.settings["campaign_delay"])
    world.rows(CAMPAIGNS).add({**details, "id": ident, "state": STAGED, "ready": ready})
    return ident


def edit(world: World, changes: Mapping[str, Any]) -> str:
    """Changes what is sent. Raises `missing`, `conflict` once it is published, and `invalid`."""
    campaign = needed(world, changes["campaignId"])
    _open(campaign)
    _known_groups(world, changes)
    messages = {message["name"]: message for message in _messages(campaign)}
    for changed in _messages(changes):
        if changed["name"] not in messages:
            raise Refusal(Kind.INVALID, detail="unknown_message", facts={"name": changed["name"]})
        messages[changed["name"]].update(changed)
    plain = {name: value for name, value in changes.items() if name not in ("campaignId", "blockGroups")}
    world.rows(CAMPAIGNS).put({**campaign, **plain})
    return str(campaign["id"])


def publish(world: World, ident: str) -> str:
    """Sends a campaign to its group, now or at its time. Raises `missing`, and `conflict` if it was published before."""
    campaign = needed(world, ident)
    _open(campaign)
    due = _due(world, campaign)
    if due is not None and due > world.clock.now():
        world.rows(CAMPAIGNS).put({**campaign, "state": SCHEDULED})
        world.later("campaign_due", {"campaign": ident}, due=due, title=f"campaign {campaign['name']} is sent")
    else:
        deliver(world, ident)
    return ident


def deliver(world: World, ident: str) -> None:
    """Sends a campaign to the members of its group."""
    campaign = world.rows(CAMPAIGNS).get(ident)
    if campaign is None or campaign["state"] == PUBLISHED:
        return
    chosen = members(world, campaign["targetGroupName"])
    if limit := campaign.get("limitToTargetGroupName"):
        allowed = set(members(world, limit))
        chosen = [recipient for recipient in chosen if recipient in allowed]
    send(world, chosen, campaign["name"], EMAIL)
    world.rows(CAMPAIGNS).put({**campaign, "state": PUBLISHED})


def rendered(world: World, ident: str, recipient: Mapping[str, Any]) -> dict[str, str]:
    """What a recipient would see. Raises `missing`, and `conflict` while the campaign is not ready."""
    campaign = needed(world, ident)
    if campaign["ready"] > world.clock.now():
        raise Refusal(Kind.CONFLICT, detail="not_ready", facts={"ready_in": campaign["ready"] - world.clock.now()})
    parts = [text(world, TEMPLATES, campaign["templateName"]) or ""]
    for message in _messages(campaign):
        variant = _variant(world, message, recipient)
        if variant is not None:
            parts += [f'<div data-field="{name}">{value}</div>' for name, value in variant["fields"].items()]
    return {"subject": campaign["subject"], "content": "\n".join(parts)}


def needed(world: World, ident: str) -> dict[str, Any]:
    """The campaign of this id. Raises `missing`."""
    found = world.rows(CAMPAIGNS).get(ident)
    if found is None:
        raise Refusal(Kind.MISSING, facts={"resource": "campaign", "id": ident})
    return found


def _open(campaign: Mapping[str, Any]) -> None:
    if campaign["state"] != STAGED:
        raise Refusal(Kind.CONFLICT, detail="published", facts={"id": campaign["id"], "state": campaign["state"]})


def _due(world: World, campaign: Mapping[str, Any]) -> float | None:
    if not campaign.get("schedule"):
        return None
    return datetime.strptime(campaign["schedule"], SCHEDULE).replace(tzinfo=formats(world).place).timestamp()


def _known_groups(world: World, details: Mapping[str, Any]) -> None:
    """Refuses groups that there are not, and a schedule that is no time."""
    named = [details.get("targetGroupName"), details.get("limitToTargetGroupName")]
    named += [variant.get("targetGroupName") for message in _messages(details) for variant in message["variants"]]
    for name in filter(None, named):
        if world.rows(GROUPS).row(name) is None:
            raise Refusal(Kind.INVALID, detail="unknown_group", facts={"name": name})
    if "schedule" in details:
        try:
            _due(world, details)
        except (ValueError, OverflowError):
            raise Refusal(Kind.INVALID, detail="bad_schedule", facts={"value": details["schedule"]}) from None


def _messages(details: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for block in details.get("blockGroups", ()):
        yield from block["messages"]


def _variant(world: World, message: Mapping[str, Any], recipient: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The first variant that is meant for the recipient."""
    for variant in message["variants"]:
        described = world.rows(GROUPS).get(variant.get("targetGroupName", ""))
        if described is None or belongs(world, described, recipient):
            return dict(variant)
    return None
