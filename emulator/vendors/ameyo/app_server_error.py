"""The error body of the 4.x server: a key, a number, what it is about, and the status once more."""

from __future__ import annotations

from emulator.kit import Refusal, RefusalPromise, Reply, World


def reply(refusal: Refusal, promised: RefusalPromise, name: str, world: World) -> Reply:
    """The refusal in this form. The key stands in `message`; a few stand in `info`, with nothing in `message`."""
    key, code = promised.message(name, refusal.facts), promised.code(name)
    in_info = key in world.table("keys_in_info")
    message, info = (None, key) if in_info else (key, _info(refusal, world))
    return Reply(promised.status, {"message": message, "code": code, "info": info, "status": promised.status})


def _info(refusal: Refusal, world: World) -> str:
    if refusal.violations:
        first = refusal.violations[0]
        wording = "absent" if first.keyword == "required" else "wrong"
        return str(world.table("error_infos")[wording]).format(place=first.place or first.said)
    facts = refusal.facts
    if "line" in facts:
        return str(world.table("places")["syntax"]).format_map({"where": "", **facts})
    return str(facts.get("problem") or facts.get("id") or refusal.detail or refusal.kind.value)
