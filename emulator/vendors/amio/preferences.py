"""What a channel's settings mean: which origins they let in, what Facebook asks of them, how it spells them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from emulator.kit import World
from emulator.vendors.amio.references import Object, broken


def kept(channel: Object, world: World) -> Object:
    """The settings that have a value."""
    row = world.rows("settings").get(channel["id"]) or {}
    return {name: value for name, value in row.items() if name != "id"}


def origin(text: str, world: World) -> str:
    """An origin in one spelling: scheme and host in lower case, the usual port left out."""
    scheme, _, rest = text.lower().rstrip("/").partition("://")
    usual = world.table("usual_ports").get(scheme, "")
    return f"{scheme}://{rest.removesuffix(f':{usual}')}"


def hold_together(current: Object, world: World) -> None:
    """What Facebook asks of its settings as a whole."""
    locale = world.table("settings_rules")["default_locale"]
    for name in ("menu", "user_inputs"):
        if name in current and all(item["locale"] != locale for item in current[name]):
            raise broken((name,), "default_locale", current[name], locale)
    if "menu" in current and "get_started_button" not in current:
        raise broken(("menu",), "depends", current["menu"], "get_started_button")
    silenced = any(not item["enabled"] for item in current.get("user_inputs", ()))
    if silenced and "menu" not in current:
        raise broken(("user_inputs",), "depends", current["user_inputs"], "menu")


def slashed(value: Any, name: str = "") -> Any:
    """The value as Facebook gives it back: the address of a bare host ends with a slash."""
    if isinstance(value, list):
        return [_bare(item) if name == "domains_whitelist" else slashed(item) for item in value]
    if isinstance(value, dict):
        inner = {key: slashed(item) for key, item in value.items()}
        if value.get("type") == "url" and isinstance(value.get("payload"), str):
            inner["payload"] = _bare(value["payload"])
        return inner
    return value


def _bare(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:  # an address that is no IPv6 one, say: given back as it is
        return url
    return f"{url}/" if not (parts.path or parts.query or parts.fragment) else url
